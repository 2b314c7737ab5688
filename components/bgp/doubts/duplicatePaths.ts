/**
 * A path that a neighbor may hold twice. FRR before 10.3 gives a path its ADD-PATH id when it looks at the prefix; a walk
 * of the whole table that comes first, as when an export policy has just been set (`bgp route-map delay-timer`), sends it
 * under the id 0. The one with its own id follows, and nobody takes back the other while the neighbor's group waits for
 * its first table (group_announce_route_walkcb skips such groups): it stands until something changes about the prefix.
 */
import { nameOf, unmodelledMoves, type RoundView } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../decide";
import { receive, advertise } from "../fixpoint";
import type { NotModelled } from "../solution";
import { propagate } from "./propagate";

const WHAT = "FRR before 10.3 may leave a path a second time with a neighbor that it sends several paths to";

export function duplicatePaths(view: RoundView): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, dialect } of view.compiled.speakers) {
    if (!dialect.leavesCopies) continue;
    for (const each of view.classes) {
      for (const channel of view.arenaOf(each).channels[index] ?? []) {
        if (channel.sendsAll === false || channel.settings.exportPolicy === undefined) continue;
        const taken = heardFrom(view, each, channel);
        if (taken.length > 0) found.push(...twice(view, each, channel, taken));
      }
    }
  }
  return found;
}

/** What the neighbor has of paths that came from others: its own have their ids before there is anybody to send them to. */
function heardFrom(view: RoundView, prefixClass: PrefixClass, channel: Channel): readonly Candidate[] {
  const arena = view.arenaOf(prefixClass);
  const { candidates, best } = view.heldAt(prefixClass, view.solvedOf(prefixClass), channel.speaker.index);
  const learned = candidates.filter(({ kind }) => kind !== "local");
  const sent = advertise(arena, prefixClass, channel, { candidates: learned, best });
  return receive(arena, prefixClass, channel.remote.index, channel.remoteIndex, sent);
}

/** Such copies change how often a path stands, here and where they are passed on; or take a place among its equals. */
function twice(
  view: RoundView,
  prefixClass: PrefixClass,
  channel: Channel,
  taken: readonly Candidate[],
): NotModelled[] {
  const at = channel.remote.index;
  const { candidates } = view.heldAt(prefixClass, view.solvedOf(prefixClass), at);
  const moved = propagate(view, prefixClass, at, [...candidates, ...taken]);
  const told = prefixClass.prefixes.flatMap((prefix) =>
    [...moved.keys()].map((each) => ({ speaker: nameOf(view, each), prefix, what: WHAT, only: "copies" as const })),
  );
  const crowded = new Map([...moved].filter(([, { best, fib }]) => best || fib));
  return [...told, ...unmodelledMoves(view, prefixClass, crowded, WHAT)];
}
