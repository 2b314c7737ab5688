/** The lines of an EOS configuration outside of `router bgp`: blocks that begin, interfaces and static routes. */
import { parseInterfaceAddress } from "../../model/prefix";
import type { Interface, StaticRoute } from "../../bgp/network";
import { maskLength } from "../ios/readBgp";
import { readList } from "../ios/readLists";
import { readClause } from "../ios/readPolicy";
import { lineOf, printed, type Line } from "../ios/lines";
import {
  fault,
  harmless,
  note,
  put,
  take,
  takeAddress,
  takeAsn,
  takeNumber,
  takePrefix,
  type Build,
} from "../ios/reading";
import { addRoute } from "../ios/routes";
import { interfaceName } from "./names";
import { vrfOf, type Block, type Reader } from "./blocks";

const TOP: Block = { kind: "top" };

/** Beginnings of lines and blocks that change no session and no route, and what they are about. */
const HARMLESS: readonly (readonly [RegExp, string])[] = [
  [/^(aaa|alias|banner|enable|username|tacacs|line|management|daemon|agent|root)\b/, "access to the switch"],
  [/^ip (radius|tacacs|ssh|http|ftp|tftp|domain|domain-name|name-server|host|domain lookup)\b/, "access to the switch"],
  [/^(clock|ntp|ptp|dns|email|hostname|prompt|terminal|schedule|boot|system|service)\b/, "how the switch runs"],
  [/^(logging|snmp-server|sflow|monitor|event|event-handler|event-monitor|tap|queue-monitor|cfm)\b/, "monitoring"],
  [/^(errdisable|lacp|lldp|mac|mlag|spanning-tree|switchport|vlan|load-balance|vxlan|arp)\b/, "layer 2"],
  [/^(hardware|platform|transceiver|redundancy|trident|qos|policy-map|class-map|control-plane)\b/, "hardware"],
  [/^interface defaults\b/, "hardware"],
  [/^(ip|ipv6) (access-list|hardware|icmp|load-sharing)\b/, "forwarding, no route"],
  [/^(ip routing|ipv6 unicast-routing|ip virtual-router|ip multicast|ip igmp|ip pim)\b/, "forwarding, no route"],
  [/^(mpls|peer-filter)\b/, "no part of unicast routes"],
];

export function readTop(r: Reader, line: Line): Block | undefined {
  const b = r.main;
  const [first = "", second, third] = line.words;
  const phrase = line.words.join(" ");
  if ((first === "ip" || first === "ipv6") && second === "prefix-list" && line.words.length === 3) {
    return line.no ? (readList(b, line), TOP) : { kind: "list", words: line.text };
  }
  if (first === "hostname") {
    b.device.hostname = second;
    return TOP;
  }
  if (first === "ip" && (second === "community-list" || second === "large-community-list" || second === "as-path")) {
    const rewritten = listLine(line);
    if (rewritten !== undefined) return readList(b, rewritten) ? TOP : undefined;
    if (second !== "as-path" || third !== "regex-mode") return undefined;
    harmless(b, line, "how AS-path lists are written");
    return TOP;
  }
  if (readList(b, line)) return TOP;
  if ((first === "ip" || first === "ipv6") && second === "route") return readStatic(r, line, first) ? TOP : undefined;
  switch (first) {
    case "interface":
      return readInterface(r, line);
    case "route-map": {
      const term = readClause(b, line);
      return term === undefined || second === undefined ? TOP : { kind: "clause", policy: second, term };
    }
    case "router":
      return readRouter(r, line);
    case "vrf":
      // "vrf instance RED" names a table; the older "vrf definition RED" does the same.
      if (!line.no) vrfOf(r, line.words.at(-1));
      return { kind: "other", indent: line.indent, around: TOP, why: "a VRF's description and distinguisher" };
  }
  const why = HARMLESS.find(([pattern]) => pattern.test(phrase))?.[1];
  if (why === undefined) return undefined;
  harmless(b, line, why);
  return { kind: "other", indent: line.indent, around: TOP, why };
}

