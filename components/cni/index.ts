/** The CNIs that the library knows, by the names that people write: one folder and one line each. */
import { calicoCni } from "./calico/cni";
import { ciliumCni } from "./cilium/cni";
import type { Cni } from "./cni";
import { kubeRouterCni } from "./kubeRouter/cni";
import { metallbCni } from "./metallb/cni";

export const CNIS = {
  calico: calicoCni,
  cilium: ciliumCni,
  metallb: metallbCni,
  "kube-router": kubeRouterCni,
} satisfies Readonly<Record<string, Cni>>;

export type CniName = keyof typeof CNIS;

/** The names of those that carry pods, or of those that stand beside one. */
export function cniNames(carriesPods: boolean): string[] {
  return Object.entries(CNIS).flatMap(([name, cni]) => (cni.carriesPods === carriesPods ? [name] : []));
}

/** The CNI that a cluster chose. */
export function cniOf({ kind }: { kind: string }): Cni {
  const found = Object.entries(CNIS).find(([name]) => name === kind)?.[1];
  if (found === undefined) throw new Error(`no CNI is named ${kind}: there are ${Object.keys(CNIS).join(", ")}`);
  return found;
}
