/**
 * A frr.conf, or what vtysh prints of a running FRR (8.4 to 10), as a speaker. Lines find their place as in FRR: a line
 * that the current block does not know is tried in the one around it, so that indentation and "exit" mean nothing.
 */
import { parseInterfaceAddress } from "../../model/prefix";
import type { Family, StaticRoute, Term } from "../../bgp/network";
import { finish } from "../ios/finish";
import { lineOf, printed, splitLines, type Line } from "../ios/lines";
import { maskLength, readFamilyLine, readInstance } from "../ios/readBgp";
import { readClause, readClauseLine, readList } from "../ios/readPolicy";
import {
  build,
  fault,
  put,
  source,
  take,
  takeAddress,
  takeAsn,
  takeNumber,
  takePrefix,
  unknown,
  type Build,
  type Reading,
  type ReadOptions,
} from "../ios/reading";

/** The block that a line stands in. */
type Block =
  | { kind: "top" }
  | { kind: "interface"; name: string }
  | { kind: "bgp" }
  | { kind: "family"; family: Family }
  | { kind: "clause"; policy: string; term: Term }
  | { kind: "bfd"; profile?: string }
  /** Something that is not looked into: another address family, another protocol. */
  | { kind: "other"; around: "top" | "bgp" };

export function readFrr(text: string, options: ReadOptions = {}): Reading {
  const { lines, tooLong } = splitLines(text);
  const b = build(options, {
    system: "frr",
    version: options.version ?? "8.4",
    profile: options.profile ?? "traditional",
  });
  if (tooLong)
    b.faults.push({ path: "", found: `${text.length} characters`, expected: "a configuration of at most 20 million" });
  let block: Block = { kind: "top" };
  for (const line of lines) {
    const next: Block | undefined = withoutComment(b, block, line, options) ?? readLine(b, block, line, options);
    if (next !== undefined) block = next;
    else if (block.kind === "clause") unknown(b, line, { policy: block.policy });
    else unknown(b, line, touched(line));
  }
  return finish(b, options);
}

/** A neighbor's line touches that neighbor alone, wherever it stands. */
function touched(line: Line): { neighbor?: string } {
  const id = line.words[0] === "neighbor" ? line.words[1] : undefined;
  return id === undefined ? {} : { neighbor: id };
}

/** Lines that end in free text, where such a sign is part of it. */
const FREE_TEXT = /\b(description|access-list|community-list|password|banner|message)\b/;

/**
 * People write comments behind commands; FRR takes such a line for an unknown command. It is read as it was meant, and
 * what it touches is noted, since a router that has this text does not do it.
 */
