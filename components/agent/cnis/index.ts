/** The CNIs that the agent can run: one folder and one line each. Only the one that a cluster wants is loaded. */
import type { AgentCni } from "./cni";

const CNIS: Readonly<Record<string, () => Promise<AgentCni>>> = {
  calico: async () => (await import("./calico/index.js")).calico,
  "kube-router": async () => (await import("./kubeRouter/index.js")).kubeRouter,
};

/** Their names, as a program's choice has them. */
export const AGENT_CNIS: readonly string[] = Object.keys(CNIS);

export function loadCni(kind: string): Promise<AgentCni> {
  const load = CNIS[kind];
  if (load === undefined) throw new Error(`settings: no CNI ${kind}, only ${AGENT_CNIS.join(", ")}`);
  return load();
}
