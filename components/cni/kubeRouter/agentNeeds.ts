/** kube-router's part: gobgpd on each node; addresses for services, and its flags as a ConfigMap, beside the API server. */
import type { AgentNeeds } from "../agentNeeds";

export const kubeRouterAgentNeeds: AgentNeeds = {
  namespaces: [],
  node: [],
  cluster: [{ apiGroups: [""], resources: ["services/status"], verbs: ["patch"] }],
  sockets: [],
};
