/**
 * Prefixes of twins fare alike: what a failure does to one twin's own prefixes at any speaker, it does to those of the
 * others. The first twin is asked about its own, and the second one's prefixes stand for those of all others.
 */
import type { Twins } from "./twins";

export interface StandIns {
  /** By prefix that is looked at, the prefixes that fare as it does. */
  standIns: ReadonlyMap<string, readonly string[]>;
  /** All prefixes that need not be looked at. */
  others: ReadonlySet<string>;
}

/** `living`: the twins that did not fail, a list a class. `supportsNone`: no route to another prefix depends on this one. */
export function standInsOf(
  twins: Twins,
  living: Iterable<readonly string[]>,
  supportsNone: (prefix: string) => boolean,
): StandIns {
  const standIns = new Map<string, string[]>();
  const others = new Set<string>();
  for (const members of living) {
    if (members.length < 3) continue;
    const [first = [], second = [], ...more] = members.map((name) => twins.own(name));
    second.forEach((prefix, at) => {
      const like = more.map((own) => own[at] ?? prefix);
      if (![first[at] ?? prefix, prefix, ...like].every(supportsNone)) return;
      standIns.set(prefix, like);
      for (const each of like) others.add(each);
    });
  }
  return { standIns, others };
}
