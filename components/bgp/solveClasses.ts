/** The classes of one round, each solved after what its aggregates are made of. */
import { prefixLength, type Prefix } from "../model/prefix";
import { aggregated } from "./aggregate";
import type { Interner } from "./attributes";
import { distinguishing, standingAside, type PrefixClass } from "./classes";
import type { Compiled } from "./compile";
import type { DialectOverrides } from "./dialects";
import { Exchanges } from "./exchange";
import { solveClass, type Solved } from "./fixpoint";
import type { Held } from "./step";
import type { Gathering } from "./gather";
import type { Family } from "./network";
import type { Own, Owns } from "./origins";
import { replay } from "./replay";
import { Racks } from "./racks";
import type { Round } from "./round";
import { Sharing } from "./share";

export interface SolveOptions {
  /** Bent dialects: for tests that ask whether a wrong rule would be noticed. */
  rules?: DialectOverrides;
  /**
   * False: no class is solved by its likeness to another, everybody takes part in each, and each round solves them all.
   * The answers are the same; tests hold the two together.
   */
  shared?: boolean;
  /** True: every class is replayed in every order of arrival, also where no order can matter. For tests. */
  everyOrder?: boolean;
}

/** What all rounds of one solution have in common. */
export interface Ground {
  compiled: Compiled;
  intern: Interner;
  owns: Owns;
  gathering: Gathering;
}

export function solveClasses(ground: Ground, round: Round, classes: readonly PrefixClass[], shares: boolean): void {
  const aside = standingAside(ground.compiled);
  const sharing = (family: Family): Sharing => {
    const arena = round.arenas[family];
    const carriers = ground.compiled.speakers.filter((_, index) => arena.isTransit[index] === true);
    const racks = classes.length < MANY ? undefined : new Racks(arena);
    return new Sharing(arena, distinguishing(carriers), aside, racks);
  };
  // Where only a few classes are solved again, looking for routers of one kind would cost more than it saves.
  const exchanges: Partial<Record<Family, Exchanges>> = {};
  const exchanging = (family: Family): Exchanges => new Exchanges(round.arenas[family], ground.compiled);
  const likeAnother = (each: PrefixClass, extra: ReadonlyMap<number, Own[]>): Solved => {
    const solve = (): Solved => (shared[each.family] ??= sharing(each.family)).solve(each, extra);
    if (classes.length < MANY || extra.size > 0) return solve();
    return (exchanges[each.family] ??= exchanging(each.family)).solve(each, solve);
  };
  const shared: Partial<Record<Family, Sharing>> = {};
  for (const each of [...classes].sort((a, b) => aggregateRank(a) - aggregateRank(b))) {
    const extra = new Map<number, Own[]>();
    for (const speaker of each.aggregatedAt) {
      const own = aggregateAt(ground, round, speaker, each.first);
      if (own !== undefined) extra.set(speaker, [own]);
    }
    round.extra[each.index] = extra;
    const solved = shares ? likeAnother(each, extra) : solveClass(round.arenas[each.family], each, extra);
    round.solved[each.index] = solved.oscillates === undefined ? solved : atRest(round, each, extra, solved);
  }
}

/** What circles in one order of asking may come to rest in another: then it is no oscillation, but a race. */
function atRest(round: Round, each: PrefixClass, extra: ReadonlyMap<number, Own[]>, solved: Solved): Solved {
  for (let run = 0; run < ORDERS; run++) {
    const { held, settled } = replay(round.arenas[each.family], each, extra, { run });
    if (settled) return { held, byArrival: true };
  }
  return solved;
}

const ORDERS = 9;

/** From so many classes on, likeness between routers is looked for. */
const MANY = 8;

/** Aggregates last, the longest of them first: what one is made of is known then. */
function aggregateRank(each: PrefixClass): number {
  return each.aggregatedAt.length === 0 ? 0 : 1000 - prefixLength(each.first);
}

function aggregateAt(ground: Ground, round: Round, speaker: number, prefix: Prefix): Own | undefined {
  const compiled = ground.compiled.speakers[speaker];
  const aggregate = ground.gathering.aggregates[speaker]?.find((each) => each.prefix === prefix);
  if (compiled === undefined || aggregate === undefined) return undefined;
  const contributors: Held[] = [];
  for (const each of round.classes) {
    if (!each.within.some((around) => around.speaker === speaker && around.prefix === prefix)) continue;
    const held = round.solved[each.index]?.held.get(speaker);
    if (held !== undefined) contributors.push(held);
  }
  return aggregated(compiled, aggregate, contributors, ground.intern, ground.owns);
}
