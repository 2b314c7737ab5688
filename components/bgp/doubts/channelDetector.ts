/**
 * The driver of detectors that look at one channel at a time: which paths may stand at the neighbor besides what it was
 * sent? Each such path is followed to every speaker that it reaches.
 */
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { CompiledSpeaker } from "../compile";
import type { Candidate } from "../compare";
import type { NotModelled } from "../solution";
import type { Detector } from "./detector";
import { openPaths } from "./propagate";
import type { RoundView } from "./roundView";

export interface ChannelDetector extends Pick<Detector, "name" | "cases"> {
  /** The sentence of the answers that it marks. */
  what: string;
  /** Does the speaker's daemon do this? */
  speaker: (speaker: CompiledSpeaker) => boolean;
  channel?: (channel: Channel) => boolean;
  /** Such paths as the neighbor takes them; undefined: nothing is open, empty: the neighbor may hold an unknown path. */
  paths: (view: RoundView, prefixClass: PrefixClass, channel: Channel) => readonly Candidate[] | undefined;
  /** What such paths leave open; absent: the neighbor's answer, and of each speaker that hears of them. */
  marks?: (
    view: RoundView,
    prefixClass: PrefixClass,
    back: Channel,
    paths: readonly Candidate[],
    what: string,
  ) => NotModelled[];
}

export function byChannel({
  name,
  cases,
  what,
  speaker,
  channel,
  paths,
  marks = openPaths,
}: ChannelDetector): Detector {
  return {
    name,
    cases,
    find({ view }) {
      const found: NotModelled[] = [];
      for (const each of view.compiled.speakers) {
        if (!speaker(each)) continue;
        for (const prefixClass of view.classes) {
          const { channels } = view.arenaOf(prefixClass);
          for (const to of channels[each.index] ?? []) {
            if (to.closed === true || channel?.(to) === false) continue;
            const back = channels[to.remote.index]?.[to.remoteIndex];
            const open = back === undefined ? undefined : paths(view, prefixClass, to);
            if (back !== undefined && open !== undefined) found.push(...marks(view, prefixClass, back, open, what));
          }
        }
      }
      return found;
    },
  };
}
