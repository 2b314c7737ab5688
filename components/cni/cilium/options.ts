/** What the reading of Cilium's objects may be told besides them. */
import type { AdvertOptions } from "./adverts";

export interface CiliumOptions extends AdvertOptions {
  /** Chart value bgpControlPlane.secretsNamespace.name. Default "kube-system". */
  secretsNamespace?: string;
}
