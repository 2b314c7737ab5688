/** Cilium on a bare node: its own BGP control plane, agent and operator, without its datapath. */
import { READ } from "../../../cni/agentNeeds";
import { ciliumAgentNeeds } from "../../../cni/cilium/agentNeeds";
import type { ApiObject } from "../../api";
import { run } from "../../run";
import type { AgentCni } from "../cni";
import { ciliumCluster } from "./cluster";
import { ciliumNode } from "./node";
import { PROGRAM } from "./program";

export const cilium: AgentCni = {
  title: "Cilium",
  // Its operator's own definitions; the program has one version of them.
  kinds: async () => JSON.parse(await run(PROGRAM, ["kinds"])) as ApiObject[],
  access: [...ciliumAgentNeeds.node, { apiGroups: [""], resources: ["secrets"], verbs: READ }],
  cluster: ciliumCluster,
  node: ciliumNode,
};
