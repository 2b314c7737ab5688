/** Confederations and route servers: RFC 5065 and RFC 7947, as bgpd of FRR 8.4.4 has them. */
import { describe, expect, test } from "vitest";
import type { FamilySettings, Neighbor } from "../../components/bgp/network";
import { best, blackhole, forecast, rib, to, type Sketch } from "./networks/build";

const P = "203.0.113.0/24";

/** AS 100 is two members, 65001 (a, b) and 65002 (c); x and y are outside, in AS 200 and 300. x - a - b - c - y. */
function members(more: Partial<Record<"a" | "b" | "c", Partial<Sketch>>> = {}): Record<string, Sketch> {
  const confederation = { identifier: 100, members: [65001, 65002] };
  const self: FamilySettings = { nextHopSelf: true };
  return {
    x: { asn: 200, at: ["l1 10.0.1.1/24"], neighbors: [to("10.0.1.2", 100)], ...blackhole(P) },
    a: {
      asn: 65001,
      at: ["l1 10.0.1.2/24", "l2 10.0.2.2/24"],
      bgp: { confederation },
      neighbors: [to("10.0.1.1", 200), to("10.0.2.3", 65001, {}, self)],
      ...more.a,
    },
    b: {
      asn: 65001,
      at: ["l2 10.0.2.3/24", "l3 10.0.3.3/24"],
      bgp: { confederation },
      neighbors: [to("10.0.2.2", 65001), to("10.0.3.4", 65002, {}, self)],
      ...more.b,
    },
    c: {
      asn: 65002,
      at: ["l3 10.0.3.4/24", "l4 10.0.4.4/24"],
      bgp: { confederation },
      neighbors: [to("10.0.3.3", 65001), to("10.0.4.5", 300)],
      ...more.c,
    },
    y: { asn: 300, at: ["l4 10.0.4.5/24"], neighbors: [to("10.0.4.4", 100)], ...blackhole("198.51.100.0/24") },
  };
}

describe("a confederation", () => {
  test("is one AS to its neighbors and several inside: all sessions come up", () => {
    expect(forecast(members()).sessions.map(({ up, kind, ends }) => [ends.map(({ asn }) => asn), kind, up])).toEqual([
      [[100, 200], "ebgp", true],
      [[65001, 65001], "ibgp", true],
      [[65001, 65002], "ibgp", true],
      [[100, 300], "ebgp", true],
    ]);
  });

  test("a path keeps the members that it passed while inside, and shows one ASN outside", () => {
    const solution = forecast(members());
    const path = best(solution, "c", P);
    expect([path?.confederation, path?.asPath, path?.localPreference]).toEqual([[65001], [200], 100]);
    expect([best(solution, "y", P)?.confederation, best(solution, "y", P)?.asPath]).toEqual([undefined, [100, 200]]);
  });

  test("members do not count in the length of a path, unless `bestpath as-path confed` counts them", () => {
    /** c also has the prefix from x2 of AS 400, behind one AS more. */
    const network = (countConfederation: boolean): Record<string, Sketch> => {
      const inside = members();
      const c = inside["c"] as Sketch;
      return {
        ...inside,
        c: {
          ...c,
          at: [...c.at, "l5 10.0.5.4/24"],
          bgp: { ...c.bgp, countConfederation, compareRouterId: true },
          neighbors: [...(c.neighbors ?? []), to("10.0.5.6", 400)],
        },
        x2: { asn: 400, at: ["l5 10.0.5.6/24"], neighbors: [to("10.0.5.4", 100)], ...blackhole(P) },
      };
    };
    expect(rib(forecast(network(false)), "c", P).map(({ step }) => step)).toContain("ebgp-over-ibgp");
    expect(rib(forecast(network(true)), "c", P).map(({ step }) => step)).toContain("as-path-length");
  });

  test("refuses what has been outside and comes back, and what its own member has made", () => {
    const solution = forecast(members());
    // c tells b again what b told it: 65001 stands in the confederation's part.
    expect(rib(solution, "b", P).map(({ from }) => from?.speaker)).toEqual(["a"]);
    expect(rib(solution, "x", P).map(({ kind }) => kind)).toEqual(["local"]);
  });

  test("a member that the other does not know as one is answered as an outsider, and refused", () => {
    const lost = { bgp: { confederation: { identifier: 100, members: [65001] } } };
    const session = forecast(members({ b: lost })).sessions.find(({ ends }) => ends.some(({ asn }) => asn === 65002));
    expect(session?.down?.reason).toBe("wrong-asn");
  });

  test("local-AS stays within a member, no-export within the confederation", () => {
    const marked = (community: string): Record<string, Sketch> => {
      const network = members();
      const policies = {
        OUT: { terms: [{ seq: 10, action: "accept" as const, set: { communities: { set: [community] } } }] },
      };
      const neighbors: Neighbor[] = [to("10.0.1.2", 100, {}, { exportPolicy: "OUT" })];
      return { ...network, x: { ...(network["x"] as Sketch), policies, neighbors } };
    };
    const holders = (community: string): string[] => {
      const solution = forecast(marked(community));
      return ["a", "b", "c", "y"].filter((name) => rib(solution, name, P).length > 0);
    };
    expect(holders("local-AS")).toEqual(["a", "b"]);
    expect(holders("no-export")).toEqual(["a", "b", "c"]);
  });
});

