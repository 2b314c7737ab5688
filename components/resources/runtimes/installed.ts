/** What a node's agent is told of a cluster's CNI, and of what speaks for its services beside it. */
import type { InstalledCni, NodeSettings } from "../../agent/settings";
import type { ClusterPlan } from "../../plan/cluster";

export function installed({ cni, balancer }: ClusterPlan): Pick<NodeSettings, "cni" | "balancer"> {
  return { cni: told(cni), ...(balancer === undefined ? {} : { balancer: told(balancer) }) };
}

function told({ kind, version, settings }: ClusterPlan["cni"]): InstalledCni {
  return { kind, version, settings };
}
