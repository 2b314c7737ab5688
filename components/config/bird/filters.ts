/**
 * Ordered policies and lists as functions of BIRD 1.6's filter language. A policy becomes a function that accepts or
 * rejects; what a filter passes to it is the kind of session and the session's own address.
 */
import { familyOf } from "../../model/address";
import { communityValue, parseLargeCommunity } from "../../model/community";
import type { Family, Match, Policy, PrefixListEntry, PrefixMatch, SetActions, Speaker } from "../../bgp/network";
import { cannot, type Draft } from "../draft";
import { entriesOf, lengths, maxLength, numbered } from "../lists";

/** What the pieces of one configuration share: whose it is, its family, and what each name is called in BIRD. */
export interface BirdContext {
  d: Draft;
  speaker: Speaker;
  family: Family;
  symbols: Map<string, string>;
  path: string;
}

/** BIRD's names hold letters, digits and underscores, at most 64: two names that come out alike get numbers. */
export function symbol(c: BirdContext, kind: string, name: string): string {
  const key = `${kind} ${name}`;
  const known = c.symbols.get(key);
  if (known !== undefined) return known;
  const plain = `${kind}_${name.replace(/[^A-Za-z0-9]/g, "_")}`.slice(0, 52);
  const taken = new Set(c.symbols.values());
  let own = plain;
  for (let number = 2; taken.has(own); number++) own = `${plain}_${number}`;
  c.symbols.set(key, own);
  return own;
}

export function writeBirdFunctions(c: BirdContext): void {
  for (const [name, entries] of Object.entries(c.speaker.prefixLists ?? {})) {
    c.d.lines.push(`function ${symbol(c, "prefixes", name)}(prefix p)`, "{");
    for (const entry of entriesOf(entries, c.family)) {
      c.d.lines.push(`  if p ~ ${set([entry])} then return ${entry.action === "permit" ? "true" : "false"};`);
    }
    c.d.lines.push("  return false;", "}", "");
  }
  for (const [name, entries] of Object.entries(c.speaker.communityLists ?? {})) {
    const at = `${c.path}.communityLists[${name}]`;
    c.d.lines.push(`function ${symbol(c, "communities", name)}()`, "{");
    for (const entry of entries) {
      if (entry.regex !== undefined) cannot(c.d, at, entry.regex, "communities: BIRD has no regular expressions");
      const all = (entry.communities ?? []).map((text) => carries(c, at, text)).join(" && ");
      c.d.lines.push(`  if ${all === "" ? "true" : all} then return ${entry.action === "permit" ? "true" : "false"};`);
    }
    c.d.lines.push("  return false;", "}", "");
  }
  for (const [name, entries] of Object.entries(c.speaker.asPathLists ?? {})) {
    const at = `${c.path}.asPathLists[${name}]`;
    c.d.lines.push(`function ${symbol(c, "paths", name)}()`, "{");
    for (const entry of entries) {
      const mask = pathMask(c, at, entry.regex);
      c.d.lines.push(`  if bgp_path ~ ${mask} then return ${entry.action === "permit" ? "true" : "false"};`);
    }
    c.d.lines.push("  return false;", "}", "");
  }
  for (const [name, policy] of Object.entries(c.speaker.policies ?? {})) {
    policyFunction(c, name, policy, `${c.path}.policies[${name}]`);
  }
}

function policyFunction(c: BirdContext, name: string, policy: Policy, at: string): void {
  const terms = numbered(policy.terms, 10);
  const jumps = terms.some((term) => term.goto !== undefined);
  c.d.lines.push(`function ${symbol(c, "policy", name)}(bool internal; ip own)`);
  if (jumps) c.d.lines.push("int from_term;");
  c.d.lines.push("{");
  if (jumps) c.d.lines.push("  from_term = 0;");
  for (const term of terms) {
    const where = `${at}.terms[${term.seq}]`;
    const conditions = [
      ...(jumps ? [`from_term <= ${term.seq}`] : []),
      ...matches(c, term.match ?? {}, `${where}.match`),
    ];
    const actions = term.action === "reject" ? [] : sets(c, term.set ?? {}, `${where}.set`);
    if (term.action === "continue" && term.goto !== undefined) actions.push(`from_term = ${term.goto};`);
    if (term.action !== "continue") actions.push(`${term.action};`);
    if (actions.length === 0) continue;
    if (conditions.length === 0) c.d.lines.push(...actions.map((action) => `  ${action}`));
    else {
      c.d.lines.push(`  if ${conditions.map((one) => `(${one})`).join(" && ")} then {`);
      c.d.lines.push(...actions.map((action) => `    ${action}`), "  }");
    }
  }
  c.d.lines.push(`  ${policy.otherwise ?? "accept"};`, "}", "");
}

