/**
 * A path that a neighbor may hold twice. FRR before 10.3 gives a path its ADD-PATH id when it looks at the prefix; a walk
 * of the whole table that comes first, as when an export policy has just been set (`bgp route-map delay-timer`), sends it
 * under the id 0. The one with its own id follows, and nobody takes back the other while the neighbor's group waits for
 * its first table (group_announce_route_walkcb skips such groups): it stands until something changes about the prefix.
 */
import { nameOf, unmodelledMoves, type World } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../decide";
import { hear, tell } from "../fixpoint";
import type { NotModelled } from "../solution";
import { onward } from "./onward";

const WHAT = "FRR before 10.3 may leave a path a second time with a neighbor that it sends several paths to";

export function copies(world: World): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, dialect } of world.compiled.speakers) {
    if (!dialect.leavesCopies) continue;
    for (const each of world.classes) {
      for (const channel of world.arenaOf(each).channels[index] ?? []) {
        if (channel.sendsAll === false || channel.settings.exportPolicy === undefined) continue;
        const taken = heardFrom(world, each, channel);
        if (taken.length > 0) found.push(...twice(world, each, channel, taken));
      }
    }
  }
  return found;
}

/** What the neighbor has of paths that came from others: its own have their ids before there is anybody to send them to. */
function heardFrom(world: World, prefixClass: PrefixClass, channel: Channel): readonly Candidate[] {
  const arena = world.arenaOf(prefixClass);
  const { candidates, best } = world.heldAt(prefixClass, world.solvedOf(prefixClass), channel.speaker.index);
  const learned = candidates.filter(({ kind }) => kind !== "local");
  const sent = tell(arena, prefixClass, channel, { candidates: learned, best });
  return hear(arena, prefixClass, channel.remote.index, channel.remoteIndex, sent);
}

/** Such copies change how often a path stands, here and where they are passed on; or take a place among its equals. */
function twice(world: World, prefixClass: PrefixClass, channel: Channel, taken: readonly Candidate[]): NotModelled[] {
  const at = channel.remote.index;
  const { candidates } = world.heldAt(prefixClass, world.solvedOf(prefixClass), at);
  const moved = onward(world, prefixClass, at, [...candidates, ...taken]);
  const told = prefixClass.prefixes.flatMap((prefix) =>
    [...moved.keys()].map((each) => ({ speaker: nameOf(world, each), prefix, what: WHAT, only: "copies" as const })),
  );
  const crowded = new Map([...moved].filter(([, { best, fib }]) => best || fib));
  return [...told, ...unmodelledMoves(world, prefixClass, crowded, WHAT)];
}
