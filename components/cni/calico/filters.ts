/** BGPFilter rules as terms of an ordered policy: what confd compiles into functions of BIRD's filter language. */
import type { Match, PrefixMatch, SetActions, Term } from "../../bgp/network";
import { parseAnyCommunity } from "../../model/community";
import { parsePrefix, prefixLength } from "../../model/prefix";
import { MAXIMUM_PREFERENCE, type BgpFilter, type FilterRule } from "./types";

export type Direction = "import" | "export";

export interface FilterSettings {
  direction: Direction;
  v6: boolean;
  /** The peer has the session's own ASN. */
  internal: boolean;
}

/** The rules of one filter that the session can meet, in order; a route that no rule decides goes on to what follows. */
export function filterTerms(filter: BgpFilter, settings: FilterSettings): Term[] {
  const name = filter.metadata.name;
  const field = `${settings.direction}${settings.v6 ? "V6" : "V4"}` as const;
  return (filter.spec[field] ?? []).flatMap((rule, i) => {
    if (rule.peerType === "eBGP" && settings.internal) return [];
    if (rule.peerType === "iBGP" && !settings.internal) return [];
    const match = matchOf(rule, settings.v6);
    const set = actionsOf(rule);
    return [
      {
        ...(match === undefined ? {} : { match }),
        ...(set === undefined ? {} : { set }),
        action: rule.action === "Accept" ? ("accept" as const) : ("reject" as const),
        source: { field: `BGPFilter/${name} spec.${field}[${i}]` },
      },
    ];
  });
}

function matchOf(rule: FilterRule, v6: boolean): Match | undefined {
  const match: Match = {};
  if (rule.cidr !== undefined && rule.cidr !== "") {
    const prefixes = prefixMatch(rule, v6);
    if (prefixes !== undefined) {
      const negated = rule.matchOperator === "NotEqual" || rule.matchOperator === "NotIn";
      match[negated ? "notPrefixes" : "prefixes"] = [prefixes];
    }
  }
  if (rule.source === "RemotePeers") match.source = ["bgp"];
  if (rule.interface !== undefined && rule.interface !== "") match.interface = rule.interface;
  if (rule.communities !== undefined) match.communities = rule.communities.values.map(canonicalCommunity);
  if (rule.asPathPrefix !== undefined && rule.asPathPrefix.length > 0) match.asPathPrefix = [...rule.asPathPrefix];
  if (rule.priority !== undefined) match.localPreference = MAXIMUM_PREFERENCE - rule.priority;
  return Object.keys(match).length === 0 ? undefined : match;
}

function prefixMatch(rule: FilterRule, v6: boolean): PrefixMatch | undefined {
  const parsed = parsePrefix(rule.cidr ?? "");
  if (!parsed.ok) return undefined;
  if (rule.prefixLength !== undefined) {
    const { min = 0, max = 128 } = rule.prefixLength;
    const length = prefixLength(parsed.value);
    return { prefix: parsed.value, ge: Math.max(length, min), le: Math.min(v6 ? 128 : 32, max) };
  }
  return rule.matchOperator === "Equal" || rule.matchOperator === "NotEqual"
    ? { prefix: parsed.value }
    : within(parsed.value);
}

/** The prefix and everything in it. */
export function within(prefix: string): PrefixMatch {
  const longest = prefix.includes(":") ? 128 : 32;
  return prefix.endsWith(`/${longest}`) ? { prefix } : { prefix, le: longest };
}

function actionsOf(rule: FilterRule): SetActions | undefined {
  const set: SetActions = {};
  for (const { addCommunity, prependASPath, setPriority } of rule.operations ?? []) {
    if (addCommunity !== undefined) addCommunityTo(set, addCommunity.value);
    // Every operation prepends to what stands already, so the last one's ASNs come first.
    if (prependASPath !== undefined) set.prepend = [...prependASPath.prefix, ...(set.prepend ?? [])];
    if (setPriority !== undefined) set.localPreference = MAXIMUM_PREFERENCE - setPriority.value;
  }
  return Object.keys(set).length === 0 ? undefined : set;
}

export function addCommunityTo(set: SetActions, text: string): void {
  const community = canonicalCommunity(text);
  const key = community.split(":").length === 3 ? "largeCommunities" : "communities";
  set[key] = { add: [...(set[key]?.add ?? []), community] };
}

/** Well-known ones by their names, as everywhere in a Network. */
function canonicalCommunity(text: string): string {
  const parsed = parseAnyCommunity(text);
  return parsed.ok ? parsed.value.community : text;
}
