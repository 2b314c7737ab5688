/**
 * A running-config of Arista EOS as a speaker. Not verified against a running switch. Blocks go by their indentation, as
 * EOS prints them; a line that FRR has in the same or other words is read as FRR's.
 */
import { parseInterfaceAddress } from "../../model/prefix";
import type { Family, Term } from "../../bgp/network";
import { readBgpLine, type Eos } from "./readBgp";
import { finish } from "../ios/finish";
import { addRoute } from "../frr/read";
import { readClause, readClauseLine, readList } from "../ios/readPolicy";
import { lineOf, splitLines, type Line } from "../ios/lines";
import {
  build,
  fault,
  family as familyOfSettings,
  put,
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

type Block =
  | { kind: "top" }
  | { kind: "interface"; name: string }
  | { kind: "list"; words: string }
  | { kind: "clause"; policy: string; term: Term }
  | { kind: "bgp"; asn: number }
  | { kind: "family"; family: Family; asn: number; indent: number }
  | { kind: "other"; indent: number; around: Block };

export function readEos(text: string, options: ReadOptions = {}): Reading {
  const { lines, tooLong } = splitLines(text);
  const b = build(options, { system: "eos", version: options.version ?? versionOf(text) });
  const e: Eos = { b, shared: new Map() };
  if (tooLong)
    b.faults.push({ path: "", found: `${text.length} characters`, expected: "a configuration of at most 20 million" });
  let block: Block = { kind: "top" };
  for (const line of lines) {
    while (block.kind !== "top" && leaves(block, line)) block = outer(block);
    const next = readLine(e, block, line);
    if (next !== undefined) block = next;
    else unknown(b, line, touched(block, line));
  }
  b.interfaces = new Map(
    [...b.interfaces].filter(
      ([name, own]) => own.addresses.length > 0 || isPeer(b, name) || isLinked(b, options, name),
    ),
  );
  for (const [id, settings] of e.shared) {
    const target = b.neighbors.get(id) ?? b.groups.get(id);
    if (target === undefined) continue;
    if (target.families?.ipv4?.active !== false) Object.assign(familyOfSettings(target, "ipv4"), settings);
    if (target.families?.ipv6?.active === true) Object.assign(familyOfSettings(target, "ipv6"), settings);
  }
  return finish(b, options);
}

/** "! device: leaf1 (cEOSLab, EOS-4.32.0F)" heads what a switch prints. */
function versionOf(text: string): string {
  return /^! .*EOS-([0-9]{1,2}\.[0-9]{1,3})/m.exec(text.slice(0, 2000))?.[1] ?? "4.32";
}

const isPeer = (b: Build, name: string): boolean => [...b.neighbors.values()].some((one) => one.interface === name);
const isLinked = (b: Build, options: ReadOptions, name: string): boolean =>
  (options.links?.links ?? []).some((link) => link.ends.includes(`${b.name ?? b.hostname ?? ""}:${name}`));

function leaves(block: Block, line: Line): boolean {
  if (block.kind === "other" || block.kind === "family") return line.indent <= block.indent;
  return line.indent === 0;
}

function outer(block: Block): Block {
  if (block.kind === "family") return { kind: "bgp", asn: block.asn };
  return block.kind === "other" ? block.around : { kind: "top" };
}

function touched(block: Block, line: Line): { neighbor?: string; policy?: string } {
  if (block.kind === "clause") return { policy: block.policy };
  const [first, second, third] = line.words;
  const id = first !== "neighbor" ? undefined : second === "interface" ? third : second;
  return id === undefined ? {} : { neighbor: id };
}

function readLine(e: Eos, block: Block, line: Line): Block | undefined {
  const { b } = e;
  if (line.text === "exit" || line.text === "end") return line.text === "end" ? { kind: "top" } : outer(block);
  switch (block.kind) {
    case "other":
      return block;
    case "top":
      return readTop(b, line);
    case "interface":
      return readInterfaceLine(b, block.name, line) ? block : undefined;
    case "list": {
      const whole = lineOf(`${block.words} ${line.text}`, line.number);
      if (whole !== undefined) readList(b, whole);
      return block;
    }
    case "clause":
      return readClauseLine(b, block.policy, block.term, clauseLine(line)) ? block : undefined;
    case "bgp":
      if (line.words[0] === "address-family") return familyBlock(block, line);
      if (line.words[0] === "vrf" || line.words[0] === "vlan" || line.words[0] === "vlan-aware-bundle") {
        return { kind: "other", indent: line.indent, around: block };
      }
      return readBgpLine(e, line, undefined, block.asn) ? block : undefined;
    case "family":
      return readBgpLine(e, line, block.family, block.asn) ? block : undefined;
  }
}

function familyBlock(block: Block & { kind: "bgp" }, line: Line): Block {
  const [, family, kind] = line.words;
  if ((family === "ipv4" || family === "ipv6") && kind === undefined) {
    return { kind: "family", family, asn: block.asn, indent: line.indent };
  }
  return { kind: "other", indent: line.indent, around: block };
}

/** First words of lines that change no session and no route: access, management, layer 2, monitoring. */
const HARMLESS =
  /^(aaa|alias|banner|boot|clock|daemon|dns|email|enable|errdisable|event|hardware|hostname|interface defaults|lacp|lldp|logging|mac|management|monitor|ntp|platform|ptp|queue-monitor|redundancy|service|sflow|snmp-server|spanning-tree|switchport|system|tacacs|tap|terminal|transceiver|username|vlan|ip (name-server|domain|routing|radius|tacacs|ssh|http|icmp|ftp|tftp|virtual-router mac-address|load-sharing|hardware)|ipv6 (unicast-routing|hardware|icmp)|mpls|peer-filter|agent|trident|arp|qos|policy-map|class-map|control-plane|ip access-list|ipv6 access-list|vxlan|root|line|schedule|cfm|mlag|load-balance)\b/;

function readTop(b: Build, line: Line): Block | undefined {
  const top: Block = { kind: "top" };
  const other: Block = { kind: "other", indent: line.indent, around: top };
  const [first, second, third] = line.words;
  if (
    (first === "ip" || first === "ipv6") &&
    second === "prefix-list" &&
    third !== undefined &&
    line.words.length === 3
  ) {
    return line.no ? (readList(b, line), top) : { kind: "list", words: line.text };
  }
  if (first === "hostname") b.hostname = second;
  if (first === "ip" && (second === "community-list" || second === "large-community-list" || second === "as-path")) {
    const rewritten = listLine(line);
    if (rewritten === undefined) return second === "as-path" && third === "regex-mode" ? top : undefined;
    return readList(b, rewritten) ? top : undefined;
  }
  if (readList(b, line)) return top;
  if ((first === "ip" || first === "ipv6") && second === "route") return readStatic(b, line, first) ? top : undefined;
  switch (first) {
    case "interface":
      return readInterface(b, line);
    case "route-map": {
      const term = readClause(b, line);
      return term === undefined || second === undefined ? top : { kind: "clause", policy: second, term };
    }
    case "router":
      if (second !== "bgp") {
        // The multicast routers hold no unicast routes.
        if (!/^(pim|igmp|multicast|msdp|general|path-selection|traffic-engineering)/.test(second ?? ""))
          unknown(b, line);
        return other;
      }
      b.asn = takeAsn(b, line, third ?? "");
      return { kind: "bgp", asn: b.asn ?? 0 };
    case "vrf":
      return other;
    default:
      return HARMLESS.test(line.words.join(" ")) ? other : undefined;
  }
}

/** EOS's community and AS-path lists in FRR's words. */
function listLine(line: Line): Line | undefined {
  const words = line.text.split(/[ \t]+/);
  const at = line.no ? 1 : 0;
  if (words[at + 1] === "as-path") {
    if (words[at + 2] !== "access-list") return undefined;
    const last = words.at(-1) ?? "";
    if (["any", "igp", "egp", "incomplete"].includes(last)) {
      if (last !== "any") return undefined;
      words.pop();
    }
  } else if (words[at + 2] === "regexp" || words[at + 2] === "expanded") words[at + 2] = "expanded";
  else if (words[at + 2] !== "standard") words.splice(at + 2, 0, "standard");
  return lineOf(words.map((word) => (word === "GSHUT" ? "graceful-shutdown" : word)).join(" "), line.number);
}

function clauseLine(line: Line): Line {
  const text = line.text
    .replace(
      /^set (large-)?community (?:large-)?community-list (\S+) delete$/,
      (_all, large: string | undefined, name: string) =>
        large === undefined ? `set comm-list ${name} delete` : `set large-comm-list ${name} delete`,
    )
    .replace(/^set ipv6 next-hop ([0-9a-fA-F:.]+)$/, "set ipv6 next-hop global $1");
  return lineOf(text, line.number) ?? line;
}

function readInterface(b: Build, line: Line): Block {
  const name = line.words[1];
  if (name === undefined || line.no || name === "defaults" || /^(Management|Vxlan)/i.test(name)) {
    return { kind: "other", indent: line.indent, around: { kind: "top" } };
  }
  if (!b.interfaces.has(name)) b.interfaces.set(name, { name, addresses: [] });
  return { kind: "interface", name };
}

function readInterfaceLine(b: Build, name: string, line: Line): boolean {
  const [first, second, third, fourth] = line.words;
  const own = b.interfaces.get(name);
  if (own === undefined) return true;
  if (first === "shutdown") {
    put(own, "down", true, line.no);
    return true;
  }
  if (first === "vrf" && !line.no) {
    // Another table: as if the interface were not there.
    b.interfaces.delete(name);
    return true;
  }
  if ((first === "ip" || first === "ipv6") && second === "address" && third !== undefined) {
    if (["dhcp", "unnumbered", "auto-config"].includes(third)) return false;
    const text = third === "virtual" ? (fourth ?? "") : third;
    if (first === "ipv6" && fourth === "link-local") return true;
    const parsed = take(b, line, parseInterfaceAddress(text));
    if (parsed !== undefined && !line.no) own.addresses.push(`${parsed.address}/${parsed.length}`);
    return true;
  }
  // The rest of an interface is layer 2, quality of service or an IGP, whose own block says that it is there.
  return true;
}

function readStatic(b: Build, line: Line, keyword: "ip" | "ipv6"): boolean {
  const words = line.words.slice(2);
  if (words[0] === "vrf") return true;
  const prefix = takePrefix(b, line, words.shift() ?? "");
  if (prefix === undefined) return true;
  if (prefix.includes(":") !== (keyword === "ipv6")) {
    fault(b, line, prefix, keyword === "ip" ? "an IPv4 prefix" : "an IPv6 prefix");
    return true;
  }
  const route: Parameters<typeof addRoute>[1] = { prefix };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (/^null0$/i.test(word)) route.blackhole = true;
    else if (word === "metric") put(route, "metric", takeNumber(b, line, words.shift()), false);
    else if (word === "tag" || word === "name") words.shift();
    else if (/^[0-9]{1,3}$/.test(word)) put(route, "distance", takeNumber(b, line, word, 1, 255), word === "1");
    else if (/^[0-9.]+$|:/.test(word)) {
      const hop = takeAddress(b, line, word);
      if (hop === undefined) return true;
      route.via = [hop];
    } else if (/^[A-Z][A-Za-z-]*[0-9]/.test(word)) route.interface = word;
    else if (word !== "track" && word !== "bfd") return false;
  }
  if (route.blackhole !== true && route.via === undefined && route.interface === undefined) {
    fault(b, line, line.text, "a next hop, an interface or a blackhole");
  } else addRoute(b, route, line.no);
  return true;
}
