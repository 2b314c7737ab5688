/** Cilium on a bare node: its own BGP control plane, agent and operator, without its datapath. */
import type { ApiObject } from "../../api";
import { run } from "../../run";
import type { AgentCni } from "../cni";
import { ciliumCluster } from "./cluster";
import { ciliumNode } from "./node";
import { PROGRAM } from "./program";

const READ = ["get", "list", "watch"];

export const cilium: AgentCni = {
  title: "Cilium",
  // Its operator's own definitions; the program has one version of them.
  kinds: async () => JSON.parse(await run(PROGRAM, ["kinds"])) as ApiObject[],
  access: [
    { apiGroups: [""], resources: ["nodes", "services", "namespaces", "pods", "secrets", "endpoints"], verbs: READ },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
    { apiGroups: ["cilium.io"], resources: ["*"], verbs: READ },
    {
      apiGroups: ["cilium.io"],
      resources: ["ciliumbgpnodeconfigs/status", "ciliumbgppeerconfigs/status"],
      verbs: ["update", "patch"],
    },
  ],
  cluster: ciliumCluster,
  node: ciliumNode,
};
