/** Cilium's BGP control plane as the image has it (engine/go/cilium), and the kubeconfigs that it speaks to the API with. */
import { mkdirSync, writeFileSync } from "node:fs";
import { kubeconfig } from "../../kubeconfig";
import type { KeyPair, NodeSettings } from "../../settings";

export const PROGRAM = "cilium-bgp";
const DIRECTORY = "/run/cilium";

export interface Identity {
  name: string;
  server: string;
  authority: string;
  keys: KeyPair;
}

/** The path of a kubeconfig that the control plane is started with. */
export function kubeconfigFile({ cluster }: NodeSettings, { name, server, authority, keys }: Identity): string {
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o700 });
  const file = `${DIRECTORY}/${name}.conf`;
  writeFileSync(file, kubeconfig({ cluster, server, authority, user: name, identity: keys }), { mode: 0o600 });
  return file;
}
