/** Policies that call others, as route_map_apply_ext of FRR 8.4 and 10.3 follows them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callersOf, withoutCalls } from "../../components/bgp/calls";
import type { Policy, Speaker, Term } from "../../components/bgp/network";
import { validateNetwork } from "../../components/bgp/validate";
import { best, blackhole, forecast, to, type Sketch } from "./networks/build";

type Policies = Record<string, Policy>;

const speaker = (policies: Policies): Speaker => ({
  name: "r1",
  dialect: { system: "frr", version: "10.3" },
  asn: 65001,
  routerId: "10.0.0.1",
  interfaces: [],
  bgp: {},
  neighbors: [],
  policies,
});

/** The MEDs that the terms on a route's way set, one after the other; undefined where it is refused. A route is a tag. */
function followed(policies: Policies, name: string, tag: number, depth = 0): number[] | undefined {
  const { terms = [] } = policies[name] ?? {};
  const set: number[] = [];
  for (let at = 0; at < terms.length;) {
    const term = terms[at] as Term;
    at++;
    if (term.match?.tag !== undefined && term.match.tag !== tag) continue;
    if (term.action === "reject") return undefined;
    if (term.set?.med !== undefined) set.push(Number(term.set.med));
    if (term.call !== undefined && policies[term.call] !== undefined) {
      const more = followed(policies, term.call, tag, depth + 1);
      if (more === undefined) return undefined;
      set.push(...more);
    }
    if (term.action === "accept") return set;
    const to = terms.findIndex(({ seq = 0 }, index) => index >= at && seq >= (term.goto ?? 0));
    if (to < 0) return set;
    at = to;
  }
  return undefined;
}

const term = (calls: readonly string[]): fc.Arbitrary<Omit<Term, "seq">> =>
  fc
    .record({
      tag: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
      med: fc.nat(99),
      action: fc.constantFrom("accept" as const, "continue" as const, "continue" as const, "reject" as const),
      goto: fc.option(fc.constantFrom(10, 20, 30, 40), { nil: undefined }),
      call: fc.option(fc.constantFrom("nobody", ...calls), { nil: undefined }),
    })
    .map(({ tag, med, action, goto, call }) => ({
      action,
      ...(tag === undefined ? {} : { match: { tag } }),
      ...(action === "reject" ? {} : { set: { med } }),
      ...(action === "continue" && goto !== undefined ? { goto } : {}),
      ...(action !== "reject" && call !== undefined ? { call } : {}),
    }));

const policy = (...calls: string[]): fc.Arbitrary<Policy> =>
  fc
    .array(term(calls), { minLength: 1, maxLength: 4 })
    .map((terms) => ({ terms: terms.map((each, at) => ({ seq: (at + 1) * 10, ...each })) }));

test("without calls a policy does what it does with them", () => {
  fc.assert(
    fc.property(fc.record({ a: policy("b", "c"), b: policy("c"), c: policy() }), (policies) => {
      const { policies: flat = {} } = withoutCalls(speaker(policies));
      expect(JSON.stringify(flat)).not.toMatch(/"call":"[abc]"/);
      for (const name of ["a", "b", "c"]) {
        for (const tag of [1, 2, 3]) expect(followed(flat, name, tag)).toEqual(followed(policies, name, tag));
      }
    }),
    { numRuns: 500 },
  );
});

test("a speaker whose policies call nobody is the same object, and one that is asked twice has one answer", () => {
  const plain = speaker({ a: { terms: [{ action: "accept" }] } });
  expect(withoutCalls(plain)).toBe(plain);
  const one = speaker({ a: { terms: [{ action: "accept", call: "b" }] }, b: { terms: [{ action: "accept" }] } });
  expect(withoutCalls(one).policies).toBe(withoutCalls({ ...one }).policies);
});

test("who leads to a policy", () => {
  const calling = (call?: string): Policy => ({
    terms: [{ action: "accept", ...(call === undefined ? {} : { call }) }],
  });
  const policies = { a: calling("b"), b: calling("c"), c: calling(), d: calling() };
  expect([...callersOf(policies, "c")].sort()).toEqual(["a", "b", "c"]);
});

test("a policy that leads back to itself, and a refusal that calls, are faults", () => {
  const one = speaker({
    a: { terms: [{ action: "accept", call: "b" }] },
    b: {
      terms: [
        { action: "continue", call: "a" },
        { action: "reject", call: "c" },
      ],
    },
    c: { terms: [{ action: "accept" }] },
  });
  const checked = validateNetwork({ version: 1, speakers: [one], segments: [] });
  expect(checked.ok ? [] : checked.faults.map(({ path, found }) => `${path} ${found}`)).toEqual([
    "speakers[0].policies.a.terms[0].call b",
    "speakers[0].policies.b.terms[0].call a",
    "speakers[0].policies.b.terms[1].call c",
  ]);
});

describe("a router that imports with a call", () => {
  const P = "203.0.113.0/24";
  const network = (more: Policy): Record<string, Sketch> => ({
    r1: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.2", 65002)], ...blackhole(P) },
    r2: {
      asn: 65002,
      at: ["l 10.0.0.2/24"],
      neighbors: [to("10.0.0.1", 65001, {}, { importPolicy: "IN" })],
      policies: { IN: { terms: [{ seq: 10, action: "accept", set: { med: 5 }, call: "MORE" }] }, MORE: more },
    },
  });

  test("takes what the called policy sets over its own", () => {
    const path = best(
      forecast(network({ terms: [{ action: "accept", set: { med: 7, localPreference: 300 } }] })),
      "r2",
      P,
    );
    expect([path?.med, path?.localPreference]).toEqual([7, 300]);
  });

  test("refuses what falls off the called policy's end", () => {
    const never = { terms: [{ action: "accept" as const, match: { tag: 9 } }] };
    expect(best(forecast(network(never)), "r2", P)).toBeUndefined();
  });
});
