/**
 * Which prefixes the lists and policies of a network tell apart: those alone of which one of them says something else. The
 * rules themselves are asked prefix by prefix; that they read lists as routers do is proven by fidelity.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plain, type Bundle } from "../../components/bgp/attributes";
import { Conditions } from "../../components/bgp/conditions";
import { dialectOf } from "../../components/bgp/dialects";
import { prefixListPermits } from "../../components/bgp/lists";
import type { Policy, PrefixListEntry, PrefixMatch, Speaker, Term } from "../../components/bgp/network";
import { applyPolicy } from "../../components/bgp/policy";
import type { Prefix } from "../../components/model/prefix";

const PREFIXES = [
  ...["10.0.0.0/8", "10.96.0.0/12", "10.96.12.7/32", "10.96.12.8/32", "10.244.0.0/16", "10.244.1.0/26"],
  ...["203.0.113.0/25", "203.0.113.10/32", "0.0.0.0/0", "2001:db8::/32", "2001:db8:1::/64"],
] as Prefix[];

const kindsOf = (add: (conditions: Conditions) => void): ((prefix: Prefix) => string) => {
  const conditions = new Conditions();
  add(conditions);
  return (prefix) => conditions.signature(prefix);
};

describe("a list tells prefixes apart by what it says, not by the entry that says it", () => {
  const services: PrefixListEntry[] = [
    { seq: 10, action: "permit", prefix: "203.0.113.0/25", le: 32 },
    { seq: 20, action: "permit", prefix: "10.96.0.0/12", le: 32 },
  ];

  test("service ranges that one list permits, each by an entry of its own, are one kind", () => {
    const kind = kindsOf((conditions) => conditions.addList(services));
    expect(kind("10.96.0.0/12" as Prefix)).toBe(kind("203.0.113.0/25" as Prefix));
    expect(kind("10.96.0.0/12" as Prefix)).not.toBe(kind("10.244.0.0/16" as Prefix));
  });

  test("what one list denies and another permits is told apart from what both permit", () => {
    const kind = kindsOf((conditions) => {
      conditions.addList(services);
      conditions.addList([
        { action: "deny", prefix: "10.96.0.0/12", le: 32 },
        { action: "permit", prefix: "any" },
      ]);
    });
    expect(kind("10.96.0.0/12" as Prefix)).not.toBe(kind("203.0.113.0/25" as Prefix));
  });
});

describe("terms of a policy", () => {
  const reject = (prefix: string, more: Partial<Term> = {}): Term => ({
    match: { prefixes: [{ prefix, le: 32 }] },
    action: "reject",
    ...more,
  });
  const told = (...terms: Term[]): boolean => {
    const kind = kindsOf((conditions) => conditions.addPolicy({ terms, otherwise: "accept" }));
    return kind("10.96.0.0/12" as Prefix) !== kind("203.0.113.0/25" as Prefix);
  };

  test("two that follow each other and reject are as one", () => {
    expect(told(reject("10.96.0.0/12"), reject("203.0.113.0/25"))).toBe(false);
  });

  test("not where one sets something, where a third stands between them, or where a policy goes to the second", () => {
    expect(told(reject("10.96.0.0/12"), reject("203.0.113.0/25", { action: "accept" }))).toBe(true);
    expect(told(reject("10.96.0.0/12"), { action: "accept" }, reject("203.0.113.0/25"))).toBe(true);
    const jumps: Term = { seq: 1, match: { communities: ["65000:1"] }, action: "continue", goto: 3 };
    expect(told(jumps, reject("10.96.0.0/12", { seq: 2 }), reject("203.0.113.0/25", { seq: 3 }))).toBe(true);
  });
});

const match: fc.Arbitrary<PrefixMatch> = fc
  .record({
    prefix: fc.constantFrom(...PREFIXES.filter((each) => !each.includes(":")), "any"),
    ge: fc.option(fc.constantFrom(26, 32), { nil: undefined }),
    le: fc.option(fc.constantFrom(24, 32), { nil: undefined }),
  })
  .map(({ prefix, ge, le }) => ({
    prefix,
    ...(ge === undefined ? {} : { ge }),
    ...(le === undefined ? {} : { le }),
  }));

const list: fc.Arbitrary<PrefixListEntry[]> = fc.array(
  fc.tuple(match, fc.constantFrom("permit" as const, "deny" as const)).map(([of, action]) => ({ ...of, action })),
  { minLength: 1, maxLength: 5 },
);

test("two prefixes are of one kind where every list says the same of both, and nowhere else", () => {
  fc.assert(
    fc.property(fc.array(list, { minLength: 1, maxLength: 3 }), (lists) => {
      const kind = kindsOf((conditions) => lists.forEach((each) => conditions.addList(each)));
      for (const a of PREFIXES) {
        for (const b of PREFIXES) {
          const alike = lists.every((each) => prefixListPermits(each, a) === prefixListPermits(each, b));
          expect(kind(a) === kind(b), `${a} and ${b}`).toBe(alike);
        }
      }
    }),
    { numRuns: 100 },
  );
});

const rarely = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: some });

const term: fc.Arbitrary<Term> = fc
  .record({
    prefixes: fc.option(fc.array(match, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    notPrefixes: rarely(fc.array(match, { maxLength: 1 })),
    communities: rarely(fc.constant<string[]>(["65000:1"])),
    med: rarely(fc.nat(3)),
    action: fc.constantFrom("accept" as const, "reject" as const, "continue" as const),
    goto: rarely(fc.constantFrom(20, 30, 40)),
  })
  .map(({ prefixes, notPrefixes, communities, med, action, goto }) => ({
    match: {
      ...(prefixes === undefined ? {} : { prefixes }),
      ...(notPrefixes === undefined ? {} : { notPrefixes }),
      ...(communities === undefined ? {} : { communities }),
    },
    ...(med === undefined ? {} : { set: { med } }),
    action,
    ...(goto === undefined || action !== "continue" ? {} : { goto }),
  }));

test("a policy does the same to all prefixes of one kind", () => {
  const system = { system: "frr", version: "10.3" } as const;
  const dialect = dialectOf(system);
  const speaker: Speaker = {
    name: "r1",
    asn: 65000,
    routerId: "1.1.1.1",
    dialect: system,
    interfaces: [],
    bgp: {},
    neighbors: [],
  };
  const bundles: Bundle[] = [[], ["65000:1"]].map((communities, id) => ({ ...plain("igp"), communities, id }));
  fc.assert(
    fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (drawn) => {
      const policy: Policy = { terms: drawn.map((each, at) => ({ ...each, seq: (at + 1) * 10 })), otherwise: "accept" };
      const kind = kindsOf((conditions) => conditions.addPolicy(policy));
      const does = (prefix: Prefix): string =>
        JSON.stringify(
          bundles.map((bundle) =>
            applyPolicy(
              speaker,
              dialect,
              policy,
              bundle,
              { prefix, nextHop: "10.0.0.1", source: "bgp", defaultLocalPreference: 100 },
              (set) => ({ ...set, id: -1 }),
            ),
          ),
        );
      for (const a of PREFIXES) {
        for (const b of PREFIXES) if (kind(a) === kind(b)) expect(does(a), `${a} and ${b}`).toBe(does(b));
      }
    }),
    { numRuns: 200 },
  );
});
