/** kube-router as a cluster's CNI: what a program names of it, with defaults. */
import { type CniChoice, podsAnnounced } from "../choice";
import { USUAL } from "./versions";

export interface KubeRouterArgs {
  /** AS number of the nodes: kube-router takes private ones alone. @example 64512 */
  asn: number;
  /** Version of kube-router whose rules hold. @default the usual one, first of its versions */
  version?: string;
  /** Whether nodes announce their pod CIDRs to routers by BGP. @default true */
  exportPodBlocks?: boolean;
  /** Whether nodes of other subnets are reached through tunnels. @default true */
  overlay?: boolean;
}

export function kubeRouter(args: KubeRouterArgs): CniChoice {
  return {
    kind: "kube-router",
    asn: args.asn,
    version: args.version ?? USUAL,
    settings: args.overlay === undefined ? {} : { overlay: args.overlay },
    advertise: podsAnnounced(args.exportPodBlocks),
  };
}
