/**
 * What BIRD 1.6 leaves with a neighbor: a path with the neighbor's own address as next hop is not sent, and what was sent
 * before it is not taken back (bgp_get_bucket logs "Invalid NEXT_HOP" and gives no bucket to withdraw with).
 */
import type { RoundView } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../decide";
import { exportPath } from "../export";
import { receive } from "../fixpoint";
import type { NotModelled } from "../solution";
import { openPaths } from "./propagate";

const WHAT = "BIRD takes nothing back when the next path has the neighbor itself as its next hop";

export function birdStalePaths(view: RoundView): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, dialect } of view.compiled.speakers) {
    if (!dialect.oneTable) continue;
    for (const each of view.classes) {
      const held = view.solvedOf(each).held.get(index);
      if (held === undefined) continue;
      for (const channel of view.arenaOf(each).channels[index] ?? []) {
        if (channel.closed === true) continue;
        const paths = channel.sendsAll === false ? [held.best] : held.candidates;
        if (!paths.some((path) => path !== undefined && replacesUnsent(view, each, channel, path))) continue;
        const back = view.arenaOf(each).channels[channel.remote.index]?.[channel.remoteIndex];
        if (back === undefined) continue;
        // What is left is worse than what replaced it, which the neighbor has in the first place.
        found.push(...openPaths(view, each, back, others(view, each, channel, held.candidates), WHAT));
      }
    }
  }
  return found;
}

/** Does it stay here for its next hop alone, and may another have come from where it came from? */
function replacesUnsent(view: RoundView, prefixClass: PrefixClass, channel: Channel, path: Candidate): boolean {
  if (path.nextHop !== channel.far.address) return false;
  const arena = view.arenaOf(prefixClass);
  const from = arena.channels[channel.speaker.index]?.[path.channel];
  if (from === undefined || from === channel) return false;
  const elsewhere = { ...channel, far: { ...channel.far, address: "" } };
  if (exportPath(elsewhere, from, path, prefixClass.first, prefixClass.index, arena.intern) === undefined) return false;
  const there = view.heldAt(prefixClass, view.solvedOf(prefixClass), from.remote.index);
  return there.candidates.some(({ nextHop }) => nextHop !== path.nextHop);
}

/** What else it could have sent, as the neighbor takes it. */
function others(
  view: RoundView,
  prefixClass: PrefixClass,
  channel: Channel,
  candidates: readonly Candidate[],
): Candidate[] {
  const arena = view.arenaOf(prefixClass);
  const own = arena.channels[channel.speaker.index] ?? [];
  const { first, index } = prefixClass;
  const sent = candidates.flatMap(
    (path) => exportPath(channel, own[path.channel], path, first, index, arena.intern) ?? [],
  );
  return [...receive(arena, prefixClass, channel.remote.index, channel.remoteIndex, sent)];
}
