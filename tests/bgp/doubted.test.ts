/** Answers that hang on the way the network came up, each met in running daemons and read in their source. */
import { describe, expect, test } from "vitest";
import type { DialectRef, Neighbor, Speaker } from "../../components/bgp/network";
import { blackhole, forecast, rib, to, type Sketch } from "./networks/build";
import { fan } from "./networks/fan";

const P = "203.0.113.0/24";
const bird: Pick<Speaker, "dialect"> = { dialect: { system: "bird", version: "1.6" } };
const frr = (version: string): DialectRef => ({ system: "frr", version, profile: "datacenter" });
const said = (network: Record<string, Sketch>): string[] =>
  forecast(network).notModelled.map(({ speaker, prefix }) => `${speaker} ${prefix}`);

/** A speaker with a loopback that the others reach by an IGP: a static route of FRR's own would count as connected. */
const far = (own: number, other: number, more: Neighbor = {}): Neighbor =>
  to(`10.9.0.${other}`, 65000 + other, { localAddress: `10.9.0.${own}`, multihop: 2, ...more });
const loopback = (own: number, others: number[]): Pick<Sketch, "at" | "routes"> => ({
  at: [`lo 10.9.0.${own}/32`, `l 10.0.0.${own}/24`],
  routes: others.map((each) => ({ prefix: `10.9.0.${each}/32`, via: [`10.0.0.${each}`], source: "kernel" })),
});
const announces = (sketch: Sketch, prefix: string): Sketch => ({
  ...sketch,
  routes: [...(sketch.routes ?? []), { prefix, blackhole: true }],
  originate: [
    sketch.dialect?.system === "bird" ? { kind: "redistribute", from: "static" } : { kind: "network", prefix },
  ],
});

describe("ADD-PATH from FRR before 10.3 by an export policy", () => {
  /** Beside what it passes on the hub has a prefix of its own. */
  const fans = (version: string, exportPolicy?: "OUT"): Record<string, Sketch> => {
    const network = fan(P, version, exportPolicy);
    return { ...network, hub: { ...(network["hub"] as Sketch), ...blackhole("198.51.100.0/24") } };
  };
  const openIn = (network: Record<string, Sketch>): unknown[] =>
    forecast(network).notModelled.map(({ speaker, prefix, only }) => [speaker, prefix, only]);

  test("how often what others told it stands at the neighbor is open, and no more than that", () => {
    expect(openIn(fans("8.4", "OUT"))).toEqual([["far", P, "copies"]]);
    expect(rib(forecast(fans("8.4", "OUT")), "far", P)).toHaveLength(2);
  });

  test("without the policy, or from 10.3 on, nothing is", () => {
    expect(openIn(fans("8.4"))).toEqual([]);
    expect(openIn(fans("10.3", "OUT"))).toEqual([]);
  });
});

