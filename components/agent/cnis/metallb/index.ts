/**
 * MetalLB on bare nodes: its own controller beside the API server, its own speaker on every node, and with the FRR
 * backends real FRR below it. It stands beside the CNI that carries the pods.
 */
import { definitions } from "../../../cni/crds";
import { metallbKinds, metallbRunKinds } from "../../../cni/crds/metallb";
import { NAMESPACE } from "../../../cni/metallb/options";
import type { AgentCni } from "../cni";
import { metallbCluster } from "./cluster";
import { metallbNode } from "./node";

const READ = ["get", "list", "watch"];
const ALL = [...READ, "create", "update", "patch", "delete"];

export const metallb: AgentCni = {
  title: "MetalLB",
  kinds: (version) => definitions([...metallbKinds, ...metallbRunKinds], version),
  namespaces: [NAMESPACE],
  // As the chart's speaker has it; the service's events and the status objects are written by the speaker.
  access: [
    { apiGroups: [""], resources: ["nodes", "services", "pods", "secrets", "configmaps", "namespaces"], verbs: READ },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
    { apiGroups: ["metallb.io"], resources: ["*"], verbs: READ },
    { apiGroups: ["metallb.io"], resources: ["servicebgpstatuses", "servicebgpstatuses/status"], verbs: ALL },
    { apiGroups: ["metallb.io"], resources: ["servicel2statuses", "servicel2statuses/status"], verbs: ALL },
    { apiGroups: ["frrk8s.metallb.io"], resources: ["*"], verbs: ALL },
  ],
  cluster: metallbCluster,
  node: metallbNode,
};
