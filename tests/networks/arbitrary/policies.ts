/** Arbitrary policies: what their terms match and set, as far as the router's system has words for it. */
import fc from "fast-check";
import type { Match, Policy, SetActions, Term } from "../../../components/bgp/network";
import {
  COMMUNITY_LISTS,
  LISTS,
  PATH_LISTS,
  type RouterSystem,
  asn,
  larges,
  never,
  optional,
  prefixMatch,
  some,
  standards,
  u32,
  v4,
} from "./values";

export const match = (system: RouterSystem): fc.Arbitrary<Match> =>
  some<Match>({
    prefixes: optional(fc.uniqueArray(prefixMatch, { maxLength: 3, selector: (one) => JSON.stringify(one) }), 1),
    notPrefixes: optional(
      fc.uniqueArray(prefixMatch, { minLength: 1, maxLength: 2, selector: (one) => JSON.stringify(one) }),
      1,
    ),
    prefixList: optional(fc.constantFrom(...LISTS)),
    nextHopPrefixList: optional(fc.constantFrom(...LISTS), 1),
    communityList: optional(fc.constantFrom(...COMMUNITY_LISTS)),
    communities: optional(
      fc.tuple(standards, optional(larges)).map(([a, b]) => [...a, ...(b ?? [])]),
      1,
    ),
    asPathList: optional(fc.constantFrom(...PATH_LISTS)),
    asPathPrefix: optional(fc.array(asn, { minLength: 1, maxLength: 3 }), 1),
    localPreference: optional(u32, 1),
    med: optional(u32, 1),
    interface: optional(fc.constantFrom("eth0", "eth9"), 1),
    peerType: never,
    learnedBy: system === "eos" ? optional(fc.constantFrom("ebgp" as const, "ibgp" as const), 1) : never,
    source: fc.constant(undefined),
    metricBelow: fc.constant(undefined),
    communityMatch: system === "frr" ? optional(fc.constantFrom("any" as const, "exact" as const)) : never,
    communityCountMax: system === "frr" ? optional(fc.nat(65535), 1) : never,
    asPathCountMax: system === "frr" ? optional(fc.nat(65535), 1) : never,
    peer: system === "frr" ? optional(fc.constantFrom("10.0.0.9", "local", "eth0"), 1) : never,
    sourcePeer: system === "frr" ? optional(fc.constantFrom("10.0.0.9", "eth0"), 1) : never,
    tag: optional(fc.integer({ min: 1, max: 0xffffffff }), 1),
    origin: system === "frr" ? optional(fc.constantFrom("igp" as const, "incomplete" as const), 1) : never,
  }).map((one) => {
    // One condition of a kind is what a clause has room for.
    if (one.prefixList !== undefined) for (const field of ["prefixes", "notPrefixes"] as const) delete one[field];
    if (one.prefixes?.length === 0) delete one.notPrefixes;
    if (one.communityList !== undefined) delete one.communities;
    else delete one.communityMatch;
    if (one.asPathList !== undefined) delete one.asPathPrefix;
    return one;
  });

const sets = (system: RouterSystem): fc.Arbitrary<SetActions> =>
  some<SetActions>({
    localPreference: optional(system === "frr" ? fc.oneof(u32, fc.constantFrom("+5", "-100")) : u32),
    med: optional(
      fc.oneof(
        u32,
        fc.integer({ min: 1, max: 1000 }).map((n) => `+${n}`),
        fc.constant("-5"),
      ),
    ),
    weight: optional(fc.nat(65535), 1),
    origin: optional(fc.constantFrom("igp" as const, "egp" as const, "incomplete" as const), 1),
    prepend: optional(fc.array(asn, { minLength: 1, maxLength: 3 }), 1),
    prependFirst: system === "frr" ? optional(fc.integer({ min: 1, max: 10 }), 1) : never,
    exclude: system === "frr" ? optional(fc.array(asn, { minLength: 1, maxLength: 3 }), 1) : never,
    nextHop: optional(fc.oneof(v4, fc.constant("2001:db8::9"), fc.constantFrom("self", "peer", "unchanged")), 1),
    communities: optional(
      fc.oneof<fc.Arbitrary<NonNullable<SetActions["communities"]>>[]>(
        fc.oneof(standards, fc.constant<string[]>([])).map((set) => ({ set })),
        standards.map((add) => ({ add })),
        standards.map((remove) => ({ remove })),
        fc.tuple(standards, standards).map(([add, remove]) => ({ add, remove })),
        fc.constant({ removeList: "MARKED" }),
      ),
    ),
    largeCommunities: optional(
      fc.oneof(
        larges.map((set) => ({ set })),
        larges.map((add) => ({ add })),
        larges.map((remove) => ({ remove })),
        fc.constant({ removeList: "LARGE" }),
      ),
      1,
    ),
    preference: fc.constant(undefined),
    tag: optional(fc.integer({ min: 1, max: 0xffffffff }), 1),
  }).map((set) => {
    // One way to change the path is what a clause has room for.
    if (set.prepend !== undefined) for (const field of ["prependFirst", "exclude"] as const) delete set[field];
    if (set.prependFirst !== undefined) delete set.exclude;
    return set;
  });

/** With calls to a policy of that name, where the system has them. */
export const policy = (system: RouterSystem, called?: string): fc.Arbitrary<Policy> =>
  fc
    .array(
      fc
        .tuple(
          match(system),
          sets(system),
          fc.constantFrom("accept", "accept", "reject", "continue", "jump"),
          system === "frr" && called !== undefined ? optional(fc.constant(called), 1) : never,
        )
        .map(([one, set, kind, call]): Term => ({
          action: kind === "jump" ? "continue" : kind,
          ...(kind === "jump" ? { goto: 90 } : {}),
          ...(call !== undefined && kind !== "reject" ? { call } : {}),
          ...(Object.keys(one).length > 0 ? { match: one } : {}),
          ...(kind !== "reject" && Object.keys(set).length > 0 ? { set } : {}),
        })),
      { minLength: 1, maxLength: 4 },
    )
    .map((terms) => ({ terms: terms.map((term, index) => ({ ...term, seq: (index + 1) * 10 })) }));
