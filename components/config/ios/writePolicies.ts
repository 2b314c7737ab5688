/**
 * Prefix, community and AS-path lists and route-maps as FRR writes them. A condition that FRR takes only from a list
 * gets a list of its own, named after its term.
 */
import { familyOf } from "../../model/address";
import { compareCommunities, compareLargeCommunities, parseAnyCommunity } from "../../model/community";
import type { CommunityListEntry, Match, Policy, PrefixListEntry, SetActions, Speaker, Term } from "../../bgp/network";
import { cannot, rest, word, type Draft } from "../draft";
import { address } from "../frr/writeNeighbors";
import { attachments, familiesOf, prefixCondition, type Attachments, type ListSet } from "./clauses";
import { entriesOf, lengthOf, maxLength, numbered } from "../lists";

/** Lists first: a route-map that names one that comes later would deny everything until then. */
export function writeFrrPolicies(d: Draft, speaker: Speaker, path: string): void {
  const { lists, maps } = routeMaps(d, speaker, path);
  for (const [name, entries] of Object.entries(lists.prefixLists)) {
    prefixList(d, name, entries, `${path}.prefixLists[${name}]`);
  }
  for (const [name, entries] of Object.entries(lists.communityLists)) {
    communityList(d, name, entries, `${path}.communityLists[${name}]`);
  }
  for (const [name, entries] of Object.entries(lists.asPathLists)) {
    const at = `${path}.asPathLists[${name}]`;
    for (const entry of numbered(entries)) {
      const regex = rest(d, at, entry.regex);
      d.lines.push(`bgp as-path access-list ${word(d, at, name)} seq ${entry.seq} ${entry.action} ${regex}`);
    }
  }
  d.lines.push("!", ...maps);
}

/** The route-maps' lines, and all lists, those that the route-maps need besides the speaker's own with them. */
export function routeMaps(d: Draft, speaker: Speaker, path: string): { lists: ListSet; maps: string[] } {
  const lists: ListSet = {
    prefixLists: { ...speaker.prefixLists },
    communityLists: { ...speaker.communityLists },
    asPathLists: { ...speaker.asPathLists },
  };
  const maps = Object.entries(speaker.policies ?? {}).flatMap(([name, policy]) =>
    routeMap(d, speaker, lists, name, policy, `${path}.policies[${name}]`),
  );
  return { lists, maps };
}

function prefixList(d: Draft, name: string, entries: PrefixListEntry[], at: string): void {
  if (entries.length === 0) cannot(d, at, "no entries", "at least one entry: FRR has no empty prefix list");
  const all = numbered(entries);
  for (const family of ["ipv4", "ipv6"] as const) {
    for (const entry of entriesOf(all, family)) {
      const own = lengthOf(entry.prefix);
      const any = own === 0 && (entry.ge ?? 0) === 0 && entry.le === maxLength(family);
      const ge = entry.ge !== undefined && entry.ge > own ? ` ge ${entry.ge}` : "";
      // "ge" of the prefix's own length alone means "and all longer", which FRR says with "le".
      const le = entry.le ?? (entry.ge === own ? maxLength(family) : undefined);
      const what = any ? "any" : `${entry.prefix}${ge}${le === undefined || le === own ? "" : ` le ${le}`}`;
      const keyword = family === "ipv4" ? "ip" : "ipv6";
      d.lines.push(`${keyword} prefix-list ${word(d, at, name)} seq ${entry.seq ?? 0} ${entry.action} ${what}`);
    }
  }
}

function communityList(d: Draft, name: string, entries: CommunityListEntry[], at: string): void {
  const kinds = new Set(entries.map((entry) => entry.kind));
  const expanded = entries.filter((entry) => entry.regex !== undefined).length;
  if (kinds.size > 1) cannot(d, at, "standard and large communities", "communities of one kind in a list");
  if (expanded > 0 && expanded < entries.length) {
    cannot(d, at, "communities and regular expressions", "a list of communities, or one of regular expressions");
  }
  const keyword = kinds.has("large") ? "bgp large-community-list" : "bgp community-list";
  for (const entry of numbered(entries)) {
    const what = entry.regex === undefined ? communities(d, at, entry.communities ?? []) : rest(d, at, entry.regex);
    const style = expanded > 0 ? "expanded" : "standard";
    if (what === "") cannot(d, at, "an entry without communities", "communities or a regular expression");
    d.lines.push(`${keyword} ${style} ${word(d, at, name)} seq ${entry.seq} ${entry.action} ${what}`);
  }
}

/** In FRR's own order, so that its running configuration says the same. */
function communities(d: Draft, at: string, names: string[]): string {
  const printed = names.map((text) => {
    const parsed = parseAnyCommunity(text, at);
    if (parsed.ok) return parsed.value.community;
    d.faults.push(...parsed.faults);
    return "INVALID";
  });
  const large = printed.some((text) => text.split(":").length === 3);
  return [...new Set(printed)].sort(large ? compareLargeCommunities : compareCommunities).join(" ");
}

