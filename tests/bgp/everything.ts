/** All that a Solution says, for tests that hold two ways of solving against each other. */
import type { Solution } from "../../components/bgp/solution";

/** All that a Solution says, in an order of its own. */
export function everything(solution: Solution) {
  const byKey = <T>(map: Map<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sessions: solution.sessions,
    tables: solution.network.speakers.map(({ name }) => {
      const { rib, fib } = solution.table(name);
      return { name, rib: byKey(rib), fib: byKey(fib) };
    }),
    ambiguities: solution.ambiguities,
    entries: solution.ribEntries(),
  };
}

/** The best comes first; of what cannot win the order says nothing, as a MED makes no order of all paths. */
export function unordered(solution: Solution): unknown {
  const sorted = (list: readonly unknown[]): string[] => list.map((each) => JSON.stringify(each)).sort();
  const { tables, ...rest } = everything(solution);
  return {
    ...rest,
    tables: tables.map(({ name, rib, fib }) => ({
      name,
      fib,
      rib: rib.map(([prefix, paths]) => [prefix, paths[0]?.best, sorted(paths)]),
    })),
    prefixes: solution.prefixes(),
    ambiguities: sorted(solution.ambiguities),
    notModelled: sorted(solution.notModelled),
  };
}