test("where eBGP needs policies FRR before 10.1 sends other members nothing, and from then on all", () => {
  const held = (version: string): number => {
    const network = members();
    const dialect = { system: "frr" as const, version, profile: "traditional" as const };
    const old = Object.entries(network).map(([name, each]): [string, Sketch] => {
      const bgp = { ...each.bgp, ebgpRequiresPolicy: name === "b" || name === "c" };
      return [name, { ...each, dialect, bgp }];
    });
    return rib(forecast(Object.fromEntries(old)), "c", P).length;
  };
  expect([held("10.0"), held("10.1")]).toEqual([0, 1]);
});

describe("a route server", () => {
  const client: FamilySettings = { routeServerClient: true };
  const network = (left: FamilySettings, right: FamilySettings): Record<string, Sketch> => ({
    x: {
      asn: 200,
      at: ["ix 10.0.0.1/24"],
      neighbors: [to("10.0.0.9", 100, {}, { exportPolicy: "OUT" })],
      policies: {
        OUT: { terms: [{ seq: 10, action: "accept", set: { med: 7, communities: { set: ["no-export"] } } }] },
      },
      ...blackhole(P),
    },
    rs: {
      asn: 100,
      at: ["ix 10.0.0.9/24"],
      neighbors: [to("10.0.0.1", 200, {}, left), to("10.0.0.2", 300, {}, right)],
      ...blackhole("198.51.100.0/24"),
    },
    y: { asn: 300, at: ["ix 10.0.0.2/24"], neighbors: [to("10.0.0.9", 100)] },
  });

  test("hands on between its clients what the one said: path, next hop, MED, whatever the communities", () => {
    const path = best(forecast(network(client, client)), "y", P);
    expect([path?.asPath, path?.nextHop, path?.med]).toEqual([[200], "10.0.0.1", 7]);
  });

  test("keeps the next hop of what goes to a client, whoever sent it", () => {
    const line = network({}, client);
    const [rs, y] = [line["rs"] as Sketch, line["y"] as Sketch];
    const neighbors = [to("10.0.0.1", 200), to("10.0.1.2", 300, {}, client)];
    const apart = {
      ...line,
      x: { ...(line["x"] as Sketch), neighbors: [to("10.0.0.9", 100)] },
      rs: { ...rs, at: [...rs.at, "m 10.0.1.9/24"], neighbors },
      y: { ...y, at: ["m 10.0.1.2/24"], neighbors: [to("10.0.1.9", 100)] },
    };
    expect(rib(forecast(apart), "y", P).map(({ nextHop, valid }) => [nextHop, valid])).toEqual([["10.0.0.1", false]]);
  });

  test("keeps its ASN out of what it sends a client, its own routes too", () => {
    expect(best(forecast(network(client, client)), "y", "198.51.100.0/24")?.asPath).toEqual([]);
  });

  test("honours no-export where the sender is no client", () => {
    expect(rib(forecast(network({}, client)), "y", P)).toEqual([]);
  });

  test("a client that wants the neighbor's ASN first refuses its paths (FRR 10: enforce-first-as)", () => {
    const y = { ...(network(client, client)["y"] as Sketch), bgp: { enforceFirstAs: true } };
    expect(rib(forecast({ ...network(client, client), y }), "y", P)).toEqual([]);
  });
});