function routeMap(d: Draft, speaker: Speaker, lists: ListSet, name: string, policy: Policy, at: string): string[] {
  const lines: string[] = [];
  const uses = attachments(speaker, name);
  const terms = numbered(policy.terms, 10);
  terms.forEach((term, index) => {
    const where = `${at}.terms[${term.seq}]`;
    const match = term.match ?? {};
    const list = prefixCondition(d, lists, `${name}-${term.seq}`, match, `${where}.match`);
    const families = familiesOf(lists, [list, match.nextHopPrefixList], uses.families);
    const following = terms[index + 1]?.seq;
    if (families.length > 1 && following !== undefined && following <= term.seq + 1) {
      cannot(d, where, `term ${term.seq} before ${following}`, "a free number after a term for both families");
    }
    // FRR 8.4 matches nothing with a clause that asks for both an IPv4 and an IPv6 list: a clause for each.
    families.forEach((family, offset) => {
      const action = term.action === "reject" ? "deny" : "permit";
      lines.push(`route-map ${word(d, at, name)} ${action} ${term.seq + offset}`);
      const keyword = family === "ipv4" ? "ip" : "ipv6";
      if (list !== undefined) lines.push(` match ${keyword} address prefix-list ${word(d, where, list)}`);
      if (match.nextHopPrefixList !== undefined) {
        lines.push(` match ${keyword} next-hop prefix-list ${word(d, where, match.nextHopPrefixList)}`);
      }
      lines.push(...matches(d, lists, `${name}-${term.seq}`, match, `${where}.match`));
      if (term.action !== "reject") lines.push(...sets(d, uses, lists, name, term, where));
      if (term.call !== undefined) lines.push(` call ${word(d, where, term.call)}`);
      if (term.action === "continue") {
        const past = offset + 1 < families.length ? term.seq + families.length : undefined;
        const to = term.goto ?? past;
        lines.push(to === undefined ? " on-match next" : ` on-match goto ${to}`);
      }
      lines.push("exit", "!");
    });
  });
  if (policy.otherwise === "accept") {
    const last = (terms.at(-1)?.seq ?? 0) + 10;
    lines.push(`route-map ${word(d, at, name)} permit ${last}`, "exit", "!");
  } else if (terms.length === 0) {
    lines.push(`route-map ${word(d, at, name)} deny 10`, "exit", "!");
  }
  return lines;
}

function matches(d: Draft, lists: ListSet, own: string, match: Match, at: string): string[] {
  const lines: string[] = [];
  if (match.communityList !== undefined && match.communities !== undefined) {
    cannot(d, at, "communityList and communities", "one of them: FRR matches one list a term");
  }
  if (match.communities !== undefined) {
    // All of them: one entry a list, and a match for each kind.
    for (const kind of ["standard", "large"] as const) {
      const wanted = match.communities.filter((text) => isLarge(text) === (kind === "large"));
      if (wanted.length === 0) continue;
      const list = `${own}-${kind}`;
      lists.communityLists[list] = [{ seq: 5, action: "permit", kind, communities: wanted }];
      lines.push(` match ${kind === "large" ? "large-community" : "community"} ${word(d, at, list)}`);
    }
  }
  if (match.communityMatch !== undefined && match.communityList === undefined) {
    cannot(d, `${at}.communityMatch`, match.communityMatch, "a communityList that it is about");
  }
  if (match.communityList !== undefined) {
    const large = lists.communityLists[match.communityList]?.some((entry) => entry.kind === "large") ?? false;
    const how = { any: " any", exact: " exact-match", all: "" }[match.communityMatch ?? "all"];
    lines.push(` match ${large ? "large-community" : "community"} ${word(d, at, match.communityList)}${how}`);
  }
  if (match.communityCountMax !== undefined) lines.push(` match community-limit ${match.communityCountMax}`);
  if (match.asPathCountMax !== undefined) lines.push(` match as-path-count ${match.asPathCountMax}`);
  if (match.peer !== undefined) lines.push(` match peer ${word(d, at, match.peer)}`);
  if (match.sourcePeer !== undefined) lines.push(` match src-peer ${word(d, at, match.sourcePeer)}`);
  if (match.tag !== undefined) lines.push(` match tag ${match.tag}`);
  if (match.origin !== undefined) lines.push(` match origin ${match.origin}`);
  if (match.asPathPrefix !== undefined) {
    if (match.asPathList !== undefined) cannot(d, at, "asPathList and asPathPrefix", "one of them");
    const list = `${own}-path`;
    lists.asPathLists[list] = [{ seq: 5, action: "permit", regex: `^${match.asPathPrefix.join("_")}_` }];
    lines.push(` match as-path ${word(d, at, list)}`);
  }
  if (match.asPathList !== undefined) lines.push(` match as-path ${word(d, at, match.asPathList)}`);
  if (match.localPreference !== undefined) lines.push(` match local-preference ${match.localPreference}`);
  if (match.med !== undefined) lines.push(` match metric ${match.med}`);
  if (match.interface !== undefined) lines.push(` match interface ${word(d, at, match.interface)}`);
  // FRR has no such line, and its writer refuses it; EOS has.
  if (match.learnedBy !== undefined)
    lines.push(` match route-type ${match.learnedBy === "ebgp" ? "external" : "internal"}`);
  if (match.source !== undefined) cannot(d, `${at}.source`, match.source, "a condition that FRR has");
  if (match.metricBelow !== undefined) cannot(d, `${at}.metricBelow`, match.metricBelow, "a condition that FRR has");
  return lines;
}

