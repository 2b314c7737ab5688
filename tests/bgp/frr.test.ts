/** What was measured on FRR 8.4.4, BIRD and GoBGP in network namespaces, each as a Network of its own. */
import { describe, expect, test } from "vitest";
import type { FamilySettings, Neighbor, Speaker } from "../../components/bgp/network";
import type { Solution } from "../../components/bgp/solution";
import { solve } from "../../components/bgp/solve";
import { best, blackhole, forecast, network, nextHops, rib, to, type Sketch } from "./networks/build";

const P = "203.0.113.0/24";
const traditional: Pick<Speaker, "dialect"> = { dialect: { system: "frr", version: "8.4", profile: "traditional" } };
const bird: Pick<Speaker, "dialect"> = { dialect: { system: "bird", version: "1.6" } };
const gobgp: Pick<Speaker, "dialect"> = { dialect: { system: "gobgp", version: "3" } };

/** A neighbor for IPv6 alone. */
const six = (address: string, remoteAs: number, ipv6: FamilySettings = {}): Neighbor => ({
  address,
  remoteAs,
  families: { ipv4: { active: false }, ipv6: { active: true, ...ipv6 } },
});

/** Three origins of one anycast prefix around a ToR. */
function anycast(options: Partial<Sketch["bgp"]> & object, origin: Partial<Sketch> = {}): Record<string, Sketch> {
  const nodes = [13, 11, 12].map((host): [string, Sketch] => [
    `n${host}`,
    { asn: 65010, at: [`rack 10.0.0.${host}/24`], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P), ...origin },
  ]);
  return {
    tor: {
      asn: 65001,
      at: ["rack 10.0.0.1/24"],
      bgp: options,
      neighbors: [11, 12, 13].map((host) => to(`10.0.0.${host}`, 65010)),
    },
    ...Object.fromEntries(nodes),
  };
}

