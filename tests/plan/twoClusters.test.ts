/** Lab 001 by components: mesh, reflectors, peering, disabled pools, each step with the sessions and routes of the seed. */
import { describe, expect, it } from "vitest";
import { difference } from "../../components/forecast/difference";
import { forecast } from "../../components/forecast/forecast";
import { orThrow } from "../../components/model/errors";
import { whole } from "../../components/plan/combine";
import { type Steps, twoClusters } from "./twoClusters";

const at = (steps: Steps) => forecast(orThrow(whole(twoClusters(steps))).network);
const up = (steps: Steps) => at(steps).solution.sessions.filter((session) => session.up);
const between = (steps: Steps) => up(steps).filter(({ kind }) => kind === "ebgp");
const peersOf = (steps: Steps, name: string) =>
  up(steps)
    .filter(({ kind, ends }) => kind === "ibgp" && ends.some(({ speaker }) => speaker === name))
    .map(({ ends }) => ends.find(({ speaker }) => speaker !== name)?.speaker)
    .sort();
const MESH: Steps = {};
const REFLECTORS: Steps = { reflectors: true };
const PEERING: Steps = { reflectors: true, peering: true };
const POOLS: Steps = { reflectors: true, peering: true, pools: true };

describe("two clusters on a segment without a router", () => {
  it("begin as a mesh each: 6 sessions, and no route from one to the other", () => {
    expect(up(MESH)).toHaveLength(12);
    expect(peersOf(MESH, "cluster-a")).toEqual(["cluster-a-m02", "cluster-a-m03", "cluster-a-m04"]);
    expect([...at(MESH).routes("cluster-a").keys()].filter((prefix) => prefix.startsWith("10.21"))).toEqual([]);
  });

  it("with reflectors: plain nodes keep two sessions, a reflector has three, and no route is lost", () => {
    expect(peersOf(REFLECTORS, "cluster-a")).toEqual(["cluster-a-m03", "cluster-a-m04"]);
    expect(peersOf(REFLECTORS, "cluster-b-m03")).toEqual(["cluster-b", "cluster-b-m02", "cluster-b-m04"]);
    const { sessions, routes } = difference(at(MESH), at(REFLECTORS));
    expect(sessions.filter(({ what }) => what === "lost").map(({ key }) => key)).toEqual([
      "cluster-a 172.28.1.1 - cluster-a-m02 172.28.1.2",
      "cluster-b 172.28.2.1 - cluster-b-m02 172.28.2.2",
    ]);
    // Out of the mesh and into a peering: why reflectors are drained first.
    expect(sessions.filter(({ what }) => what === "reset").every(({ key }) => /m0[34]/.test(key))).toBe(true);
    expect(routes).toEqual([]);
  });

  it("peering: exactly four eBGP sessions, and the far routes stay at the reflectors", () => {
    expect(between(PEERING)).toHaveLength(4);
    const far = (name: string) => [...at(PEERING).routes(name).keys()].filter((prefix) => prefix.startsWith("10.21"));
    expect(far("cluster-a")).toEqual([]);
    expect(far("cluster-a-m03")).toHaveLength(5);
  });

  it("the disabled pools last: every node has both reflectors of the other cluster as next hops", () => {
    for (const [name, pods, services] of [
      ["cluster-a", "10.210.0.0/26", "10.211.0.0/16"],
      ["cluster-b-m02", "10.200.0.0/26", "10.201.0.0/16"],
    ] as const) {
      expect(at(POOLS).routes(name).get(pods)?.nextHops).toHaveLength(2);
      expect(at(POOLS).routes(name).get(services)?.nextHops).toHaveLength(2);
    }
    expect(difference(at(PEERING), at(POOLS)).sessions).toEqual([]);
  });

  it("a fifth node in each cluster: two sessions more in each, none lost, and nothing else to write", () => {
    const { sessions } = difference(at(POOLS), at({ ...POOLS, more: ["m05"] }));
    expect(sessions.map(({ what }) => what)).toEqual(["gained", "gained", "gained", "gained"]);
  });

  it("another ASN for cluster b in place: its five sessions and the four between are reset, none goes", () => {
    const { sessions } = difference(at(POOLS), at({ ...POOLS, asnB: 64520 }));
    expect(sessions.filter(({ what }) => what !== "reset")).toEqual([]);
    expect(sessions).toHaveLength(9);
  });
});

describe("the preview of each step says what comes, and the CNIs accept all of it", () => {
  it.each([
    ["mesh", MESH],
    ["reflectors", REFLECTORS],
    ["peering", PEERING],
    ["pools", POOLS],
  ])("%s: no error among the findings", (_name, steps) => {
    const { findings } = orThrow(whole(twoClusters(steps)));
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});
