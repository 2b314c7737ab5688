/** What route-maps match and set, a fact each: read in bgp_routemap.c of FRR 8.4.4, 10.3 and 10.7. */
import { describe, expect, test } from "vitest";
import type { CommunityListEntry, Match, Neighbor, SetActions } from "../../components/bgp/network";
import type { Path } from "../../components/bgp/solution";
import { best, blackhole, forecast, rib, to, type Sketch } from "./networks/build";

const P = "203.0.113.0/24";

/** r1 announces P with what `sent` sets; r2 takes it if it matches, with what `set` makes of it; r2 tells r3. */
function chain(
  sent: SetActions,
  match: Match,
  set: SetActions = {},
  more: { lists?: Record<string, CommunityListEntry[]>; r1?: Partial<Sketch>; r2?: Partial<Sketch> } = {},
): Record<string, Sketch> {
  return {
    r1: {
      asn: 65001,
      at: ["l 10.0.0.1/24"],
      neighbors: [to("10.0.0.2", 65002, {}, { exportPolicy: "OUT" })],
      policies: { OUT: { terms: [{ seq: 10, action: "accept", set: sent }] } },
      ...blackhole(P),
      ...more.r1,
    },
    r2: {
      asn: 65002,
      at: ["l 10.0.0.2/24", "m 10.0.1.2/24"],
      neighbors: [to("10.0.0.1", 65001, {}, { importPolicy: "IN" }), to("10.0.1.3", 65003)],
      policies: { IN: { terms: [{ seq: 10, action: "accept", match, set }] } },
      communityLists: more.lists ?? {},
      ...more.r2,
    },
    r3: { asn: 65003, at: ["m 10.0.1.3/24"], neighbors: [to("10.0.1.2", 65002)] },
  };
}
const taken = (network: Record<string, Sketch>): boolean => rib(forecast(network), "r2", P).length > 0;

describe("match community", () => {
  const lists: Record<string, CommunityListEntry[]> = {
    TWO: [{ seq: 5, action: "permit", kind: "standard", communities: ["65000:1", "65000:2"] }],
    NOT: [
      { seq: 5, action: "deny", kind: "standard", communities: ["65000:1"] },
      { seq: 10, action: "permit", kind: "standard", communities: ["65000:2"] },
    ],
  };
  const matches = (set: string[], match: Match): boolean =>
    taken(chain({ communities: { set } }, match, {}, { lists }));

  test.each<[string, string[], Match, boolean]>([
    ["without a word: all of an entry", ["65000:1"], { communityList: "TWO" }, false],
    ["without a word: others beside them", ["65000:1", "65000:2", "65000:3"], { communityList: "TWO" }, true],
    ["any: one is enough", ["65000:2", "65000:3"], { communityList: "TWO", communityMatch: "any" }, true],
    ["any: none of them", ["65000:3"], { communityList: "TWO", communityMatch: "any" }, false],
    ["any: no community at all", [], { communityList: "TWO", communityMatch: "any" }, false],
    [
      "any: the route's first community that an entry holds decides",
      ["65000:1", "65000:2"],
      { communityList: "NOT", communityMatch: "any" },
      false,
    ],
    ["exact: these and no others", ["65000:1", "65000:2"], { communityList: "TWO", communityMatch: "exact" }, true],
    ["exact: one more", ["65000:1", "65000:2", "65000:3"], { communityList: "TWO", communityMatch: "exact" }, false],
    ["limit: as many", ["65000:1", "65000:2"], { communityCountMax: 2 }, true],
    ["limit: more", ["65000:1", "65000:2"], { communityCountMax: 1 }, false],
    ["limit: none at all", [], { communityCountMax: 0 }, true],
  ])("%s", (_, set, match, expected) => expect(matches(set, match)).toBe(expected));
});

