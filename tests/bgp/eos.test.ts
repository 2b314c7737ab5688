/**
 * What EOS does that others do not, a fact each: after Arista's documentation and outputs that others captured on cEOS
 * (4.36: what an aggregate is made of). Not verified against a running switch.
 */
import { describe, expect, test } from "vitest";
import { resolve, solve } from "../../components/bgp/solve";
import type { Origination, Speaker, StaticRoute, Term } from "../../components/bgp/network";
import { best, forecast, network, nextHops, rib, to, type Sketch } from "./networks/build";

const EOS: Pick<Sketch, "dialect"> = { dialect: { system: "eos", version: "4.32" } };
const AGGREGATE: Origination = { kind: "aggregate", prefix: "10.8.0.0/16" };
const SPECIFIC: StaticRoute = { prefix: "10.8.1.0/24", blackhole: true };

/** Two neighbors announce what `first` and `second` say to a switch, which tells a fourth router. */
const star = (leaf: Partial<Sketch>, first: Partial<Sketch> = {}, second: Partial<Sketch> = {}) => ({
  leaf: {
    asn: 65000,
    at: ["a 10.0.1.1/24", "b 10.0.2.1/24", "c 10.0.3.1/24"],
    neighbors: [to("10.0.1.2", 65001), to("10.0.2.2", 65002), to("10.0.3.2", 65003)],
    ...EOS,
    ...leaf,
  },
  one: { asn: 65001, at: ["a 10.0.1.2/24"], neighbors: [to("10.0.1.1", 65000)], ...first },
  two: { asn: 65002, at: ["b 10.0.2.2/24"], neighbors: [to("10.0.2.1", 65000)], ...second },
  far: { asn: 65003, at: ["c 10.0.3.2/24"], neighbors: [to("10.0.3.1", 65000)] },
});

const says = (prefix: string, ...prepend: number[]): Partial<Sketch> => ({
  routes: [{ prefix, blackhole: true }],
  originate: [{ kind: "network", prefix, policy: "P" }],
  policies: { P: { terms: [{ seq: 10, action: "accept", set: { prepend } }] } },
});

describe("an aggregate", () => {
  test("of a static route that BGP does not announce is announced, with origin incomplete", () => {
    const solution = forecast(star({ routes: [SPECIFIC], originate: [AGGREGATE] }));
    expect(best(solution, "far", AGGREGATE.prefix)).toMatchObject({ origin: "incomplete", asPath: [65000] });
    expect(nextHops(solution, "leaf", AGGREGATE.prefix)).toEqual(["blackhole"]);
    expect(solution.table("leaf").fib.get(AGGREGATE.prefix)?.distance).toBe(200);
  });

  test("without any more specific route is none", () => {
    const same = star({ routes: [{ prefix: AGGREGATE.prefix, blackhole: true }], originate: [AGGREGATE] });
    expect(best(forecast(same), "far", AGGREGATE.prefix)).toBeUndefined();
  });

  test("begins with the ASNs that the paths of its more specific ones begin with", () => {
    const [a, b] = [says("10.8.1.0/24", 64900, 64901), says("10.8.2.0/24", 64902)];
    const of = (...neighbors: Partial<Sketch>[]) =>
      best(forecast(star({ originate: [AGGREGATE] }, ...neighbors)), "far", AGGREGATE.prefix);
    expect(of(a)).toMatchObject({ asPath: [65000, 65001, 64900, 64901], atomicAggregate: true });
    expect(of(a, b)).toMatchObject({ asPath: [65000], atomicAggregate: true });
  });

  test("is refused by the neighbor that every more specific path came from", () => {
    expect(rib(forecast(star({ originate: [AGGREGATE] }, says("10.8.1.0/24"))), "one", AGGREGATE.prefix)).toEqual([]);
  });

  test("gives way to a static route of the same prefix, and is then sent to nobody", () => {
    const routes = [SPECIFIC, { prefix: AGGREGATE.prefix, via: ["10.0.2.2"] }];
    const solution = forecast(star({ routes, originate: [AGGREGATE] }));
    expect(nextHops(solution, "leaf", AGGREGATE.prefix)).toEqual(["10.0.2.2"]);
    expect(best(solution, "far", AGGREGATE.prefix)).toBeUndefined();
  });
});

