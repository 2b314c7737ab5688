/**
 * A network whose daemons never become quiet: does the forecast say so? What moves has no answer to compare, so it is no
 * miss; but each entry that moves must be one that the forecast leaves open, and it says by which rule.
 */
import type { Solution } from "../../components/bgp/solution";
import type { Comparison } from "./compare";
import { entryKey } from "./settle";

export interface Restless {
  /** The forecast's own sentences about what moves. */
  rules: string[];
  /** Entries that move although the forecast is firm about them; empty and no rules: nothing moved, and it never rested. */
  firm: string[];
}

/** Takes what moves out of the comparison's misses. */
export function restlessness(solution: Solution, comparison: Comparison, moving: readonly string[]): Restless {
  const reasons = new Map<string, Set<string>>();
  const note = (speaker: string, about: string | undefined, rule: string): void => {
    const key = about === undefined ? speaker : entryKey(speaker, about);
    reasons.set(key, (reasons.get(key) ?? new Set()).add(rule));
  };
  for (const { prefix, speakers, moves } of solution.oscillations) {
    for (const speaker of [...speakers, ...moves.map((move) => move.speaker)]) note(speaker, prefix, "oscillates");
  }
  for (const { prefix, speaker, moves } of solution.ambiguities) {
    for (const each of [speaker, ...moves.map((move) => move.speaker)]) note(each, prefix, "depends on age or arrival");
  }
  for (const { speaker, prefix, session, what } of solution.notModelled) {
    if (prefix !== undefined || session === undefined) note(speaker, prefix, what);
  }
  const rulesOf = (key: string): string[] => [
    ...(reasons.get(key) ?? []),
    ...(reasons.get(key.slice(0, key.lastIndexOf(" "))) ?? []),
  ];
  comparison.misses = comparison.misses.filter(({ speaker, about }) => !moving.includes(entryKey(speaker, about)));
  return {
    rules: [...new Set(moving.flatMap(rulesOf))].sort(),
    firm: moving.filter((key) => rulesOf(key).length === 0),
  };
}

/** Must the network be looked at again? Nothing that moves is explained, or something is not. */
export const isUnexplained = (restless: Restless | undefined): boolean =>
  restless !== undefined && (restless.firm.length > 0 || restless.rules.length === 0);
