/** Calico's part: BIRD on each node; addresses for services, block affinities and its version beside the API server. */
import { type AgentNeeds, APPLY, READ } from "../agentNeeds";
import { SECRETS_NAMESPACE } from "./types";

const apiGroups = ["projectcalico.org"];

export const calicoAgentNeeds: AgentNeeds = {
  namespaces: [SECRETS_NAMESPACE],
  node: [
    { apiGroups, resources: ["caliconodestatuses"], verbs: READ },
    { apiGroups, resources: ["caliconodestatuses/status"], verbs: ["patch"] },
  ],
  cluster: [
    { apiGroups: [""], resources: ["services/status"], verbs: ["patch"] },
    { apiGroups, resources: ["ippools", "bgpconfigurations", "bgppeers", "bgpfilters"], verbs: READ },
    { apiGroups, resources: ["clusterinformations"], verbs: APPLY },
    { apiGroups, resources: ["blockaffinities"], verbs: [...READ, ...APPLY, "delete"] },
  ],
  sockets: ["/run/bird"],
};
