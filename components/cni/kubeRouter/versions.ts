/** The versions of kube-router whose rules are known; the first one holds where a program or a command names none. */
export const VERSIONS = ["2.11", "2.10", "2.9", "2.8"] as const;

export const USUAL = VERSIONS[0];
