/**
 * FRR (8.4 and 10.3) that is told to send several paths to a neighbor that takes one: it files what it sent under the
 * path's id, and looks for the new best path's id when that one is withheld. Whatever it sent before stays there.
 */
import { unmodelledMoves, type RoundView } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../decide";
import { exportPath } from "../export";
import { importPath } from "../import";
import { propagateEach } from "./propagate";
import type { NotModelled } from "../solution";

const WHAT = "FRR withdraws nothing from a neighbor that takes no several paths when its next best path is withheld";

export function addPathStalePaths(view: RoundView): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, dialect } of view.compiled.speakers) {
    if (!dialect.updateGroups) continue;
    for (const each of view.classes) {
      for (const channel of view.arenaOf(each).channels[index] ?? []) {
        if (channel.settings.addPath?.send === undefined || channel.sendsAll !== false || channel.closed === true)
          continue;
        const left = leftAt(view, each, channel);
        if (left.length === 0) continue;
        found.push(...unmodelledMoves(view, each, propagateEach(view, each, channel.remote.index, left), WHAT));
      }
    }
  }
  return found;
}

/** What the neighbor may have of an earlier best path, as it takes it. */
function leftAt(view: RoundView, prefixClass: PrefixClass, channel: Channel): Candidate[] {
  const arena = view.arenaOf(prefixClass);
  const own = arena.channels[channel.speaker.index] ?? [];
  const held = view.solvedOf(prefixClass).held.get(channel.speaker.index);
  const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
  const best = held?.best;
  const { first, index } = prefixClass;
  if (held === undefined || best === undefined || back === undefined) return [];
  if (exportPath(channel, own[best.channel], best, first, index, arena.intern) !== undefined) return [];
  return held.candidates.flatMap((path) => {
    const sent = exportPath(channel, own[path.channel], path, first, index, arena.intern);
    return sent === undefined ? [] : (importPath(back, sent, first, index, arena.intern, arena.resolver) ?? []);
  });
}
