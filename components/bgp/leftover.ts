/**
 * GoBGP 3 ignores an update that carries its own ASN or router id without dropping what the neighbor sent before
 * (handleUpdate in pkg/server/peer.go of v3.10.0 skips the path): which old path stays is a matter of timing, and no
 * rule here says it.
 */
import type { World } from "./ambiguity";
import type { PrefixClass } from "./classes";
import { compareCandidates, type Candidate } from "./decide";
import { exportPath } from "./export";
import type { Held } from "./fixpoint";
import { importPath } from "./import";
import { tell } from "./fixpoint";
import type { NotModelled } from "./solution";

const WHAT = "GoBGP keeps what a neighbor sent before an update that it ignores";

export function leftovers(world: World): NotModelled[] {
  const concerned = world.compiled.speakers.filter(({ dialect, up }) => dialect.keepsIgnored && up);
  if (concerned.length === 0) return [];
  const found: NotModelled[] = [];
  for (const each of world.classes) {
    for (const { index, speaker } of concerned) {
      const left = leftAt(world, each, index);
      if (left.length === 0) continue;
      const names = [speaker.name, ...passedOn(world, each, index, left)];
      for (const prefix of each.prefixes) for (const name of names) found.push({ speaker: name, prefix, what: WHAT });
    }
  }
  return found;
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

/** Had such a path won, all who hear of the prefix from here would know it. */
function passedOn(world: World, prefixClass: PrefixClass, speaker: number, left: readonly Candidate[]): string[] {
  const arena = world.arenaOf(prefixClass);
  const w = arena.weighings[speaker];
  const { best } = world.heldAt(prefixClass, world.solvedOf(prefixClass), speaker);
  if (w === undefined || (best !== undefined && !left.some((each) => compareCandidates(w, each, best).result < 0))) {
    return [];
  }
  const seen = new Set([speaker]);
  const queue = [speaker];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { remote } of arena.channels[at] ?? []) {
      if (seen.has(remote.index)) continue;
      seen.add(remote.index);
      queue.push(remote.index);
    }
  }
  seen.delete(speaker);
  return [...seen].map((at) => world.compiled.speakers[at]?.speaker.name ?? "");
}
