/** Cilium's BGP control plane as the image has it (engine/go/cilium), and the kubeconfigs that it speaks to the API with. */
import { mkdirSync, writeFileSync } from "node:fs";
import { kubeconfig } from "../../kubeconfig";
import type { NodeSettings, ProgramAccess } from "../../settings";

export const PROGRAM = "cilium-bgp";
const DIRECTORY = "/run/cilium";

/** The path of a kubeconfig that the control plane is started with. */
export function kubeconfigFile({ cluster }: NodeSettings, user: string, access: ProgramAccess): string {
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o700 });
  const file = `${DIRECTORY}/${user}.conf`;
  writeFileSync(file, kubeconfig({ cluster, user, ...access }), { mode: 0o600 });
  return file;
}
