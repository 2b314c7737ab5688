/** Lab 004: what the training module says of a large cluster, its racks and its reflectors. */
import { describe, expect, test } from "vitest";
import { explain, stepNames } from "../../components/forecast/explain";
import { forecast } from "../../components/forecast/forecast";
import { orThrow } from "../../components/model/errors";
import { blockOf, large, nodeName, rackOf } from "../networks/large";

const small = forecast(large());

describe("sessions of a cluster", () => {
  const count = (options: Parameters<typeof large>[0]) => {
    const up = forecast(large(options)).solution.sessions.filter((session) => session.up);
    const node = (name: string) => /^(cp|worker)-/.test(name);
    const nodes = up.filter(({ ends }) => ends.every(({ speaker }) => node(speaker)));
    const leaves = up.filter(
      ({ ends }) => ends.some(({ speaker }) => node(speaker)) && !nodes.some((one) => one.ends === ends),
    );
    return { nodes: nodes.length, leaves: leaves.length };
  };

  test("30 nodes meshed: n(n-1)/2 = 435; with 3 reflectors 27 x 3 + 3 = 84; one more each to its leaf", () => {
    expect(count({ nodes: 30, mesh: true })).toEqual({ nodes: 435, leaves: 30 });
    expect(count({ nodes: 30 })).toEqual({ nodes: 84, leaves: 30 });
  });

  test("200 nodes: 19,900 sessions meshed, and 197 x 3 + 3 + 200 = 794 with three reflectors and a leaf each", () => {
    expect(count({ nodes: 200, racks: 4, spines: 1, mesh: true, serviceCidr: false }).nodes).toBe(19900);
    const reflected = count({ nodes: 200, racks: 4, spines: 1, serviceCidr: false });
    expect(reflected.nodes + reflected.leaves).toBe(794);
  }, 300_000);

  test("100 nodes meshed: 4,950", () => {
    expect(count({ nodes: 100, racks: 4, spines: 1, mesh: true, serviceCidr: false }).nodes).toBe(4950);
  }, 120_000);
});

describe("at a leaf", () => {
  test("each pod block of its own rack comes by its owner only, and no other node's", () => {
    for (let index = 0; index < 9; index++) {
      const leaf = `leaf-${rackOf(index, 3) + 1}`;
      const paths = small.solution.table(leaf).rib.get(blockOf(index)) ?? [];
      const fromNodes = paths.filter(({ from }) => from !== undefined && !from.speaker.startsWith("spine"));
      expect(fromNodes.map(({ from }) => from?.speaker)).toEqual([nodeName(index)]);
    }
  });

  test("the service range comes by every node of its rack", () => {
    expect(small.routes("leaf-1").get("10.96.0.0/12")?.from).toEqual(["cp-01", "worker-01", "worker-04"]);
  });

  test("without the export filter every node re-exports every block it learned", () => {
    const paths =
      forecast(large({ reExport: true }))
        .solution.table("leaf-1")
        .rib.get(blockOf(1)) ?? [];
    expect(paths.some(({ from }) => from?.speaker === "worker-01")).toBe(true);
    const owned = small.solution.table("leaf-1").rib.get(blockOf(1)) ?? [];
    expect(owned.some(({ from }) => from?.speaker === "worker-01")).toBe(false);
  });

  test("a default route from a node is denied, and a longer prefix than the block's too", () => {
    const leaf = forecast(large({ defaultFromNode: true })).solution.table("leaf-1");
    expect(leaf.rib.get("0.0.0.0/0")?.every(({ from }) => from?.speaker.startsWith("spine"))).toBe(true);
  });

  test("the only thing a leaf tells its nodes is the default route", () => {
    const fromLeaf = [...forecast(large({ importDefault: true })).solution.table("worker-01").rib].filter(([, paths]) =>
      paths.some(({ from }) => from?.speaker === "leaf-1"),
    );
    expect(fromLeaf.map(([prefix]) => prefix)).toEqual(["0.0.0.0/0"]);
  });

  test("a node that takes the default by BGP cannot reach pods of other racks: BIRD resolves no next hop over BGP", () => {
    const taken = forecast(large({ importDefault: true }));
    expect(taken.routes("cp-01").get(blockOf(2))?.state).toBe("unusable");
    expect(taken.solution.table("cp-01").fib.get(blockOf(2))?.nextHops).toEqual([{ blackhole: true }]);
    expect(small.routes("cp-01").get(blockOf(2))?.state).toBe("used");
    expect(orThrow(explain(taken, "cp-01", "10.244.3.8")).outcome).toBe("dropped");
  });
});

describe("the way from a pod on node A to a pod on node B", () => {
  const way = orThrow(explain(small, "cp-01", "10.244.3.8"));

  test("is Node A, Leaf-1, a spine by ECMP, Leaf-3, Node B", () => {
    expect(stepNames(way)).toEqual(["cp-01", "leaf-1", "spine-1 | spine-2", "leaf-3", "cp-03"]);
    expect(way.outcome).toBe("delivered");
  });

  test("names at each hop the entry, why its path won, and the field that brought it", () => {
    const [nodeA, leaf1] = way.steps.map((hops) => hops[0]);
    expect(nodeA).toMatchObject({
      route: { prefix: "10.244.3.0/26", source: "bgp" },
      source: { field: expect.stringContaining("BGPPeer/") as string },
    });
    expect(leaf1?.decision.map(({ verdict, from }) => [verdict, from])).toEqual([
      ["best", "spine-1"],
      ["multipath", "spine-2"],
    ]);
  });

  test("stays whole with one spine down, and ends at the leaf with both", () => {
    const broken = forecast(large({ down: { speakers: ["spine-1"] } }));
    expect(stepNames(orThrow(explain(broken, "cp-01", "10.244.3.8")))).toEqual([
      "cp-01",
      "leaf-1",
      "spine-2",
      "leaf-3",
      "cp-03",
    ]);
    const cut = orThrow(
      explain(forecast(large({ down: { speakers: ["spine-1", "spine-2"] } })), "cp-01", "10.244.3.8"),
    );
    expect(cut.outcome).toBe("dropped");
  });

  test("a destination that nobody has is dropped where the routes end", () => {
    const lost = orThrow(explain(small, "leaf-1", "192.0.2.1"));
    expect([lost.outcome, lost.endings[0]?.speaker]).toEqual(["dropped", "spine-1"]);
  });

  test("an unknown speaker and a wrong address are refused together", () => {
    const refused = explain(small, "leaf", "10.244.3");
    expect(refused.ok ? [] : refused.faults.map(({ path }) => path)).toEqual(["from", "destination"]);
  });
});
