/** What the reading of Cilium's objects may be told besides them. */
import type { AdvertOptions } from "./adverts";

export interface CiliumOptions extends AdvertOptions {
  /** Chart value bgpControlPlane.secretsNamespace.name. Default "kube-system". */
  secretsNamespace?: string;
}

/** Where the secrets of sessions are unless told otherwise. */
export const SECRETS_NAMESPACE = "kube-system";
