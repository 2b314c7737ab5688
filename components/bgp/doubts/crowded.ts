/**
 * maximum-prefix-out: a neighbor gets so many prefixes and no more. FRR (subgroup_announce_check, 8.4 and 10.7) counts
 * before it sends, so arrival order decides which; at the limit it also takes back what it would send anew. Each prefix
 * of such a session is followed once without it.
 */
import { unmodelledMoves, type World } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import { tell } from "../fixpoint";
import type { NotModelled } from "../solution";
import { onward } from "./onward";
import { difference, merge } from "./worlds";

export function crowded(world: World): NotModelled[] {
  return world.compiled.speakers.flatMap(({ index }) => {
    const families = new Set(world.classes.map(({ family }) => family));
    return [...families].flatMap((family) => {
      const classes = world.classes.filter((each) => each.family === family);
      const [first] = classes;
      const channels = first === undefined ? [] : (world.arenaOf(first).channels[index] ?? []);
      return channels.flatMap((channel) => crowdedOn(world, classes, channel));
    });
  });
}

function crowdedOn(world: World, classes: readonly PrefixClass[], channel: Channel): NotModelled[] {
  const limit = channel.settings.maximumPrefixOut;
  if (limit === undefined || channel.closed === true) return [];
  const at = channel.speaker.index;
  const sent = classes.filter(
    (each) => tell(world.arenaOf(each), each, channel, world.heldAt(each, world.solvedOf(each), at)).length > 0,
  );
  let count = 0;
  for (const { prefixes } of sent) count += prefixes.length;
  if (count < limit) return [];
  const what = `which ${limit} of ${count} prefixes ${channel.speaker.speaker.name} sends to ${channel.remote.speaker.name} (maximum-prefix-out)`;
  const there = channel.remote.index;
  return sent.flatMap((each) => {
    const { candidates } = world.heldAt(each, world.solvedOf(each), there);
    const others = candidates.filter((path) => path.channel !== channel.remoteIndex);
    const moved = onward(world, each, there, others);
    merge(moved, new Map([[there, difference({ channels: new Set([channel.remoteIndex]), best: true, fib: true })]]));
    return unmodelledMoves(world, each, moved, what);
  });
}
