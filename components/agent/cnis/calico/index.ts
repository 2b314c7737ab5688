/** Calico on a bare node: BIRD from our rendering of Calico's objects, and the routes that Felix would program. */
import { definitions } from "../../../cni/crds";
import { calicoKinds, clusterInformation } from "../../../cni/crds/calico";
import { SECRETS_NAMESPACE } from "../../../cni/calico/types";
import type { AgentCni } from "../cni";
import { calicoCluster } from "./cluster";
import { calicoNode } from "./node";

export const calico: AgentCni = {
  title: "Calico",
  kinds: (version) => definitions([...calicoKinds, clusterInformation], version),
  namespaces: [SECRETS_NAMESPACE],
  cluster: calicoCluster,
  node: calicoNode,
};
