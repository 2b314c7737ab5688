/** Releases whose own programs are in the image (engine/parts/versions.ts), and where these look for secrets. */
import { SECRETS_NAMESPACE } from "../../cni/cilium/options";
import { NAMESPACE } from "../../cni/metallb/options";

export interface Release {
  version: string;
  namespace: string;
  /** The choice's argument that could name another namespace. */
  setting: string;
}

/** A CNI that is not here is run by the agent's reading of it, whatever its version. */
export const RELEASES: Readonly<Record<string, Release>> = {
  cilium: { version: "1.19", namespace: SECRETS_NAMESPACE, setting: "secretsNamespace" },
  metallb: { version: "0.15", namespace: NAMESPACE, setting: "namespace" },
};
