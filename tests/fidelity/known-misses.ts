/** Misses that are known, each with its reason and date. Empty is the aim. */
import type { KnownMiss } from "./report";

/** s1 prefers s3 for everything: with s2's prefix either of them may follow the other, and who speaks first decides. */
const disagree = (speaker: string): KnownMiss => ({
  seed: "local preference decides",
  speaker,
  about: "172.16.2.0/24",
  reason: "two stable states by order of arrival, of which the solver finds one and does not say that it is ambiguous",
  date: "2026-11-21",
});

export const knownMisses: KnownMiss[] = ["s1", "s3", "s4"].map(disagree);
