/**
 * FRR (8.4 and 10.3) with `addpath-tx` towards a neighbor that accepts one path files what it sent under the path's id, and
 * looks for the new best path's id when that path is withheld. So the path that it sent before is not withdrawn.
 */
import { exportPath } from "../export";
import { importPath } from "../import";
import { byChannel } from "./channelDetector";

export const addPathStalePaths = byChannel({
  name: "addPathStalePaths",
  cases: [
    "FRR with `addpath-tx` towards a neighbor that accepts one path: the path that was sent stays if the next best one is withheld",
  ],
  what: "FRR withdraws nothing from a neighbor that accepts one path when its next best path is withheld",
  speaker: ({ dialect }) => dialect.updateGroups,
  channel: ({ settings, sendsAll }) => settings.addPath?.send !== undefined && sendsAll === false,
  paths(view, each, channel) {
    const arena = view.arenaOf(each);
    const own = arena.channels[channel.speaker.index] ?? [];
    const held = view.solvedOf(each).held.get(channel.speaker.index);
    const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
    const best = held?.best;
    const { first } = each;
    if (held === undefined || best === undefined || back === undefined) return undefined;
    if (exportPath(channel, own[best.channel], best, first, arena.intern) !== undefined) return undefined;
    const left = held.candidates.flatMap((path) => {
      const sent = exportPath(channel, own[path.channel], path, first, arena.intern);
      return sent === undefined ? [] : (importPath(back, sent, first, arena.intern, arena.resolver) ?? []);
    });
    return left.length === 0 ? undefined : left;
  },
});
