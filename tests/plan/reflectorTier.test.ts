/** Which nodes reflect, what they are marked with in which step, and what each wrong selection is told. */
import { describe, expect, it } from "vitest";
import { calico, cilium, kubeRouter } from "../../components/cni/choices";
import type { CniChoice } from "../../components/cni/choice";
import { forecast } from "../../components/forecast/forecast";
import { rules } from "../../components/forecast/rules";
import { UserError } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { combine } from "../../components/plan/combine";
import { planLive } from "../../components/plan/live";
import { place } from "../../components/plan/place";
import { planRack } from "../../components/plan/rack";
import { planSelective } from "../../components/plan/selective";
import { type ReflectorTierSpec, planReflectorTier } from "../../components/plan/reflectorTier";

const racks = [1, 2].map((index) =>
  planRack(`rack${index}`, {
    segments: [`10.10.${index}0.0/24`],
    router: { os: "frr", asn: 65000 + index, address: `10.10.${index}0.1` },
  }),
);
const clusterOf = (cni: CniChoice) =>
  planCluster("k01", {
    cni,
    pods: "192.168.0.0/16",
    nodes: racks.flatMap((rack, index) =>
      place(rack, [`n${index}a`, `n${index}b`], { from: `10.10.${index + 1}0.10` }),
    ),
  });
const CLUSTER = clusterOf(calico({ asn: 64512 }));
const tier = (changes: Partial<ReflectorTierSpec> = {}) =>
  planReflectorTier("tier", {
    cluster: CLUSTER,
    reflectors: { nodes: ["n0a", "n1a"] },
    clusterId: "244.0.0.1",
    ...changes,
  });
function refusal(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError) return error.message.split("\n");
    throw error;
  }
  throw new Error("the call took it");
}

