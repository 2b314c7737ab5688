/** What FRR's next answer hangs on that is in no configuration: met in running daemons, each read in their source. */
import { describe, expect, test } from "vitest";
import type { DialectRef, Speaker } from "../../components/bgp/network";
import { best, blackhole, forecast, rib, to, type Sketch } from "./networks/build";

const P = "203.0.113.0/24";
const bird: Pick<Speaker, "dialect"> = { dialect: { system: "bird", version: "1.6" } };
const frr = (version: string): DialectRef => ({ system: "frr", version, profile: "datacenter" });
const fromBird = (prefix: string): Partial<Sketch> => ({
  ...bird,
  routes: [{ prefix, blackhole: true }],
  originate: [{ kind: "redistribute", from: "static" }],
});

describe("FRR's update groups", () => {
  /** The hub's neighbor n1 would take its own route back. */
  const echoed = (n2: Partial<Sketch>): string[] => {
    const solution = forecast({
      hub: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)] },
      n1: {
        asn: 65011,
        at: ["l 10.0.0.11/24"],
        neighbors: [to("10.0.0.1", 65001, {}, { allowAsIn: 1 })],
        ...blackhole(P),
      },
      n2: { asn: 65012, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)], ...n2 },
    });
    return rib(solution, "n1", P).map((path) => path.nextHop);
  };

  test("beside another FRR on the network an echo keeps its next hop, which its sender refuses as its own", () => {
    expect(echoed({})).toEqual(["0.0.0.0"]);
  });

  test("a BIRD takes no long messages and is in a group of its own: the echo comes with the hub's next hop", () => {
    expect(echoed(bird)).toEqual(["0.0.0.0", "10.0.0.1"]);
  });
});

test("which neighbors were up when a route was sent back decides whether its sender takes the echo", () => {
  const sketch = (allowAsIn?: number): Record<string, Sketch> => ({
    hub: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)] },
    n1: {
      asn: 65011,
      at: ["l 10.0.0.11/24"],
      neighbors: [to("10.0.0.1", 65001, {}, allowAsIn === undefined ? {} : { allowAsIn })],
      ...blackhole(P),
    },
    n2: { asn: 65012, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)] },
  });
  const said = (of: Record<string, Sketch>): string[] => forecast(of).notModelled.map(({ speaker }) => speaker);
  expect(said(sketch(1))).toEqual(["n1"]);
  expect(said(sketch())).toEqual([]);
});

test("whose address an echo has depends on which neighbors were up, also where its sender takes a third party's", () => {
  /** n3 stands on the shared subnet and peers with n1 alone, which passes its next hop on to the hub. */
  const solution = (n1: Partial<Sketch>): ReturnType<typeof forecast> =>
    forecast({
      hub: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)] },
      n1: {
        asn: 65011,
        at: ["l 10.0.0.11/24"],
        neighbors: [to("10.0.0.1", 65001, {}, { allowAsIn: 1 }), to("10.0.0.13", 65013)],
        ...n1,
      },
      n2: { asn: 65012, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)] },
      n3: { asn: 65013, at: ["l 10.0.0.13/24"], neighbors: [to("10.0.0.11", 65011)], ...blackhole(P) },
    });
  const open = solution({}).notModelled.filter(({ prefix }) => prefix === P);
  expect(open.map(({ speaker, part }) => [speaker, part?.from])).toContainEqual(["n1", ["hub"]]);
  // Where the router's own address goes out in any case, nothing is open.
  const own = solution({ neighbors: [to("10.0.0.1", 65001, {}, { nextHopSelf: true }), to("10.0.0.13", 65013)] });
  expect(own.notModelled).toEqual([]);
});

test("a default route for one neighbor alone may come back from it, and then goes on to the others", () => {
  const solution = forecast({
    hub: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)] },
    n1: {
      asn: 65011,
      at: ["l 10.0.0.11/24", "m 10.1.0.0/31"],
      neighbors: [to("10.0.0.1", 65001, {}, { allowAsIn: 1, defaultOriginate: true }), to("10.1.0.1", 65013)],
    },
    n2: { asn: 65012, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)] },
    far: { asn: 65013, at: ["m 10.1.0.1/31"], neighbors: [to("10.1.0.0", 65011)] },
  });
  expect(solution.notModelled).toMatchObject([
    { speaker: "far", prefix: "0.0.0.0/0" },
    { speaker: "n1", prefix: "0.0.0.0/0" },
  ]);
  expect(best(solution, "n2", "0.0.0.0/0")?.nextHop).toBe("10.0.0.11");
});

