/** The CNIs and the versions whose rules are known; the first one holds where a program or a command names none. */

export const VERSIONS = {
  calico: ["3.32", "3.31", "3.33"],
  cilium: ["1.19", "1.18", "1.20"],
  metallb: ["0.16", "0.15", "0.14"],
  "kube-router": ["2.11", "2.10", "2.9", "2.8"],
} as const;

export type CniName = keyof typeof VERSIONS;

export function usualVersion(cni: CniName): string {
  return VERSIONS[cni][0];
}
