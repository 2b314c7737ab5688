/**
 * What GoBGP 3 leaves standing, at itself and at its neighbors. It does not withdraw a path when the next best one is
 * withheld because the neighbor's ASN is in it (filterpath in pkg/server/server.go of v3.10.0). And it ignores an update that carries its own ASN or router id without dropping what the neighbor sent before
 * (handleUpdate in pkg/server/peer.go of v3.10.0 skips the path): which old path stays is a matter of timing, and no
 * rule here says it.
 */
import type { World } from "./ambiguity";
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import { compareCandidates, type Candidate } from "./decide";
import { exportPath } from "./export";
import type { Held } from "./fixpoint";
import { importPath } from "./import";
import { tell } from "./fixpoint";
import type { NotModelled } from "./solution";

const KEEPS = "GoBGP keeps what a neighbor sent before an update that it ignores";
const NOT_WITHDRAWN = "GoBGP withdraws nothing when its next best path is one that the neighbor must not have";

export function leftovers(world: World): NotModelled[] {
  const concerned = world.compiled.speakers.filter(({ dialect, up }) => dialect.keepsIgnored && up);
  if (concerned.length === 0) return [];
  const found: NotModelled[] = [];
  for (const each of world.classes) {
    for (const { index } of concerned) {
      const left = leftAt(world, each, index);
      if (left.length === 0) continue;
      found.push(...named(world, each, index, left, KEEPS));
    }
    for (const { index } of concerned) {
      for (const channel of world.arenaOf(each).channels[index] ?? []) {
        const left = unwithdrawn(world, each, channel);
        if (left.length > 0) found.push(...named(world, each, channel.remote.index, left, NOT_WITHDRAWN));
      }
    }
  }
  return found;
}

function named(
  world: World,
  prefixClass: PrefixClass,
  speaker: number,
  left: readonly Candidate[],
  what: string,
): NotModelled[] {
  const own = world.compiled.speakers[speaker]?.speaker.name ?? "";
  const names = [own, ...passedOn(world, prefixClass, speaker, left)];
  return prefixClass.prefixes.flatMap((prefix) => names.map((name) => ({ speaker: name, prefix, what })));
}

/** What the neighbor may have had of an earlier best path, and was never told to forget. */
function unwithdrawn(world: World, prefixClass: PrefixClass, channel: Channel): Candidate[] {
  const arena = world.arenaOf(prefixClass);
  const held = world.solvedOf(prefixClass).held.get(channel.speaker.index);
  const { best } = held ?? {};
  if (best === undefined || held === undefined || best.kind === "local") return [];
  if (!best.bundle.asPath.includes(channel.far.asn)) return [];
  const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
  const left: Candidate[] = [];
  for (const other of held.candidates) {
    if (other === best || back === undefined) continue;
    const from = arena.channels[channel.speaker.index]?.[other.channel];
    const before = exportPath(channel, from, other, prefixClass.first, prefixClass.index, arena.intern);
    if (before === undefined) continue;
    const kept = importPath(back, before, prefixClass.first, prefixClass.index, arena.intern, arena.resolver);
    if (kept !== undefined) left.push(kept);
  }
  return left;
}

/** Paths that a neighbor may have sent before it sent the one that is ignored now. */
function leftAt(world: World, prefixClass: PrefixClass, speaker: number): Candidate[] {
  const arena = world.arenaOf(prefixClass);
  const solved = world.solvedOf(prefixClass);
  const left: Candidate[] = [];
  for (const channel of arena.channels[speaker] ?? []) {
    const remote = channel.remote.index;
    const back = arena.channels[remote]?.[channel.remoteIndex];
    const held: Held | undefined = solved.held.get(remote);
    if (back === undefined || held === undefined || held.candidates.length < 2) continue;
    const taken = (sent: Parameters<typeof importPath>[1]): Candidate | undefined =>
      importPath(channel, sent, prefixClass.first, prefixClass.index, arena.intern, arena.resolver);
    const sent = tell(arena, prefixClass, back, held);
    if (sent.length === 0 || sent.some((each) => taken(each) !== undefined)) continue;
    for (const other of held.candidates) {
      if (other === held.best) continue;
      const from = arena.channels[remote]?.[other.channel];
      const before = exportPath(back, from, other, prefixClass.first, prefixClass.index, arena.intern);
      const kept = before === undefined ? undefined : taken(before);
      if (kept !== undefined) left.push(kept);
    }
  }
  return left;
}

/** Had such a path won here: who would hear of it, or no longer of what won instead. */
function passedOn(world: World, prefixClass: PrefixClass, speaker: number, left: readonly Candidate[]): string[] {
  const reached = new Set<number>();
  for (const path of left) follow(world, prefixClass, speaker, path, reached);
  reached.delete(speaker);
  return [...reached].map((at) => world.compiled.speakers[at]?.speaker.name ?? "");
}

function follow(world: World, prefixClass: PrefixClass, speaker: number, path: Candidate, reached: Set<number>): void {
  const arena = world.arenaOf(prefixClass);
  const w = arena.weighings[speaker];
  const held = world.heldAt(prefixClass, world.solvedOf(prefixClass), speaker);
  if (w === undefined) return;
  if (held.best !== undefined && compareCandidates(w, path, held.best).result >= 0) return;
  const own = arena.channels[speaker] ?? [];
  for (const channel of own) {
    const to = channel.remote.index;
    const back = arena.channels[to]?.[channel.remoteIndex];
    const sent = exportPath(channel, own[path.channel], path, prefixClass.first, prefixClass.index, arena.intern);
    const told = tell(arena, prefixClass, channel, held).length > 0;
    if (back === undefined || (sent === undefined && !told) || reached.has(to)) continue;
    reached.add(to);
    const taken =
      sent === undefined
        ? undefined
        : importPath(back, sent, prefixClass.first, prefixClass.index, arena.intern, arena.resolver);
    const there = world.heldAt(prefixClass, world.solvedOf(prefixClass), to);
    // What stands there now would go: everything beyond may be otherwise.
    if (there.best?.channel === channel.remoteIndex) everyoneBeyond(world, prefixClass, to, reached);
    else if (taken !== undefined) follow(world, prefixClass, to, taken, reached);
  }
}

function everyoneBeyond(world: World, prefixClass: PrefixClass, from: number, reached: Set<number>): void {
  const queue = [from];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { remote } of world.arenaOf(prefixClass).channels[at] ?? []) {
      if (reached.has(remote.index)) continue;
      reached.add(remote.index);
      queue.push(remote.index);
    }
  }
}
