/** What a fidelity run says: for people as text, for programs as JSON. */
import type { Comparison, Miss } from "./compare";
import { isUnexplained, type Restless } from "./restless";

/** A miss that is known, with its reason and the day it was seen: counted in every report, never passed over in silence. */
export interface KnownMiss {
  /** A seed, or the name of a hand-written case. */
  seed: number | string;
  speaker: string;
  about: string;
  reason: string;
  date: string;
}

export interface Outcome {
  seed: number | string;
  comparison: Comparison;
  /** Where the daemons never became quiet: what the forecast says of it. */
  restless?: Restless | undefined;
  took: number;
  speakers: number;
}

export interface Summary {
  networks: number;
  entries: number;
  matched: number;
  ambiguous: number;
  notModelled: number;
  known: number;
  misses: { seed: number | string; miss: Miss }[];
  /** Networks whose daemons never became quiet, as the forecast says, with its sentences. */
  restless: { seed: number | string; rules: string[] }[];
  /** Networks that never became quiet although the forecast is firm, with what moved. */
  unsettled: { seed: number | string; firm: string[] }[];
  /** Networks that could not be tried, with the reason. */
  broken: string[];
  seconds: number;
  features: Record<string, number>;
}

export function summarise(
  outcomes: Outcome[],
  known: KnownMiss[],
  features: Record<string, number>,
  broken: string[],
  seconds: number,
): Summary {
  const sum = (of: (comparison: Comparison) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome.comparison), 0);
  const all = outcomes.flatMap(({ seed, comparison }) => comparison.misses.map((miss) => ({ seed, miss })));
  const isKnown = ({ seed, miss }: { seed: number | string; miss: Miss }): boolean =>
    known.some((each) => each.seed === seed && each.speaker === miss.speaker && each.about === miss.about);
  return {
    networks: outcomes.length,
    entries: sum((each) => each.entries),
    matched: sum((each) => each.matched),
    ambiguous: sum((each) => each.ambiguous),
    notModelled: sum((each) => each.notModelled),
    known: all.filter(isKnown).length,
    misses: all.filter((each) => !isKnown(each)),
    restless: outcomes.flatMap(({ seed, restless }) =>
      restless === undefined || isUnexplained(restless) ? [] : [{ seed, rules: restless.rules }],
    ),
    unsettled: outcomes.flatMap(({ seed, restless }) =>
      restless !== undefined && isUnexplained(restless) ? [{ seed, firm: restless.firm }] : [],
    ),
    broken,
    seconds: Math.round(seconds),
    features,
  };
}

export function describeMiss(seed: number | string, miss: Miss): string {
  const lines = [`seed ${seed}: ${miss.speaker} ${miss.what} ${miss.about}`];
  for (const line of miss.forecast) lines.push(`  forecast  ${line}`);
  for (const line of miss.live) lines.push(`  live      ${line}`);
  return lines.join("\n");
}

export function describe(summary: Summary): string {
  const all = summary.entries + summary.ambiguous + summary.notModelled;
  const percent = (part: number): string => (all === 0 ? "0" : ((100 * part) / all).toFixed(2));
  const rows = Object.entries(summary.features).sort(([a], [b]) => a.localeCompare(b));
  const undrawn = rows.filter(([, count]) => count === 0).map(([name]) => name);
  return [
    ...summary.misses.map(({ seed, miss }) => describeMiss(seed, miss)),
    ...summary.broken,
    `features drawn: ${rows.map(([name, count]) => `${name} ${count}`).join(", ")}`,
    ...(undrawn.length > 0 ? [`never drawn: ${undrawn.join(", ")}`] : []),
    ...summary.restless.map(({ seed, rules }) => `seed ${seed}: never quiet, as forecast: ${rules.join("; ")}`),
    ...summary.unsettled.map(
      ({ seed, firm }) => `seed ${seed}: NEVER QUIET, and the forecast is firm: ${firm.join(", ") || "nothing moved"}`,
    ),
    `${summary.networks} networks in ${summary.seconds} s: ${summary.matched} of ${summary.entries} entries as forecast; ` +
      `compared ${percent(summary.entries)} %, ambiguous ${summary.ambiguous} (${percent(summary.ambiguous)} %), ` +
      `not modelled ${summary.notModelled} (${percent(summary.notModelled)} %), known misses ${summary.known}, never quiet as forecast ${summary.restless.length}, misses ${summary.misses.length}${summary.unsettled.length > 0 ? `, NOT SETTLED ${summary.unsettled.length}` : ""}${summary.broken.length > 0 ? `, NOT TRIED ${summary.broken.length}` : ""}`,
  ].join("\n");
}
