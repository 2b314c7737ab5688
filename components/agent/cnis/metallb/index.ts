/**
 * MetalLB: its own controller beside the API server, its own speaker on every node, and on bare nodes with the FRR
 * backends real FRR below it. It stands beside the CNI that carries the pods.
 */
import { definitions } from "../../../cni/crds";
import { metallbKinds, metallbRunKinds } from "../../../cni/crds/metallb";
import { READ } from "../../../cni/agentNeeds";
import { metallbAgentNeeds } from "../../../cni/metallb/agentNeeds";
import type { AgentCni } from "../cni";
import { metallbCluster } from "./cluster";
import { metallbNode } from "./node";

export const metallb: AgentCni = {
  title: "MetalLB",
  kinds: (version) => definitions([...metallbKinds, ...metallbRunKinds], version),
  namespaces: metallbAgentNeeds.namespaces,
  access: [...metallbAgentNeeds.node, { apiGroups: [""], resources: ["secrets", "configmaps"], verbs: READ }],
  cluster: metallbCluster,
  node: metallbNode,
};
