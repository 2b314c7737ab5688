/**
 * Next hops that resolve via BGP routes, where timing decides FRR's answer. Before 8.5 zebra takes a BGP route that is just
 * being replaced for a missing one, and does not ask again. In every version, routes that resolve only via themselves or
 * each other come and go: bgpd selects them while other paths are installed, zebra refuses them, and the others return.
 */

import type { Detector } from "./detector";
import { unmodelledMoves } from "./parts";
import { type RoundView } from "./roundView";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../compare";
import { outcome } from "../decide";
import { propagate } from "./propagate";
import type { NotModelled } from "../solution";
import { difference, merge } from "./answerDifferences";

const LOST = "FRR before 8.5 may not install a route whose next hop resolves via a BGP route";
const FLAPS = "BGP routes that lead to their own next hops come and go";

export const recursiveNextHops: Detector = {
  name: "recursiveNextHops",
  cases: [
    "FRR before 8.5 leaves a route out of the kernel if its next hop resolves via a BGP route that is replaced at the same moment",
    "BGP routes whose next hops resolve only via themselves or each other: they come and go, and paths that resolve via them are valid from time to time",
  ],
  find: ({ view }) => marked(view),
};

function marked(view: RoundView): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, speaker, dialect } of view.compiled.speakers) {
    if (!dialect.recursesByBestPath) continue;
    const standing: { prefix: string; over: string[] }[] = [];
    for (const each of view.classes) {
      const chosen = chosenAt(view, each, index);
      const over = chosen.flatMap((path) => path.overBgp ?? []);
      if (over.length === 0) continue;
      for (const prefix of each.prefixes) {
        standing.push({ prefix, over: over.length === chosen.length ? over : [] });
        if (dialect.losesRecursive) found.push({ speaker: speaker.name, prefix, what: LOST, only: "fib" });
      }
    }
    const loose = groundless(standing);
    for (const each of loose.size === 0 ? [] : view.classes) {
      const { candidates } = view.heldAt(each, view.solvedOf(each), index);
      const falls = ({ overBgp }: Candidate): boolean => overBgp !== undefined && loose.has(overBgp);
      if (!candidates.some(falls)) continue;
      const without = candidates.map((path) => (falls(path) ? { ...path, valid: false } : path));
      const moved = propagate(view, each, index, without);
      merge(moved, new Map([[index, difference({ best: true, fib: true })]]));
      found.push(...unmodelledMoves(view, each, moved, FLAPS));
    }
  }
  return found;
}

/** Prefixes whose routes resolve via each other or themselves alone. */
function groundless(standing: readonly { prefix: string; over: readonly string[] }[]): Set<string> {
  const loose = new Set(standing.filter(({ over }) => over.length > 0).map(({ prefix }) => prefix));
  for (let before = -1; before !== loose.size;) {
    before = loose.size;
    for (const { prefix, over } of standing) if (over.some((each) => !loose.has(each))) loose.delete(prefix);
  }
  return loose;
}

/** The paths whose next hops are to be installed. */
function chosenAt(view: RoundView, prefixClass: PrefixClass, speaker: number): Candidate[] {
  const arena = view.arenaOf(prefixClass);
  const w = arena.weighings[speaker];
  if (w === undefined || (arena.channels[speaker] ?? []).every((channel) => channel.connectedOnly)) return [];
  const { candidates } = view.heldAt(prefixClass, view.solvedOf(prefixClass), speaker);
  if (!candidates.some((path) => path.overBgp !== undefined)) return [];
  const { best, multipath } = outcome(w, candidates);
  return best === undefined || best.kind === "local" ? [] : multipath;
}
