/**
 * Classes after some speakers' own routes have changed. A class whose prefixes no longer fare alike would have to be
 * split, and a new prefix needs a class: both are left to a fresh start.
 */
import { isDefaultRoute } from "../export";
import type { PrefixClass } from "../classes";
import { same, type Compiled } from "../compile";
import { visitOrigins, type Own } from "../origins";
import type { Ground } from "../solveClasses";
import type { Round } from "../round";

export interface Reorigined {
  classes: PrefixClass[];
  /** Whose own routes of a class are others now, by class. */
  moved: Map<number, Set<number>>;
}

export function reorigin(
  ground: Ground,
  round: Round,
  compiled: Compiled,
  changed: ReadonlySet<number>,
): Reorigined | undefined {
  const result: Reorigined = { classes: round.classes, moved: new Map() };
  for (const speaker of changed) {
    const was = ground.compiled.speakers[speaker];
    const now = compiled.speakers[speaker];
    if (was === undefined || now === undefined) return undefined;
    // An own route is made of a statement and of the speaker's routes to its prefix: most often only a few of those changed.
    const stated = was.up && now.up && same(was.speaker.originate, now.speaker.originate);
    const rerouted = stated ? routesApart(was, now) : undefined;
    if (rerouted?.size === 0 || (!was.up && !now.up)) continue;
    if ((ground.gathering.aggregates[speaker]?.length ?? 0) > 0) return undefined;
    // Its routes decide which prefixes are suppressed.
    if (now.dialect.withholdsInactive) return undefined;
    const before = ownRoutes(ground, ground.compiled, speaker, rerouted);
    const after = ownRoutes(ground, compiled, speaker, rerouted);
    if (before === undefined || after === undefined) return undefined;
    if (!move(result, round, speaker, before, after, rerouted)) return undefined;
  }
  return result;
}

type Speaker = Compiled["speakers"][number];

/** Prefixes that the two have other routes to. */
function routesApart(a: Speaker, b: Speaker): Set<string> {
  const apart = new Set<string>();
  for (const [prefix, list] of a.routes.entries()) if (!same(list, b.routes.get(prefix))) apart.add(prefix);
  for (const [prefix] of b.routes.entries()) if (a.routes.get(prefix) === undefined) apart.add(prefix);
  return apart;
}

/** By prefix, the numbers of the speaker's own routes, or of those among some; undefined where it makes aggregates. */
function ownRoutes(
  ground: Ground,
  compiled: Compiled,
  speaker: number,
  among: ReadonlySet<string> | undefined,
): Map<string, Own[]> | undefined {
  const found = new Map<string, Own[]>();
  let aggregates = false;
  const asked = (prefix: string): boolean => among?.has(prefix) !== false;
  const put = (prefix: string, own: Own): void => {
    if (!asked(prefix)) return;
    const list = found.get(prefix);
    if (list === undefined) found.set(prefix, [own]);
    else list.push(own);
  };
  visitOrigins(compiled.speakers[speaker] as Speaker, ground.intern, ground.owns, {
    route: put,
    statement: (said, own) => {
      const prefix = ground.gathering.prefixOf(said);
      if (asked(prefix)) put(prefix, own(prefix));
    },
    aggregate: () => (aggregates = true),
    said: (prefix) => found.has(prefix),
  });
  return aggregates ? undefined : found;
}

/** `among`: prefixes whose own routes may be others; undefined stands for all. */
function move(
  result: Reorigined,
  round: Round,
  speaker: number,
  before: ReadonlyMap<string, Own[]>,
  after: ReadonlyMap<string, Own[]>,
  among: ReadonlySet<string> | undefined,
): boolean {
  const touched = new Set<number>();
  for (const prefix of new Set([...before.keys(), ...after.keys()])) {
    if (sameOwn(before.get(prefix), after.get(prefix))) continue;
    const index = round.byPrefix.get(prefix)?.index;
    if (index === undefined) return false;
    touched.add(index);
  }
  if (touched.size > 0 && result.classes === round.classes) result.classes = [...round.classes];
  for (const index of touched) {
    const each = result.classes[index] as PrefixClass;
    const [first] = each.prefixes;
    if (first === undefined) return false;
    const own = after.get(first);
    if (!each.prefixes.every((prefix) => among?.has(prefix) !== false && sameOwn(own, after.get(prefix)))) return false;
    const origins = [
      ...each.origins.filter((origin) => origin.speaker !== speaker),
      ...(own ?? []).map((one) => ({ speaker, own: one })),
    ].sort((a, b) => a.speaker - b.speaker);
    const left = origins.length > 0 || each.aggregatedAt.length > 0;
    // A default route is a prefix even if no speaker has it, as long as one makes it for a neighbor.
    if (!left && isDefaultRoute(first)) return false;
    result.classes[index] = { ...each, origins, prefixes: left ? each.prefixes : [] };
    const movedThere = result.moved.get(index);
    if (movedThere === undefined) result.moved.set(index, new Set([speaker]));
    else movedThere.add(speaker);
  }
  return true;
}

function sameOwn(a: readonly Own[] | undefined, b: readonly Own[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((own, index) => own === b[index]);
}
