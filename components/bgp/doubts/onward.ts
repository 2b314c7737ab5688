/**
 * Whom a path reaches that a speaker may hold besides what was solved: itself, and where it wins there, whoever then
 * hears something else.
 */
import { unmodelled, unmodelledMoves, type World } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import { decide, type Candidate, type Weighing } from "../decide";
import { hear, sameSent, tell, type Held } from "../fixpoint";
import type { Sent } from "../import";
import type { NotModelled } from "../solution";
import { differenceAt, merge, type Differences } from "./worlds";

/** So often each may change what it says: where that goes on for ever, it has come to all by then. */
const PATIENCE = 20;

export function reached(world: World, prefixClass: PrefixClass, at: number, left: readonly Candidate[]): Set<number> {
  const found = new Set([at]);
  const { candidates } = world.heldAt(prefixClass, world.solvedOf(prefixClass), at);
  for (const path of left) {
    const others = candidates.filter(({ channel }) => channel !== path.channel);
    for (const each of onward(world, prefixClass, at, [...others, path])) found.add(each);
  }
  return found;
}

/** Such paths as answers that are not modelled: at the speaker what of its answer they are, and all where they go on. */
export function besides(
  world: World,
  prefixClass: PrefixClass,
  { speaker, index }: Channel,
  left: readonly Candidate[],
  what: string,
): NotModelled[] {
  const arena = world.arenaOf(prefixClass);
  const at = speaker.index;
  const held = world.heldAt(prefixClass, world.solvedOf(prefixClass), at);
  const here: Differences = new Map([[at, { channels: new Set([index]), best: false, fib: false }]]);
  for (const path of left) {
    const candidates = [...held.candidates.filter(({ channel }) => channel !== path.channel), path];
    const { best } = decide(arena.weighings[at] as Weighing, candidates);
    const difference = differenceAt(arena, at, held, { candidates, best });
    if (difference !== undefined) merge(here, new Map([[at, difference]]));
  }
  const beyond = [...reached(world, prefixClass, at, left)].filter((each) => each !== at);
  return [...unmodelledMoves(world, prefixClass, here, what), ...unmodelled(world, prefixClass, beyond, what)];
}

/** Who hears something else when the speaker holds these paths. */
export function onward(
  world: World,
  prefixClass: PrefixClass,
  at: number,
  candidates: readonly Candidate[],
): Iterable<number> {
  const arena = world.arenaOf(prefixClass);
  const solved = world.solvedOf(prefixClass);
  const now = new Map<number, Held>();
  const said = new Map<Channel, readonly Sent[]>();
  const found = new Set<number>();
  const heldAt = (speaker: number): Held => now.get(speaker) ?? world.heldAt(prefixClass, solved, speaker);
  const hold = (speaker: number, paths: Candidate[]): void => {
    now.set(speaker, { candidates: paths, best: decide(arena.weighings[speaker] as Weighing, paths).best });
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
      found.add(to);
      queue.push(to);
    }
  }
  return found;
}
