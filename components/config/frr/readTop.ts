/** The lines of a frr.conf outside of `router bgp`: blocks that begin, static routes, and what is not about routing. */
import type { Family, StaticRoute } from "../../bgp/network";
import { printed, type Line } from "../ios/lines";
import { maskLength, suppressFibPending } from "../ios/readBgp";
import { readList } from "../ios/readLists";
import { readClause } from "../ios/readPolicy";
import {
  fault,
  harmless,
  note,
  put,
  takeAddress,
  takeAsn,
  takeNumber,
  takePrefix,
  unknown,
  type Build,
} from "../ios/reading";
import { addRoute } from "../ios/routes";
import { TOP_BLOCK as TOP, vrfOf, type Block, type Frr } from "./blocks";

/** First words of lines that change no session and no route, and what they are about. */
const HARMLESS: Readonly<Record<string, string>> = {
  "access-list": "an access list: what matches one says so itself",
  "affinity-map": "traffic engineering",
  agentx: "monitoring",
  "allow-external-route-update": "the kernel's side of routes",
  "allow-reserved-ranges": "which addresses may be used",
  banner: "access to the router",
  debug: "logging",
  domainname: "a name",
  dump: "monitoring",
  enable: "access to the router",
  evpn: "EVPN",
  "exec-timeout": "access to the router",
  fpm: "the kernel's side of routes",
  line: "access to the router",
  log: "logging",
  mac: "layer 2",
  mpls: "MPLS",
  nhrp: "NHRP",
  password: "access to the router",
  pbr: "policy routing: forwarding, no route",
  pseudowire: "layer 2",
  "ptm-enable": "a topology check",
  rpki: "RPKI: what matches its state says so itself",
  service: "how the daemons run",
  username: "access to the router",
  vni: "VXLAN",
  vrrp: "VRRP",
  zebra: "the kernel's side of routes",
};

/** First words of blocks with another table or another protocol: no unicast route depends on them. */
const OTHER: Readonly<Record<string, string>> = {
  key: "keys of other protocols",
  "nexthop-group": "policy routing",
  "pbr-map": "policy routing: forwarding, no route",
  "segment-routing": "segment routing",
  l2vpn: "layer 2",
  rpki: "RPKI: what matches its state says so itself",
};

export function readTop(f: Frr, line: Line): Block {
  const b = f.main;
  const [first = "", second, third] = line.words;
  if (readList(b, line)) return TOP;
  switch (first) {
    case "frr":
      readVersion(f, line, second, third);
      return TOP;
    case "hostname":
      b.device.hostname = second;
      return TOP;
    case "router":
      return readRouter(f, line);
    case "route-map": {
      if (third === "optimization") {
        harmless(b, line, "how fast route-maps are looked up");
        return TOP;
      }
      const term = readClause(b, line);
      return term === undefined || second === undefined ? TOP : { kind: "clause", policy: second, term };
    }
    case "interface": {
      if (second === undefined) {
        fault(b, line, line.text.trim(), "the name of an interface");
        return TOP;
      }
      const name = second;
      const own = vrfOf(f, third === "vrf" ? line.words[3] : undefined);
      if (line.no) {
        own.interfaces.delete(name);
        return TOP;
      }
      if (!own.interfaces.has(name)) own.interfaces.set(name, { name, addresses: [] });
      return { kind: "interface", b: own, name };
    }
    case "bfd":
      return { kind: "bfd" };
    case "vrf":
      return { kind: "vrf", b: vrfOf(f, second) };
    case "router-id":
      if (third === "vrf") vrfOf(f, line.words[3]).zebraRouterId = takeAddress(b, line, second ?? "");
      else b.zebraRouterId = takeAddress(b, line, second ?? "");
      return TOP;
    case "bgp":
      readBgpWide(f, line);
      return TOP;
    case "ip":
    case "ipv6":
      readIp(f, b, line);
      return TOP;
  }
  const ldp = first === "mpls" && second === "ldp" && !line.no ? "label distribution" : undefined;
  const other = Object.hasOwn(OTHER, first) ? OTHER[first] : ldp;
  if (other !== undefined) {
    harmless(b, line, other);
    return { kind: "other", around: TOP, why: other, indent: line.indent };
  }
  const why = Object.hasOwn(HARMLESS, first) ? HARMLESS[first] : undefined;
  if (why === undefined) unknown(b, line);
  else harmless(b, line, why);
  return TOP;
}

/** `bgp ...` outside of an instance: what holds for all of them. */
function readBgpWide({ main: b, wide }: Frr, line: Line): void {
  const [, what = ""] = line.words;
  if (what === "graceful-shutdown") wide.gracefulShutdown = !line.no;
  else if (what === "suppress-fib-pending") suppressFibPending(b, line);
  else if (what === "no-rib") unknown(b, line);
  else if (what === "graceful-restart" && line.words.length === 2) wide.gracefulRestart = !line.no;
  else harmless(b, line, "timing, memory or monitoring of bgpd");
}

