/**
 * What the order of arrival decides: the gadgets of Griffin, Shepherd and Wilfong, the MED oscillation of RFC 3345, and
 * what GoBGP leaves standing. The facts are those of the papers and of the daemons, not of this solver.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Network } from "../../components/bgp/network";
import { solve } from "../../components/bgp/solve";
import type { Ambiguity, Solution } from "../../components/bgp/solution";
import { best, blackhole, forecast, network, rib, to, type Sketch } from "./networks/build";
import { AROUND, circle, DISAGREE, GADGET, linked } from "./networks/gadgets";

const P = GADGET;

const at = (solution: Solution, speaker: string): Ambiguity | undefined =>
  solution.ambiguities.find((each) => each.speaker === speaker && each.prefix === P);

describe("several stable states", () => {
  test("DISAGREE: whoever hears the other first follows it, and both say what else may be best", () => {
    const solution = forecast(DISAGREE);
    expect(solution.oscillations).toEqual([]);
    for (const [name, other] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      expect(
        at(solution, name)
          ?.candidates.map(({ from }) => from)
          .sort(),
      ).toEqual([other, "origin"].sort());
      expect(at(solution, name)).toMatchObject({ what: "best", arrival: true });
    }
    expect(at(solution, "origin")).toBeUndefined();
  });

  test("in DISAGREE one of the two always goes straight to the origin", () => {
    const solution = forecast(DISAGREE);
    const straight = ["a", "b"].filter((name) => best(solution, name, P)?.from?.speaker === "origin");
    expect(straight).toHaveLength(1);
  });

  test("another prefix of the same origin, which no preference concerns, is certain", () => {
    const other = "198.51.100.0/24";
    const a = DISAGREE["a"] as Sketch;
    const b = DISAGREE["b"] as Sketch;
    const origin = DISAGREE["origin"] as Sketch;
    const onlyP = (sketch: Sketch): Sketch => ({
      ...sketch,
      policies: {
        WANTS: {
          terms: (sketch.policies?.["WANTS"]?.terms ?? []).map((term, index) =>
            index === 0 ? { ...term, match: { ...term.match, prefixes: [{ prefix: P }] } } : term,
          ),
        },
      },
    });
    const solution = forecast({
      a: onlyP(a),
      b: onlyP(b),
      origin: {
        ...origin,
        routes: [P, other].map((prefix) => ({ prefix, blackhole: true })),
        originate: [P, other].map((prefix) => ({ kind: "network" as const, prefix })),
      },
    });
    expect(new Set(solution.ambiguities.map(({ prefix }) => prefix))).toEqual(new Set([P]));
  });

  test("BAD GADGET has no stable state: it oscillates, and the cycle names all three", () => {
    const { oscillations, ambiguities } = forecast(circle(AROUND));
    expect(oscillations).toHaveLength(1);
    expect(oscillations[0]?.prefix).toBe(P);
    expect(oscillations[0]?.speakers).toEqual(expect.arrayContaining(["a", "b", "c"]));
    expect(oscillations[0]?.cycle.length).toBeGreaterThan(1);
    expect(ambiguities.filter(({ prefix }) => prefix === P)).toEqual([]);
  });

  test("GOOD GADGET: with one of the three content with the origin there is one state, and it is certain", () => {
    const solution = forecast(circle({ a: AROUND.a, b: AROUND.b }));
    expect(solution.oscillations).toEqual([]);
    expect(solution.ambiguities).toEqual([]);
    // c goes straight, so b goes by c, so a, which wanted b's straight path, goes straight too.
    const via = ["a", "b", "c"].map((name) => best(solution, name, P)?.from?.speaker);
    expect(via).toEqual(["origin", "c", "origin"]);
  });

  test("what two speakers tell each other in circles while a third is slow is over when it speaks: no other state", () => {
    const sketches = linked(
      [
        ["a", "origin"],
        ["b", "origin"],
        ["a", "b"],
      ],
      {},
    );
    // a wants b's path, even its own that comes back under b's name, which b then no longer has to give.
    const a = sketches["a"] as Sketch;
    const b = sketches["b"] as Sketch;
    const [toOrigin, toB] = a.neighbors ?? [];
    const [fromOrigin, toA] = b.neighbors ?? [];
    if (toOrigin === undefined || toB === undefined || fromOrigin === undefined || toA === undefined) throw new Error();
    const solution = forecast({
      ...sketches,
      a: { ...a, neighbors: [toOrigin, { ...toB, families: { ipv4: { weight: 200 } } }] },
      b: { ...b, neighbors: [fromOrigin, { ...toA, families: { ipv4: { asOverride: true } } }] },
    });
    expect(best(solution, "a", P)?.from?.speaker).toBe("b");
    expect(best(solution, "b", P)?.from?.speaker).toBe("origin");
    expect(solution.oscillations).toEqual([]);
    expect(solution.ambiguities).toEqual([]);
  });

  test("shortest paths alone are certain, however many ways there are", () => {
    const solution = forecast(circle({}));
    expect(solution.ambiguities).toEqual([]);
  });
});

/** RFC 3345, 2.1: two clusters, two paths by AS 10 with MEDs 10 and 0, one by AS 6; what an exit costs differs. */
function rfc3345(alwaysCompareMed: boolean): Record<string, Sketch> {
  const bgp: NonNullable<Sketch["bgp"]> = { compareRouterId: true, deterministicMed: true, alwaysCompareMed };
  const client = (address: string): ReturnType<typeof to> => to(address, 65000, {}, { reflectorClient: true });
  const cost = (exit: string, metric: number): { prefix: string; via: string[]; source: "kernel"; metric: number } => ({
    prefix: `${exit}/32`,
    via: ["192.0.2.254"],
    source: "kernel",
    metric,
  });
  const edge = (host: number, reflector: string, asn: number): Sketch => ({
    asn: 65000,
    at: [`lan 192.0.2.${host}/24`, `x${host} 10.0.${host}.0/31`, `lo 10.1.0.${host}/32`],
    bgp,
    policies: { EXIT: { terms: [{ seq: 10, action: "accept", set: { nextHop: `10.1.0.${host}` } }] } },
    neighbors: [to(`10.0.${host}.1`, asn), to(reflector, 65000, {}, { exportPolicy: "EXIT" })],
  });
  const outside = (host: number, asn: number, med?: number): Sketch => ({
    asn,
    at: [`x${host} 10.0.${host}.1/31`],
    bgp,
    policies: {
      SAYS: { terms: [{ seq: 10, action: "accept", set: { prepend: [100], ...(med === undefined ? {} : { med }) } }] },
    },
    neighbors: [to(`10.0.${host}.0`, 65000, {}, { exportPolicy: "SAYS" })],
    ...blackhole(P),
  });
  return {
    ra: {
      asn: 65000,
      at: ["lan 192.0.2.1/24"],
      bgp: { ...bgp, clusterId: "1.0.0.1" },
      neighbors: [client("192.0.2.2"), client("192.0.2.3"), to("192.0.2.4", 65000)],
      routes: [cost("10.1.0.2", 4), cost("10.1.0.3", 5), cost("10.1.0.5", 13)],
    },
    rb: edge(2, "192.0.2.1", 10),
    rc: edge(3, "192.0.2.1", 6),
    rd: {
      asn: 65000,
      at: ["lan 192.0.2.4/24"],
      bgp: { ...bgp, clusterId: "1.0.0.2" },
      neighbors: [client("192.0.2.5"), to("192.0.2.1", 65000)],
      routes: [cost("10.1.0.2", 5), cost("10.1.0.3", 6), cost("10.1.0.5", 12)],
    },
    re: edge(5, "192.0.2.4", 10),
    as10a: outside(2, 10, 10),
    as6: outside(3, 6),
    as10b: outside(5, 10, 0),
  };
}

