/** The paths of single prefixes, from rows that alike prefixes share: a table of all of them is never made. */
import type { Alike, Path, Solution } from "../bgp/solution";

type Prefixes = Alike["prefixes"];

interface Index {
  /** The prefixes that each stands with. */
  groups: Map<string, Prefixes>;
  known: Set<Prefixes>;
  bySpeaker: Map<string, Map<Prefixes, Alike["paths"]>>;
}

const indices = new WeakMap<Solution, Index>();

const NONE: readonly Path[] = [];

/** Empty where the speaker has none, or is none. */
export function pathsTo(solution: Solution, speaker: string, prefix: string): readonly Path[] {
  let index = indices.get(solution);
  if (index === undefined) {
    index = { groups: new Map(), known: new Set(), bySpeaker: new Map() };
    indices.set(solution, index);
  }
  const rows = index.bySpeaker.get(speaker) ?? added(index, solution, speaker);
  const group = index.groups.get(prefix);
  return (group === undefined ? undefined : rows.get(group)) ?? NONE;
}

function added(index: Index, solution: Solution, speaker: string): Map<Prefixes, Alike["paths"]> {
  const rows = new Map<Prefixes, Alike["paths"]>();
  for (const { prefixes, paths } of solution.alike(speaker)) {
    rows.set(prefixes, paths);
    if (index.known.has(prefixes)) continue;
    index.known.add(prefixes);
    for (const prefix of prefixes) index.groups.set(prefix, prefixes);
  }
  index.bySpeaker.set(speaker, rows);
  return rows;
}
