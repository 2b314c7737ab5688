/** MetalLB's part: its own controller beside the API server and its own speaker on each node. */
import { type AgentNeeds, APPLY, READ } from "../agentNeeds";
import { modeOf, NAMESPACE } from "./options";

const ALL = [...READ, ...APPLY, "update", "delete"];

/** As the chart's ClusterRoles have it (0.15); what it reads of Secrets and ConfigMaps stands in its own namespace. */
export const metallbAgentNeeds: AgentNeeds = {
  faults: (path, { version, settings }) => {
    const mode = modeOf(settings, version);
    if (mode === "native") return [];
    return [
      {
        path: `${path}.mode`,
        found: mode,
        expected: '"native": no FRR runs beside the speaker in the agent\'s pod',
        fix: 'say mode: "native", or runtime: "bare"',
      },
    ];
  },
  namespaces: [NAMESPACE],
  // The speaker's status objects belong to its Pod.
  podsIn: NAMESPACE,
  node: [
    { apiGroups: [""], resources: ["nodes", "services", "pods", "namespaces"], verbs: READ },
    { apiGroups: [""], resources: ["events"], verbs: APPLY },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
    { apiGroups: ["metallb.io"], resources: ["*"], verbs: READ },
    { apiGroups: ["metallb.io"], resources: ["servicebgpstatuses", "servicebgpstatuses/status"], verbs: ALL },
    { apiGroups: ["metallb.io"], resources: ["servicel2statuses", "servicel2statuses/status"], verbs: ALL },
    { apiGroups: ["frrk8s.metallb.io"], resources: ["*"], verbs: ALL },
  ],
  cluster: [
    { apiGroups: [""], resources: ["services/status"], verbs: ["update", "patch"] },
    { apiGroups: ["metallb.io"], resources: ["ipaddresspools/status"], verbs: ["update", "patch"] },
  ],
  sockets: [],
};
