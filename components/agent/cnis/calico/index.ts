/** Calico on a bare node: BIRD from our rendering of Calico's objects, and the routes that Felix would program. */
import { definitions } from "../../../cni/crds";
import { calicoKinds } from "../../../cni/crds/calico";
import { calicoNodeStatus, clusterInformation } from "../../../cni/crds/calicoStatus";
import { calicoAgentNeeds } from "../../../cni/calico/agentNeeds";
import type { AgentCni } from "../cni";
import { calicoCluster } from "./cluster";
import { calicoNode } from "./node";

export const calico: AgentCni = {
  title: "Calico",
  kinds: (version) => definitions([...calicoKinds, clusterInformation, calicoNodeStatus], version),
  namespaces: calicoAgentNeeds.namespaces,
  access: calicoAgentNeeds.node,
  cluster: calicoCluster,
  node: calicoNode,
};