/** A set of prefixes with their lengths; the members that can match nothing stay out. */
export function set(matches: (PrefixMatch | PrefixListEntry)[]): string {
  const members: string[] = [];
  for (const match of matches) {
    const [low, high] = lengths(match);
    const own = Number(match.prefix.split("/")[1]);
    if (Math.max(low, own) > high) continue;
    members.push(low === own && high === own ? match.prefix : `${match.prefix}{${Math.max(low, own)},${high}}`);
  }
  return `[ ${members.join(", ")} ]`;
}

function among(c: BirdContext, matches: PrefixMatch[], subject: string): string {
  const members = set(matches.filter((match) => familyOf(match.prefix) === c.family));
  return members === "[  ]" ? "false" : `${subject} ~ ${members}`;
}

function matches(c: BirdContext, match: Match, at: string): string[] {
  const all: string[] = [];
  if (match.prefixes !== undefined) all.push(among(c, match.prefixes, "net"));
  if (match.notPrefixes !== undefined) all.push(`!(${among(c, match.notPrefixes, "net")})`);
  if (match.prefixList !== undefined) all.push(prefixListCall(c, match.prefixList, "net"));
  if (match.nextHopPrefixList !== undefined) {
    all.push(
      `defined(bgp_next_hop)`,
      prefixListCall(c, match.nextHopPrefixList, `bgp_next_hop/${maxLength(c.family)}`),
    );
  }
  if (match.communityList !== undefined) {
    const known = c.speaker.communityLists?.[match.communityList] !== undefined;
    all.push(known ? `${symbol(c, "communities", match.communityList)}()` : "false");
  }
  for (const text of match.communities ?? []) all.push(carries(c, `${at}.communities`, text));
  if (match.asPathList !== undefined) all.push(asPathListCall(c, match.asPathList));
  if (match.asPathPrefix !== undefined) all.push(`bgp_path ~ [= ${match.asPathPrefix.join(" ")} * =]`);
  if (match.peerType !== undefined) all.push(match.peerType === "ibgp" ? "internal" : "!internal");
  if (match.source !== undefined) all.push(match.source.map((source) => sourceIs(c, source, at)).join(" || "));
  if (match.localPreference !== undefined) {
    all.push("defined(bgp_local_pref)", `bgp_local_pref = ${match.localPreference}`);
  }
  if (match.med !== undefined) all.push("defined(bgp_med)", `bgp_med = ${match.med}`);
  if (match.interface !== undefined) all.push(`ifname ~ ${quoted(c, `${at}.interface`, match.interface)}`);
  if (match.metricBelow !== undefined) all.push("defined(krt_metric)", `krt_metric < ${match.metricBelow}`);
  return all;
}

/** In a condition, a list that does not exist matches nothing. */
export function prefixListCall(c: BirdContext, name: string, subject: string): string {
  return c.speaker.prefixLists?.[name] === undefined ? "false" : `${symbol(c, "prefixes", name)}(${subject})`;
}

export function asPathListCall(c: BirdContext, name: string): string {
  return c.speaker.asPathLists?.[name] === undefined ? "false" : `${symbol(c, "paths", name)}()`;
}

export function sourceIs(c: BirdContext, source: NonNullable<Match["source"]>[number], at: string): string {
  switch (source) {
    case "bgp":
      return "source = RTS_BGP";
    case "connected":
      return "source = RTS_DEVICE";
    case "static":
      return "source ~ [ RTS_STATIC, RTS_STATIC_DEVICE ]";
    case "kernel":
      return "source = RTS_INHERIT";
    case "aggregate":
      cannot(c.d, `${at}.source`, source, "a source that BIRD has: it makes no aggregates");
      return "false";
  }
}

function carries(c: BirdContext, at: string, community: string): string {
  const [attribute, value] = member(c, at, community);
  return `${value} ~ ${attribute}`;
}

/** The attribute that holds a community, and the pair or triple itself. */
function member(c: BirdContext, at: string, community: string): [string, string] {
  const large = parseLargeCommunity(community);
  if (large.ok) return ["bgp_large_community", `(${community.replaceAll(":", ",")})`];
  const value = communityValue(community);
  if (value !== undefined) return ["bgp_community", `(${Math.floor(value / 65536)},${value % 65536})`];
  cannot(c.d, at, community, "a community: 64512:100, 64512:1:1 or a well-known name");
  return ["bgp_community", "(0,0)"];
}

