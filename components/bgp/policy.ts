/**
 * Ordered policies: which route passes and what it looks like afterwards. Results are remembered for each set of
 * attributes and class of prefixes, unless the policy looks at something that varies within those.
 */
import { familyOf, type Address } from "../model/address";
import { hostPrefix, type Prefix } from "../model/prefix";
import { changed, pathLength, type Attributes, type Bundle, type Change, type Interner } from "./attributes";
import { familyOfPrefix, isLinkLocal, matchesEntry } from "./bits";
import type { CompiledSpeaker } from "./compile";
import type { Candidate } from "./compare";
import type { Dialect } from "./dialects";
import {
  asPathListPermits,
  communityListPermits,
  communityListPermitsAny,
  communityListPermitsExactly,
  prefixListPermits,
} from "./lists";
import type { Match, Policy, SetActions, Speaker, Term } from "./network";
import { inOrder } from "./terms";

/** What a policy can see of a route besides its attributes. */
export interface Facts {
  prefix: Prefix;
  nextHop: string;
  source: "bgp" | "connected" | "static" | "kernel" | "aggregate";
  /** Of the session that the policy is attached to. */
  peerType?: "ebgp" | "ibgp";
  /** Of the session that the path came by; absent: it is an own route. */
  learnedBy?: "ebgp" | "ibgp";
  /** Outgoing interface of the route. */
  interface?: string;
  metric?: number;
  /** Addresses that "self" and "peer" stand for in `set next hop`. */
  self?: string;
  peer?: string;
  /** Whom `match peer` and `match src-peer` mean. */
  neighbor?: Named;
  sender?: Named;
  /** The policy of a network statement, a redistribution or an aggregate. */
  own?: true;
  defaultLocalPreference: number;
}

/** A neighbor by the names that a policy may call it. */
export interface Named {
  address?: string;
  interface?: string;
  group?: string;
}

const isCalled = (named: Named | undefined, name: string): boolean =>
  named !== undefined && (named.address === name || named.interface === name || named.group === name);

export interface Passed {
  bundle: Bundle;
  /** Set by the policy: an address, or "self" or "peer" still to be filled in. */
  nextHop?: string;
}

/** The facts beyond attributes and prefix that a policy may look at: what its memory must be keyed by. */
const VARYING = [
  "nextHopPrefixList",
  "interface",
  "metricBelow",
  "peer",
  "sourcePeer",
] as const satisfies (keyof Match)[];

export type Varying = (typeof VARYING)[number];

export const varyingIn = ({ terms }: Policy): Varying[] =>
  VARYING.filter((each) => terms.some(({ match }) => match?.[each] !== undefined));

/** Does it take ASNs out of paths, so that a path may come back to an AS that does not find itself in it? */
export const excludesAsns = (policy: Policy | undefined): boolean =>
  policy?.terms.some(({ set }) => set?.exclude !== undefined) === true;

export function applyPolicy(
  speaker: Speaker,
  dialect: Dialect,
  policy: Policy,
  bundle: Bundle,
  facts: Facts,
  intern: Interner,
): Passed | undefined {
  const terms = inOrder(policy.terms);
  let current: Attributes = bundle;
  let nextHop: string | undefined;
  for (let at = 0; at < terms.length;) {
    const term = terms[at];
    if (term === undefined) break;
    if (!matches(speaker, dialect, term.match, current, facts)) {
      at++;
      continue;
    }
    if (term.action === "reject") return undefined;
    if (term.set !== undefined) {
      current = applySet(speaker, dialect, term.set, current, facts);
      nextHop = settable(term.set.nextHop, facts.prefix) ?? nextHop;
    }
    if (term.action === "accept") return passed(current, bundle, nextHop, intern);
    at = target(terms, at, term.goto, dialect.continueNeedsClause);
    // FRR: a `continue` or `on-match next` past the last clause accepts what was matched.
    if (at >= terms.length && dialect.policyEnd === "reject") return passed(current, bundle, nextHop, intern);
  }
  const end = policy.otherwise ?? dialect.policyEnd;
  return end === "accept" ? passed(current, bundle, nextHop, intern) : undefined;
}

