/**
 * The configuration of a kind cluster whose network is left to a CNI that speaks BGP. Node addresses are not in it: kind
 * takes what Docker gives.
 */
import { stringify } from "yaml";
import { fail, ok, type Fault, type Result } from "../../model/errors";
import { parsePrefix } from "../../model/prefix";

export interface KindCluster {
  name: string;
  /** In the order in which kind names them: worker, worker2, worker3 ... */
  nodes: { role: "control-plane" | "worker"; labels?: Record<string, string> }[];
  podSubnet: string;
  serviceSubnet: string;
  image?: string;
  /** "none" leaves kube-proxy out, for a CNI that replaces it. */
  kubeProxyMode?: "iptables" | "nftables" | "ipvs" | "none";
}

export function writeKind(cluster: KindCluster): Result<string> {
  const faults: Fault[] = [];
  if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(cluster.name)) {
    faults.push({ path: "name", found: cluster.name, expected: "a DNS label" });
  }
  if (!cluster.nodes.some((node) => node.role === "control-plane")) {
    faults.push({ path: "nodes", found: "workers alone", expected: "a control plane" });
  }
  for (const field of ["podSubnet", "serviceSubnet"] as const) {
    // Two families: a subnet of each, with a comma.
    for (const text of cluster[field].split(",")) {
      const prefix = parsePrefix(text, field, { strict: true });
      if (!prefix.ok) faults.push(...prefix.faults);
    }
  }
  if (faults.length > 0) return fail(...faults);
  const text = stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: cluster.name,
    networking: {
      disableDefaultCNI: true,
      podSubnet: cluster.podSubnet,
      serviceSubnet: cluster.serviceSubnet,
      ...(cluster.kubeProxyMode === undefined ? {} : { kubeProxyMode: cluster.kubeProxyMode }),
    },
    nodes: cluster.nodes.map(({ role, labels }) => ({
      role,
      ...(cluster.image === undefined ? {} : { image: cluster.image }),
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
    })),
  });
  return ok(text);
}
