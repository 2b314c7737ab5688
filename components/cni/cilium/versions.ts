/** The versions of Cilium whose rules are known; the first one holds where a program or a command names none. */
export const VERSIONS = ["1.19", "1.18", "1.20"] as const;

export const USUAL = VERSIONS[0];