function readRouter(r: Reader, line: Line): Block {
  const [, protocol = "", number] = line.words;
  if (protocol === "bgp") {
    r.main.asn = takeAsn(r.main, line, number ?? "");
    return { kind: "bgp", b: r.main, indent: line.indent, around: TOP };
  }
  const about = `${protocol}, another routing protocol`;
  const at = line.words.indexOf("vrf");
  const b = at < 0 ? r.main : vrfOf(r, line.words[at + 1]);
  if (/^(pim|igmp|multicast|msdp)/.test(protocol)) harmless(b, line, "multicast");
  else if (/^(general|path-selection|traffic-engineering|bfd|l2-vpn|service-insertion)/.test(protocol)) {
    harmless(b, line, "no part of BGP's unicast routes");
  } else note(b, line, printed(line), {}, { igp: protocol });
  return { kind: "other", indent: line.indent, around: TOP, why: about };
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

function readInterface(r: Reader, line: Line): Block {
  const name = interfaceName(line.words.slice(1).join(""));
  if (name === "" || line.no || name === "defaults" || /^Vxlan/i.test(name)) {
    const why = "VXLAN and defaults of interfaces";
    harmless(r.main, line, why);
    return { kind: "other", indent: line.indent, around: TOP, why };
  }
  if (interfaceOf(r, name) === undefined) r.main.interfaces.set(name, { name, addresses: [] });
  return { kind: "interface", name };
}

function interfaceOf(r: Reader, name: string): { b: Build; own: Interface } | undefined {
  for (const b of [r.main, ...r.vrfs.values()]) {
    const own = b.interfaces.get(name);
    if (own !== undefined) return { b, own };
  }
  return undefined;
}

export function readInterfaceLine(r: Reader, name: string, line: Line): boolean {
  const [first, second, third, fourth] = line.words;
  const found = interfaceOf(r, name);
  if (found === undefined) return true;
  const { b, own } = found;
  if (first === "shutdown") {
    put(own, "down", true, line.no);
    return true;
  }
  if (first === "vrf") {
    // EOS takes the addresses away when an interface changes its table, and prints this line before them.
    b.interfaces.delete(name);
    const target = vrfOf(r, line.no ? undefined : second === "forwarding" ? third : second);
    target.interfaces.set(name, { ...own, addresses: [] });
    return true;
  }
  if ((first === "ip" || first === "ipv6") && second === "address" && third !== undefined) {
    if (["dhcp", "unnumbered", "auto-config"].includes(third)) return false;
    const text = third === "virtual" ? (fourth ?? "") : third;
    if (first === "ipv6" && fourth === "link-local") return harmless(b, line, "a link-local address of its own");
    const parsed = take(b, line, parseInterfaceAddress(text));
    if (parsed === undefined) return true;
    const address = `${parsed.address}/${parsed.length}`;
    own.addresses = own.addresses.filter((known) => known !== address);
    if (!line.no) own.addresses.push(address);
    return true;
  }
  return harmless(b, line, first === "description" ? "free text" : "layer 2, quality of service or another protocol");
}

function readStatic(r: Reader, line: Line, keyword: "ip" | "ipv6"): boolean {
  const words = line.words.slice(2);
  const b = words[0] === "vrf" ? vrfOf(r, words[1]) : r.main;
  if (words[0] === "vrf") words.splice(0, 2);
  let text = words.shift() ?? "";
  if (/^[0-9.]+$/.test(text) && /^[0-9.]+$/.test(words[0] ?? "") && maskLength(words[0] ?? "") >= 0) {
    text = `${text}/${maskLength(words.shift() ?? "")}`;
  }
  const prefix = takePrefix(b, line, text);
  if (prefix === undefined) return true;
  if (prefix.includes(":") !== (keyword === "ipv6")) {
    fault(b, line, prefix, keyword === "ip" ? "an IPv4 prefix" : "an IPv6 prefix");
    return true;
  }
  const route: StaticRoute = { prefix };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (/^null0$/i.test(word)) route.blackhole = true;
    else if (word === "metric") put(route, "metric", takeNumber(b, line, words.shift()), false);
    else if (word === "tag") put(route, "tag", takeNumber(b, line, words.shift()), false);
    else if (word === "name") words.shift();
    else if (/^[0-9]{1,3}$/.test(word)) put(route, "distance", takeNumber(b, line, word, 1, 255), word === "1");
    else if (/^[0-9.]+$|:/.test(word)) {
      const hop = takeAddress(b, line, word);
      if (hop === undefined) return true;
      route.via = [hop];
    } else if (/^Management/i.test(interfaceName(word))) return harmless(b, line, "management");
    else if (/^[A-Za-z][A-Za-z-]*[0-9]/.test(word)) route.interface = interfaceName(word);
    else if (word !== "track" && word !== "bfd") return false;
  }
  if (route.blackhole !== true && route.via === undefined && route.interface === undefined) {
    fault(b, line, line.text, "a next hop, an interface or a blackhole");
  } else addRoute(b, route, line.no);
  return true;
}