describe("a reflector tier of Calico", () => {
  it("labels the reflectors first and gives them the cluster id in a second step", () => {
    const { labels, clusterIds } = tier();
    expect(labels).toEqual([
      { name: "k01-n0a", labels: { "route-reflector": "true" }, annotations: {} },
      { name: "k01-n1a", labels: { "route-reflector": "true" }, annotations: {} },
    ]);
    expect(clusterIds.map(({ name, annotations }) => [name, annotations])).toEqual([
      ["k01-n0a", { "projectcalico.org/RouteReflectorClusterID": "244.0.0.1" }],
      ["k01-n1a", { "projectcalico.org/RouteReflectorClusterID": "244.0.0.1" }],
    ]);
  });

  it("waits for every node's session with every reflector, at both ends", () => {
    const { sessions, mesh } = tier();
    // Two reflectors with two clients each and with each other: five sessions, two ends each.
    expect(sessions).toHaveLength(10);
    expect(mesh).toEqual([
      { speaker: "k01-n0b", peer: "10.10.20.11" },
      { speaker: "k01-n1b", peer: "10.10.10.11" },
    ]);
  });

  it("takes the nodes that run the control plane, when asked, and one rack when told", () => {
    const { reflectors } = tier({ reflectors: { nodes: "control-plane" }, racks: 1 });
    expect(reflectors.map(({ name }) => name)).toEqual(["n0a"]);
  });

  it("takes every node that is placed with the control plane's role, and does not call them workers", () => {
    const cluster = planCluster("k01", {
      cni: calico({ asn: 64512 }),
      pods: "192.168.0.0/16",
      nodes: racks.flatMap((rack, index) => [
        ...place(rack, [`cp${index}`], { from: `10.10.${index + 1}0.10`, controlPlane: true }),
        ...place(rack, [`worker${index}`], { from: `10.10.${index + 1}0.20` }),
      ]),
    });
    const plan = tier({ cluster, reflectors: { nodes: "control-plane" } });
    expect(plan.reflectors.map(({ name }) => name)).toEqual(["cp0", "cp1"]);
    expect(cluster.nodes.map(({ labels }) => "node-role.kubernetes.io/control-plane" in labels)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const network = combine([...racks, cluster, plan]);
    const said = rules(network, forecast(network)).map(({ rule }) => rule);
    expect(said).not.toContain("reflector/on-worker");
  });
});

describe("kube-router", () => {
  const cluster = clusterOf(kubeRouter({ asn: 64512 }));

  it("labels the reflectors and gives them the cluster id: the part marks no client", () => {
    const { labels, clusterIds } = tier({ cluster });
    expect(labels.map(({ name }) => name)).toEqual(["k01-n0a", "k01-n1a"]);
    expect(clusterIds.map(({ name, annotations }) => [name, Object.keys(annotations)])).toEqual([
      ["k01-n0a", ["kube-router.io/rr.server"]],
      ["k01-n1a", ["kube-router.io/rr.server"]],
    ]);
  });

  it("waits until each reflector has every node's block, and each other node has those of all nodes from each", () => {
    const waited = tier({ cluster }).reflected.flatMap(({ accepted, ...view }) =>
      accepted === undefined ? [] : [[view.speaker, view.peer, accepted]],
    );
    const reflectors = ["k01-n0a", "k01-n1a"];
    expect(
      waited.filter(([speaker]) => reflectors.includes(String(speaker))).map(([, , accepted]) => accepted),
    ).toEqual(Array<number>(6).fill(1));
    expect(waited.filter(([speaker]) => !reflectors.includes(String(speaker))).sort()).toEqual([
      ["k01-n0b", "10.10.10.10", 3],
      ["k01-n0b", "10.10.20.10", 3],
      ["k01-n1b", "10.10.10.10", 3],
      ["k01-n1b", "10.10.20.10", 3],
    ]);
  });

  it("marks the clients in the whole, which comes after the wait, and unmarks them before the reflectors go", () => {
    const marks = (parts: Parameters<typeof planLive>[0]) =>
      planLive(parts)
        .written.get("k01")
        ?.sharedNodes.map(({ name, annotations }) => [name, annotations["kube-router.io/rr.client"]]);
    expect(marks([...racks, cluster, tier({ cluster })])).toEqual([
      ["k01-n0a", undefined],
      ["k01-n0b", "244.0.0.1"],
      ["k01-n1a", undefined],
      ["k01-n1b", "244.0.0.1"],
    ]);
    // Each node keeps its patch, so that a mark that goes is a change before the gate and no deletion after it.
    expect(marks([...racks, cluster])?.map(([, client]) => client)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("a tier that retires", () => {
  const clientsOf = (plan: ReturnType<typeof planLive>) =>
    plan.written.get("k01")?.sharedNodes.flatMap(({ annotations }) => annotations["kube-router.io/rr.client"] ?? []);

  it.each([
    ["calico", calico({ asn: 64512 })],
    ["kube-router", kubeRouter({ asn: 64512 })],
  ])("%s: the forecast is that of the mesh, with no reflector and no client", (_name, cni) => {
    const cluster = clusterOf(cni);
    const plan = planLive([...racks, cluster, tier({ cluster, retire: true })]);
    expect(plan.sessions).toEqual(planLive([...racks, cluster]).sessions);
    expect(clientsOf(plan)).toEqual([]);
  });

  it("is refused beside a part that asks for no mesh: the way back would wait for it in vain", () => {
    const fabric = planSelective("tors", { cluster: CLUSTER, racks, speakers: "all" });
    expect(refusal(() => planLive([...racks, CLUSTER, fabric, tier({ retire: true })])).join("\n")).toMatch(
      /mesh: found "false and true".*mesh: true/,
    );
    const meshed = planSelective("tors", { cluster: CLUSTER, racks, speakers: "all", mesh: true });
    expect(() => planLive([...racks, CLUSTER, meshed, tier({ retire: true })])).not.toThrow();
  });
});

describe("refused, with the argument and the fix", () => {
  it.each([["cilium", cilium({ asn: 64512 }), /Cilium passes no route on/]])(
    "%s, whose nodes pass no route on",
    (_name, cni, said) => {
      expect(refusal(() => tier({ cluster: clusterOf(cni) })).join("\n")).toMatch(said);
    },
  );

  it("reflectors in one rack of two, with nodes of the other to choose from", () => {
    expect(refusal(() => tier({ reflectors: { nodes: ["n0a", "n0b"] } }))).toEqual([
      'new RouteReflectorTier("tier"): reflectors.nodes: found "n0a, n0b", expected reflectors in at least 2 racks; all of these stand in rack1; take one of n1a, n1b, or say racks: 1',
    ]);
  });

  it.each<[string, Partial<ReflectorTierSpec>, RegExp]>([
    ["no node at all", { reflectors: { nodes: [] } }, /reflectors\.nodes: found nothing, expected at least one node/],
    [
      "a node that is not there",
      { reflectors: { nodes: ["n0a", "m9"] } },
      /nodes\[1\]: found "m9", expected a node of k01/,
    ],
    [
      "a node twice",
      { reflectors: { nodes: ["n0a", "n0a", "n1a"] } },
      /nodes\[1\]: found "n0a", expected each node once/,
    ],
    ["a cluster id that is a number", { clusterId: "1" }, /clusterId: found "1", expected an IPv4 address/],
    ["a cluster id with a length", { clusterId: "244.0.0.1/32" }, /clusterId: found "244\.0\.0\.1\/32"/],
    ["a label with a space", { reflectors: { nodes: ["n0a", "n1a"], label: "route reflector" } }, /label/],
    ["more racks than there are", { racks: 3 }, /racks: found "3", expected 2 at most/],
    ["half a rack", { racks: 0.5 }, /racks: found "0\.5", expected a whole number, 1 or more/],
  ])("%s", (_name, changes, said) => {
    expect(refusal(() => tier(changes)).join("\n")).toMatch(said);
  });

  it("several mistakes at once", () => {
    expect(refusal(() => tier({ reflectors: { nodes: ["x", "n0a"] }, clusterId: "one" }))).toHaveLength(3);
  });
});
