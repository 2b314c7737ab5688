/**
 * Routes that FRR before 8.5 may leave out of the kernel for good: zebra takes a BGP route that is just being replaced
 * for one that is not there, and nobody asks it again about the routes whose next hops stand on it.
 */
import type { World } from "./ambiguity";
import { decide } from "./decide";
import type { NotModelled } from "./solution";

const WHAT = "FRR before 8.5 may not install a route whose next hop stands on a BGP route";

export function recursion(world: World): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, speaker, dialect } of world.compiled.speakers) {
    if (!dialect.losesRecursive) continue;
    for (const each of world.classes) {
      const arena = world.arenaOf(each);
      const w = arena.weighings[index];
      if (w === undefined || (arena.channels[index] ?? []).every((channel) => channel.connectedOnly)) continue;
      const { candidates } = world.heldAt(each, world.solvedOf(each), index);
      if (!candidates.some((path) => path.overBgp === true)) continue;
      const { best, multipath } = decide(w, candidates);
      if (best?.overBgp !== true && !multipath.some((path) => path.overBgp === true)) continue;
      for (const prefix of each.prefixes) found.push({ speaker: speaker.name, prefix, what: WHAT, only: "fib" });
    }
  }
  return found;
}
