/** The versions of MetalLB whose rules are known; the first one holds where a program or a command names none. */
export const VERSIONS = ["0.16", "0.15", "0.14"] as const;

export const USUAL = VERSIONS[0];
