/**
 * Beside the API server: Cilium's own operator, which makes node configurations of cluster configurations and gives
 * Services their addresses, and the CiliumNodes, which Cilium's agents would write.
 */
import { Daemon } from "../../daemon";
import type { ClusterPart, ClusterView } from "../cni";
import { ciliumNodeOf } from "./ciliumNode";
import { kubeconfigFile, PROGRAM } from "./program";

const NODES = "/apis/cilium.io/v2/ciliumnodes";

export function ciliumCluster({ api, settings, access, nodes }: ClusterView): ClusterPart {
  const file = kubeconfigFile(settings, "operator", access);
  const operator = new Daemon({
    name: "cilium-operator",
    command: PROGRAM,
    args: ["operator", `--k8s-kubeconfig-path=${file}`],
    environment: MEMORY,
  });
  const written = new Map<string, string>();

  async function tellNodes(): Promise<void> {
    for (const node of nodes.all) {
      const wanted = ciliumNodeOf(node);
      const text = JSON.stringify(wanted);
      if (written.get(node.metadata.name) === text) continue;
      await api.apply(`${NODES}/${node.metadata.name}`, wanted);
      written.set(node.metadata.name, text);
    }
  }

  return { steps: { tellNodes }, stop: () => operator.stop() };
}

/** Go's collector runs a little more often: a lab has many nodes and little memory. */
export const MEMORY = { GOGC: "50" };