/** Does a clause match a path that the speaker holds? */
export function matchesTerm(
  { speaker, dialect }: CompiledSpeaker,
  term: Term,
  path: Candidate,
  prefix: Prefix,
): boolean {
  const { local, kind, bundle, nextHop } = path;
  return matches(speaker, dialect, term.match, bundle, {
    prefix,
    nextHop,
    source:
      kind !== "local" ? "bgp" : local === "network" || local === undefined || local === "default" ? "static" : local,
    ...(kind === "local" ? { own: true as const } : { peerType: kind, learnedBy: kind }),
    defaultLocalPreference: speaker.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference,
  });
}

function passed(now: Attributes, before: Bundle, nextHop: string | undefined, intern: Interner): Passed {
  const bundle = now === before ? before : intern(now);
  return nextHop === undefined ? { bundle } : { bundle, nextHop };
}

function target(terms: readonly Term[], at: number, goto: number | undefined, exact: boolean): number {
  if (goto === undefined) return at + 1;
  const found = terms.findIndex(({ seq = 0 }, index) => index > at && (exact ? seq === goto : seq >= goto));
  return found < 0 ? terms.length : found;
}

function matches(
  speaker: Speaker,
  dialect: Dialect,
  match: Match | undefined,
  route: Attributes,
  facts: Facts,
): boolean {
  if (match === undefined) return true;
  const { prefix } = facts;
  if (match.prefixes !== undefined && !match.prefixes.some((each) => matchesEntry(each, prefix))) return false;
  if (match.notPrefixes?.some((each) => matchesEntry(each, prefix)) === true) return false;
  // A list that is named and missing matches nothing (FRR 8.4: route_match_ip_address_prefix_list returns NOMATCH).
  if (match.prefixList !== undefined) {
    const list = speaker.prefixLists?.[match.prefixList];
    if (list === undefined ? dialect.missingList === "reject" : !prefixListPermits(list, prefix)) return false;
  }
  if (match.nextHopPrefixList !== undefined) {
    const list = speaker.prefixLists?.[match.nextHopPrefixList];
    if (list === undefined || facts.nextHop === "" || isLinkLocal(facts.nextHop)) return false;
    if (!prefixListPermits(list, hostPrefix(facts.nextHop as Address))) return false;
  }
  if (match.communityList !== undefined) {
    const list = speaker.communityLists?.[match.communityList];
    if (list === undefined || !COMMUNITY_MATCHES[match.communityMatch ?? "all"](list, route)) return false;
  }
  if (match.communityCountMax !== undefined && route.communities.length > match.communityCountMax) return false;
  if (match.communities !== undefined) {
    const has = (each: string): boolean => route.communities.includes(each) || route.largeCommunities.includes(each);
    if (!match.communities.every(has)) return false;
  }
  if (match.asPathList !== undefined) {
    const list = speaker.asPathLists?.[match.asPathList];
    if (list === undefined || !asPathListPermits(list, route)) return false;
  }
  if (match.asPathPrefix?.every((asn, index) => route.asPath[index] === asn) === false) return false;
  // attr->aspath->count (FRR 10.4): an AS_SET counts one, a confederation's part nothing.
  if (match.asPathCountMax !== undefined && pathLength(route) > match.asPathCountMax) return false;
  if (match.peer !== undefined) {
    if (match.peer === "local" ? facts.own !== true : !isCalled(facts.neighbor, match.peer)) return false;
  }
  if (match.sourcePeer !== undefined && !isCalled(facts.sender, match.sourcePeer)) return false;
  if (match.tag !== undefined && (route.tag ?? 0) !== match.tag) return false;
  if (match.origin !== undefined && route.origin !== match.origin) return false;
  if (match.peerType !== undefined && match.peerType !== facts.peerType) return false;
  if (match.learnedBy !== undefined && match.learnedBy !== facts.learnedBy) return false;
  if (match.source !== undefined && !match.source.includes(facts.source)) return false;
  if (match.localPreference !== undefined) {
    if ((route.localPreference ?? facts.defaultLocalPreference) !== match.localPreference) return false;
  }
  if (match.med !== undefined && (route.med ?? 0) !== match.med) return false;
  if (match.interface !== undefined && !glob(match.interface, facts.interface ?? "")) return false;
  if (match.metricBelow !== undefined && !((facts.metric ?? 0) < match.metricBelow)) return false;
  return true;
}

