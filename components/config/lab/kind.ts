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
  nodes: {
    role: "control-plane" | "worker";
    labels?: Record<string, string>;
    /** Of its Kubernetes Node, where that is not its container's: "k01-worker". */
    name?: string;
  }[];
  /** Of two families with a comma, where the nodes have both. */
  podSubnet: string;
  serviceSubnet: string;
  /** Nodes have addresses of both families. */
  dual?: boolean;
  image?: string;
  /** "none" leaves kube-proxy out, for a CNI that replaces it. */
  kubeProxyMode?: "iptables" | "nftables" | "ipvs" | "none";
  /** Port on the host's loopback where the API server answers. */
  apiPort?: number;
  /** Whether nodes' pod blocks are given by something else than the controller manager. */
  blocksElsewhere?: boolean;
  /** Patches of kubeadm's configuration as kind takes them, after those that follow from the rest. */
  patches?: readonly string[];
}

/** Since Kubernetes 1.36 kind writes kubeadm's v1beta4. */
const KUBEADM = "kubeadm.k8s.io/v1beta4";

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
  const patches = [...(cluster.blocksElsewhere === true ? [NO_BLOCKS] : []), ...(cluster.patches ?? [])];
  const text = stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: cluster.name,
    networking: {
      disableDefaultCNI: true,
      ...(cluster.dual === true ? { ipFamily: "dual" } : {}),
      podSubnet: cluster.podSubnet,
      serviceSubnet: cluster.serviceSubnet,
      ...(cluster.kubeProxyMode === undefined ? {} : { kubeProxyMode: cluster.kubeProxyMode }),
      ...(cluster.apiPort === undefined ? {} : { apiServerPort: cluster.apiPort }),
    },
    ...(patches.length === 0 ? {} : { kubeadmConfigPatches: patches }),
    nodes: cluster.nodes.map(({ role, labels, name }) => ({
      role,
      ...(cluster.image === undefined ? {} : { image: cluster.image }),
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
      ...(name === undefined ? {} : { kubeadmConfigPatches: [named(role, name)] }),
    })),
  });
  return ok(text);
}

const NO_BLOCKS = stringify({
  kind: "ClusterConfiguration",
  apiVersion: KUBEADM,
  controllerManager: { extraArgs: [{ name: "allocate-node-cidrs", value: "false" }] },
});

function named(role: "control-plane" | "worker", name: string): string {
  const kind = role === "control-plane" ? "InitConfiguration" : "JoinConfiguration";
  return stringify({ kind, apiVersion: KUBEADM, nodeRegistration: { name } });
}
