/** Which findings are new between two lists: the same rule about the same thing, no graver, was there before. */
import type { Finding } from "./rule";

export interface Compared {
  fresh: Finding[];
  /** How many were there before. */
  asBefore: number;
  /** Those of before that hold no more. */
  gone: Finding[];
}

const RANK: Readonly<Record<Finding["severity"], number>> = { block: 0, warn: 1, info: 2 };

export function compareFindings(before: readonly Finding[], after: readonly Finding[]): Compared {
  const known = new Map<string, Finding[]>();
  for (const finding of before) {
    const list = known.get(keyOf(finding));
    if (list === undefined) known.set(keyOf(finding), [finding]);
    else list.push(finding);
  }
  const fresh: Finding[] = [];
  for (const finding of after) {
    const list = known.get(keyOf(finding)) ?? [];
    const at = list.findIndex((one) => RANK[one.severity] <= RANK[finding.severity] && silent(one) <= silent(finding));
    if (at < 0) fresh.push(finding);
    else list.splice(at, 1);
  }
  return { fresh, asBefore: after.length - fresh.length, gone: [...known.values()].flat() };
}

/** A silence that was taken away makes the finding new. */
const silent = (finding: Finding): number => Number(finding.silenced !== undefined);

function keyOf({ rule, place, about }: Finding): string {
  return `${rule} ${about ?? place}`;
}
