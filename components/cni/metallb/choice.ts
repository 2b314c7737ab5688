/** MetalLB as a cluster's CNI: what a program names of it, with defaults. */
import type { CniChoice } from "../choice";
import { USUAL } from "./versions";

export interface MetallbArgs {
  /** AS number of the nodes' speakers. @example 64500 */
  asn: number;
  /** Version of MetalLB whose rules hold. @default the usual one, first of its versions */
  version?: string;
  /** Which daemon speaks. @default "frr-k8s" from 0.16 on, "frr" before */
  mode?: "native" | "frr" | "frr-k8s";
  /** MetalLB's namespace. @default "metallb-system" */
  namespace?: string;
}

export function metallb({ asn, version, ...settings }: MetallbArgs): CniChoice {
  return { kind: "metallb", asn, version: version ?? USUAL, settings, advertise: [] };
}