describe("a path that the routing table does not use", () => {
  const P = "203.0.113.0/24";
  const idle = (more: Partial<Sketch> = {}) => star({ routes: [{ prefix: P, via: ["10.0.2.2"] }], ...more }, says(P));

  test("is held and not advertised", () => {
    const solution = forecast(idle());
    expect(best(solution, "leaf", P)?.from?.speaker).toBe("one");
    expect(nextHops(solution, "leaf", P)).toEqual(["10.0.2.2"]);
    expect(best(solution, "far", P)).toBeUndefined();
  });

  test("is advertised with `bgp advertise-inactive`", () => {
    expect(best(forecast(idle({ bgp: { advertiseInactive: true } })), "far", P)?.asPath).toEqual([65000, 65001]);
  });

  test("is advertised where the static route is the worse one", () => {
    const routes = [{ prefix: P, via: ["10.0.2.2"], distance: 250 }];
    expect(best(forecast(idle({ routes })), "far", P)?.asPath).toEqual([65000, 65001]);
  });

  test("is told apart from prefixes that are announced in the same way", () => {
    const both = says(P);
    both.routes?.push({ prefix: "203.0.114.0/24", blackhole: true });
    both.originate?.push({ kind: "network", prefix: "203.0.114.0/24", policy: "P" });
    const solution = forecast(star({ routes: [{ prefix: P, via: ["10.0.2.2"] }] }, both));
    expect([P, "203.0.114.0/24"].map((prefix) => rib(solution, "far", prefix).length)).toEqual([0, 1]);
  });

  test("is advertised again when the static route goes", () => {
    const before = solve(network(idle()));
    const after = resolve(before, network(idle({ routes: [] })));
    expect(best(after, "far", P)?.asPath).toEqual([65000, 65001]);
  });
});

describe("a route-map", () => {
  const P = "203.0.113.0/24";
  const sent = (terms: Term[], leaf: Partial<Sketch> = {}) => {
    const policies: Speaker["policies"] = { OUT: { terms } };
    const neighbors = [
      to("10.0.1.2", 65001),
      to("10.0.2.2", 65002),
      to("10.0.3.2", 65003, {}, { exportPolicy: "OUT" }),
    ];
    return forecast(star({ neighbors, policies, ...leaf }, says(P)));
  };

  test("that continues at a clause which does not exist ends there, accepting with what was set", () => {
    const solution = sent([
      { seq: 10, action: "continue", goto: 30, set: { med: 7 } },
      { seq: 40, action: "reject" },
    ]);
    expect(best(solution, "far", P)?.med).toBe(7);
  });

  test("that continues at a clause which exists goes on there", () => {
    const terms: Term[] = [
      { seq: 10, action: "continue", goto: 40, set: { med: 7 } },
      { seq: 40, action: "reject" },
    ];
    expect(best(sent(terms), "far", P)).toBeUndefined();
  });

  test.each<["ebgp" | "ibgp", number]>([
    ["ebgp", 1],
    ["ibgp", 0],
  ])("matches the kind of session that a path came by, wherever it goes: %s", (learnedBy, count) => {
    expect(rib(sent([{ seq: 10, action: "accept", match: { learnedBy } }]), "far", P)).toHaveLength(count);
  });

  test("matches own routes by neither kind", () => {
    const own = {
      routes: [{ prefix: "10.9.0.0/16", blackhole: true }],
      originate: [{ kind: "network" as const, prefix: "10.9.0.0/16" }],
    };
    const solution = sent([{ seq: 10, action: "accept", match: { learnedBy: "ebgp" } }], own);
    expect(rib(solution, "far", "10.9.0.0/16")).toEqual([]);
  });
});
