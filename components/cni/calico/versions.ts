/** The versions of Calico whose rules are known; the first one holds where a program or a command names none. */
export const VERSIONS = ["3.32", "3.31", "3.33"] as const;

export const USUAL = VERSIONS[0];
