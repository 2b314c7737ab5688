/** Lab 001 out of components' plans: two clusters on one segment, with as much of the procedure as a test wants. */
import { calico } from "../../components/cni/choices";
import { planAdvertised } from "../../components/plan/advertised";
import { planCluster } from "../../components/plan/cluster";
import { planClusterPeering } from "../../components/plan/clusterPeering";
import type { Planned } from "../../components/plan/facts";
import { place } from "../../components/plan/place";
import { planReflectorTier } from "../../components/plan/reflectorTier";
import { planSegment } from "../../components/plan/segment";

export interface Steps {
  reflectors?: boolean;
  peering?: boolean;
  pools?: boolean;
  asnB?: number;
  more?: string[];
}

export const lan = planSegment("calico_cluster_peer_demo", { prefix: "172.28.0.0/16" });

export function clusterOf(letter: "a" | "b", asn: number, more: string[] = []) {
  const [third, net] = letter === "a" ? [1, "10.20"] : [2, "10.21"];
  return planCluster(`cluster-${letter}`, {
    cni: calico({ asn, encapsulation: "None" }),
    pods: `${net}0.0.0/16`,
    services: `${net}1.0.0/16`,
    nodes: place(lan, [`cluster-${letter}`, "m02", "m03", "m04", ...more], { from: `172.28.${third}.1` }),
  });
}

export function twoClusters({ reflectors, peering, pools, asnB = 64513, more = [] }: Steps): Planned[] {
  const a = clusterOf("a", 64512, more);
  const b = clusterOf("b", asnB, more);
  const tiers = [
    planReflectorTier("ra", { cluster: a, reflectors: { nodes: ["m03", "m04"] }, clusterId: "244.0.0.1" }),
    planReflectorTier("rb", { cluster: b, reflectors: { nodes: ["m03", "m04"] }, clusterId: "244.0.0.2" }),
  ] as const;
  return [
    lan,
    a,
    b,
    planAdvertised("sa", { cluster: a, clusterIPs: true }),
    planAdvertised("sb", { cluster: b, clusterIPs: true }),
    ...(reflectors === true ? tiers : []),
    ...(peering === true ? [planClusterPeering("a-b", { between: tiers, pools: pools ?? false })] : []),
  ];
}
