/**
 * BIRD 1.6 does not send a path whose next hop is the neighbor's own address, and does not withdraw what it sent before:
 * bgp_get_bucket logs "Invalid NEXT_HOP" and returns no bucket to withdraw with.
 */
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../compare";
import { exportPath } from "../export";
import { receive } from "../step";
import { byChannel } from "./channelDetector";
import type { RoundView } from "./roundView";

export const birdStalePaths = byChannel({
  name: "birdStalePaths",
  cases: ["BIRD withdraws nothing if the next path has the neighbor itself as its next hop"],
  what: "BIRD withdraws nothing when the next path has the neighbor itself as its next hop",
  speaker: ({ dialect }) => dialect.oneTable,
  paths(view, each, channel) {
    const held = view.solvedOf(each).held.get(channel.speaker.index);
    if (held === undefined) return undefined;
    const paths = channel.sendsAll === false ? [held.best] : held.candidates;
    if (!paths.some((path) => path !== undefined && replacesUnsent(view, each, channel, path))) return undefined;
    // The path that stays is worse than the one that replaced it, and the neighbor has that one first-hand.
    return others(view, each, channel, held.candidates);
  },
});

/** Is the path withheld for its next hop alone, and may its sender have announced another before? */
function replacesUnsent(view: RoundView, prefixClass: PrefixClass, channel: Channel, path: Candidate): boolean {
  if (path.nextHop !== channel.far.address) return false;
  const arena = view.arenaOf(prefixClass);
  const from = arena.channels[channel.speaker.index]?.[path.channel];
  if (from === undefined || from === channel) return false;
  const elsewhere = { ...channel, far: { ...channel.far, address: "" } };
  if (exportPath(elsewhere, from, path, prefixClass.first, arena.intern) === undefined) return false;
  const there = view.heldAt(prefixClass, view.solvedOf(prefixClass), from.remote.index);
  return there.candidates.some(({ nextHop }) => nextHop !== path.nextHop);
}

/** Every other path that it could have sent, as the neighbor takes it. */
function others(
  view: RoundView,
  prefixClass: PrefixClass,
  channel: Channel,
  candidates: readonly Candidate[],
): Candidate[] {
  const arena = view.arenaOf(prefixClass);
  const own = arena.channels[channel.speaker.index] ?? [];
  const { first } = prefixClass;
  const sent = candidates.flatMap((path) => exportPath(channel, own[path.channel], path, first, arena.intern) ?? []);
  return [...receive(arena, prefixClass, channel.remote.index, channel.remoteIndex, sent)];
}
