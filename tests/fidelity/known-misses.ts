/** Misses that are known, each with its reason and date. Empty is the aim. */
import type { KnownMiss } from "./report";

export const knownMisses: KnownMiss[] = [];
