/**
 * What becomes of a path that a speaker may hold besides what was solved: its own answer, and where the path wins there,
 * the answers of whoever then hears something else.
 */
import { unmodelledMoves, type World } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import { decide, type Candidate, type Weighing } from "../decide";
import { hear, sameSent, tell, type Held } from "../fixpoint";
import type { Sent } from "../attributes";
import type { NotModelled } from "../solution";
import { difference, differenceAt, type Differences, merge } from "./worlds";

/** So often each may change what it says: where that goes on for ever, it has come to all by then. */
const PATIENCE = 20;

/** Each of these paths in the place of what its channel brings. */
export function reached(world: World, prefixClass: PrefixClass, at: number, left: readonly Candidate[]): Differences {
  const found: Differences = new Map();
  const { candidates } = world.heldAt(prefixClass, world.solvedOf(prefixClass), at);
  for (const path of left) {
    const others = candidates.filter(({ channel }) => channel !== path.channel);
    merge(found, onward(world, prefixClass, at, [...others, path]));
  }
  return found;
}

/** Such paths as answers that are not modelled; what the channel itself brings is open in any case. */
export function besides(
  world: World,
  prefixClass: PrefixClass,
  { speaker, index }: Channel,
  left: readonly Candidate[],
  what: string,
): NotModelled[] {
  const found: Differences = new Map([[speaker.index, difference({ channels: new Set([index]) })]]);
  merge(found, reached(world, prefixClass, speaker.index, left));
  return unmodelledMoves(world, prefixClass, found, what);
}

/** Who hears something else when the speaker holds these paths, itself among them, and what is then otherwise there. */
export function onward(
  world: World,
  prefixClass: PrefixClass,
  at: number,
  candidates: readonly Candidate[],
): Differences {
  const arena = world.arenaOf(prefixClass);
  const solved = world.solvedOf(prefixClass);
  const now = new Map<number, Held>();
  const said = new Map<Channel, readonly Sent[]>();
  const found: Differences = new Map();
  const heldAt = (speaker: number): Held => now.get(speaker) ?? world.heldAt(prefixClass, solved, speaker);
  const hold = (speaker: number, paths: Candidate[]): void => {
    const held = { candidates: paths, best: decide(arena.weighings[speaker] as Weighing, paths).best };
    now.set(speaker, held);
    const other = differenceAt(arena, speaker, world.heldAt(prefixClass, solved, speaker), held);
    merge(found, new Map([[speaker, other ?? difference({})]]));
  };
  hold(at, [...candidates]);
  const queue = [at];
  let patience = PATIENCE * world.compiled.speakers.length;
  for (let next = queue.shift(); next !== undefined && patience > 0; next = queue.shift(), patience--) {
    for (const channel of arena.channels[next] ?? []) {
      const before = said.get(channel) ?? tell(arena, prefixClass, channel, world.heldAt(prefixClass, solved, next));
      const sent = tell(arena, prefixClass, channel, heldAt(next));
      if (sameSent(before, sent)) continue;
      said.set(channel, sent);
      const to = channel.remote.index;
      const known = heldAt(to).candidates;
      const taken = hear(arena, prefixClass, to, channel.remoteIndex, sent);
      const others = known.filter((each) => each.channel !== channel.remoteIndex);
      if (taken.length === 0 && others.length === known.length) continue;
      hold(to, [...others, ...taken]);
      queue.push(to);
    }
  }
  return found;
}