function withoutComment(b: Build, block: Block, line: Line, options: ReadOptions): Block | undefined {
  const hash = FREE_TEXT.test(line.text) ? -1 : line.text.search(/[ \t][#!]/);
  const bare = hash < 0 ? undefined : lineOf(`${" ".repeat(line.indent)}${line.text.slice(0, hash)}`, line.number);
  const next = bare === undefined ? undefined : readLine(b, block, bare, options);
  if (next === undefined) return undefined;
  b.unmodelled.push({
    what: `${printed(line)}: FRR refuses a comment behind a command`,
    ...touched(line),
    source: source(b, line),
  });
  return next;
}

/** The block after the line, or nothing when no block knows it. */
function readLine(b: Build, block: Block, line: Line, options: ReadOptions): Block | undefined {
  const { words } = line;
  const alone = words.length === 1 ? words[0] : undefined;
  if (
    alone === "exit-address-family" ||
    alone === "exit-vrf" ||
    alone === "end" ||
    alone === "exit" ||
    alone === "quit"
  ) {
    return around(block, alone);
  }
  switch (block.kind) {
    case "other":
      if (line.indent > 0) return block;
      return readLine(b, block.around === "bgp" ? { kind: "bgp" } : { kind: "top" }, line, options) ?? block;
    case "family":
      return readFamilyLine(b, line, block.family) ? block : readLine(b, { kind: "bgp" }, line, options);
    case "bgp":
      if (words[0] === "address-family") return familyBlock(words);
      return readInstance(b, line) ? block : readTop(b, line, options);
    case "clause":
      return readClauseLine(b, block.policy, block.term, line) ? block : readTop(b, line, options);
    case "interface":
      return readInterfaceLine(b, block.name, line) ? block : readTop(b, line, options);
    case "bfd":
      return readBfdLine(b, block, line) ?? readTop(b, line, options);
    case "top":
      return readTop(b, line, options);
  }
}

function around(block: Block, word: string): Block {
  if (word === "end") return { kind: "top" };
  if (block.kind === "family") return { kind: "bgp" };
  if (block.kind === "bfd" && block.profile !== undefined) return { kind: "bfd" };
  if (block.kind === "other" && block.around === "bgp") return { kind: "bgp" };
  return { kind: "top" };
}

function familyBlock(words: string[]): Block {
  const [, family, kind] = words;
  const unicast = kind === undefined || kind === "unicast";
  return unicast && (family === "ipv4" || family === "ipv6")
    ? { kind: "family", family }
    : { kind: "other", around: "bgp" };
}

/** First words of lines that change no session and no route: logging, access to the router, statistics. */
const HARMLESS = new Set([
  "agentx",
  "access-list",
  "allow-external-route-update",
  "banner",
  "debug",
  "domainname",
  "dump",
  "enable",
  "fpm",
  "line",
  "log",
  "mpls",
  "password",
  "rpki",
  "service",
  "username",
  "vni",
  "zebra",
]);

function readTop(b: Build, line: Line, options: ReadOptions): Block | undefined {
  const top: Block = { kind: "top" };
  const [first, second, third] = line.words;
  if (readList(b, line)) return top;
  switch (first) {
    case "Building":
    case "Current":
      return line.text.startsWith("Building configuration") || line.text.startsWith("Current configuration")
        ? top
        : undefined;
    case "frr":
      return readVersion(b, second, third, options) ? top : undefined;
    case "hostname":
      b.hostname = second;
      return top;
    case "router":
      return readRouter(b, line);
    case "route-map": {
      const term = readClause(b, line);
      return term === undefined || second === undefined ? top : { kind: "clause", policy: second, term };
    }
    case "interface":
      return readInterface(b, line);
    case "bfd":
      return { kind: "bfd" };
    case "vrf":
    case "key":
    case "nexthop-group":
    case "pbr-map":
    case "segment-routing":
    case "l2vpn":
      // Another table or another protocol: the default VRF's unicast routes do not hang on it.
      return { kind: "other", around: "top" };
    case "ip":
    case "ipv6":
      return readIp(b, line) ? top : undefined;
    default:
      return first !== undefined && HARMLESS.has(first) ? top : undefined;
  }
}

function readVersion(b: Build, what: string | undefined, value: string | undefined, options: ReadOptions): boolean {
  if (what === "version") {
    const version = /^([0-9]{1,3}\.[0-9]{1,3})/.exec(value ?? "")?.[1];
    if (version !== undefined && options.version === undefined) b.dialect.version = version;
    return version !== undefined;
  }
  if (what !== "defaults" || (value !== "datacenter" && value !== "traditional")) return false;
  b.dialect.profile = value;
  return true;
}

function readRouter(b: Build, line: Line): Block | undefined {
  const [, protocol, asn, ...rest] = line.words;
  if (protocol !== "bgp") {
    unknown(b, line);
    return { kind: "other", around: "top" };
  }
  // An instance of another VRF has a table of its own.
  if (rest[0] === "vrf" || rest[0] === "view") return { kind: "other", around: "top" };
  const own = takeAsn(b, line, asn ?? "");
  if (own !== undefined && b.asn !== undefined && b.asn !== own)
    fault(b, line, asn ?? "", `one instance: AS ${b.asn} came before`);
  else if (own !== undefined) b.asn = own;
  return { kind: "bgp" };
}

function readInterface(b: Build, line: Line): Block {
  const [, name, vrf] = line.words;
  if (name === undefined || vrf !== undefined) return { kind: "other", around: "top" };
  if (!b.interfaces.has(name)) b.interfaces.set(name, { name, addresses: [] });
  return { kind: "interface", name };
}

/** Within an interface: what an IGP, multicast or router advertisements need; an IGP's own block says that it is there. */
const INTERFACE_HARMLESS =
  /^(description|link-detect|link-params|bandwidth|multicast|mpls|evpn|ptm-enable|table|exit-link-params|ip (ospf|pim|igmp|rip|router|nhrp|multicast)|ipv6 (nd|ospf6|pim|mld|router)|isis)/;

function readInterfaceLine(b: Build, name: string, line: Line): boolean {
  const [first, second, third] = line.words;
  const own = b.interfaces.get(name);
  if (own === undefined) return false;
  if (first === "shutdown") {
    put(own, "down", true, line.no);
    return true;
  }
  if ((first === "ip" || first === "ipv6") && second === "address" && third !== undefined) {
    const parsed = take(b, line, parseInterfaceAddress(third));
    if (parsed === undefined) return true;
    const text = `${parsed.address}/${parsed.length}`;
    own.addresses = own.addresses.filter((known) => known !== text);
    if (!line.no) own.addresses.push(text);
    return true;
  }
  return INTERFACE_HARMLESS.test(line.words.join(" "));
}

function readBfdLine(b: Build, block: Block & { kind: "bfd" }, line: Line): Block | undefined {
  const [first, value] = line.words;
  if (first === "profile" && value !== undefined) {
    if (!b.bfdProfiles.has(value)) b.bfdProfiles.set(value, {});
    return { kind: "bfd", profile: value };
  }
  const profile = block.profile === undefined ? undefined : b.bfdProfiles.get(block.profile);
  if (first === "detect-multiplier" && profile !== undefined) {
    put(profile, "multiplier", takeNumber(b, line, value, 2, 255), line.no);
    return block;
  }
  if ((first === "transmit-interval" || first === "receive-interval") && profile !== undefined) {
    const interval = takeNumber(b, line, value, 10, 4294967);
    if (interval !== undefined) profile.minimumInterval = Math.max(interval, profile.minimumInterval ?? 0);
    return block;
  }
  return line.indent > 0 || first === "peer" ? block : undefined;
}

function readIp(b: Build, line: Line): boolean {
  const [keyword, what, third] = line.words;
  switch (what) {
    case "route":
      return readStatic(b, line, keyword === "ip" ? "ipv4" : "ipv6");
    case "nht":
      if (third === "resolve-via-default") b.bgp.resolveViaDefault = !line.no;
      return third === "resolve-via-default";
    case "router-id":
      b.zebraRouterId = takeAddress(b, line, third ?? "");
      return true;
    case "forwarding":
    case "access-list":
    case "multicast-routing":
    case "pim":
    case "igmp":
    case "mld":
    case "ssmpingd":
    case "zebra":
    case "import-table":
      return what !== "import-table";
    default:
      return false;
  }
}

function readStatic(b: Build, line: Line, family: Family): boolean {
  let words = line.words.slice(2);
  if (/^[0-9.]+$/.test(words[0] ?? "") && /^255|^0\.0\.0\.0$/.test(words[1] ?? "")) {
    words = [`${words[0]}/${maskLength(words[1] ?? "")}`, ...words.slice(2)];
  }
  const prefix = takePrefix(b, line, words.shift() ?? "");
  if (prefix === undefined) return true;
  if (prefix.includes(":") !== (family === "ipv6")) {
    fault(b, line, prefix, `an ${family} prefix`);
    return true;
  }
  const route: StaticRoute = { prefix };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "blackhole" || word === "reject" || word === "Null0" || word === "null0") route.blackhole = true;
    else if (/^[0-9]{1,3}$/.test(word)) put(route, "distance", takeNumber(b, line, word, 1, 255), word === "1");
    else if (/^[0-9.]+$|:/.test(word)) {
      const hop = takeAddress(b, line, word);
      if (hop === undefined) return true;
      route.via = [hop];
    } else if (word === "onlink" || word === "bfd" || word === "profile") continue;
    else if (word === "tag") words.shift();
    else if (["table", "vrf", "nexthop-vrf", "color", "label", "segments"].includes(word)) return false;
    else route.interface = word;
  }
  if (route.blackhole !== true && route.via === undefined && route.interface === undefined) {
    fault(b, line, line.text, "a next hop, an interface or a blackhole");
  } else addRoute(b, route, line.no);
  return true;
}

/** Next hops of one prefix and distance make one route. */
export function addRoute(b: Build, route: StaticRoute, no: boolean): void {
  const same = (one: StaticRoute): boolean =>
    one.prefix === route.prefix && one.distance === route.distance && one.interface === route.interface;
  if (no) {
    b.routes = b.routes.filter(
      (one) => !(one.prefix === route.prefix && JSON.stringify(one.via) === JSON.stringify(route.via)),
    );
    return;
  }
  const known =
    route.via === undefined || route.interface !== undefined
      ? undefined
      : b.routes.find((one) => same(one) && one.via !== undefined);
  if (known?.via !== undefined) known.via.push(...(route.via ?? []));
  else if (!b.routes.some((one) => JSON.stringify(one) === JSON.stringify(route))) b.routes.push(route);
}
