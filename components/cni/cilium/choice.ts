/** Cilium as a cluster's CNI: what a program names of it, with defaults. */
import { type CniChoice, podsAnnounced } from "../choice";
import { USUAL } from "./versions";

export interface CiliumArgs {
  /** AS number of the nodes. @example 65010 */
  asn: number;
  /** Version of Cilium whose rules hold. @default the usual one, first of its versions */
  version?: string;
  /** Whether nodes announce their pod CIDRs by BGP. @default true */
  exportPodBlocks?: boolean;
  /** Namespace of the secrets with passwords. @default "kube-system" */
  secretsNamespace?: string;
}

export function cilium(args: CiliumArgs): CniChoice {
  return {
    kind: "cilium",
    asn: args.asn,
    version: args.version ?? USUAL,
    settings: args.secretsNamespace === undefined ? {} : { secretsNamespace: args.secretsNamespace },
    advertise: podsAnnounced(args.exportPodBlocks),
  };
}
