/** Calico on a bare node: BIRD from our rendering of Calico's objects, and the routes that Felix would program. */
import { definitions } from "../../../cni/crds";
import { calicoKinds } from "../../../cni/crds/calico";
import { calicoNodeStatus, clusterInformation } from "../../../cni/crds/calicoStatus";
import { SECRETS_NAMESPACE } from "../../../cni/calico/types";
import type { AgentCni } from "../cni";
import { calicoCluster } from "./cluster";
import { calicoNode } from "./node";

export const calico: AgentCni = {
  title: "Calico",
  kinds: (version) => definitions([...calicoKinds, clusterInformation, calicoNodeStatus], version),
  namespaces: [SECRETS_NAMESPACE],
  access: [
    { apiGroups: ["projectcalico.org"], resources: ["caliconodestatuses"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["projectcalico.org"], resources: ["caliconodestatuses/status"], verbs: ["patch"] },
  ],
  cluster: calicoCluster,
  node: calicoNode,
};
