/** All that a Solution says, for tests that hold two ways of solving against each other. */
import type { Move, Solution } from "../../components/bgp/solution";

/** All that a Solution says, in an order of its own. */
export function everything(solution: Solution) {
  const byKey = <T>(map: Map<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sessions: solution.sessions,
    tables: solution.network.speakers.map(({ name }) => {
      const { rib, fib } = solution.table(name);
      return { name, rib: byKey(rib), fib: byKey(fib) };
    }),
    ambiguities: solution.ambiguities.map((each) => ({ ...each, moves: undefined })),
    open: openParts(solution),
    entries: solution.ribEntries(),
  };
}

/**
 * Which parts of whose answers are open, whatever opens them: where one tie stands behind another, a speaker that takes part
 * in the search finds in the first what one that does not finds in its own.
 */
function openParts({ ambiguities }: Solution): [string, Omit<Move, "speaker">][] {
  const open = new Map<string, Omit<Move, "speaker">>();
  for (const { prefix, moves } of ambiguities) {
    for (const { speaker, from, reach, best, fib } of moves) {
      const key = `${prefix} at ${speaker}`;
      const known = open.get(key) ?? { from: [], reach: [], best: false, fib: false };
      open.set(key, {
        from: [...new Set([...known.from, ...from])].sort(),
        reach: [...new Set([...known.reach, ...reach])].sort(),
        best: known.best || best,
        fib: known.fib || fib,
      });
    }
  }
  return [...open].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The best comes first; of what cannot win the order says nothing, as a MED makes no order of all paths. */
export function unordered(solution: Solution): unknown {
  const sorted = (list: readonly unknown[]): string[] => list.map((each) => JSON.stringify(each)).sort();
  const { tables, ambiguities, ...rest } = everything(solution);
  return {
    ...rest,
    tables: tables.map(({ name, rib, fib }) => ({
      name,
      fib,
      rib: rib.map(([prefix, paths]) => [prefix, paths[0]?.best, sorted(paths)]),
    })),
    prefixes: solution.prefixes(),
    ambiguities: sorted(ambiguities),
    notModelled: sorted(solution.notModelled),
  };
}
