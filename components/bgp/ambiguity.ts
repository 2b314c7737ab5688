/**
 * Ties that only age or arrival order breaks: who may win, and whose answers change with it. Each alternative is solved
 * as a world of its own, so that what it reaches is found by looking and not by rule of thumb.
 */
import type { PrefixClass } from "./classes";
import type { Compiled } from "./compile";
import { decide, type Candidate } from "./decide";
import type { Arena, Held, Solved } from "./fixpoint";
import type { Family } from "./network";
import type { Ambiguity } from "./solution";

export function ambiguitiesOf(
  compiled: Compiled,
  classes: readonly PrefixClass[],
  arenas: Record<Family, Arena>,
  solved: readonly Solved[],
  heldAt: (prefixClass: PrefixClass, speaker: number) => Held,
): Ambiguity[] {
  const found: Ambiguity[] = [];
  for (const each of classes) {
    const arena = arenas[each.family];
    for (const { index, speaker } of compiled.speakers) {
      const w = arena.weighings[index];
      if (w === undefined || w.compareRouterId || !w.order.includes("older")) continue;
      if ((arena.channels[index]?.length ?? 0) < 2) continue;
      const held = solved[each.index]?.held.get(index) ?? heldAt(each, index);
      const decision = decide(w, held.candidates);
      if (decision.best === undefined || decision.tied.length === 0) continue;
      const candidates = [decision.best, ...decision.tied].map((candidate) => ({
        nextHop: candidate.nextHop,
        from: fromOf(arena, index, candidate),
      }));
      const reaches = reachedFrom(compiled, arena, each, index);
      for (const prefix of each.prefixes) {
        found.push({ speaker: speaker.name, prefix, what: "best", candidates, reaches });
        if (decision.truncated) found.push({ speaker: speaker.name, prefix, what: "multipath", candidates, reaches });
      }
    }
  }
  return found;
}

const fromOf = (arena: Arena, speaker: number, candidate: Candidate): string =>
  arena.channels[speaker]?.[candidate.channel]?.remote.speaker.name ?? "";

/** Everyone who may hear of the prefix by way of the speaker. */
function reachedFrom(compiled: Compiled, arena: Arena, prefixClass: PrefixClass, from: number): string[] {
  const seen = new Set<number>([from]);
  const queue = [from];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const channel of arena.channels[at] ?? []) {
      const to = channel.remote.index;
      if (seen.has(to)) continue;
      seen.add(to);
      queue.push(to);
    }
  }
  seen.delete(from);
  void prefixClass;
  return [...seen].map((at) => compiled.speakers[at]?.speaker.name ?? "").sort();
}
