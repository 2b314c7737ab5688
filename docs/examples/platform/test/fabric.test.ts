/** The network team's program without an engine, a daemon or a cluster. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Segment, Rack } from "bgpfabric";
import { record } from "bgpfabric/testing";
import { rackSwitch, sharedSegment } from "../lib/handles";

const stack = (name: string) => (args: { type: string; inputs: Record<string, unknown> }) =>
  args.type === "pulumi:pulumi:StackReference"
    ? {
        id: name,
        state: {
          ...args.inputs,
          outputs: { kubeconfig: "current-context: shop\n", network: "shop-lan" },
          secretOutputNames: [],
        },
      }
    : undefined;

test("two nodes speak, and the services' prefix has both as next hops", async () => {
  let program: { sessions: string[]; routes: string[] } = { sessions: [], routes: [] };
  const registered = await record(async () => (program = await import("../fabric")), {
    project: "platform-fabric",
    newResource: stack("organization/platform-cluster/stack"),
  });
  assert.deepEqual(
    program.sessions.filter((line) => line.includes("edge-tor")),
    [
      "edge-tor 10.30.0.1 - shop-worker 10.30.0.11: up ebgp AS 65001 - 64512 ipv4",
      "edge-tor 10.30.0.1 - shop-worker2 10.30.0.12: up ebgp AS 65001 - 64512 ipv4",
    ],
  );
  assert.deepEqual(program.routes, ["edge-tor 172.30.0.240/28: ebgp via 10.30.0.11 10.30.0.12, path 64512"]);
  const ofCluster = registered.filter(({ provider }) => provider === "shop-kubernetes").map(({ type }) => type);
  assert.deepEqual([...new Set(ofCluster)].sort(), [
    "kubernetes:core/v1:NodePatch",
    "kubernetes:projectcalico.org/v3:BGPConfigurationPatch",
    "kubernetes:projectcalico.org/v3:BGPPeer",
    "kubernetes:projectcalico.org/v3:IPPool",
  ]);
  const [router] = registered.filter(({ type }) => type === "docker:index/container:Container");
  assert.deepEqual(router?.inputs["networksAdvanced"], [{ name: "shop-lan", ipv4Address: "10.30.0.1" }]);
});

test("a switch of our own stands in for the rack's router", async () => {
  await record(() => {
    const lan = sharedSegment("vlan20", "10.20.0.0/24");
    const rack = new Rack("r1", { segments: [lan], router: rackSwitch("sw1", lan, "10.20.0.1", "key") });
    assert.equal(rack.router.reach.by, "ssh");
    assert.equal(rack.network.speakers?.length ?? 0, 0);
  });
});

test("the company's rule is kept before anything is made", async () => {
  const { Edge } = await import("../lib/edge");
  const registered = await record(() => {
    const lan = new Segment("x", { prefix: "10.40.0.0/24" });
    const rack = new Rack("y", { segments: [lan], router: { os: "frr", asn: 65001, address: "10.40.0.1" } });
    assert.throws(
      () => new Edge("edge", { cluster: undefined as never, rack, services: "172.30.0.0/28", speakers: ["a"] }),
      /two speakers or more, found 1/,
    );
  });
  assert.equal(registered.filter(({ type }) => type.includes("SelectiveBgpFabric")).length, 0);
});
