/** What a program asks of the engine for a cluster that exists: nothing made that its owner has, everything else a patch. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type * as Components from "../../components";
import { type Registered, record } from "./recorder";

const kubeconfig = "current-context: a\ncontexts: []\n";

async function run(
  change: Partial<Components.ClusterArgs> = {},
  options: { preview?: boolean } = {},
): Promise<{ registered: Registered[]; sessions: string[] }> {
  let sessions: string[] = [];
  const registered = await record(async () => {
    const { Cluster, LiveNetwork, LoadBalancerPool, Rack, SelectiveBgpFabric, calico, place } =
      await import("../../components/index.js");
    const rack = new Rack("rack1", {
      segments: ["10.0.0.0/24"],
      router: { os: "frr", asn: 65001, address: "10.0.0.1", neighbors: "listen" },
    });
    const cluster = new Cluster("prod", {
      runtime: "existing",
      existing: { kubeconfig, context: "b" },
      cni: calico({ asn: 65010 }),
      pods: "192.168.0.0/16",
      nodes: place(rack, ["ip-10-0-0-11", "ip-10-0-0-12"], { from: "10.0.0.11" }),
      ...change,
    });
    const fabric = new SelectiveBgpFabric("edge", { cluster, racks: [rack], speakers: "all" });
    const pool = new LoadBalancerPool("services", { cluster, cidr: "172.16.0.240/28" });
    ({ sessions } = new LiveNetwork("live", { parts: [rack, cluster, fabric, pool] }));
  }, options);
  return { registered, sessions };
}

const called = (registered: Registered[], name: string): Registered => {
  const found = registered.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not registered`);
  return found;
};

describe("a cluster that exists", () => {
  it("keeps its pods' pool: no object of its owner's is made, and its one BGPConfiguration is patched", async () => {
    const { registered } = await run();
    const objects = registered.filter(({ provider }) => provider === "prod-kubernetes").map(({ type }) => type);
    expect([...new Set(objects)].sort()).toEqual([
      "kubernetes:core/v1:NodePatch",
      "kubernetes:projectcalico.org/v3:BGPConfigurationPatch",
      "kubernetes:projectcalico.org/v3:BGPPeer",
      "kubernetes:projectcalico.org/v3:IPPool",
    ]);
    const pools = registered.filter(({ type }) => type.endsWith(":IPPool"));
    expect(pools.map(({ inputs }) => (inputs["spec"] as { cidr: string }).cidr)).toEqual(["172.16.0.240/28"]);
    expect(registered.filter(({ type, parent }) => type.startsWith("docker:") && parent === "prod")).toEqual([]);
  });

  it("has its nodes under Kubernetes' own names, labelled with where they stand", async () => {
    const { registered, sessions } = await run();
    expect(called(registered, "prod-ip-10-0-0-11").inputs["metadata"]).toEqual({
      name: "ip-10-0-0-11",
      labels: { rack: "rack1", segment: "rack1" },
    });
    expect(sessions[0]).toBe("ip-10-0-0-11 10.0.0.11 - rack1-tor 10.0.0.1: up ebgp AS 65010 - 65001 ipv4");
  });

  it("is compared before anything of it is changed, with the context that the program names", async () => {
    const { registered } = await run();
    const compared = called(registered, "prod-existing");
    expect(compared.inputs).toMatchObject({
      kubeconfig: { secret: expect.stringContaining("current-context: b") as string },
      nodes: [
        { name: "ip-10-0-0-11", address: "10.0.0.11" },
        { name: "ip-10-0-0-12", address: "10.0.0.12" },
      ],
      cnis: [{ kind: "calico", version: "3.32" }],
      pools: { path: "/apis/projectcalico.org/v3/ippools", wanted: [{ cidr: "192.168.0.0/16" }] },
    });
    expect(called(registered, "prod-kubernetes").waitsFor).toContain("prod-existing");
  });

  it("has a forecast in the preview although the cluster is made by the same program", async () => {
    const unknown = { kubeconfig: pulumi.unknown as unknown as string };
    const { registered } = await run({ existing: unknown }, { preview: true });
    expect(called(registered, "live-gate").inputs["sessions"]).toHaveLength(2);
  });

  it("without a way in is refused before anything is made", async () => {
    await expect(run({ existing: undefined as unknown as { kubeconfig: string } })).rejects.toThrow(
      "existing: found nothing, expected the way into the cluster; existing: { kubeconfig: config.requireSecret(...) }",
    );
  });
});
