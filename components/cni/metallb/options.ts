/** What the reading of MetalLB's objects may be told besides them. */
import { compareVersions } from "../../model/version";
import type { CniOptions } from "../place";
import type { ServiceOptions } from "./services";
import type { Mode } from "./types";

export interface MetallbOptions extends CniOptions, ServiceOptions {
  /** METALLB_BGP_TYPE. Default: frr-k8s since 0.16, frr before. */
  mode?: Mode;
  /** MetalLB's namespace: objects elsewhere are not read. Default "metallb-system". */
  namespace?: string;
}

/** Where MetalLB is installed unless told otherwise. */
export const NAMESPACE = "metallb-system";

/** The backend that runs where a program names none. */
export function modeOf({ mode }: Pick<MetallbOptions, "mode">, version: string): Mode {
  return mode ?? (compareVersions(version, "0.16") >= 0 ? "frr-k8s" : "frr");
}