describe("match as-path-count, origin, peer, src-peer", () => {
  const peers: Partial<Sketch> = { groups: {} };
  test.each<[string, SetActions, Match, boolean]>([
    ["a path of three ASNs within a limit of three", { prepend: [65001, 65001] }, { asPathCountMax: 3 }, true],
    ["a path of three ASNs over a limit of two", { prepend: [65001, 65001] }, { asPathCountMax: 2 }, false],
    ["the origin", { origin: "egp" }, { origin: "egp" }, true],
    ["another origin", { origin: "egp" }, { origin: "igp" }, false],
    ["the neighbor's address", {}, { peer: "10.0.0.1" }, true],
    ["another neighbor's address", {}, { peer: "10.0.0.9" }, false],
    ["a learned path is not local", {}, { peer: "local" }, false],
    ["src-peer on the way in is the neighbor", {}, { sourcePeer: "10.0.0.1" }, true],
  ])("%s", (_, sent, match, expected) => expect(taken(chain(sent, match, {}, { r2: peers }))).toBe(expected));

  const out = (match: Match, neighbor: Neighbor = {}): boolean => {
    const network = chain({}, {});
    const r2 = network["r2"] as Sketch;
    const neighbors = [to("10.0.0.1", 65001), to("10.0.1.3", 65003, neighbor, { exportPolicy: "OUT" })];
    const changed = { ...r2, neighbors, policies: { OUT: { terms: [{ seq: 10, action: "accept" as const, match }] } } };
    const groups = { EDGE: {} };
    return rib(forecast({ ...network, r2: { ...changed, groups } }), "r3", P).length > 0;
  };
  test("on the way out an update group knows its peer-group and no address; src-peer is who sent the path", () => {
    expect(out({ peer: "10.0.1.3" })).toBe(false);
    expect(out({ peer: "EDGE" }, { group: "EDGE" })).toBe(true);
    expect(out({ sourcePeer: "10.0.0.1" })).toBe(true);
    expect(out({ sourcePeer: "10.0.1.3" })).toBe(false);
  });
});

describe("set", () => {
  const preference = (version: string, sent: number | undefined, set: string): number | undefined => {
    const internal: Partial<Sketch> = { asn: 65002, neighbors: [to("10.0.0.2", 65002, {}, { exportPolicy: "OUT" })] };
    const network = chain(
      sent === undefined ? {} : { localPreference: sent },
      {},
      { localPreference: set },
      { r1: internal },
    );
    const r2 = network["r2"] as Sketch;
    const neighbors = [to("10.0.0.1", 65002, {}, { importPolicy: "IN" })];
    const dialect = { system: "frr" as const, version };
    return best(forecast({ ...network, r2: { ...r2, neighbors, dialect } }), "r2", P)?.localPreference;
  };
  test("local-preference by steps, from what there is; 0 counts as the default from FRR 10.6 on", () => {
    expect(preference("8.4", 200, "+50")).toBe(250);
    expect(preference("8.4", 200, "-300")).toBe(0);
    expect(preference("10.5", 0, "+50")).toBe(50);
    expect(preference("10.6", 0, "+50")).toBe(150);
  });

  test("what is taken out of the path, and put in front of it once more", () => {
    const path = (set: SetActions): readonly number[] | undefined =>
      best(forecast(chain({ prepend: [65009, 65008] }, {}, set)), "r2", P)?.asPath;
    expect(path({ exclude: [65008] })).toEqual([65001, 65009]);
    expect(path({ exclude: [65008, 65001] })).toEqual([65009]);
    expect(path({ prependFirst: 2 })).toEqual([65001, 65001, 65001, 65009, 65008]);
  });

  test("an own route comes back where the own ASN was taken out of its path", () => {
    const network = chain({}, {});
    const r2 = network["r2"] as Sketch;
    const back = (exclude: number[]): number => {
      const policies = { OUT: { terms: [{ seq: 10, action: "accept" as const, set: { exclude } }] } };
      const neighbors = [to("10.0.0.1", 65001, {}, { exportPolicy: "OUT" }), to("10.0.1.3", 65003)];
      return rib(forecast({ ...network, r2: { ...r2, policies, neighbors } }), "r1", P).length;
    };
    expect(back([65009])).toBe(1);
    expect(back([65001])).toBe(2);
  });

  test("what a router in maintenance redistributes is marked after the policy", () => {
    const network = chain({}, {});
    const policies = {
      OWN: { terms: [{ action: "accept" as const, set: { localPreference: 200, communities: { set: ["65000:1"] } } }] },
    };
    const r1 = { ...(network["r1"] as Sketch), bgp: { gracefulShutdown: true }, policies };
    const originate = [{ kind: "network" as const, prefix: P, policy: "OWN" }];
    const own = best(forecast({ ...network, r1: { ...r1, neighbors: [], originate } }), "r1", P);
    expect([own?.localPreference, own?.communities]).toEqual([0, ["65000:1", "graceful-shutdown"]]);
  });

  test("a tag of the import policy is seen by the export policy, and by no neighbor", () => {
    const network = chain({}, {}, { tag: 7 });
    const r2 = network["r2"] as Sketch;
    const tagged = (tag: number): Record<string, Sketch> => ({
      ...network,
      r2: {
        ...r2,
        neighbors: [
          to("10.0.0.1", 65001, {}, { importPolicy: "IN" }),
          to("10.0.1.3", 65003, {}, { exportPolicy: "OUT" }),
        ],
        policies: { ...r2.policies, OUT: { terms: [{ seq: 10, action: "accept", match: { tag } }] } },
      },
    });
    expect(rib(forecast(tagged(7)), "r3", P)).toHaveLength(1);
    expect(rib(forecast(tagged(8)), "r3", P)).toEqual([]);
  });

  test("a static route's tag is seen by the policy of its redistribution", () => {
    const tagged = (tag: number): number =>
      rib(
        forecast({
          r1: {
            asn: 65001,
            at: ["l 10.0.0.1/24"],
            routes: [{ prefix: P, blackhole: true, tag: 7 }],
            originate: [{ kind: "redistribute", from: "static", policy: "TAG" }],
            policies: { TAG: { terms: [{ seq: 10, action: "accept", match: { tag } }] } },
          },
        }),
        "r1",
        P,
      ).length;
    expect([tagged(7), tagged(8)]).toEqual([1, 0]);
  });

  test("ip next-hop unchanged keeps the next hop towards eBGP", () => {
    const network = chain({}, {});
    const r2 = network["r2"] as Sketch;
    const keeps: Sketch = {
      ...r2,
      neighbors: [to("10.0.0.1", 65001), to("10.0.1.3", 65003, {}, { exportPolicy: "OUT" })],
      policies: { OUT: { terms: [{ seq: 10, action: "accept", set: { nextHop: "unchanged" } }] } },
    };
    expect(rib(forecast({ ...network, r2: keeps }), "r3", P)[0]?.nextHop).toBe("10.0.0.1");
    expect(rib(forecast(network), "r3", P)[0]?.nextHop).toBe("10.0.1.2");
  });

  test("a large-community list takes out what it permits", () => {
    const lists: Record<string, CommunityListEntry[]> = {
      OURS: [{ seq: 5, action: "permit", kind: "large", regex: "^65002:" }],
    };
    const network = chain(
      { largeCommunities: { set: ["65001:1:1", "65002:1:1"] } },
      {},
      { largeCommunities: { removeList: "OURS" } },
      { lists },
    );
    expect(best(forecast(network), "r2", P)?.largeCommunities).toEqual(["65001:1:1"]);
  });
});

