/** What two clusters must differ in to peer, what their announcements must be, and what each mistake is told. */
import { describe, expect, it } from "vitest";
import { calico, cilium, metallb } from "../../components/cni/choices";
import type { CniChoice } from "../../components/cni/choice";
import { UserError } from "../../components/model/errors";
import { type AdvertisedSpec, planAdvertised } from "../../components/plan/advertised";
import { planCluster } from "../../components/plan/cluster";
import { planClusterPeering } from "../../components/plan/clusterPeering";
import { place } from "../../components/plan/place";
import { planReflectorTier } from "../../components/plan/reflectorTier";
import { clusterOf, lan } from "./twoClusters";

const tierOf = (cluster: ReturnType<typeof clusterOf>, name = cluster.name) =>
  planReflectorTier(`${name}-rr`, { cluster, reflectors: { nodes: ["m03", "m04"] }, clusterId: "244.0.0.1" });
function refusal(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError) return error.message.split("\n");
    throw error;
  }
  throw new Error("the call took it");
}

describe("two clusters that peer", () => {
  it("get a peering with each far reflector by label, and a disabled pool for each far range", () => {
    const [a, b] = [tierOf(clusterOf("a", 64512)), tierOf(clusterOf("b", 64513))];
    const [side] = planClusterPeering("a-b", { between: [a, b] }).sides;
    expect(side.objects.map(({ kind, metadata, spec }) => [kind, metadata.name, spec])).toEqual([
      [
        "BGPPeer",
        "cluster-b-m03",
        { nodeSelector: 'route-reflector == "true"', peerIP: "172.28.2.3", asNumber: 64513 },
      ],
      [
        "BGPPeer",
        "cluster-b-m04",
        { nodeSelector: 'route-reflector == "true"', peerIP: "172.28.2.4", asNumber: 64513 },
      ],
      ["IPPool", "pods-of-cluster-b", expect.objectContaining({ cidr: "10.210.0.0/16", disabled: true })],
      ["IPPool", "services-of-cluster-b", expect.objectContaining({ cidr: "10.211.0.0/16", disabled: true })],
    ]);
  });

  it("are refused with one ASN, which changes in place", () => {
    const between = [tierOf(clusterOf("a", 64512)), tierOf(clusterOf("b", 64512))] as const;
    expect(refusal(() => planClusterPeering("a-b", { between }))).toEqual([
      'new ClusterPeering("a-b"): between[1]: found "AS 64512", expected another ASN than that of cluster-a: with one ASN each cluster refuses the other\'s routes as its own; give cluster-b an ASN of its own, cni.asn; it changes in place',
    ]);
  });

  it("are refused where their ranges overlap, pods or services", () => {
    const a = tierOf(clusterOf("a", 64512));
    const c = planCluster("cluster-c", {
      cni: calico({ asn: 64514, encapsulation: "None" }),
      pods: "10.200.128.0/17",
      services: "10.201.0.0/17",
      nodes: place(lan, ["m01", "m02", "m03", "m04"], { from: "172.28.3.1" }),
    });
    expect(refusal(() => planClusterPeering("a-c", { between: [a, tierOf(c)] }))).toEqual([
      expect.stringContaining(
        'found "pods 10.200.128.0/17 of cluster-c", expected a prefix apart from the pods 10.200.0.0/16',
      ),
      expect.stringContaining('found "services 10.201.0.0/17 of cluster-c"'),
    ]);
  });

  it("are two: a cluster does not peer with itself", () => {
    const a = clusterOf("a", 64512);
    expect(refusal(() => planClusterPeering("a-a", { between: [tierOf(a), tierOf(a)] }))[0]).toMatch(
      /between\[1\]: found "cluster-a-rr", expected reflectors of another cluster/,
    );
  });
});

describe("services that are announced", () => {
  const base = (changes: Partial<AdvertisedSpec>) =>
    planAdvertised("services", { cluster: clusterOf("a", 64512), ...changes });
  const onlyPools = (cni: CniChoice) =>
    planCluster("k02", { cni, pods: "192.168.0.0/16", nodes: place(lan, ["n1"], { from: "172.28.9.1" }) });

  it("give the cluster's range and the external ranges to every router's filter", () => {
    const { ranges, network } = base({ clusterIPs: true, externalIPs: ["10.0.50.0/24"] });
    expect(ranges).toEqual(["10.201.0.0/16", "10.0.50.0/24"]);
    expect(network.clusters?.[0]?.announced).toEqual(ranges);
  });

  it("are objects of Cilium, which announces by service", () => {
    const cluster = onlyPools(cilium({ asn: 64512 }));
    expect(planAdvertised("services", { cluster, clusterIPs: true }).objects.map(({ kind }) => kind)).toEqual([
      "CiliumBGPAdvertisement",
    ]);
  });

  it.each<[string, Partial<AdvertisedSpec>, RegExp]>([
    ["nothing", {}, /clusterIPs: found "false", expected true, or ranges under externalIPs/],
    ["a range that is none", { externalIPs: ["10.0.50.0"] }, /externalIPs\[0\]: found "10\.0\.50\.0"/],
    ["host bits", { externalIPs: ["10.0.50.1/24"] }, /externalIPs\[0\]: found "10\.0\.50\.1\/24"/],
    ["the pods' range", { externalIPs: ["10.200.7.0/24"] }, /apart from the pods' 10\.200\.0\.0\/16/],
    ["the cluster's own range", { externalIPs: ["10.201.7.0/24"] }, /apart from the services' 10\.201\.0\.0\/16/],
    [
      "a range twice",
      { externalIPs: ["10.0.50.0/24", "10.0.50.0/25"] },
      /externalIPs\[1\].*apart from 10\.0\.50\.0\/24/,
    ],
  ])("%s is refused", (_name, changes, said) => {
    expect(refusal(() => base(changes)).join("\n")).toMatch(said);
  });

  it("MetalLB, which announces its pools alone, refuses", () => {
    const cluster = { ...onlyPools(calico({ asn: 64512 })), cni: metallb({ asn: 64512 }) };
    expect(refusal(() => planAdvertised("services", { cluster, clusterIPs: true }))[0]).toMatch(
      /announces its pools alone/,
    );
  });
});
