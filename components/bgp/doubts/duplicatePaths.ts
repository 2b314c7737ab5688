/**
 * FRR before 10.3 may leave a path twice with a neighbor. A path gets its ADD-PATH id when FRR looks at the prefix; a walk
 * of the whole table that comes first (an export policy was just set, `bgp route-map delay-timer`) sends it under the id 0.
 * The path follows under its own id, and FRR does not withdraw the first one while the neighbor's group waits for its first
 * table (group_announce_route_walkcb skips such groups).
 */
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../compare";
import type { NotModelled } from "../solution";
import { advertise, receive } from "../step";
import { byChannel } from "./channelDetector";
import { nameOf, unmodelledMoves } from "./parts";
import { propagate } from "./propagate";
import type { RoundView } from "./roundView";

export const duplicatePaths = byChannel({
  name: "duplicatePaths",
  cases: [
    "FRR before 10.3 with `addpath-tx` by an export policy may send a path before the path has its id: the neighbor then holds the path twice",
  ],
  what: "FRR before 10.3 may leave a path a second time with a neighbor that it sends several paths to",
  speaker: ({ dialect }) => dialect.leavesCopies,
  channel: ({ sendsAll, settings }) => sendsAll !== false && settings.exportPolicy !== undefined,
  paths(view, each, channel) {
    const arena = view.arenaOf(each);
    const { candidates, best } = view.heldAt(each, view.solvedOf(each), channel.speaker.index);
    // Own routes have their ids before there is a neighbor to send them to.
    const learned = candidates.filter(({ kind }) => kind !== "local");
    const sent = advertise(arena, each, channel, { candidates: learned, best });
    const taken = receive(arena, each, channel.remote.index, channel.remoteIndex, sent);
    return taken.length === 0 ? undefined : taken;
  },
  marks: twice,
});

/** A second copy changes how often a path stands, here and where it is passed on; or takes a place among its equals. */
function twice(
  view: RoundView,
  prefixClass: PrefixClass,
  { speaker }: Channel,
  taken: readonly Candidate[],
  what: string,
): NotModelled[] {
  const at = speaker.index;
  const { candidates } = view.heldAt(prefixClass, view.solvedOf(prefixClass), at);
  const moved = propagate(view, prefixClass, at, [...candidates, ...taken]);
  const copies = prefixClass.prefixes.flatMap((prefix) =>
    [...moved.keys()].map((each) => ({ speaker: nameOf(view, each), prefix, what, only: "copies" as const })),
  );
  const displaced = new Map([...moved].filter(([, { best, fib }]) => best || fib));
  return [...copies, ...unmodelledMoves(view, prefixClass, displaced, what)];
}
