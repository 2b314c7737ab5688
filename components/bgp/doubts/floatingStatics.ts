/**
 * Floating static routes: redistributed, with a worse distance than a neighbor's path to the same prefix. zebra redistributes
 * what it has selected, and FRR before 10.6 prefers a redistributed route: the one that came first stays. The answer has the
 * static route first; the class is solved once more with the neighbor's path first.
 */

import { candidateNames, differencesFrom, movesOf, nameOf } from "./parts";
import { type RoundView } from "./roundView";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../compare";
import { displaces } from "../decide";
import type { Ambiguity } from "../solution";
import { difference, merge, type AnswerDifferences } from "./answerDifferences";

/** Own paths come by no channel. */
const OWN = -1;

export function floatingStatics(view: RoundView): Ambiguity[] {
  return view.classes.flatMap((each) =>
    each.origins
      .filter(({ own }) => own.floats !== undefined)
      .flatMap(({ speaker }) => {
        const found = floatingAt(view, each, speaker);
        return found === undefined ? [] : each.prefixes.map((prefix) => ({ ...found, prefix }));
      }),
  );
}

function floatingAt(view: RoundView, each: PrefixClass, speaker: number): Omit<Ambiguity, "prefix"> | undefined {
  const arena = view.arenaOf(each);
  if (arena.weighings[speaker]?.floating !== "order") return undefined;
  const here = view.heldAt(each, view.solvedOf(each), speaker);
  if (here.best?.floats === undefined) return undefined;
  const { held } = view.withoutFloating(each, speaker);
  const there = view.heldAt(each, { held }, speaker);
  if (!displaces(here.best, there.best)) return undefined;
  const moved: AnswerDifferences = new Map();
  merge(moved, differencesFrom(view, each, held));
  merge(moved, new Map([[speaker, difference({ channels: new Set([OWN]), best: true, fib: true })]]));
  const candidates = candidateNames(arena, speaker, [here.best, there.best as Candidate]);
  return { speaker: nameOf(view, speaker), what: "best", candidates, ...movesOf(view, arena, moved, speaker) };
}