describe("multipath of FRR 8.4", () => {
  test("shares over all equal paths unless told otherwise", () => {
    expect(nextHops(forecast(anycast({ compareRouterId: true })), "tor", P)).toEqual([
      "10.0.0.11",
      "10.0.0.12",
      "10.0.0.13",
    ]);
  });

  test("of more paths than it may take, the best and then those with the lowest next hops", () => {
    const sketch = anycast({ compareRouterId: true, maximumPaths: { ebgp: 2 } });
    const n13 = sketch["n13"] as Sketch;
    const solution = forecast({ ...sketch, n13: { ...n13, routerId: "1.1.1.1" } });
    expect(best(solution, "tor", P)?.nextHop).toBe("10.0.0.13");
    expect(nextHops(solution, "tor", P)).toEqual(["10.0.0.11", "10.0.0.13"]);
  });

  test("without compare-routerid any of them may be best, and the set with it", () => {
    const { ambiguities } = forecast(anycast({ maximumPaths: { ebgp: 2 } }));
    expect(ambiguities.map((each) => [each.speaker, each.what])).toEqual([
      ["tor", "best"],
      ["tor", "multipath"],
    ]);
    expect(ambiguities[0]?.candidates).toHaveLength(3);
  });

  test("other ASes share only with multipath-relax", () => {
    const two = (multipathRelax: boolean): Record<string, Sketch> => ({
      tor: {
        asn: 65001,
        at: ["rack 10.0.0.1/24"],
        bgp: { compareRouterId: true, multipathRelax },
        neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)],
      },
      a: { asn: 65011, at: ["rack 10.0.0.11/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P) },
      b: { asn: 65012, at: ["rack 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P) },
    });
    expect(nextHops(forecast(two(false)), "tor", P)).toEqual(["10.0.0.11"]);
    expect(nextHops(forecast(two(true)), "tor", P)).toEqual(["10.0.0.11", "10.0.0.12"]);
  });
});

describe("decision and export of FRR 8.4", () => {
  test("of two sessions to one neighbor the lower address wins, by the step neighbor-address", () => {
    const solution = forecast({
      a: {
        asn: 65001,
        at: ["l0 10.0.0.1/31", "l1 10.0.0.3/31"],
        bgp: { compareRouterId: true, maximumPaths: { ebgp: 1 } },
        neighbors: [to("10.0.0.2", 65002), to("10.0.0.0", 65002)],
      },
      b: {
        asn: 65002,
        at: ["l0 10.0.0.0/31", "l1 10.0.0.2/31"],
        neighbors: [to("10.0.0.1", 65001), to("10.0.0.3", 65001)],
        ...blackhole(P),
      },
    });
    expect(best(solution, "a", P)).toMatchObject({ nextHop: "10.0.0.0", step: "neighbor-address" });
  });

  test("a route goes back to its sender; allowas-in with as-override lets it be seen there", () => {
    const echoed = (node: Partial<Sketch>): Record<string, Sketch> => ({
      tor: { asn: 65001, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 65010, {}, { asOverride: true })] },
      node: { asn: 65010, at: ["l 10.0.0.1/31"], neighbors: [to("10.0.0.0", 65001)], ...blackhole(P), ...node },
    });
    expect(rib(forecast(echoed({})), "node", P).map((path) => path.asPath)).toEqual([[], [65001, 65001]]);
    const plain = { ...echoed({}), tor: { asn: 65001, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 65010)] } };
    expect(rib(forecast(plain), "node", P).map((path) => path.asPath)).toEqual([[]]);
  });

  test("BIRD and GoBGP do not send a route back", () => {
    for (const dialect of [bird, gobgp]) {
      const solution = forecast({
        tor: { ...dialect, asn: 65001, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 65010)] },
        node: {
          asn: 65010,
          at: ["l 10.0.0.1/31"],
          neighbors: [to("10.0.0.0", 65001, {}, { allowAsIn: 3 })],
          ...blackhole(P),
        },
      });
      expect(rib(solution, "node", P)).toHaveLength(1);
    }
  });

  test("in a rack the next hop is the other node, not the ToR", () => {
    const sketch: Record<string, Sketch> = {
      tor: {
        asn: 65001,
        at: ["rack 10.0.0.1/24"],
        neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)],
      },
      n1: { asn: 65011, at: ["rack 10.0.0.11/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P) },
      n2: { asn: 65012, at: ["rack 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)] },
    };
    expect(best(forecast(sketch), "n2", P)?.nextHop).toBe("10.0.0.11");
    const self = to("10.0.0.12", 65012, {}, { nextHopSelf: true });
    const tor = { ...(sketch["tor"] as Sketch), neighbors: [to("10.0.0.11", 65011), self] };
    expect(best(forecast({ ...sketch, tor }), "n2", P)?.nextHop).toBe("10.0.0.1");
  });

  test("an IPv6 path goes to the neighbor whose link-local address came along, whatever its next hop", () => {
    const kept = (asn: number): Solution =>
      forecast({
        r1: {
          asn: 65001,
          at: ["near fd00:1::1/64"],
          routerId: "10.0.0.1",
          neighbors: [six("fd00:1::2", 65002)],
          ...blackhole("fd01::/48"),
        },
        r2: {
          asn: 65002,
          at: ["near fd00:1::2/64", "far fd00:2::2/64"],
          routerId: "10.0.0.2",
          neighbors: [six("fd00:1::1", 65001), six("fd00:2::3", asn, { nextHopUnchanged: true })],
        },
        r3: { asn, at: ["far fd00:2::3/64"], routerId: "10.0.0.3", neighbors: [six("fd00:2::2", 65002)] },
      });
    expect(best(kept(65003), "r3", "fd01::/48")?.nextHop).toBe("fd00:1::1");
    expect(kept(65003).table("r3").fib.get("fd01::/48")?.nextHops).toEqual([{ address: "fd00:2::2", interface: "e0" }]);
    // Over iBGP nothing goes beside the next hop of another.
    expect(rib(kept(65002), "r3", "fd01::/48")).toMatchObject([{ nextHop: "fd00:1::1", valid: false }]);
  });

  test("two neighbors' IPv6 paths by one next hop share, as each came with a link-local address of its own", () => {
    const at = (host: number, asn: number): Sketch => ({
      asn,
      at: [`net fd00::${host}/64`],
      routerId: `10.0.0.${host}`,
      neighbors: [1, 2, 3].flatMap((far) => (far === host ? [] : six(`fd00::${far}`, far === 3 ? 65001 : 65000))),
    });
    const solution = forecast({
      r1: { ...at(1, 65000), ...blackhole("fd01::/48") },
      r2: at(2, 65000),
      r3: { ...at(3, 65001), bgp: { compareRouterId: true } },
    });
    expect(rib(solution, "r3", "fd01::/48").map((path) => [path.nextHop, path.multipath])).toEqual([
      ["fd00::1", true],
      ["fd00::1", true],
    ]);
    expect(nextHops(solution, "r3", "fd01::/48")).toEqual(["fd00::1", "fd00::2"]);
  });

  test("what a reflector's IPv6 client announced goes on without the own link-local address since FRR 10.3", () => {
    const hops = (version: string): string[] => {
      const solution = forecast({
        client: {
          asn: 65000,
          at: ["net fd00::1/64"],
          routerId: "10.0.0.1",
          neighbors: [six("fd00::2", 65000)],
          ...blackhole("fd01::/48"),
        },
        reflector: {
          dialect: { system: "frr", version, profile: "datacenter" },
          asn: 65000,
          at: ["net fd00::2/64"],
          routerId: "10.0.0.2",
          neighbors: [six("fd00::1", 65000, { reflectorClient: true }), six("fd00::3", 65001)],
        },
        outside: {
          asn: 65001,
          at: ["net fd00::3/64"],
          routerId: "10.0.0.3",
          neighbors: [six("fd00::2", 65000)],
        },
      });
      expect(best(solution, "outside", "fd01::/48")?.nextHop).toBe("fd00::1");
      return nextHops(solution, "outside", "fd01::/48");
    };
    expect(hops("8.4")).toEqual(["fd00::2"]);
    expect(hops("10.3")).toEqual(["fd00::1"]);
  });

  test("network without its prefix in the routing table is there and not valid, and goes nowhere", () => {
    const solution = forecast({
      a: { asn: 1, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 2)], originate: [{ kind: "network", prefix: P }] },
      b: { asn: 2, at: ["l 10.0.0.1/31"], neighbors: [to("10.0.0.0", 1)] },
    });
    expect(rib(solution, "a", P)).toMatchObject([{ valid: false, best: false }]);
    expect(rib(solution, "b", P)).toEqual([]);
  });

  test("a next hop costs what the BGP route that leads to it has as MED", () => {
    const solution = forecast({
      o: {
        asn: 65002,
        at: ["x 10.9.0.1/31", "y 10.9.0.3/31"],
        neighbors: [to("10.9.0.0", 65001), to("10.9.0.2", 65001)],
        ...blackhole(P),
      },
      a: {
        asn: 65001,
        at: ["lan 10.0.0.2/24", "x 10.9.0.0/31"],
        neighbors: [to("10.9.0.1", 65002), to("10.0.0.1", 65001)],
        originate: [{ kind: "redistribute", from: "connected", metric: 20 }],
      },
      b: {
        asn: 65001,
        at: ["lan 10.0.0.3/24", "y 10.9.0.2/31"],
        neighbors: [to("10.9.0.3", 65002), to("10.0.0.1", 65001, {}, { nextHopSelf: true })],
      },
      r: { asn: 65001, at: ["lan 10.0.0.1/24"], neighbors: [to("10.0.0.2", 65001), to("10.0.0.3", 65001)] },
    });
    expect(rib(solution, "r", P)).toMatchObject([
      { nextHop: "10.0.0.3", igpMetric: 0, best: true, step: "igp-metric" },
      { nextHop: "10.9.0.1", igpMetric: 20, best: false, multipath: false },
    ]);
  });

  test("default-originate sends a default route that nobody has", () => {
    const solution = forecast({
      a: { asn: 1, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 2, {}, { defaultOriginate: true })] },
      b: { asn: 2, at: ["l 10.0.0.1/31"], neighbors: [to("10.0.0.0", 1)] },
    });
    expect(best(solution, "b", "0.0.0.0/0")).toMatchObject({ asPath: [1], origin: "igp", med: 0, nextHop: "10.0.0.0" });
    expect(rib(solution, "a", "0.0.0.0/0")).toEqual([]);
  });

  test("a neighbor's MED does not go on to a third AS; an own route's MED of 0 does", () => {
    const solution = forecast({
      a: { asn: 1, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 2)], ...blackhole(P) },
      b: { asn: 2, at: ["l 10.0.0.1/31", "m 10.0.1.0/31"], neighbors: [to("10.0.0.0", 1), to("10.0.1.1", 3)] },
      c: { asn: 3, at: ["m 10.0.1.1/31"], neighbors: [to("10.0.1.0", 2)] },
    });
    expect(best(solution, "b", P)?.med).toBe(0);
    expect(best(solution, "c", P)?.med).toBeUndefined();
  });

  test("remove-private-as on a session with local-as takes the own private ASN too, and no public one", () => {
    const heard = (asn: number): readonly number[] | undefined =>
      best(
        forecast({
          r1: {
            asn,
            at: ["net 10.0.0.1/24"],
            neighbors: [to("10.0.0.2", 65002, { localAs: { asn: 64900 } }, { removePrivateAs: "all" })],
            ...blackhole(P),
          },
          r2: { asn: 65002, at: ["net 10.0.0.2/24"], neighbors: [to("10.0.0.1", 64900)] },
        }),
        "r2",
        P,
      )?.asPath;
    expect(heard(65001)).toEqual([64900]);
    expect(heard(3000)).toEqual([64900, 3000]);
  });

  test("an export policy sees the neighbor's ASN that as-override replaces since FRR 9.1, not before", () => {
    const heard = (version: string): readonly number[] | undefined => {
      const policies: Speaker["policies"] = {
        P: { terms: [{ seq: 10, action: "reject", match: { asPathList: "FROM" } }], otherwise: "accept" },
      };
      const solution = forecast({
        r1: {
          asn: 65001,
          at: ["net 10.0.0.1/24"],
          neighbors: [to("10.0.0.2", 65002)],
          ...blackhole(P),
        },
        r2: {
          dialect: { system: "frr", version, profile: "datacenter" },
          asn: 65002,
          at: ["net 10.0.0.2/24", "far 10.0.1.2/24"],
          neighbors: [to("10.0.0.1", 65001), to("10.0.1.3", 65001, {}, { asOverride: true, exportPolicy: "P" })],
          policies,
          asPathLists: { FROM: [{ action: "permit", regex: "_65001$" }] },
        },
        r3: { asn: 65001, at: ["far 10.0.1.3/24"], neighbors: [to("10.0.1.2", 65002)] },
      });
      return best(solution, "r3", P)?.asPath;
    };
    expect(heard("8.4")).toEqual([65002, 65002]);
    expect(heard("9.0")).toEqual([65002, 65002]);
    expect(heard("9.1")).toBeUndefined();
    expect(heard("10.3")).toBeUndefined();
  });

  test("an aggregate stands on one valid more specific route, suppresses it and sinks what has none", () => {
    const solution = forecast({
      node: { asn: 65010, at: ["l 10.0.0.1/31"], neighbors: [to("10.0.0.0", 65001)], ...blackhole("10.244.1.0/26") },
      tor: {
        asn: 65001,
        at: ["l 10.0.0.0/31", "m 10.0.1.0/31"],
        neighbors: [to("10.0.0.1", 65010), to("10.0.1.1", 65000)],
        originate: [
          { kind: "aggregate", prefix: "10.244.0.0/16", summaryOnly: true },
          { kind: "aggregate", prefix: "10.245.0.0/16" },
        ],
      },
      spine: { asn: 65000, at: ["m 10.0.1.1/31"], neighbors: [to("10.0.1.0", 65001)] },
    });
    expect([...solution.table("spine").rib.keys()]).toEqual(["10.244.0.0/16"]);
    expect(best(solution, "tor", "10.244.0.0/16")).toMatchObject({ weight: 32768, med: 0, atomicAggregate: true });
    expect(solution.table("tor").fib.get("10.244.0.0/16")).toMatchObject({
      distance: 200,
      nextHops: [{ blackhole: true }],
    });
  });

  test("RFC 8212: the traditional profile lets nothing through without policies, and says where", () => {
    const solution = forecast({
      a: { ...traditional, asn: 1, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 2)], ...blackhole(P) },
      b: { asn: 2, at: ["l 10.0.0.1/31"], neighbors: [to("10.0.0.0", 1)] },
    });
    expect(rib(solution, "b", P)).toEqual([]);
    expect(solution.sessions).toMatchObject([
      {
        up: true,
        policyMissing: [
          { at: "a", direction: "import" },
          { at: "a", direction: "export" },
        ],
      },
    ]);
  });

  test("a policy or prefix list that does not exist lets nothing through in FRR, everything in EOS", () => {
    for (const family of [{ importPolicy: "GONE" }, { importPrefixList: "GONE" }]) {
      for (const [system, count] of [
        ["frr", 0],
        ["eos", 1],
      ] as const) {
        const solution = forecast({
          a: { asn: 1, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 2)], ...blackhole(P) },
          b: {
            asn: 2,
            at: ["l 10.0.0.1/31"],
            dialect: { system, version: "8.4", ...(system === "frr" ? { profile: "datacenter" } : {}) },
            neighbors: [to("10.0.0.0", 1, {}, family)],
          },
        });
        expect(rib(solution, "b", P)).toHaveLength(count);
      }
    }
  });

  test("two prefixes more than maximum-prefix end the session and take all of its routes; one more is not told", () => {
    const sketch = (limit: number): Record<string, Sketch> => ({
      a: {
        asn: 1,
        at: ["l 10.0.0.0/31"],
        neighbors: [to("10.0.0.1", 2)],
        routes: ["198.51.100.0/24", "198.51.101.0/24", P].map((prefix) => ({ prefix, blackhole: true })),
        originate: [{ kind: "redistribute", from: "static" }],
      },
      b: { asn: 2, at: ["l 10.0.0.1/31"], neighbors: [to("10.0.0.0", 1, {}, { maximumPrefix: { limit } })] },
    });
    expect(forecast(sketch(1)).sessions).toMatchObject([{ up: false, down: { reason: "maximum-prefix", at: "b" } }]);
    expect(forecast(sketch(1)).table("b").rib.size).toBe(0);
    const ends = forecast(sketch(2)).notModelled.filter(({ session }) => session !== undefined);
    expect(ends.map(({ speaker }) => speaker).sort()).toEqual(["a", "b"]);
    expect(forecast(sketch(3)).table("b").rib.size).toBe(3);
    expect(forecast(sketch(3)).notModelled).toEqual([]);
  });

  test("a reflected path that had no MED leaves with one of 0 (8.4 and 10.3 set the wrong flag)", () => {
    const solution = forecast(reflection({}));
    expect(best(solution, "c2", P)).toMatchObject({ originatorId: "10.0.0.3", clusterList: ["1.0.0.1"], med: 0 });
  });

  test("an iBGP route whose next hop is out of reach is not valid and not reflected; next-hop-self mends it", () => {
    const edge = (nextHopSelf: boolean): Record<string, Sketch> => ({
      far: { asn: 65000, at: ["x 172.31.0.0/31"], neighbors: [to("172.31.0.1", 65001)], ...blackhole(P) },
      edge: {
        asn: 65001,
        at: ["lan 10.0.0.2/24", "x 172.31.0.1/31"],
        neighbors: [to("172.31.0.0", 65000), to("10.0.0.1", 65001, {}, { nextHopSelf })],
      },
      rr: {
        asn: 65001,
        at: ["lan 10.0.0.1/24"],
        neighbors: [2, 3].map((host) => to(`10.0.0.${host}`, 65001, {}, { reflectorClient: true })),
      },
      leaf: { asn: 65001, at: ["lan 10.0.0.3/24"], neighbors: [to("10.0.0.1", 65001)] },
    });
    expect(rib(forecast(edge(false)), "rr", P)).toMatchObject([{ valid: false, best: false }]);
    expect(rib(forecast(edge(false)), "leaf", P)).toEqual([]);
    expect(best(forecast(edge(true)), "leaf", P)?.nextHop).toBe("10.0.0.2");
  });

  test("with the same cluster id two reflectors refuse each other's routes; with different ones they pass", () => {
    const two = (second: string): Record<string, Sketch> => ({
      ...reflection({}),
      rr: { ...reflector("1.0.0.1", "10.0.0.1"), neighbors: [client("10.0.0.3"), to("10.0.0.2", 65001)] },
      rr2: { ...reflector(second, "10.0.0.2"), neighbors: [client("10.0.0.3"), to("10.0.0.1", 65001)] },
      c1: {
        asn: 65001,
        at: ["lan 10.0.0.3/24"],
        neighbors: [to("10.0.0.1", 65001), to("10.0.0.2", 65001)],
        ...blackhole(P),
      },
    });
    expect(rib(forecast(two("1.0.0.1")), "rr", P)).toHaveLength(1);
    const passing = rib(forecast(two("1.0.0.2")), "rr", P);
    expect(passing.map((path) => [path.best, path.clusterList.length, path.step])).toEqual([
      [true, 0, "cluster-length"],
      [false, 1, "cluster-length"],
    ]);
  });
});