const isLarge = (community: string): boolean => community.split(":").length === 3;

function sets(d: Draft, uses: Attachments, lists: ListSet, policy: string, term: Term & { seq: number }, path: string) {
  const set: SetActions = term.set ?? {};
  const at = `${path}.set`;
  const lines: string[] = [];
  if (set.localPreference !== undefined) {
    lines.push(` set local-preference ${metric(d, `${at}.localPreference`, set.localPreference)}`);
  }
  if (set.tag !== undefined) lines.push(` set tag ${set.tag}`);
  if (set.med !== undefined) lines.push(` set metric ${metric(d, `${at}.med`, set.med)}`);
  if (set.weight !== undefined) lines.push(` set weight ${set.weight}`);
  if (set.origin !== undefined) lines.push(` set origin ${set.origin}`);
  if (set.prepend !== undefined && set.prepend.length > 0) lines.push(` set as-path prepend ${set.prepend.join(" ")}`);
  if (set.prependFirst !== undefined) {
    if (set.prepend !== undefined) cannot(d, at, "prepend and prependFirst", "one of them");
    lines.push(` set as-path prepend last-as ${set.prependFirst}`);
  }
  if (set.exclude !== undefined && set.exclude.length > 0) {
    if ((set.prepend ?? set.prependFirst) !== undefined)
      cannot(d, at, "exclude beside what is prepended", "one of them");
    lines.push(` set as-path exclude ${set.exclude.join(" ")}`);
  }
  if (set.nextHop !== undefined) lines.push(nextHop(d, uses, set.nextHop, `${at}.nextHop`));
  if (set.preference !== undefined) cannot(d, `${at}.preference`, set.preference, "an action that FRR has");
  for (const [kind, change] of [
    ["standard", set.communities],
    ["large", set.largeCommunities],
  ] as const) {
    if (change === undefined) continue;
    const attribute = kind === "large" ? "large-community" : "community";
    const where = `${at}.${kind === "large" ? "largeCommunities" : "communities"}`;
    if (change.set !== undefined && change.add !== undefined) cannot(d, where, "set and add", "one of them");
    if (change.set !== undefined) {
      lines.push(` set ${attribute} ${change.set.length === 0 ? "none" : communities(d, where, change.set)}`);
    }
    if (change.add !== undefined && change.add.length > 0) {
      lines.push(` set ${attribute} ${communities(d, where, change.add)} additive`);
    }
    let list = change.removeList;
    if (change.remove !== undefined && change.remove.length > 0) {
      if (list !== undefined) cannot(d, where, "remove and removeList", "one of them");
      list = `${policy}-${term.seq}-remove-${kind}`;
      lists.communityLists[list] = change.remove.map((text) => ({ action: "permit", kind, communities: [text] }));
    }
    if (list !== undefined) {
      lines.push(` set ${kind === "large" ? "large-comm-list" : "comm-list"} ${word(d, where, list)} delete`);
    }
  }
  return lines;
}

function metric(d: Draft, at: string, med: number | string): string {
  const text = String(med);
  if (!/^[+-]?[0-9]{1,10}$/.test(text)) cannot(d, at, text, "a number, or one after + or -");
  return text;
}

/** FRR's "peer-address" is the neighbor's address on the way in, and the own address of the session on the way out. */
function nextHop(d: Draft, uses: Attachments, hop: string, at: string): string {
  if (hop === "self" || hop === "peer") {
    if (hop === "self" ? uses.import : uses.export) {
      cannot(d, at, hop, hop === "self" ? "a policy used for export only" : "a policy used for import only");
    }
    return uses.families.has("ipv6") && !uses.families.has("ipv4")
      ? " set ipv6 next-hop peer-address"
      : " set ip next-hop peer-address";
  }
  if (hop === "unchanged") return " set ip next-hop unchanged";
  return familyOf(hop) === "ipv4"
    ? ` set ip next-hop ${address(d, at, hop)}`
    : ` set ipv6 next-hop global ${address(d, at, hop)}`;
}
