/** Rules that changed between versions of FRR, each read in the sources of the versions on both sides of the change. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../components/bgp/network";
import { best, blackhole, forecast, nextHops, rib, to, type Sketch } from "./networks/build";

const P = "203.0.113.0/24";
const frr = (version: string): Pick<Speaker, "dialect"> => ({
  dialect: { system: "frr", version, profile: "datacenter" },
});

describe("a floating static route, redistributed beside an eBGP path of a better distance", () => {
  /** r2 has a static route of distance 250 to what r1 announces, and passes on to r3. */
  const floats = (version: string, distance = 250): Record<string, Sketch> => ({
    r1: { asn: 65001, at: ["l 10.0.0.1/24"], ...frr(version), neighbors: [to("10.0.0.2", 65002)], ...blackhole(P) },
    r2: {
      asn: 65002,
      at: ["l 10.0.0.2/24", "m 10.0.1.2/24"],
      ...frr(version),
      neighbors: [to("10.0.0.1", 65001), to("10.0.1.3", 65003)],
      routes: [{ prefix: P, blackhole: true, distance }],
      originate: [{ kind: "redistribute", from: "static" }],
    },
    r3: { asn: 65003, at: ["m 10.0.1.3/24"], ...frr(version), neighbors: [to("10.0.1.2", 65002)] },
  });

  test("up to 10.5 whichever came first stays: ambiguous at r2 and all whom it tells", () => {
    const solution = forecast(floats("10.5"));
    const found = solution.ambiguities.filter(({ prefix }) => prefix === P);
    expect(found.map(({ speaker, what, reaches }) => [speaker, what, reaches])).toEqual([
      ["r2", "best", ["r1", "r2", "r3"]],
    ]);
    expect(found[0]?.candidates.map(({ from }) => from)).toEqual(["", "r1"]);
  });

  test("from 10.6 the neighbor's path wins, and the static route is not redistributed", () => {
    const solution = forecast(floats("10.6"));
    expect(solution.ambiguities).toEqual([]);
    expect(rib(solution, "r2", P).map(({ kind }) => kind)).toEqual(["ebgp"]);
    expect(nextHops(solution, "r2", P)).toEqual(["10.0.0.1"]);
    expect(best(solution, "r3", P)?.asPath).toEqual([65002, 65001]);
  });

  test("from 10.6 it comes back when the neighbor's path goes", () => {
    const network = floats("10.6");
    const solution = forecast({ ...network, r1: { ...(network["r1"] as Sketch), originate: [] } });
    expect(rib(solution, "r2", P).map(({ kind }) => kind)).toEqual(["local"]);
    expect(best(solution, "r3", P)?.asPath).toEqual([65002]);
  });

  test("a static route of the usual distance wins in any version, for certain", () => {
    for (const version of ["10.5", "10.6"]) {
      const solution = forecast(floats(version, 1));
      expect(solution.ambiguities).toEqual([]);
      expect(best(solution, "r2", P)?.kind).toBe("local");
    }
  });
});

describe("a host route that is its own next hop", () => {
  const HOST = "10.9.9.9/32";
  const host = (version: string, importCheck?: boolean): Record<string, Sketch> => ({
    r1: {
      asn: 65001,
      at: ["l 10.0.0.1/24"],
      ...frr(version),
      neighbors: [to("10.0.0.2", 65002, {}, { exportPolicy: "OUT" })],
      policies: { OUT: { terms: [{ seq: 10, action: "accept", set: { nextHop: "10.9.9.9" } }] } },
      ...blackhole(HOST),
    },
    r2: {
      asn: 65002,
      at: ["l 10.0.0.2/24"],
      ...frr(version),
      bgp: importCheck === undefined ? {} : { importCheck },
      neighbors: [to("10.0.0.1", 65001, { disableConnectedCheck: true })],
      routes: [{ prefix: "10.9.9.0/24", via: ["10.0.0.1"] }],
    },
  });
  const valid = (network: Record<string, Sketch>): boolean | undefined => rib(forecast(network), "r2", HOST)[0]?.valid;

  test("is unreachable, but from 10.2 on only where import-check is on", () => {
    expect(valid(host("10.1", false))).toBe(false);
    expect(valid(host("10.2", false))).toBe(true);
    expect(valid(host("10.2"))).toBe(false);
  });
});

describe("paths with an AS_SET", () => {
  const sets = (version: string, rejectAsSets?: boolean): Record<string, Sketch> => ({
    r1: {
      asn: 65001,
      at: ["l 10.0.0.1/24"],
      ...frr("10.3"),
      neighbors: [to("10.0.0.2", 65002)],
      ...blackhole("10.1.1.0/24"),
    },
    r4: {
      asn: 65004,
      at: ["l 10.0.0.4/24"],
      ...frr("10.3"),
      neighbors: [to("10.0.0.2", 65002)],
      ...blackhole("10.1.2.0/24"),
    },
    r2: {
      asn: 65002,
      at: ["l 10.0.0.2/24", "m 10.0.1.2/24"],
      ...frr("10.3"),
      neighbors: [to("10.0.0.1", 65001), to("10.0.0.4", 65004), to("10.0.1.3", 65003)],
      originate: [{ kind: "aggregate", prefix: "10.1.0.0/16", asSet: true }],
    },
    r3: {
      asn: 65003,
      at: ["m 10.0.1.3/24"],
      ...frr(version),
      bgp: rejectAsSets === undefined ? {} : { rejectAsSets },
      neighbors: [to("10.0.1.2", 65002)],
    },
  });
  const received = (network: Record<string, Sketch>): number => rib(forecast(network), "r3", "10.1.0.0/16").length;

  test("are refused from 10.5 on, unless the router says otherwise, and before where it says so", () => {
    expect(received(sets("10.3"))).toBe(1);
    expect(received(sets("10.3", true))).toBe(0);
    expect(received(sets("10.5"))).toBe(0);
    expect(received(sets("10.5", false))).toBe(1);
  });

  test("`aggregate-address as-set` makes none from 10.5 on", () => {
    const network = sets("10.5");
    const r2 = { ...(network["r2"] as Sketch), ...frr("10.5") };
    const path = best(forecast({ ...network, r2 }), "r3", "10.1.0.0/16");
    expect([path?.asPath, path?.asSet, path?.atomicAggregate]).toEqual([[65002], undefined, true]);
  });
});

test("the community blackhole adds no-export from an iBGP neighbor, too, from 10.2 on", () => {
  const network = (version: string): Record<string, Sketch> => ({
    r1: {
      asn: 65001,
      at: ["l 10.0.0.1/24"],
      ...frr(version),
      neighbors: [to("10.0.0.2", 65001, {}, { exportPolicy: "OUT" })],
      policies: { OUT: { terms: [{ seq: 10, action: "accept", set: { communities: { set: ["blackhole"] } } }] } },
      ...blackhole(P),
    },
    r2: { asn: 65001, at: ["l 10.0.0.2/24"], ...frr(version), neighbors: [to("10.0.0.1", 65001)] },
  });
  const communities = (version: string): string[] | undefined => best(forecast(network(version)), "r2", P)?.communities;
  expect(communities("10.1")).toEqual(["blackhole"]);
  expect(communities("10.2")).toEqual(["blackhole", "no-export"]);
});
