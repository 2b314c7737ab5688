/** Lab 001: two clusters become one routed network, a Network for each step of the procedure. */
import { describe, expect, test } from "vitest";
import { difference } from "../../components/forecast/difference";
import { explain, stepNames } from "../../components/forecast/explain";
import { forecast, type Forecast } from "../../components/forecast/forecast";
import { rules } from "../../components/forecast/rules";
import { orThrow } from "../../components/model/errors";
import { REFLECTORS, STEPS, twoClusters } from "../networks/twoClusters";

const made = new Map<string, Forecast>();
const at = (step: string): Forecast => {
  const known = made.get(step) ?? forecast(twoClusters(STEPS[step]));
  made.set(step, known);
  return known;
};
const up = (step: string) => at(step).solution.sessions.filter((session) => session.up);
const peersOf = (step: string, name: string) =>
  up(step)
    .filter(({ ends }) => ends.some(({ speaker }) => speaker === name))
    .map(({ ends }) => ends.find(({ speaker }) => speaker !== name)?.speaker)
    .sort();
const NODES_A = ["cluster-a", "cluster-a-m02", "cluster-a-m03", "cluster-a-m04"];
const NODES_B = NODES_A.map((name) => name.replace("cluster-a", "cluster-b"));
const PLAIN = [...NODES_A, ...NODES_B].filter((name) => !/m0[34]$/.test(name));

describe("at the start", () => {
  test("each cluster is a full iBGP mesh: 6 sessions, every node has 3", () => {
    expect(up("start").filter(({ kind }) => kind === "ibgp")).toHaveLength(12);
    for (const name of [...NODES_A, ...NODES_B]) expect(peersOf("start", name)).toHaveLength(3);
  });

  test("no node has a route of the other cluster, although both are AS 64512", () => {
    for (const name of NODES_A)
      expect([...at("start").routes(name).keys()].some((prefix) => prefix.startsWith("10.21"))).toBe(false);
  });
});

describe("cluster b's new ASN", () => {
  test("resets exactly its six sessions and loses no route", () => {
    const { sessions, routes } = difference(at("start"), at("asn"));
    expect(sessions.map(({ what }) => what)).toEqual(Array<string>(6).fill("reset"));
    expect(sessions.every(({ key }) => key.startsWith("cluster-b"))).toBe(true);
    expect(routes.every(({ what, prefix }) => what === "gained" && /^10\.2[01]1\.0\.0\/16$/.test(prefix))).toBe(true);
  });

  test("with it both clusters advertise their service range from every node", () => {
    for (const name of NODES_A) expect(at("asn").routes(name).get("10.201.0.0/16")?.kind).toBe("local");
    for (const name of NODES_B) expect(at("asn").routes(name).get("10.211.0.0/16")?.kind).toBe("local");
  });
});

describe("from the mesh to reflectors", () => {
  test("labels alone change nothing", () => {
    expect(difference(at("asn"), at("labelled"))).toMatchObject({ sessions: [], routes: [] });
  });

  test("with peers and mesh side by side no route is lost; a pair still has one session, the second is a duplicate", () => {
    const { routes } = difference(at("labelled"), at("peers"));
    expect(routes).toEqual([]);
    expect(up("peers")).toHaveLength(12);
    const second = at("peers").solution.sessions.filter((session) => !session.up);
    expect(second.map(({ down }) => down?.reason)).toEqual(Array<string>(10).fill("duplicate"));
  });

  test("a cluster id takes its node out of the mesh at once: the peers carry on, no route is lost", () => {
    const { routes } = difference(at("peers"), at("clusterIds"));
    expect(routes.filter(({ what }) => what === "lost")).toEqual([]);
    expect(up("clusterIds")).toHaveLength(12);
  });

  test("with the mesh off the two plain nodes of a cluster have no session with each other", () => {
    const { sessions, routes } = difference(at("clusterIds"), at("meshOff"));
    expect(sessions.map(({ what, key }) => [what, key])).toEqual([
      ["lost", "cluster-a 172.28.1.1 - cluster-a-m02 172.28.1.2"],
      ["lost", "cluster-b 172.28.2.1 - cluster-b-m02 172.28.2.2"],
    ]);
    expect(routes).toEqual([]);
  });

  test("plain nodes keep two sessions, reflectors three: one to each other", () => {
    for (const name of PLAIN) expect(peersOf("meshOff", name)).toHaveLength(2);
    expect(peersOf("meshOff", "cluster-a-m03")).toEqual(["cluster-a", "cluster-a-m02", "cluster-a-m04"]);
  });

  test("mesh off without reflectors would leave every node alone with its own blocks", () => {
    const broken = forecast(twoClusters({ ...STEPS["labelled"], mesh: false }));
    expect(broken.solution.sessions).toEqual([]);
    const { routes } = difference(at("labelled"), broken);
    expect(routes.filter(({ what, prefix }) => what === "lost" && prefix.startsWith("10.200")).length).toBe(12);
  });
});

