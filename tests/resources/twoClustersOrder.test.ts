/** In which order reflectors take the mesh's place, as the graph carries it, and what comes after what between clusters. */
import { beforeAll, describe, expect, it } from "vitest";
import type { CniChoice } from "../../components/cni/choice";
import {
  AdvertisedServices,
  Cluster,
  ClusterPeering,
  LiveNetwork,
  RouteReflectorTier,
  Segment,
  calico,
  kubeRouter,
  kubeconfigs,
  place,
} from "../../components";
import { type Registered, record } from "./recorder";

function program(): void {
  const lan = new Segment("lan", { prefix: "172.28.0.0/16" });
  const [a, b] = (["a", "b"] as const).map((letter, index) => {
    const cluster = new Cluster(`cluster-${letter}`, {
      runtime: "bare",
      cni: calico({ asn: 64512 + index, encapsulation: "None" }),
      pods: `10.2${index}0.0.0/16`,
      services: `10.2${index}1.0.0/16`,
      nodes: place(lan, [`cluster-${letter}`, "m02", "m03", "m04"], { from: `172.28.${index + 1}.1` }),
    });
    const reflectors = { nodes: ["m03", "m04"] };
    const tier = new RouteReflectorTier(`${letter}-rr`, { cluster, reflectors, clusterId: `244.0.0.${index + 1}` });
    return { cluster, tier, services: new AdvertisedServices(`${letter}-services`, { cluster, clusterIPs: true }) };
  });
  if (a === undefined || b === undefined) throw new Error("two clusters");
  const between = new ClusterPeering("a-b", { between: [a.tier, b.tier] });
  kubeconfigs(a.cluster, b.cluster);
  new LiveNetwork("live", {
    parts: [lan, a.cluster, b.cluster, a.tier, b.tier, a.services, b.services, between],
  });
}

describe("the way from a mesh to reflectors", () => {
  let all: Registered[];
  const waits = (name: string) => all.find((one) => one.name === name)?.waitsFor ?? [`there is no ${name}`];
  beforeAll(async () => {
    all = await record(program);
  });

  it.each([
    ["a-rr-start", "a-rr-drain"],
    ["a-rr-label-m03", "a-rr-start"],
    ["a-rr-peering", "a-rr-label-m04"],
    ["a-rr-established", "a-rr-peering"],
    ["a-rr-established", "a-rr-peering-rr-mesh"],
    ["a-rr-cluster-id-m03", "a-rr-established"],
    ["a-rr-reflecting", "a-rr-cluster-id-m04"],
    ["live-cluster-a-bgpconfiguration", "a-rr-reflecting"],
    ["a-rr-uncordon", "live-cluster-a-bgpconfiguration"],
    ["live-gate", "a-rr-uncordon"],
  ])("%s comes after %s", (later, earlier) => {
    expect(waits(later)).toContain(earlier);
  });

  it("sessions between clusters come after both tiers, and the disabled pools after the sessions", () => {
    expect(waits("a-b-cluster-a-cluster-b-m03")).toEqual(
      expect.arrayContaining(["a-rr-reflecting", "b-rr-reflecting"]),
    );
    expect(waits("a-b-cluster-a-pods-of-cluster-b")).toContain("a-b-cluster-b-cluster-a-m04");
  });

  it("each cluster's objects belong to its own provider", () => {
    const providerOf = (name: string) => all.find((one) => one.name === name)?.provider;
    expect(providerOf("a-b-cluster-a-cluster-b-m03")).toBe("cluster-a-kubernetes");
    expect(providerOf("a-b-cluster-b-cluster-a-m03")).toBe("cluster-b-kubernetes");
  });

  it("every node has a patch in each step, so that a mark goes before the gate looks", () => {
    for (const step of ["label", "cluster-id"]) {
      const patches = all.filter(({ name }) => name.startsWith(`a-rr-${step}-`));
      expect(patches.map(({ name }) => name.split("-").at(-1))).toEqual(["a", "m02", "m03", "m04"]);
    }
  });

  it("the wait asks all four nodes, and keeps the way to the API secret", () => {
    const wait = all.find(({ name }) => name === "a-rr-established");
    expect(wait?.inputs["speakers"]).toHaveLength(4);
    expect(wait?.inputs["sessions"]).toHaveLength(10);
    expect(all.find(({ name }) => name === "a-rr-drain")?.inputs["kubeconfig"]).toHaveProperty("secret");
  });
});

