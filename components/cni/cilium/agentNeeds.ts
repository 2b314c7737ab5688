/** Cilium's part: its own BGP control plane on each node, its own operator and the CiliumNodes beside the API server. */
import { type AgentNeeds, APPLY, READ } from "../agentNeeds";

const apiGroups = ["cilium.io"];

/** As the chart's ClusterRoles have it, as far as BGP and the addresses of Services go (1.19). */
export const ciliumAgentNeeds: AgentNeeds = {
  namespaces: [],
  node: [
    { apiGroups: [""], resources: ["nodes", "services", "namespaces", "pods", "endpoints"], verbs: READ },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
    { apiGroups, resources: ["*"], verbs: READ },
    {
      apiGroups,
      resources: ["ciliumbgpnodeconfigs/status", "ciliumbgppeerconfigs/status"],
      verbs: ["update", "patch"],
    },
  ],
  cluster: [
    { apiGroups: [""], resources: ["services/status"], verbs: ["update", "patch"] },
    { apiGroups, resources: ["ciliumnodes"], verbs: APPLY },
    { apiGroups, resources: ["ciliumbgpnodeconfigs"], verbs: ["create", "update", "patch", "delete"] },
    { apiGroups, resources: ["ciliumbgpclusterconfigs/status"], verbs: ["update", "patch"] },
    { apiGroups, resources: ["ciliumbgpnodeconfigoverrides"], verbs: ["update", "patch"] },
    { apiGroups, resources: ["ciliumloadbalancerippools/status"], verbs: ["update", "patch"] },
  ],
  sockets: ["/run/cilium"],
};