const client = (address: string): ReturnType<typeof to> => to(address, 65001, {}, { reflectorClient: true });
const reflector = (clusterId: string, address: string): Sketch => ({
  asn: 65001,
  at: [`lan ${address}/24`],
  bgp: { clusterId },
});

/** Two clients of a reflector on one network; the first learns the prefix without a MED. */
function reflection(rr: Partial<Sketch>): Record<string, Sketch> {
  const noMed: Speaker["policies"] = { PLAIN: { terms: [{ action: "accept" }] } };
  return {
    origin: {
      ...bird,
      asn: 65000,
      at: ["x 10.9.0.0/31"],
      neighbors: [to("10.9.0.1", 65001)],
      originate: [{ kind: "network", prefix: P }],
    },
    rr: { ...reflector("1.0.0.1", "10.0.0.1"), neighbors: [client("10.0.0.3"), client("10.0.0.4")], ...rr },
    c1: {
      asn: 65001,
      at: ["lan 10.0.0.3/24", "x 10.9.0.1/31"],
      neighbors: [to("10.9.0.0", 65000), to("10.0.0.1", 65001, {}, { nextHopSelf: true })],
      policies: noMed,
    },
    c2: { asn: 65001, at: ["lan 10.0.0.4/24"], neighbors: [to("10.0.0.1", 65001)] },
  };
}