const COMMUNITY_MATCHES = {
  all: communityListPermits,
  any: communityListPermitsAny,
  exact: communityListPermitsExactly,
} as const;

const globs = new Map<string, RegExp>();

export function glob(pattern: string, text: string): boolean {
  let regex = globs.get(pattern);
  if (regex === undefined) {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".");
    globs.set(pattern, (regex = new RegExp(`^${escaped}$`)));
  }
  return regex.test(text);
}

export function applySet(
  speaker: Speaker,
  dialect: Dialect,
  set: SetActions,
  route: Attributes,
  facts: Facts,
): Attributes {
  const change: Change = {};
  if (set.localPreference !== undefined) {
    // route_set_local_pref (FRR 10.7): a preference of 0 counts as none.
    const now = route.localPreference ?? 0;
    // Own routes have the default from the start (bgp_attr_default_set; a drawn network showed it on 8.4.4).
    const full = dialect.stepsFromDefault || facts.source !== "bgp";
    const base = now === 0 && full ? facts.defaultLocalPreference : now;
    change.localPreference = stepped(set.localPreference, base);
  }
  if (set.med !== undefined) change.med = stepped(set.med, route.med);
  if (set.weight !== undefined) change.weight = set.weight;
  if (set.origin !== undefined) change.origin = set.origin;
  if (set.tag !== undefined) change.tag = set.tag;
  if (set.preference !== undefined) change.preference = set.preference;
  if (set.prepend !== undefined) change.asPath = [...set.prepend, ...route.asPath];
  // Nor where members of the own confederation stand before it (aspath_leftmost, FRR 10.3).
  const first = (route.confederation ?? []).length > 0 ? undefined : route.asPath[0];
  if (set.prependFirst !== undefined && first !== undefined) {
    change.asPath = [...Array<number>(set.prependFirst).fill(first), ...route.asPath];
  }
  if (set.exclude !== undefined) {
    const kept = (asn: number): boolean => set.exclude?.includes(asn) !== true;
    change.asPath = (change.asPath ?? route.asPath).filter(kept);
    const members = route.asSet?.filter(kept) ?? [];
    change.asSet = members.length === 0 ? undefined : members;
  }
  if (set.communities !== undefined) {
    const removed = set.communities.removeList;
    change.communities = edited(route.communities, set.communities, (each) => {
      const list = removed === undefined ? undefined : speaker.communityLists?.[removed];
      return list !== undefined && communityListPermits(list, { ...route, communities: [each] });
    });
  }
  if (set.largeCommunities !== undefined) {
    const removed = set.largeCommunities.removeList;
    change.largeCommunities = edited(route.largeCommunities, set.largeCommunities, (each) => {
      const list = removed === undefined ? undefined : speaker.communityLists?.[removed];
      return list !== undefined && communityListPermits(list, { ...route, largeCommunities: [each] });
    });
  }
  return changed(route, change);
}

/** An address of the other family is no next hop of this prefix (FRR 8.4, route_set_ip_nexthop). */
function settable(wanted: string | undefined, prefix: Prefix): string | undefined {
  if (wanted === undefined || wanted === "self" || wanted === "peer") return wanted;
  const family = familyOfPrefix(prefix);
  if (wanted === "unchanged") return family === "ipv4" ? wanted : undefined;
  return familyOf(wanted) === family ? wanted : undefined;
}

function stepped(set: number | string, now: number | undefined): number {
  if (typeof set === "number") return set;
  const step = Number(set);
  if (!/^[+-]/.test(set)) return step;
  return Math.min(Math.max((now ?? 0) + step, 0), 4294967295);
}

function edited(
  now: readonly string[],
  set: { add?: string[]; remove?: string[]; set?: string[] },
  unwanted: (community: string) => boolean,
): readonly string[] {
  const base = set.set ?? now;
  const kept = base.filter((each) => set.remove?.includes(each) !== true && (set.set !== undefined || !unwanted(each)));
  return [...new Set([...kept, ...(set.add ?? [])])].sort();
}
