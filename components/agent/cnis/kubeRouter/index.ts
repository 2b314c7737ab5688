/**
 * kube-router on a bare node: gobgpd from our reading of the nodes' annotations and of its flags. kube-router embeds the
 * same GoBGP; its own program is not run here (docs/cni.md).
 */
import type { AgentCni } from "../cni";
import { kubeRouterCluster } from "./cluster";
import { kubeRouterNode } from "./node";

export const kubeRouter: AgentCni = {
  title: "KubeRouter",
  kinds: () => [],
  cluster: kubeRouterCluster,
  node: kubeRouterNode,
};