describe("sessions that send less", () => {
  const sends = (neighbor: Neighbor, other: Partial<Sketch> = {}): Record<string, Sketch> => ({
    r1: {
      asn: 65001,
      at: ["l 10.0.0.1/24"],
      neighbors: [to("10.0.0.2", 65002, {}, { allowAsIn: 1 })],
      ...blackhole(P),
    },
    r2: { asn: 65002, at: ["l 10.0.0.2/24"], neighbors: [to("10.0.0.1", 65001, neighbor)], ...other },
  });
  const echoed = (network: Record<string, Sketch>): number =>
    rib(forecast(network), "r1", P).filter(({ kind }) => kind === "ebgp").length;

  test("FRR sends a path back, but not to a neighbor that is solo, nor one whose ASN it looks for", () => {
    expect(echoed(sends({}))).toBe(1);
    expect(echoed(sends({ solo: true }))).toBe(0);
    expect(echoed(sends({ senderLoopCheck: true }))).toBe(1);
    expect(echoed(sends({ senderLoopCheck: true }, { dialect: { system: "frr", version: "9.0" } }))).toBe(0);
  });

  /** r2 has its neighbor r1 in maintenance. */
  const maintained = (version: string): [Path | undefined, Path | undefined] => {
    const network: Record<string, Sketch> = {
      r1: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.2", 65002)], ...blackhole(P) },
      r2: {
        asn: 65002,
        at: ["l 10.0.0.2/24"],
        dialect: { system: "frr", version, profile: "datacenter" },
        neighbors: [to("10.0.0.1", 65001, { gracefulShutdown: true })],
        ...blackhole("198.51.100.0/24"),
      },
    };
    const solution = forecast(network);
    return [best(solution, "r2", P), best(solution, "r1", "198.51.100.0/24")];
  };
  test("graceful-shutdown of a neighbor marks what comes in; what goes out from FRR 10.6 on", () => {
    const [came, went] = maintained("10.3");
    expect([came?.communities, came?.localPreference]).toEqual([["graceful-shutdown"], 0]);
    expect([went?.communities, went?.localPreference]).toEqual([[], 100]);
    expect(maintained("10.6")[1]?.communities).toEqual(["graceful-shutdown"]);
  });

  test("remove-private-AS replace-AS changes only a path of private ASNs", () => {
    const path = (first: number): number[] | undefined =>
      best(
        forecast({
          r1: { asn: first, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.2", 65002)], ...blackhole(P) },
          r2: {
            asn: 65002,
            at: ["l 10.0.0.2/24", "m 10.0.1.2/24"],
            neighbors: [to("10.0.0.1", first), to("10.0.1.3", 3000, {}, { removePrivateAs: "replace-private-only" })],
          },
          r3: { asn: 3000, at: ["m 10.0.1.3/24"], neighbors: [to("10.0.1.2", 65002)] },
        }),
        "r3",
        P,
      )?.asPath;
    expect(path(65001)).toEqual([65002, 65002]);
    expect(path(1000)).toEqual([65002, 1000]);
  });
});

describe("a default route by policy", () => {
  const network = (
    match: Match,
    set: SetActions = {},
    action: "accept" | "continue" = "accept",
  ): Record<string, Sketch> => ({
    r1: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.2", 65002)], ...blackhole(P) },
    r2: {
      asn: 65002,
      at: ["l 10.0.0.2/24", "m 10.0.1.2/24"],
      neighbors: [to("10.0.0.1", 65001), to("10.0.1.3", 65003, {}, { defaultOriginate: { policy: "IF" } })],
      policies: { IF: { terms: [{ seq: 10, action, match, set }] } },
      prefixLists: { OURS: [{ seq: 5, action: "permit", prefix: P }] },
    },
    r3: { asn: 65003, at: ["m 10.0.1.3/24"], neighbors: [to("10.0.1.2", 65002)] },
  });
  const made = (changed: Record<string, Sketch>): Path | undefined => best(forecast(changed), "r3", "0.0.0.0/0");

  test("is made while the table holds a route that the policy permits, with what the clause sets", () => {
    const path = made(network({ prefixList: "OURS" }, { med: 30 }));
    expect([path?.asPath, path?.med]).toEqual([[65002], 30]);
  });

  test("is not made while there is none", () => {
    const there = network({ prefixList: "OURS" });
    expect(made({ ...there, r1: { ...(there["r1"] as Sketch), originate: [] } })).toBeUndefined();
    expect(made(network({ med: 77 }))).toBeUndefined();
  });

  test("by a clause that continues is not modelled", () => {
    expect(forecast(network({}, {}, "continue")).notModelled.map(({ prefix }) => prefix)).toContain("0.0.0.0/0");
    expect(forecast(network({})).notModelled).toEqual([]);
  });
});

test("maximum-prefix-out leaves open which prefixes are sent, once there are as many", () => {
  const prefixes = ["198.51.100.0/24", "203.0.113.0/24"];
  const open = (maximumPrefixOut: number): (string | undefined)[] =>
    forecast({
      r1: {
        asn: 65001,
        at: ["l 10.0.0.1/24"],
        neighbors: [to("10.0.0.2", 65002, {}, { maximumPrefixOut })],
        routes: prefixes.map((prefix) => ({ prefix, blackhole: true })),
        originate: prefixes.map((prefix) => ({ kind: "network", prefix })),
      },
      r2: {
        asn: 65002,
        at: ["l 10.0.0.2/24", "m 10.0.1.2/24"],
        neighbors: [to("10.0.0.1", 65001), to("10.0.1.3", 65003)],
      },
      r3: { asn: 65003, at: ["m 10.0.1.3/24"], neighbors: [to("10.0.1.2", 65002)] },
    })
      .notModelled.filter(({ speaker }) => speaker !== "r1")
      .map(({ speaker, prefix }) => `${speaker} ${prefix}`)
      .sort();
  expect(open(3)).toEqual([]);
  expect(open(1)).toEqual(["r2", "r3"].flatMap((name) => prefixes.map((prefix) => `${name} ${prefix}`)));
});

describe("a router in maintenance that makes a default route for a neighbor", () => {
  const made = (asn: number) =>
    best(
      forecast({
        r1: {
          asn: 65001,
          at: ["l 10.0.0.1/24"],
          bgp: { gracefulShutdown: true },
          neighbors: [to("10.0.0.2", asn, {}, { defaultOriginate: true })],
        },
        r2: { asn, at: ["l 10.0.0.2/24"], neighbors: [to("10.0.0.1", 65001)] },
      }),
      "r2",
      "0.0.0.0/0",
    );

  test.each([65001, 65002])("marks it as a last resort: towards AS %d", (asn) => {
    expect(made(asn)).toMatchObject({ communities: ["graceful-shutdown"], localPreference: 0 });
  });
});
