/**
 * Floating static routes: redistributed, with a worse distance than a neighbor's path to the same prefix. zebra
 * redistributes what it has selected, and FRR before 10.6 prefers what is redistributed: whichever came first stays. The
 * answer is given with the static route first; the class is solved once more with the neighbor's path first.
 */
import { differencesFrom, movesOf, nameOf, said, type World } from "./ambiguity";
import type { PrefixClass } from "../classes";
import { displaces, type Candidate } from "../decide";
import type { Ambiguity } from "../solution";
import { difference, merge, type Differences } from "./worlds";

/** Own paths come by no channel. */
const OWN = -1;

export function floatingStatics(world: World): Ambiguity[] {
  return world.classes.flatMap((each) =>
    each.origins
      .filter(({ own }) => own.floats !== undefined)
      .flatMap(({ speaker }) => {
        const found = floatingAt(world, each, speaker);
        return found === undefined ? [] : each.prefixes.map((prefix) => ({ ...found, prefix }));
      }),
  );
}

function floatingAt(world: World, each: PrefixClass, speaker: number): Omit<Ambiguity, "prefix"> | undefined {
  const arena = world.arenaOf(each);
  if (arena.weighings[speaker]?.floating !== "order") return undefined;
  const here = world.heldAt(each, world.solvedOf(each), speaker);
  if (here.best?.floats === undefined) return undefined;
  const { held } = world.grounded(each, speaker);
  const there = world.heldAt(each, { held }, speaker);
  if (!displaces(here.best, there.best)) return undefined;
  const moved: Differences = new Map();
  merge(moved, differencesFrom(world, each, held));
  merge(moved, new Map([[speaker, difference({ channels: new Set([OWN]), best: true, fib: true })]]));
  const candidates = said(arena, speaker, [here.best, there.best as Candidate]);
  return { speaker: nameOf(world, speaker), what: "best", candidates, ...movesOf(world, arena, moved, speaker) };
}