describe("between the clusters", () => {
  test("exactly four eBGP sessions, each reflector with both of the other cluster", () => {
    const ebgp = up("ebgp").filter(({ kind }) => kind === "ebgp");
    expect(ebgp).toHaveLength(4);
    for (const { ends } of ebgp) {
      expect(ends.map(({ speaker }) => speaker).sort()).toEqual([
        expect.stringMatching(/^cluster-a-m0[34]$/),
        expect.stringMatching(/^cluster-b-m0[34]$/),
      ]);
    }
  });

  test("before the disabled pools only the reflectors have the other cluster's routes", () => {
    const far = (name: string) => [...at("ebgp").routes(name).keys()].filter((prefix) => /^10\.21[01]\./.test(prefix));
    for (const name of REFLECTORS.a) expect(far(name)).toHaveLength(5);
    expect(far("cluster-a")).toEqual([]);
    expect(far("cluster-a-m02")).toEqual([]);
  });

  test("after them every node has ECMP routes to the other's blocks and services, by both of its reflectors", () => {
    for (const [names, pods, services] of [
      [NODES_A, "10.210.0.0/26", "10.211.0.0/16"],
      [NODES_B, "10.200.0.0/26", "10.201.0.0/16"],
    ] as const) {
      for (const name of names) {
        expect(at("farPools").routes(name).get(pods)?.nextHops).toHaveLength(2);
        expect(at("farPools").routes(name).get(services)?.nextHops).toHaveLength(2);
        expect(at("farPools").solution.table(name).fib.get(services)?.nextHops).toHaveLength(2);
      }
    }
  });

  test("the pools are named as what brought the routes", () => {
    const { routes, sessions } = difference(at("ebgp"), at("farPools"));
    expect(sessions).toEqual([]);
    expect(routes.every(({ what }) => what === "gained")).toBe(true);
    expect(new Set(routes.map(({ speaker }) => speaker))).toEqual(new Set(PLAIN));
    for (const { causes } of routes) {
      expect(causes[0]).toMatchObject({ kind: "change", change: { part: "policy", name: "export-ibgp-v4" } });
    }
  });

  test("a pod of a reaches a pod and a service of b, and the other way", () => {
    const way = (from: string, to: string) => orThrow(explain(at("farPools"), from, to));
    for (const [from, to] of [
      ["cluster-a", "10.210.0.5"],
      ["cluster-a", "10.211.116.156"],
      ["cluster-b-m02", "10.200.1.7"],
      ["cluster-b", "10.201.0.9"],
    ] as const) {
      expect(way(from, to).outcome).toBe("delivered");
    }
    expect(stepNames(way("cluster-a", "10.210.0.5"))).toEqual([
      "cluster-a",
      "cluster-b-m03 | cluster-b-m04",
      "cluster-b",
    ]);
    expect(orThrow(explain(at("ebgp"), "cluster-a", "10.210.0.5")).outcome).toBe("dropped");
  });

  test("which of a reflector's paths a node calls best is open, and no packet depends on it: nothing to warn of", () => {
    expect(at("farPools").solution.ambiguities.length).toBeGreaterThan(0);
    expect(rules(at("farPools").network, at("farPools")).filter(({ rule }) => rule === "forecast/ambiguous")).toEqual(
      [],
    );
  });

  test("a fifth node in each cluster needs no change of any BGP resource and peers with both reflectors", () => {
    const grown = forecast(twoClusters({ ...STEPS["farPools"], more: 1 }));
    const { sessions, routes } = difference(at("farPools"), grown);
    expect(sessions.map(({ what }) => what)).toEqual(["gained", "gained", "gained", "gained"]);
    expect(routes.filter(({ what }) => what === "lost" || what === "moved")).toEqual([]);
  });
});