function readVersion({ main: b, options }: Frr, line: Line, what: string | undefined, value: string | undefined): void {
  if (what === "version") {
    const version = /^([0-9]{1,3}\.[0-9]{1,3})/.exec(value ?? "")?.[1];
    if (version === undefined) unknown(b, line);
    else if (options.version === undefined) b.dialect.version = version;
  } else if (value === "datacenter" || value === "traditional") b.dialect.profile = value;
  else unknown(b, line);
}

function readRouter(f: Frr, line: Line): Block {
  const [, protocol, ...rest] = line.words;
  const vrf = rest.indexOf("vrf");
  const b = vrfOf(f, vrf < 0 ? undefined : rest[vrf + 1]);
  if (protocol !== "bgp") {
    const about = `${protocol ?? ""}, another routing protocol`;
    if (/^(pim|pim6)$/.test(protocol ?? "")) harmless(b, line, "multicast");
    else note(b, line, printed(line), {}, { igp: protocol ?? "" });
    return { kind: "other", around: TOP, why: about, indent: line.indent };
  }
  if (rest.includes("view")) {
    const why = "a view: a BGP table that installs nothing, beside the router's own";
    harmless(b, line, why);
    return { kind: "other", around: TOP, why, indent: line.indent };
  }
  const own = takeAsn(b, line, rest[0] ?? "");
  if (own !== undefined && b.asn !== undefined && b.asn !== own)
    fault(b, line, rest[0] ?? "", `one instance: AS ${b.asn} came before`);
  else if (own !== undefined) b.asn = own;
  return { kind: "bgp", b };
}

/** `ip ...` and `ipv6 ...`, at the top or within a VRF. */
export function readIp(f: Frr, b: Build, line: Line): void {
  const [keyword, what = "", third] = line.words;
  switch (what) {
    case "route":
      if (!readStatic(f, b, line, keyword === "ip" ? "ipv4" : "ipv6")) unknown(b, line);
      return;
    case "nht":
      if (third === "resolve-via-default") b.bgp.resolveViaDefault = !line.no;
      else if (third === "hide-backup-events") harmless(b, line, "logging");
      else unknown(b, line);
      return;
    case "router-id":
      // Routers are named by IPv4 addresses; the line for IPv6 is OSPFv3's.
      if (keyword === "ipv6") harmless(b, line, "OSPFv3");
      else b.zebraRouterId = takeAddress(b, line, third ?? "");
      return;
    case "forwarding":
      harmless(b, line, "the kernel's forwarding");
      return;
    case "import-table":
    case "protocol":
      unknown(b, line);
      return;
    default:
      harmless(b, line, what === "access-list" ? "an access list: what matches one says so itself" : "multicast");
  }
}

function readStatic(f: Frr, own: Build, line: Line, family: Family): boolean {
  let words = line.words.slice(2);
  if (/^[0-9.]+$/.test(words[0] ?? "") && /^255|^0\.0\.0\.0$/.test(words[1] ?? "")) {
    words = [`${words[0]}/${maskLength(words[1] ?? "")}`, ...words.slice(2)];
  }
  const vrf = words.indexOf("vrf");
  const b = vrf < 0 ? own : vrfOf(f, words[vrf + 1]);
  if (vrf >= 0) words.splice(vrf, 2);
  const prefix = takePrefix(b, line, words.shift() ?? "");
  if (prefix === undefined) return true;
  if (prefix.includes(":") !== (family === "ipv6")) {
    fault(b, line, prefix, `an ${family} prefix`);
    return true;
  }
  const route: StaticRoute = { prefix };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "blackhole" || word === "reject" || word === "Null0") route.blackhole = true;
    else if (/^[0-9]{1,3}$/.test(word)) put(route, "distance", takeNumber(b, line, word, 1, 255), word === "1");
    else if (/^[0-9.]+$|:/.test(word)) {
      const hop = takeAddress(b, line, word);
      if (hop === undefined) return true;
      route.via = [hop];
    } else if (word === "onlink" || word === "bfd" || word === "multi-hop") continue;
    else if (word === "tag") put(route, "tag", takeNumber(b, line, words.shift(), 1), false);
    else if (word === "profile" || word === "source") words.shift();
    else if (/^(table|nexthop-vrf|color|label|segments|from|encap-behavior)$/.test(word)) return false;
    else route.interface = word;
  }
  if (route.blackhole !== true && route.via === undefined && route.interface === undefined) {
    fault(b, line, line.text, "a next hop, an interface or a blackhole");
  } else addRoute(b, route, line.no);
  return true;
}