test("FRR that would send several paths to a GoBGP withdraws nothing when the next best one is withheld", () => {
  const said = (addPath: object) =>
    forecast({
      hub: {
        asn: 65001,
        at: ["l 10.0.0.1/24"],
        bgp: { compareRouterId: true },
        policies: {
          STAY: {
            terms: [{ seq: 10, action: "accept", set: { localPreference: 200, communities: { add: ["no-export"] } } }],
            otherwise: "reject",
          },
        },
        neighbors: [
          to("10.0.0.11", 65011, {}, { importPolicy: "STAY" }),
          to("10.0.0.12", 65012),
          to("10.0.0.13", 65013, {}, addPath),
        ],
      },
      n1: { asn: 65011, at: ["l 10.0.0.11/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P) },
      n2: { asn: 65012, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P) },
      far: {
        dialect: { system: "gobgp", version: "3" },
        asn: 65013,
        at: ["l 10.0.0.13/24"],
        neighbors: [to("10.0.0.1", 65001)],
      },
    }).notModelled.filter(({ speaker }) => speaker === "far");
  expect(said({ addPath: { send: "all" } })).toMatchObject([{ prefix: P }]);
  expect(said({})).toEqual([]);
});

test("two IPv6 sessions with one router: FRR 10.3 does not rank them by address, 8.4 does", () => {
  const tie = (version: string) =>
    forecast({
      a: {
        dialect: frr(version),
        asn: 65001,
        at: ["l fd00::1/64", "m fd00:1::1/64"],
        routerId: "10.255.0.1",
        bgp: { compareRouterId: true },
        neighbors: ["fd00::5", "fd00:1::2"].map((address) => ({
          address,
          remoteAs: 65002,
          families: { ipv4: { active: false }, ipv6: { active: true } },
        })),
      },
      b: {
        asn: 65002,
        at: ["l fd00::5/64", "m fd00:1::2/64"],
        routerId: "10.255.0.2",
        neighbors: ["fd00::1", "fd00:1::1"].map((address) => ({
          address,
          remoteAs: 65001,
          families: { ipv4: { active: false }, ipv6: { active: true } },
        })),
        ...blackhole("fd02::/48"),
      },
    });
  expect(tie("8.4").ambiguities).toEqual([]);
  expect(tie("10.3").ambiguities).toMatchObject([{ speaker: "a", prefix: "fd02::/48", what: "best" }]);
});

test("one IPv6 next hop from its owner and from a reflector that passes it on alone: whether FRR shares is not told", () => {
  const families = { ipv4: { active: false }, ipv6: { active: true } };
  const six = (host: number, remoteAs: number) => ({ address: `fd00::${host}`, remoteAs, families });
  const open = (maximumPaths: number): unknown[] =>
    forecast({
      owner: { asn: 65000, at: ["l fd00::1/64"], neighbors: [six(2, 65000), six(3, 65001)], ...blackhole("fd02::/48") },
      reflector: {
        dialect: frr("10.3"),
        asn: 65000,
        at: ["l fd00::2/64"],
        neighbors: [
          { ...six(1, 65000), families: { ...families, ipv6: { active: true, reflectorClient: true } } },
          six(3, 65001),
        ],
      },
      user: {
        dialect: frr("10.3"),
        asn: 65001,
        at: ["l fd00::3/64"],
        bgp: { compareRouterId: true, maximumPaths: { ebgp: maximumPaths, ibgp: 1 } },
        neighbors: [six(1, 65000), six(2, 65000)],
      },
    }).notModelled.map(({ speaker, part }) => [speaker, part]);
  expect(open(4)).toEqual([["user", { from: ["owner", "reflector"], reach: [], best: false, fib: true }]]);
  expect(open(1)).toEqual([]);
});

describe("a MED of 0 that comes or goes alone", () => {
  const twins = (second: Partial<Sketch>) =>
    forecast({
      hub: {
        asn: 65001,
        at: ["l 10.0.0.1/24"],
        bgp: { compareRouterId: true },
        neighbors: [to("10.0.0.11", 65010), to("10.0.0.12", 65010), to("10.0.0.13", 65001, {}, { nextHopSelf: true })],
      },
      n1: { asn: 65010, at: ["l 10.0.0.11/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P) },
      n2: { asn: 65010, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)], ...second },
      far: { asn: 65001, at: ["l 10.0.0.13/24"], neighbors: [to("10.0.0.1", 65001)] },
    });

  test("FRR sends neither: which of the two its iBGP neighbor holds is not told", () => {
    const { notModelled } = twins(fromBird(P));
    expect(notModelled.map(({ speaker, prefix, only }) => [speaker, prefix, only])).toEqual([["far", P, "med"]]);
  });

  test("with a MED of 0 in both there is nothing to tell apart", () => {
    const solution = twins(blackhole(P));
    expect(solution.notModelled).toEqual([]);
    expect(best(solution, "far", P)?.med).toBe(0);
  });
});

describe("a next hop that stands on a BGP route", () => {
  const over = (version: string) =>
    forecast({
      a: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.2", 65002)], ...blackhole(P) },
      b: {
        asn: 65002,
        at: ["l 10.0.0.2/24", "m 10.0.1.2/24"],
        neighbors: [to("10.0.0.1", 65001), to("10.0.1.3", 65002)],
        originate: [{ kind: "redistribute", from: "connected" }],
      },
      c: { dialect: frr(version), asn: 65002, at: ["m 10.0.1.3/24"], neighbors: [to("10.0.1.2", 65002)] },
    });

  test("FRR 8.4 may leave it out of the kernel, and holds the path all the same", () => {
    const solution = over("8.4");
    expect(solution.notModelled).toMatchObject([{ speaker: "c", prefix: P, only: "fib" }]);
    expect(best(solution, "c", P)).toMatchObject({ nextHop: "10.0.0.1", valid: true });
  });

  test("from 8.5 on it is installed", () => {
    expect(over("8.5").notModelled).toEqual([]);
  });
});

/** While the leaf's default route by way of the middle is not valid, the middle hears of the other's. */
test("a default route that leads to its own next hop comes and goes, with all that hangs on it", () => {
  const solution = forecast({
    edge: {
      asn: 65002,
      at: ["far 10.9.0.2/24", "m 10.0.1.2/24"],
      neighbors: [to("10.9.0.1", 65009), to("10.0.1.3", 65001)],
      ...blackhole(P),
    },
    source: {
      asn: 65009,
      at: ["far 10.9.0.1/24"],
      neighbors: [to("10.9.0.2", 65002, {}, { defaultOriginate: true })],
    },
    middle: {
      asn: 65001,
      at: ["m 10.0.1.3/24", "n 10.0.2.3/24"],
      neighbors: [to("10.0.1.2", 65002), to("10.0.2.4", 65001)],
    },
    leaf: {
      dialect: frr("10.3"),
      asn: 65001,
      at: ["n 10.0.2.4/24", "o 10.0.3.4/24"],
      bgp: { compareRouterId: true },
      neighbors: [to("10.0.2.3", 65001, {}, { weight: 100, exportPrefixList: "DEFAULT" }), to("10.0.3.5", 65005)],
      prefixLists: { DEFAULT: [{ action: "permit", prefix: "0.0.0.0/0" }] },
      ...blackhole(P),
    },
    other: {
      asn: 65005,
      at: ["o 10.0.3.5/24"],
      neighbors: [to("10.0.3.4", 65001, {}, { defaultOriginate: true })],
    },
  });
  const flapping = (of: string): string[] =>
    solution.notModelled
      .filter(({ only, prefix }) => only === undefined && prefix === of)
      .map(({ speaker }) => speaker)
      .sort();
  expect(flapping("0.0.0.0/0")).toEqual(["leaf", "middle", "other"]);
  // Its own route is best there; the other's next hop stands on the default route.
  expect(flapping(P)).toEqual(["leaf"]);
});

test("a neighbor's several paths by one next hop: which one shares the traffic hangs on which came first", () => {
  const node = (host: number, peers: number[]): Sketch => ({
    asn: 65000,
    at: [`l 10.0.0.${host}/24`],
    neighbors: peers.map((peer) => to(`10.0.0.${peer}`, 65000)),
    ...blackhole(P),
  });
  const { ambiguities } = forecast({
    tor: {
      asn: 65000,
      at: ["l 10.0.0.1/24"],
      bgp: { compareRouterId: true },
      neighbors: [to("10.0.0.2", 65000), to("10.0.0.5", 65000)],
    },
    reflector: {
      ...bird,
      asn: 65000,
      at: ["l 10.0.0.2/24"],
      neighbors: [1, 3, 4].map((host) => to(`10.0.0.${host}`, 65000, {}, { reflectorClient: true, nextHopSelf: true })),
    },
    n3: node(3, [2]),
    n4: node(4, [2]),
    n5: { ...node(5, [1]), routerId: "1.0.0.1" },
  });
  expect(ambiguities.filter(({ speaker }) => speaker === "tor").map(({ what, reaches }) => [what, reaches])).toEqual([
    ["multipath", []],
  ]);
});

test("what came over an unnumbered session goes on with the own address, even where next hops are kept", () => {
  const solution = forecast({
    a: {
      asn: 65001,
      at: ["l"],
      neighbors: [{ interface: "e0", remoteAs: "external" }],
      routerId: "10.255.0.1",
      ...blackhole(P),
    },
    b: {
      asn: 65002,
      at: ["l", "m 10.0.1.2/24"],
      routerId: "10.255.0.2",
      neighbors: [{ interface: "e0", remoteAs: "external" }, to("10.0.1.3", 65003, {}, { nextHopUnchanged: true })],
    },
    c: { asn: 65003, at: ["m 10.0.1.3/24"], neighbors: [to("10.0.1.2", 65002)] },
  });
  expect(best(solution, "c", P)?.nextHop).toBe("10.0.1.2");
});

test("maximum-prefix counts every path: with ADD-PATH a prefix counts several times", () => {
  const sent = (reflector: Partial<Sketch>): boolean | undefined =>
    forecast({
      tor: {
        asn: 65000,
        at: ["l 10.0.0.1/24"],
        neighbors: [to("10.0.0.2", 65000, {}, { maximumPrefix: { limit: 1 } })],
      },
      reflector: {
        asn: 65000,
        at: ["l 10.0.0.2/24"],
        neighbors: [1, 3, 4, 5].map((host) =>
          to(`10.0.0.${host}`, 65000, {}, { reflectorClient: true, nextHopSelf: true }),
        ),
        ...reflector,
      },
      ...Object.fromEntries(
        [3, 4, 5].map((host): [string, Sketch] => [
          `n${host}`,
          { asn: 65000, at: [`l 10.0.0.${host}/24`], neighbors: [to("10.0.0.2", 65000)], ...blackhole(P) },
        ]),
      ),
    }).sessions.find(({ ends }) => ends[0].speaker === "tor" || ends[1]?.speaker === "tor")?.up;
  expect(sent(bird)).toBe(false);
  expect(sent({})).toBe(true);
});

/**
 * The edge uses the origin's own route until the detour's comes, which it must not pass on. Then it withdraws what the
 * middle has, whose next best way leads through the user; and that goes too.
 */
test("a GoBGP that has nothing any more may have left a path with the neighbor through whom its last way led", () => {
  const KEEP = { terms: [{ action: "accept" as const, set: { weight: 10, communities: { add: ["no-export"] } } }] };
  const said = (middle: Pick<Partial<Sketch>, "dialect">): string[] =>
    forecast({
      origin: {
        asn: 65002,
        at: ["a 10.0.0.2/24"],
        neighbors: [to("10.0.0.3", 65003), to("10.0.0.6", 65006)],
        ...blackhole(P),
      },
      detour: { asn: 65003, at: ["a 10.0.0.3/24"], neighbors: [to("10.0.0.2", 65002), to("10.0.0.6", 65006)] },
      edge: {
        asn: 65006,
        at: ["a 10.0.0.6/24", "b 10.0.1.6/24", "c 10.0.2.6/24"],
        neighbors: [
          to("10.0.0.2", 65002),
          to("10.0.0.3", 65003, {}, { importPolicy: "KEEP" }),
          to("10.0.1.1", 65000),
          to("10.0.2.4", 65004),
        ],
        policies: { KEEP },
      },
      middle: {
        asn: 65000,
        at: ["b 10.0.1.1/24", "d 10.0.3.1/24", "e 10.0.4.1/24"],
        neighbors: [to("10.0.1.6", 65006), to("10.0.3.2", 65001), to("10.0.4.4", 65004)],
        ...middle,
      },
      user: {
        asn: 65004,
        at: ["c 10.0.2.4/24", "e 10.0.4.4/24", "f 10.0.5.4/24"],
        neighbors: [to("10.0.2.6", 65006), to("10.0.4.1", 65000), to("10.0.5.1", 65001)],
        ...bird,
      },
      side: {
        asn: 65001,
        at: ["d 10.0.3.2/24", "f 10.0.5.1/24"],
        neighbors: [to("10.0.3.1", 65000), to("10.0.5.4", 65004)],
      },
    })
      .notModelled.filter(({ what, prefix }) => what.startsWith("GoBGP") && prefix === P)
      .map(({ speaker }) => speaker);
  expect(said({ dialect: { system: "gobgp", version: "3" } })).toContain("user");
  expect(said({})).toEqual([]);
});

/**
 * The far route, then the user's by way of the detour, which is withheld from it, then the user's own: its withdrawal of
 * the far one is never sent. Where the detour's comes after the far one in the order of router ids, it replaces nothing.
 */
test("a GoBGP may leave a path with a neighbor whose own route came after the same by way of another", () => {
  const said = (detour: string): unknown[] =>
    forecast({
      user: {
        asn: 65002,
        at: ["a 10.0.0.2/24"],
        neighbors: [to("10.0.0.1", 65000), to(detour, 65001)],
        ...blackhole(P),
      },
      detour: { asn: 65001, at: [`a ${detour}/24`], neighbors: [to("10.0.0.1", 65000), to("10.0.0.2", 65002)] },
      middle: {
        dialect: { system: "gobgp", version: "3" },
        asn: 65000,
        at: ["a 10.0.0.1/24"],
        bgp: { compareRouterId: true },
        neighbors: [to("10.0.0.2", 65002), to(detour, 65001), to("10.0.0.5", 65005), to("10.0.0.7", 65007)],
      },
      other: {
        asn: 65005,
        at: ["a 10.0.0.5/24", "b 10.0.1.5/24"],
        neighbors: [to("10.0.0.1", 65000), to("10.0.1.6", 65006), to("10.0.0.7", 65007)],
      },
      // Passes nothing on, and hears of it from two.
      leaf: {
        asn: 65007,
        at: ["a 10.0.0.7/24"],
        policies: { NONE: { terms: [], otherwise: "reject" } },
        neighbors: [
          to("10.0.0.1", 65000, {}, { exportPolicy: "NONE" }),
          to("10.0.0.5", 65005, {}, { exportPolicy: "NONE" }),
        ],
      },
      far: { asn: 65006, at: ["b 10.0.1.6/24"], neighbors: [to("10.0.1.5", 65005)], ...blackhole(P) },
    })
      .notModelled.filter(({ what }) => what.startsWith("GoBGP"))
      .map(({ speaker, part }) => [speaker, part]);
  // Its own route stays the best, and what the detour sends is told.
  expect(said("10.0.0.3")).toEqual([["user", { from: ["middle"], reach: [], best: false, fib: false }]]);
  expect(said("10.0.0.9")).toEqual([]);
});

/**
 * The turn's first route goes to the middle and on to the user. Then the turn's best changes to one with the user's ASN,
 * which takes the other's place at the middle and is withheld from the user; so is the withdrawal.
 */
test("a GoBGP may leave a path with a neighbor whose ASN is in what the path's own sender sent next", () => {
  const said = (middle: Partial<Sketch>): unknown[] =>
    forecast({
      user: {
        asn: 65001,
        at: ["a 10.0.0.1/24", "d 10.0.3.1/24"],
        neighbors: [to("10.0.0.2", 65002), to("10.0.3.2", 65001)],
      },
      middle: {
        asn: 65002,
        at: ["a 10.0.0.2/24", "b 10.0.1.2/24"],
        neighbors: [to("10.0.0.1", 65001), to("10.0.1.3", 65003)],
        ...middle,
      },
      turn: {
        asn: 65003,
        at: ["b 10.0.1.3/24", "c 10.0.2.3/24"],
        bgp: { compareRouterId: true },
        neighbors: [to("10.0.1.2", 65002), to("10.0.2.2", 65001), to("10.0.2.4", 65000)],
      },
      twin: {
        asn: 65001,
        at: ["c 10.0.2.2/24", "d 10.0.3.2/24"],
        neighbors: [to("10.0.2.3", 65003), to("10.0.3.1", 65001)],
        ...blackhole(P),
      },
      first: { asn: 65000, at: ["c 10.0.2.4/24"], neighbors: [to("10.0.2.3", 65003)], ...blackhole(P) },
    })
      .notModelled.filter(({ what, prefix }) => what.startsWith("GoBGP") && prefix === P)
      .map(({ speaker, part }) => [speaker, part?.from]);
  expect(said({ dialect: { system: "gobgp", version: "3" }, bgp: { compareRouterId: true } })).toEqual([
    ["user", ["middle"]],
  ]);
  expect(said({})).toEqual([]);
});
