/** Read-only view of a solved round: look up, solve again or replay one class. */
import type { PrefixClass } from "../classes";
import type { Compiled } from "../compile";
import type { Candidate } from "../compare";
import type { Arena, Held } from "../step";
import { solveClass, type Solved } from "../fixpoint";
import type { Own } from "../origins";
import { replay, type Replayed } from "../replay";
import { heldIn, type Round } from "../round";

export interface RoundView {
  compiled: Compiled;
  classes: readonly PrefixClass[];
  arenaOf(prefixClass: PrefixClass): Arena;
  solvedOf(prefixClass: PrefixClass): Solved;
  heldAt(prefixClass: PrefixClass, solved: Pick<Solved, "held">, speaker: number): Held;
  /** Each class is replayed in every order, needed or not: for tests. */
  everyOrder: boolean;
  /** The class played out in the order that a number stands for; with GoBGP's forgotten withdrawals or without. */
  replayed(prefixClass: PrefixClass, run: number, quirks: boolean): Replayed;
  /** The class solved again, with one speaker's choice turned to a candidate that is like the given one. */
  withChoice(prefixClass: PrefixClass, speaker: number, choice: Candidate): Solved;
  /** The class solved again, without the aggregate that a speaker makes. */
  withoutAggregate(prefixClass: PrefixClass, speaker: number): Solved;
  /** The class solved again, without what a speaker redistributes of a worse distance than its neighbors' paths. */
  withoutFloating(prefixClass: PrefixClass, speaker: number): Solved;
}

export function viewOf(compiled: Compiled, round: Round): RoundView {
  const extraOf = (each: PrefixClass): Map<number, Own[]> => round.extra[each.index] ?? new Map<number, Own[]>();
  return {
    compiled,
    classes: round.classes,
    everyOrder: round.arenas.ipv4.everyOrder,
    arenaOf: (each) => round.arenas[each.family],
    solvedOf: (each) => round.solved[each.index] as Solved,
    heldAt: (each, solved, speaker) => heldIn(round, each, solved, speaker),
    replayed: (each, run, quirks) => replay(round.arenas[each.family], each, extraOf(each), { run, quirks }),
    withChoice(each, speaker, choice) {
      const like = (other: Candidate): boolean =>
        other.channel === choice.channel && other.pathId === choice.pathId && other.nextHop === choice.nextHop;
      return solveClass(round.arenas[each.family], each, extraOf(each), { speaker, like });
    },
    withoutFloating(each, speaker) {
      const origins = each.origins.filter(({ speaker: at, own }) => at !== speaker || own.floats === undefined);
      return solveClass(round.arenas[each.family], { ...each, origins }, extraOf(each));
    },
    withoutAggregate(each, speaker) {
      const rest = new Map([...extraOf(each)].filter(([at]) => at !== speaker));
      return solveClass(round.arenas[each.family], each, rest);
    },
  };
}

/** So many orders, five of each kind; of large classes fewer. */
const RUNS = 15;
const FEW = 6;
const LARGE = 150;

/** The class in several orders of arrival. */
export function replays(base: Solved, replayed: (run: number) => Replayed): Replayed[] {
  const runs = [...base.held.keys()].length > LARGE ? FEW : RUNS;
  return Array.from({ length: runs }, (_, run) => replayed(run));
}
