/** A solved round, as those see it who ask what else might have come of it. */
import type { RoundView } from "./ambiguity";
import type { PrefixClass } from "../classes";
import type { Compiled } from "../compile";
import type { Candidate } from "../decide";
import { solveClass, type Solved } from "../fixpoint";
import type { Own } from "../origins";
import { replay } from "../replay";
import { heldIn, type Round } from "../round";

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
