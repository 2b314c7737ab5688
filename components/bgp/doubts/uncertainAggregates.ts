/**
 * Aggregates that may exist or not. FRR before 9.0 takes the first path of the prefix for its own aggregate
 * (bgp_aggregate_install gives bgp_aggregate_info_same the head of the list): if a neighbor's path equals what FRR would
 * make, FRR makes none, unless its own was first. An aggregate whose more specific routes are all open comes and goes with
 * them. The class is solved again without the aggregate; every speaker whose answer changes is marked not modelled.
 */
import type { Detector } from "./detector";
import { differencesFrom, unmodelledMoves } from "./parts";
import { type RoundView } from "./roundView";
import { type Open } from "./ambiguity";
import type { Bundle } from "../attributes";
import type { PrefixClass } from "../classes";
import type { NotModelled } from "../solution";
import { difference, type AnswerDifferences, merge } from "./answerDifferences";

const WHAT = "an aggregate that may not be there";

/** Own paths come by no channel. */
const OWN = -1;

export const uncertainAggregates: Detector = {
  name: "uncertainAggregates",
  cases: [
    "FRR before 9.0 takes the first path of a prefix for its own aggregate, and makes no aggregate if both are equal",
    "an aggregate whose more specific routes are open themselves",
  ],
  find: ({ view, open }) => marked(view, open()),
};

function marked(view: RoundView, open: readonly Open[]): NotModelled[] {
  const openOf = new Map(open.map((each) => [each.prefixClass, each]));
  return view.classes.flatMap((each) => {
    const moved: AnswerDifferences = new Map();
    for (const speaker of each.aggregatedAt) {
      const parts = view.classes.filter((part) =>
        part.within.some((around) => around.speaker === speaker && around.prefix === each.first),
      );
      const unsure = parts.filter((part) => isOpenAt(openOf.get(part), speaker));
      if (!hidden(view, each, speaker) && (unsure.length === 0 || stands(view, parts, unsure, speaker))) continue;
      merge(moved, differencesFrom(view, each, view.withoutAggregate(each, speaker).held));
      // What it brings itself: with another origin, or not at all.
      merge(moved, new Map([[speaker, difference({ channels: new Set([OWN]), best: true, fib: true })]]));
    }
    return unmodelledMoves(view, each, moved, WHAT);
  });
}

const isOpenAt = (open: Open | undefined, speaker: number): boolean =>
  open !== undefined && (open.byArrival.has(speaker) || open.ties.some(({ reached }) => reached.has(speaker)));

/** Is a neighbor's path, or another of its own, what it would make of its parts? */
function hidden(view: RoundView, each: PrefixClass, speaker: number): boolean {
  if (view.compiled.speakers[speaker]?.dialect.mistakesAggregates !== true) return false;
  const { candidates } = view.heldAt(each, view.solvedOf(each), speaker);
  const own = candidates.find(({ local }) => local === "aggregate");
  return own !== undefined && candidates.some((path) => path !== own && path.valid && alike(path.bundle, own.bundle));
}

const alike = (a: Bundle, b: Bundle): boolean =>
  [a.origin, a.asPath, a.asSet ?? [], a.communities, a.largeCommunities].join("|") ===
  [b.origin, b.asPath, b.asSet ?? [], b.communities, b.largeCommunities].join("|");

/** Does something certain hold it up, and does nothing uncertain change what it says? */
function stands(
  view: RoundView,
  parts: readonly PrefixClass[],
  unsure: readonly PrefixClass[],
  speaker: number,
): boolean {
  const usable = (part: PrefixClass) =>
    view
      .heldAt(part, view.solvedOf(part), speaker)
      .candidates.filter(({ valid, local }) => valid && local !== "aggregate");
  const origins = new Set(parts.flatMap((part) => usable(part).map(({ bundle }) => bundle.origin)));
  return origins.size === 1 && parts.some((part) => !unsure.includes(part) && usable(part).length > 0);
}