describe("a multihop session that both ends dial", () => {
  const r1: Sketch = { asn: 65001, ...loopback(1, [2]), neighbors: [far(1, 2)] };
  const r2 = announces({ asn: 65002, ...loopback(2, [1]), neighbors: [far(2, 1)], ...bird }, P);

  test("FRR 8.4 may refuse what comes by it, and then hands nothing on", () => {
    const network = {
      r1: { ...r1, at: [...r1.at, "m 10.1.0.1/24"], neighbors: [far(1, 2), to("10.1.0.3", 65003)] },
      r2,
      r3: { asn: 65003, at: ["m 10.1.0.3/24"], neighbors: [to("10.1.0.1", 65001)] },
    };
    expect(said(network)).toEqual([`r1 ${P}`, `r3 ${P}`]);
    const refusing = forecast(network).sessions.flatMap(({ key, mayRefuse }) =>
      (mayRefuse ?? []).map((at) => [key, at]),
    );
    expect(refusing).toEqual([["r1 10.9.0.1 - r2 10.9.0.2", "r1"]]);
  });

  test("where another path wins anyway, nothing but these is open", () => {
    const beside = announces({ asn: 65004, at: ["l 10.0.0.4/24"], neighbors: [to("10.0.0.1", 65001)] }, P);
    const network = { r1: { ...r1, neighbors: [far(1, 2), to("10.0.0.4", 65004)] }, r2, r4: beside };
    const here = forecast(network).notModelled.filter(({ speaker }) => speaker === "r1");
    expect(here.map(({ part }) => part)).toEqual([{ from: [], reach: ["r2"], best: false, fib: false }]);
  });

  test("of two paths that say the same it may bring one: how many go on by ADD-PATH is open", () => {
    const network = {
      r1: {
        ...r1,
        at: [...r1.at, "m 10.1.0.1/24"],
        neighbors: [far(1, 2), to("10.0.0.4", 65002), to("10.1.0.3", 65003, {}, { addPath: { send: "all" as const } })],
      },
      r2,
      r3: { asn: 65003, at: ["m 10.1.0.3/24"], neighbors: [to("10.1.0.1", 65001)] },
      r4: announces({ asn: 65002, at: ["l 10.0.0.4/24"], neighbors: [to("10.0.0.1", 65001)], ...bird }, P),
    };
    expect(rib(forecast(network), "r3", P)).toHaveLength(2);
    const there = forecast(network).notModelled.filter(({ speaker }) => speaker === "r3");
    expect(there.map(({ part }) => part?.from)).toEqual([["r1"]]);
  });

  test.each<[string, Record<string, Sketch>]>([
    ["one end alone dials", { r1, r2: { ...r2, neighbors: [far(2, 1, { passive: true })] } }],
    ["the connected check is off", { r1: { ...r1, neighbors: [far(1, 2, { disableConnectedCheck: true })] }, r2 }],
    ["it is FRR 9.0 or newer", { r1: { ...r1, dialect: frr("9.0") }, r2 }],
    [
      "FRR's own static route leads there",
      { r1: { ...r1, routes: [{ prefix: "10.9.0.2/32", via: ["10.0.0.2"] }] }, r2 },
    ],
  ])("nothing is open where %s", (_, network) => {
    const solution = forecast(network);
    expect(solution.sessions.map(({ up, mayRefuse }) => [up, mayRefuse])).toEqual([[true, undefined]]);
    expect(rib(solution, "r1", P).map(({ valid, best }) => [valid, best])).toEqual([[true, true]]);
    expect(solution.notModelled).toEqual([]);
  });
});

test("FRR keeps one note for a next hop: a single-hop neighbor that tells of it has it wanted connected", () => {
  // r2 gives its block over loopbacks, and r3 beside it passes it on with r2's loopback as next hop, or with its own.
  const network = (nextHopUnchanged: boolean): Record<string, Sketch> => ({
    r1: { asn: 65001, ...loopback(1, [2, 3]), neighbors: [far(1, 2), to("10.0.0.3", 65002)] },
    r2: announces(
      {
        asn: 65002,
        ...loopback(2, [1, 3]),
        ...bird,
        neighbors: [
          far(2, 1, { passive: true }),
          to("10.9.0.3", 65002, { localAddress: "10.9.0.2" }, { nextHopSelf: true }),
        ],
      },
      P,
    ),
    r3: {
      asn: 65002,
      ...loopback(3, [1, 2]),
      ...bird,
      neighbors: [to("10.9.0.2", 65002, { localAddress: "10.9.0.3" }), to("10.0.0.1", 65001, {}, { nextHopUnchanged })],
    },
  });
  expect(rib(forecast(network(true)), "r1", P).map(({ nextHop }) => nextHop)).toEqual(["10.9.0.2", "10.9.0.2"]);
  expect(new Set(said(network(true)))).toEqual(new Set([`r1 ${P}`]));
  expect(said(network(false))).toEqual([]);
});