describe("other speakers", () => {
  test("a path that says incomplete loses to one that says igp", () => {
    const sketch = anycast({ compareRouterId: true, maximumPaths: { ebgp: 1 } });
    const n11 = sketch["n11"] as Sketch;
    const redistributes: Sketch = { ...n11, originate: [{ kind: "redistribute", from: "static" }] };
    expect(best(forecast({ ...sketch, n11: redistributes }), "tor", P)?.nextHop).toBe("10.0.0.12");
  });

  test("BIRD merges equal paths into one route whatever their AS paths", () => {
    const solution = forecast({
      ...Object.fromEntries(
        [11, 12].map((host): [string, Sketch] => [
          `n${host}`,
          { asn: 65000 + host, at: [`rack 10.0.0.${host}/24`], neighbors: [to("10.0.0.1", 65001)], ...blackhole(P) },
        ]),
      ),
      b: { ...bird, asn: 65001, at: ["rack 10.0.0.1/24"], neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)] },
    });
    expect(nextHops(solution, "b", P)).toEqual(["10.0.0.11", "10.0.0.12"]);
  });

  test("Cilium's kind of speaker does not listen: a router that waits for it stays alone", () => {
    const solution = solve(
      network({
        tor: { asn: 65001, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 65010)] },
        node: { ...gobgp, asn: 65010, at: ["l 10.0.0.1/31"], bgp: { listens: false }, neighbors: [] },
      }),
    );
    expect(solution.sessions).toMatchObject([{ up: false, down: { reason: "no-listener", at: "node" } }]);
  });
});
