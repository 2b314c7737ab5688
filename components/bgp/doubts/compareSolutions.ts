/** Compares solutions of one Network: every answer that differs between them is marked not modelled. */
import type { NotModelled, Path, Solution } from "../solution";

/** The answers that are others in another view, each named once. */
export function differingAnswers(
  base: Solution,
  alternatives: readonly { solution: Solution; what: string }[],
): NotModelled[] {
  const found = new Map<string, NotModelled>();
  const say = (each: NotModelled): void => {
    const key = `${each.speaker} ${each.session ?? ""} ${each.prefix ?? ""}`;
    const before = found.get(key);
    found.set(key, before === undefined ? each : both(before, each));
  };
  for (const { solution, what } of alternatives) {
    const up = new Map(solution.sessions.map((each) => [each.key, each.up]));
    for (const { key, ends, up: was } of base.sessions) {
      if (up.get(key) === was) continue;
      for (const { speaker } of ends) say({ speaker, session: key, what });
    }
    for (const { name: speaker } of base.network.speakers) {
      const now = base.table(speaker);
      const other = solution.table(speaker);
      const installed = new Set(differing(now.fib, other.fib));
      for (const prefix of new Set([...differing(now.rib, other.rib), ...installed])) {
        const { from, best } = partOf(speaker, now.rib.get(prefix) ?? [], other.rib.get(prefix) ?? []);
        say({ speaker, prefix, what, part: { from, reach: [], best, fib: installed.has(prefix) } });
      }
    }
    for (const { speaker, reaches, prefix } of solution.ambiguities) {
      for (const each of [speaker, ...reaches]) if (!isOpen(base, each, prefix)) say({ speaker: each, prefix, what });
    }
  }
  return [...found.values()];
}

/** Open in either way. */
function both(one: NotModelled, other: NotModelled): NotModelled {
  const { part, ...rest } = one;
  if (part === undefined || other.part === undefined) return rest;
  const { from, reach, best, fib } = other.part;
  const all = (some: readonly string[], more: readonly string[]): string[] => [...new Set([...some, ...more])].sort();
  return {
    ...rest,
    part: {
      from: all(part.from, from),
      reach: all(part.reach, reach),
      best: part.best || best,
      fib: part.fib || fib,
    },
  };
}

const isOpen = (solution: Solution, speaker: string, prefix: string): boolean =>
  solution.ambiguities.some(
    (each) => each.prefix === prefix && (each.speaker === speaker || each.reaches.includes(speaker)),
  );

/** Whose paths are others, its own by its own name, and whether the best one is. */
function partOf(speaker: string, now: readonly Path[], other: readonly Path[]): { from: string[]; best: boolean } {
  const of = (paths: readonly Path[]): Map<string, string> => {
    const found = new Map<string, string>();
    for (const path of paths) {
      const name = path.from?.speaker ?? speaker;
      const said = { ...path, best: undefined, multipath: undefined, step: undefined };
      found.set(name, `${found.get(name) ?? ""}${JSON.stringify(said)}`);
    }
    return found;
  };
  const [a, b] = [of(now), of(other)];
  const from = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  const best = ({ from: sender, nextHop, asPath }: Path): string => `${sender?.speaker} ${nextHop} ${asPath.join(" ")}`;
  const bestOf = (paths: readonly Path[]): string =>
    paths
      .filter((path) => path.best)
      .map(best)
      .join();
  return { from: from.sort(), best: bestOf(now) !== bestOf(other) };
}

function differing<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter(
    (prefix) => JSON.stringify(a.get(prefix)) !== JSON.stringify(b.get(prefix)),
  );
}