test("what a GoBGP ignores now may have come otherwise before maximum-prefix ended a session elsewhere", () => {
  // Without the source the hub's way leads through the node itself.
  const network = (limit: number): Record<string, Sketch> => ({
    source: {
      asn: 65000,
      at: ["b 10.0.1.2/24"],
      neighbors: [to("10.0.1.1", 65000)],
      routes: [0, 1, 2, 3].map((each) => ({ prefix: `203.0.${110 + each}.0/24`, blackhole: true })),
      originate: [0, 1, 2, 3].map((each) => ({ kind: "network", prefix: `203.0.${110 + each}.0/24` })),
    },
    hub: {
      asn: 65000,
      at: ["a 10.0.0.1/24", "b 10.0.1.1/24", "d 10.0.3.1/24"],
      policies: { NONE: { terms: [], otherwise: "reject" } },
      neighbors: [
        to("10.0.1.2", 65000, {}, { maximumPrefix: { limit } }),
        to("10.0.0.2", 65001, {}, { importPolicy: "NONE" }),
        to("10.0.3.2", 65002),
      ],
    },
    node: {
      dialect: { system: "gobgp", version: "3" },
      asn: 65001,
      at: ["a 10.0.0.2/24", "c 10.0.2.2/24", "e 10.0.4.1/24"],
      bgp: { compareRouterId: true },
      neighbors: [to("10.0.0.1", 65000), to("10.0.2.9", 65009), to("10.0.4.2", 65002)],
    },
    detour: {
      asn: 65002,
      at: ["d 10.0.3.2/24", "e 10.0.4.2/24"],
      neighbors: [to("10.0.3.1", 65000), to("10.0.4.1", 65001)],
    },
    other: { asn: 65009, at: ["c 10.0.2.9/24"], neighbors: [to("10.0.2.2", 65001)], ...blackhole(P) },
  });
  expect(said(network(1))).toContain(`node ${P}`);
  expect(said(network(9))).toEqual([]);
});

test("FRR 8.4 makes no aggregate where a neighbor's equal one came first; 9.0 makes its own", () => {
  const network = (version: string): Record<string, Sketch> => ({
    r1: {
      dialect: frr(version),
      asn: 65001,
      at: ["l 10.0.0.1/24"],
      neighbors: [to("10.0.0.2", 65001)],
      originate: [{ kind: "aggregate", prefix: "203.0.112.0/20" }],
    },
    r2: {
      dialect: frr("10.3"),
      asn: 65001,
      at: ["l 10.0.0.2/24"],
      neighbors: [to("10.0.0.1", 65001)],
      routes: [{ prefix: P, blackhole: true }],
      originate: [
        { kind: "network", prefix: P },
        { kind: "aggregate", prefix: "203.0.112.0/20" },
      ],
    },
  });
  expect(new Set(said(network("8.4")))).toEqual(new Set(["r1 203.0.112.0/20", "r2 203.0.112.0/20"]));
  // What the other sends is told, at either.
  expect(forecast(network("8.4")).notModelled.map(({ speaker, part }) => [speaker, part?.from])).toEqual(
    expect.arrayContaining([
      ["r1", ["r1"]],
      ["r2", ["r1"]],
    ]),
  );
  expect(said(network("9.0"))).toEqual([]);
});

test("BIRD takes nothing back from a neighbor that is the next hop of what replaces it", () => {
  // The client's own way out is better than the second router's, which the reflector heard first.
  const network = (localPreference: number): Record<string, Sketch> => ({
    client: {
      asn: 65000,
      at: ["l 10.0.0.1/24", "x 10.0.1.1/24"],
      policies: { OUT: { terms: [{ action: "accept", set: { localPreference } }] } },
      neighbors: [
        to("10.0.0.2", 65000, {}, { nextHopSelf: true }),
        to("10.0.0.3", 65000),
        to("10.0.1.9", 65009, {}, { importPolicy: "OUT" }),
      ],
    },
    second: {
      asn: 65000,
      at: ["l 10.0.0.2/24", "x 10.0.1.2/24"],
      neighbors: [
        to("10.0.0.1", 65000),
        to("10.0.0.3", 65000, {}, { reflectorClient: true, nextHopSelf: true }),
        to("10.0.1.9", 65009),
      ],
    },
    reflector: {
      asn: 65000,
      at: ["l 10.0.0.3/24"],
      ...bird,
      neighbors: [to("10.0.0.1", 65000, {}, { reflectorClient: true }), to("10.0.0.2", 65000)],
    },
    outside: {
      asn: 65009,
      at: ["x 10.0.1.9/24"],
      neighbors: [to("10.0.1.1", 65000), to("10.0.1.2", 65000)],
      ...blackhole(P),
    },
  });
  const unsent = (preference: number): string[] =>
    forecast(network(preference))
      .notModelled.filter(({ what }) => what.startsWith("BIRD"))
      .map(({ speaker }) => speaker);
  expect(unsent(120)).toEqual(["client"]);
  expect(unsent(80)).toEqual([]);
});