describe("the way from kube-router's mesh to reflectors", () => {
  let all: Registered[];
  const waits = (name: string) => all.find((one) => one.name === name)?.waitsFor ?? [`there is no ${name}`];
  beforeAll(async () => {
    all = await record(() => {
      const lan = new Segment("lan", { prefix: "10.0.20.0/26" });
      const cluster = new Cluster("kr", {
        runtime: "bare",
        cni: kubeRouter({ asn: 64512 }),
        pods: "10.244.0.0/16",
        nodes: place(lan, ["a", "b", "c", "d"], { from: "10.0.20.10" }),
      });
      const tier = new RouteReflectorTier("rr", { cluster, reflectors: { nodes: ["c", "d"] }, clusterId: "1.0.0.1" });
      new LiveNetwork("live", { parts: [lan, cluster, tier] });
    });
  });

  it("drain, label, cluster id on the reflectors, the wait for their routes, then the marks of the clients", () => {
    const order = [
      "rr-drain",
      "rr-start",
      "rr-label-c",
      "rr-established",
      "rr-cluster-id-c",
      "rr-reflecting",
      "live-kr-kr-a",
    ];
    for (const [index, later] of order.slice(1).entries()) expect(waits(later)).toContain(order[index]);
    expect(waits("rr-uncordon")).toContain("live-kr-kr-a");
  });

  it("the clients' mark is the whole's alone, the reflectors' their tier's", () => {
    const marks = all.flatMap(({ name, inputs }) => {
      const { annotations = {} } = (inputs["metadata"] ?? {}) as { annotations?: Record<string, string> };
      return Object.keys(annotations).map((mark) => [name, mark]);
    });
    expect(marks.filter(([, mark]) => mark?.includes("/rr.")).sort()).toEqual([
      ["live-kr-kr-a", "kube-router.io/rr.client"],
      ["live-kr-kr-b", "kube-router.io/rr.client"],
      ["rr-cluster-id-c", "kube-router.io/rr.server"],
      ["rr-cluster-id-d", "kube-router.io/rr.server"],
    ]);
  });

  it("the mesh must stand before the reflectors' mark goes", () => {
    const wait = all.find(({ name }) => name === "rr-reflecting");
    expect(wait?.inputs["back"]).toEqual([
      { speaker: "kr-a", peer: "10.0.20.11", accepted: 1, most: 1 },
      { speaker: "kr-b", peer: "10.0.20.10", accepted: 1, most: 1 },
    ]);
  });
});

describe("the way back from reflectors that retire", () => {
  const back = (cni: CniChoice, nodes: string[]) =>
    record(() => {
      const lan = new Segment("lan", { prefix: "10.0.20.0/26" });
      const cluster = new Cluster("k", {
        runtime: "bare",
        cni,
        pods: "10.244.0.0/16",
        nodes: place(lan, ["a", "b", "c", "d"], { from: "10.0.20.10" }),
      });
      const tier = new RouteReflectorTier("rr", { cluster, reflectors: { nodes }, clusterId: "1.0.0.1", retire: true });
      new LiveNetwork("live", { parts: [lan, cluster, tier] });
    });

  describe.each([
    ["kube-router", kubeRouter({ asn: 64512 }), "live-k-k-a"],
    ["Calico", calico({ asn: 64512 }), "live-k-bgpconfiguration"],
  ])("%s", (name, cni, mesh) => {
    let all: Registered[];
    const found = (wanted: string) => all.find((one) => one.name === wanted);
    beforeAll(async () => {
      all = await back(cni, ["c", "d"]);
    });

    it("drain, the mesh, the wait for it, cluster ids off, labels off, the wait for all sessions, end of the drain, gate", () => {
      const order = [
        ...["rr-drain", mesh, "rr-reflecting", "rr-cluster-id-c", "rr-established", "rr-label-c", "rr-start"],
        ...["rr-uncordon", "live-gate"],
      ];
      for (const [index, later] of order.slice(1).entries()) {
        expect(found(later)?.waitsFor ?? [`there is no ${later}`]).toContain(order[index]);
      }
    });

    it("no node has a mark of reflectors or clients, and each keeps its patches, so that the marks go as updates", () => {
      const patches = all.filter(({ name: one }) => /^rr-(label|cluster-id)-/.test(one));
      expect(patches).toHaveLength(8);
      expect(patches.map(({ inputs }) => inputs["metadata"])).toMatchObject(
        ["a", "b", "c", "d", "a", "b", "c", "d"].map((node) => ({ name: `k-${node}`, labels: {}, annotations: {} })),
      );
      expect(JSON.stringify(all.map(({ inputs }) => inputs))).not.toContain("/rr.");
    });

    it("what is waited for is the mesh: of the other nodes first, of all nodes at last", () => {
      const waited = (step: string) => (found(step)?.inputs["sessions"] ?? []) as { speaker: string }[];
      expect(waited("rr-reflecting").map(({ speaker }) => speaker)).toEqual(["k-a", "k-b"]);
      expect(waited("rr-start")).toHaveLength(12);
      // GoBGP counts routes: a reflector that has started anew gives its own block and no more.
      const own = name === "kube-router" ? { accepted: 1, most: 1 } : {};
      expect(waited("rr-start")).toContainEqual({ speaker: "k-a", peer: "10.0.20.12", ...own });
    });

    it("deletion has nothing left to wait for", () => {
      for (const step of ["rr-start", "rr-established", "rr-reflecting"])
        expect(found(step)?.inputs["back"]).toEqual([]);
      expect(found("rr-uncordon")?.inputs).toMatchObject({ schedulable: true, retire: true });
    });
  });

  it("has the resources of the way there, so that none is made or deleted", async () => {
    const there = await record(() => {
      const lan = new Segment("lan", { prefix: "10.0.20.0/26" });
      const cluster = new Cluster("k", {
        runtime: "bare",
        cni: calico({ asn: 64512 }),
        pods: "10.244.0.0/16",
        nodes: place(lan, ["a", "b", "c", "d"], { from: "10.0.20.10" }),
      });
      const tier = new RouteReflectorTier("rr", { cluster, reflectors: { nodes: ["c", "d"] }, clusterId: "1.0.0.1" });
      new LiveNetwork("live", { parts: [lan, cluster, tier] });
    });
    const names = (all: Registered[]) => all.map(({ type, name }) => `${type} ${name}`).sort();
    expect(names(await back(calico({ asn: 64512 }), ["c", "d"]))).toEqual(names(there));
  });
});
