/** The parts of answers that differ, as plain values by name: what an ambiguity moves, what is not modelled. */
import type { PrefixClass } from "../classes";
import type { Candidate } from "../compare";
import type { Ambiguity, Move, NotModelled } from "../solution";
import type { Arena, Held, HeldBy } from "../step";
import { differences, type AnswerDifferences } from "./answerDifferences";
import { type RoundView } from "./roundView";

export const candidateNames = (arena: Arena, speaker: number, paths: readonly Candidate[]): Ambiguity["candidates"] =>
  paths.map(({ nextHop, channel }) => ({
    nextHop,
    from: arena.channels[speaker]?.[channel]?.remote.speaker.name ?? "",
  }));

/** Whom a choice at `root` reaches, and what of their answers. */
export function movesOf(
  view: RoundView,
  arena: Arena,
  differing: AnswerDifferences,
  root: number,
): Pick<Ambiguity, "reaches" | "moves"> {
  const moves = namedParts(view, arena, differing);
  const own = nameOf(view, root);
  const reaches = moves.filter(({ speaker, from }) => speaker !== own || from.length > 0).map(({ speaker }) => speaker);
  return { reaches, moves };
}

export function namedParts(view: RoundView, arena: Arena, differing: AnswerDifferences): Move[] {
  return [...differing]
    .map(([at, { channels, reach, best, fib }]): Move => {
      const speaker = nameOf(view, at);
      const names = (of: Set<number>): string[] => {
        const all = [...of].map((channel) => arena.channels[at]?.[channel]?.remote.speaker.name ?? speaker);
        return [...new Set(all)].sort();
      };
      const from = names(channels);
      return { speaker, from, reach: names(reach).filter((name) => !from.includes(name)), best, fib };
    })
    .sort((a, b) => (a.speaker < b.speaker ? -1 : 1));
}

export const nameOf = (view: RoundView, speaker: number): string => view.compiled.speakers[speaker]?.speaker.name ?? "";

/** What differs, as answers that are not modelled: of each the part that does. */
export function unmodelledMoves(
  view: RoundView,
  each: PrefixClass,
  differing: AnswerDifferences,
  what: string,
): NotModelled[] {
  const some = [...differing].filter(
    ([, { channels, reach, best, fib }]) => channels.size + reach.size > 0 || best || fib,
  );
  const moves = namedParts(view, view.arenaOf(each), new Map(some));
  return each.prefixes.flatMap((prefix) => moves.map(({ speaker, ...part }) => ({ speaker, prefix, what, part })));
}

export function differencesFrom(view: RoundView, prefixClass: PrefixClass, other: HeldBy): AnswerDifferences {
  const heldAt = (held: HeldBy, speaker: number): Held => view.heldAt(prefixClass, { held }, speaker);
  const base = view.solvedOf(prefixClass).held;
  return differences(view.arenaOf(prefixClass), heldAt, base, other);
}
