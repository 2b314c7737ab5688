/** The CNIs that the agent can run: one folder and one line each. Only the one that a cluster wants is loaded. */
import type { InstalledCni, NodeSettings } from "../settings";
import type { AgentCni } from "./cni";

const CNIS: Readonly<Record<string, () => Promise<AgentCni>>> = {
  calico: async () => (await import("./calico/index.js")).calico,
  metallb: async () => (await import("./metallb/index.js")).metallb,
  cilium: async () => (await import("./cilium/index.js")).cilium,
  "kube-router": async () => (await import("./kubeRouter/index.js")).kubeRouter,
};

/** Their names, as a program's choice has them. */
export const AGENT_CNIS: readonly string[] = Object.keys(CNIS);

export function loadCni(kind: string): Promise<AgentCni> {
  const load = CNIS[kind];
  if (load === undefined) throw new Error(`settings: no CNI ${kind}, only ${AGENT_CNIS.join(", ")}`);
  return load();
}

export interface LoadedCni {
  cni: AgentCni;
  installed: InstalledCni;
}

/** The cluster's CNI, and what speaks for its services beside it. */
export function loadCnis({ cni, balancer }: Pick<NodeSettings, "cni" | "balancer">): Promise<LoadedCni[]> {
  const all = [cni, ...(balancer === undefined ? [] : [balancer])];
  return Promise.all(all.map(async (installed) => ({ cni: await loadCni(installed.kind), installed })));
}