function sets(c: BirdContext, set: SetActions, at: string): string[] {
  const all: string[] = [];
  if (set.localPreference !== undefined) all.push(`bgp_local_pref = ${set.localPreference};`);
  if (set.med !== undefined) all.push(medAction(c, set.med, `${at}.med`));
  if (set.weight !== undefined) cannot(c.d, `${at}.weight`, set.weight, "an action that BIRD has");
  if (set.origin !== undefined) {
    all.push(`bgp_origin = ORIGIN_${{ igp: "IGP", egp: "EGP", incomplete: "INCOMPLETE" }[set.origin]};`);
  }
  // The last one prepended comes first in the path.
  for (const asn of [...(set.prepend ?? [])].reverse()) all.push(`bgp_path.prepend(${asn});`);
  if (set.nextHop === "self") all.push("bgp_next_hop = own;");
  else if (set.nextHop === "peer") all.push("bgp_next_hop = from;");
  else if (set.nextHop !== undefined && familyOf(set.nextHop) === c.family && /^[0-9a-f.:]+$/.test(set.nextHop)) {
    all.push(`bgp_next_hop = ${set.nextHop};`);
  } else if (set.nextHop !== undefined) cannot(c.d, `${at}.nextHop`, set.nextHop, `an ${c.family} address`);
  if (set.preference !== undefined) all.push(`preference = ${set.preference};`);
  for (const [attribute, change] of [
    ["bgp_community", set.communities],
    ["bgp_large_community", set.largeCommunities],
  ] as const) {
    if (change === undefined) continue;
    const value = (text: string): string => member(c, at, text)[1];
    if (change.set !== undefined) all.push(`${attribute} = -empty-;`);
    for (const text of [...(change.set ?? []), ...(change.add ?? [])]) all.push(`${attribute}.add(${value(text)});`);
    for (const text of change.remove ?? []) all.push(`${attribute}.delete(${value(text)});`);
    if ("removeList" in change && change.removeList !== undefined) {
      const entries = c.speaker.communityLists?.[change.removeList] ?? [];
      for (const entry of entries) {
        const [only, ...more] = entry.communities ?? [];
        if (entry.action === "deny" || only === undefined || more.length > 0) {
          cannot(c.d, at, change.removeList, "a list that permits single communities");
        } else all.push(`${attribute}.delete(${value(only)});`);
      }
    }
  }
  return all;
}

function medAction(c: BirdContext, med: number | string, at: string): string {
  const [, sign, amount] = /^([+-]?)([0-9]{1,10})$/.exec(String(med)) ?? [];
  if (sign === undefined || amount === undefined) {
    cannot(c.d, at, med, "a number, or one after + or -");
    return "bgp_med = 0;";
  }
  if (sign === "") return `bgp_med = ${amount};`;
  if (sign === "+") return `if defined(bgp_med) then bgp_med = bgp_med + ${amount}; else bgp_med = ${amount};`;
  return `if defined(bgp_med) then { if bgp_med > ${amount} then bgp_med = bgp_med - ${amount}; else bgp_med = 0; }`;
}

/** The shapes of an AS-path expression that BIRD's path masks can say: whole ASNs, anchored or not. */
function pathMask(c: BirdContext, at: string, regex: string): string {
  const [, start, middle, end] = /^(\^|_|\.\*)?([0-9]+(?:_[0-9]+)*)?(\$|_|_\.\*|\.\*)?$/.exec(regex) ?? [];
  if (regex === "^$") return "[= =]";
  if (regex === "" || regex === ".*") return "[= * =]";
  if (middle === undefined || start === undefined || end === undefined || start === ".*" || end === ".*") {
    cannot(c.d, at, regex, "an expression of whole ASNs such as ^64512_, _64512_ or _64512$: BIRD 1.6 has no others");
    return "[= * =]";
  }
  return `[= ${start === "^" ? "" : "* "}${middle.replaceAll("_", " ")}${end === "$" ? "" : " *"} =]`;
}

export function quoted(c: BirdContext, at: string, text: string): string {
  if (/^[\x20\x21\x23-\x7e]{0,80}$/.test(text)) return `"${text}"`;
  cannot(c.d, at, text, "printable text without quotes, at most 80 characters");
  return '""';
}
