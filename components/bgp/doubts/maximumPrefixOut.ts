/**
 * maximum-prefix-out limits how many prefixes a neighbor gets. FRR (subgroup_announce_check, 8.4 and 10.7) counts before it
 * sends, so arrival order decides which prefixes are sent; at the limit it also withdraws what it would send anew. Each
 * prefix of such a session is followed once as if it were not sent.
 */

import type { Detector } from "./detector";
import { unmodelledMoves } from "./parts";
import { type RoundView } from "./roundView";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import { advertise } from "../step";
import type { NotModelled } from "../solution";
import { propagate } from "./propagate";
import { difference, merge } from "./answerDifferences";

export const maximumPrefixOut: Detector = {
  name: "maximumPrefixOut",
  cases: ["`maximum-prefix-out`: which prefixes FRR sends, when it has more than the limit, depends on their order"],
  find: ({ view }) => marked(view),
};

function marked(view: RoundView): NotModelled[] {
  return view.compiled.speakers.flatMap(({ index }) => {
    const families = new Set(view.classes.map(({ family }) => family));
    return [...families].flatMap((family) => {
      const classes = view.classes.filter((each) => each.family === family);
      const [first] = classes;
      const channels = first === undefined ? [] : (view.arenaOf(first).channels[index] ?? []);
      return channels.flatMap((channel) => limitedOn(view, classes, channel));
    });
  });
}

function limitedOn(view: RoundView, classes: readonly PrefixClass[], channel: Channel): NotModelled[] {
  const limit = channel.settings.maximumPrefixOut;
  if (limit === undefined || channel.closed === true) return [];
  const at = channel.speaker.index;
  const sent = classes.filter(
    (each) => advertise(view.arenaOf(each), each, channel, view.heldAt(each, view.solvedOf(each), at)).length > 0,
  );
  let count = 0;
  for (const { prefixes } of sent) count += prefixes.length;
  if (count < limit) return [];
  const what = `which ${limit} of ${count} prefixes ${channel.speaker.speaker.name} sends to ${channel.remote.speaker.name} (maximum-prefix-out)`;
  const there = channel.remote.index;
  return sent.flatMap((each) => {
    const { candidates } = view.heldAt(each, view.solvedOf(each), there);
    const others = candidates.filter((path) => path.channel !== channel.remoteIndex);
    const moved = propagate(view, each, there, others);
    merge(moved, new Map([[there, difference({ channels: new Set([channel.remoteIndex]), best: true, fib: true })]]));
    return unmodelledMoves(view, each, moved, what);
  });
}