describe("RFC 3345", () => {
  test("MED compared within one neighboring AS alone never comes to rest between the two reflectors", () => {
    const { oscillations } = forecast(rfc3345(false));
    expect(oscillations.map(({ prefix }) => prefix)).toEqual([P]);
    expect(oscillations[0]?.speakers).toEqual(expect.arrayContaining(["ra", "rd"]));
  });

  test("compared always, it does", () => {
    expect(forecast(rfc3345(true)).oscillations).toEqual([]);
    expect(best(forecast(rfc3345(true)), "ra", P)?.med).toBe(0);
  });
});

describe("all answers together", () => {
  /** A ring with chords; some speakers weigh one neighbor's paths higher. */
  const drawn = fc.record({
    size: fc.integer({ min: 3, max: 6 }),
    chords: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 4 }),
    wants: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 4 }),
    byAge: fc.boolean(),
  });
  const build = ({ size, chords, wants, byAge }: typeof drawn extends fc.Arbitrary<infer T> ? T : never): Network => {
    const name = (index: number): string => (index % size === 0 ? "origin" : `r${index % size}`);
    const links = new Map<string, [string, string]>();
    for (const [a, b] of [...Array.from({ length: size }, (_, at) => [at, at + 1] as const), ...chords]) {
      const pair = [name(a), name(b)].sort() as [string, string];
      if (pair[0] !== pair[1]) links.set(pair.join(), pair);
    }
    const wanted = Object.fromEntries(wants.map(([who, of]) => [name(who), { of: name(of), path: [name(of)] }]));
    const sketches = linked([...links.values()], wanted);
    if (byAge) for (const sketch of Object.values(sketches)) sketch.bgp = {};
    return network(sketches);
  };

  test("the best path that is given is among the candidates wherever there are any", () => {
    fc.assert(
      fc.property(drawn, (shape) => {
        const solution = solve(build(shape));
        for (const { speaker, prefix, candidates } of solution.ambiguities) {
          const given = best(solution, speaker, prefix);
          if (given === undefined) continue;
          expect(candidates).toContainEqual({ nextHop: given.nextHop, from: given.from?.speaker ?? "" });
        }
      }),
      { numRuns: 60 },
    );
  });

  test("speakers written in another order end in a state that the first one allows", () => {
    fc.assert(
      fc.property(drawn, (shape) => {
        const first = build(shape);
        const one = solve(first);
        const two = solve({ ...first, speakers: [...first.speakers].reverse() });
        if (one.oscillations.length + two.oscillations.length > 0) return;
        const open = new Set(one.ambiguities.flatMap(({ speaker, reaches }) => [speaker, ...reaches]));
        for (const { name } of first.speakers) {
          if (open.has(name)) continue;
          const seen = (solution: Solution): unknown =>
            rib(solution, name, P)
              .map(({ from, asPath, best: chosen }) => `${from?.speaker ?? ""} ${asPath.join()} ${chosen}`)
              .sort();
          expect(seen(two)).toEqual(seen(one));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("blocks of two nodes behind two reflectors, heard by a router that keeps the oldest of equal paths", () => {
  const reflector = (host: number): Sketch => ({
    asn: 65010,
    at: [`lan 10.0.0.${host}/24`],
    bgp: { clusterId: "1.0.0.1", compareRouterId: true },
    neighbors: [
      to("10.0.0.21", 65010, {}, { reflectorClient: true }),
      to("10.0.0.22", 65010, {}, { reflectorClient: true }),
      to("10.0.0.1", 65101),
    ],
  });
  const node = (host: number, prefix: string): Sketch => ({
    asn: 65010,
    at: [`lan 10.0.0.${host}/24`],
    neighbors: [to("10.0.0.11", 65010), to("10.0.0.12", 65010)],
    ...blackhole(prefix),
  });

  test("the candidates of each block have that node's address as next hop, not the other's", () => {
    const solution = forecast({
      tor: {
        asn: 65101,
        at: ["lan 10.0.0.1/24"],
        bgp: { compareRouterId: false },
        neighbors: [to("10.0.0.11", 65010), to("10.0.0.12", 65010)],
      },
      q11: reflector(11),
      q12: reflector(12),
      w1: node(21, "172.21.1.0/26"),
      w2: node(22, "172.21.2.0/26"),
    });
    const hops = solution.ambiguities
      .filter(({ speaker, what }) => speaker === "tor" && what === "best")
      .map(({ prefix, candidates }) => [prefix, candidates.map(({ nextHop }) => nextHop)]);
    expect(hops).toEqual([
      ["172.21.1.0/26", ["10.0.0.21", "10.0.0.21"]],
      ["172.21.2.0/26", ["10.0.0.22", "10.0.0.22"]],
    ]);
  });
});
