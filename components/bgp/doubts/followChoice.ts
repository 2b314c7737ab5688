/**
 * The other choice of one speaker, followed from the solved state of a class: only speakers that hear something else decide
 * again. For classes with one stable state; undefined if that takes too long.
 */
import { sameCandidates } from "../candidates";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../compare";
import { receive, select, sameSent, advertise, type Arena, type Held } from "../step";

/** So many speakers may decide again before the class is searched from the start. */
const PATIENCE = 4000;

export function followChoice(
  arena: Arena,
  prefixClass: PrefixClass,
  heldAt: (speaker: number) => Held,
  from: number,
  choice: Candidate,
): Map<number, Held> | undefined {
  const now = new Map<number, Held>();
  const held = (speaker: number): Held => now.get(speaker) ?? heldAt(speaker);
  const queue = [from];
  now.set(from, { ...heldAt(from), best: choice });
  let patience = PATIENCE;
  const before = new Map<number, Held>();
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (patience-- === 0) return undefined;
    const was = before.get(at) ?? heldAt(at);
    const is = held(at);
    before.set(at, is);
    for (const channel of arena.channels[at] ?? []) {
      if (channel.closed === true) continue;
      const sent = advertise(arena, prefixClass, channel, is);
      if (sameSent(advertise(arena, prefixClass, channel, was), sent)) continue;
      const to = channel.remote.index;
      const there = held(to);
      const known = there.candidates.filter((each) => each.channel === channel.remoteIndex);
      const taken = receive(arena, prefixClass, to, channel.remoteIndex, sent);
      if (sameCandidates(known, taken)) continue;
      const candidates = [...there.candidates.filter((each) => each.channel !== channel.remoteIndex), ...taken];
      candidates.sort((a, b) => a.channel - b.channel);
      const decided = select(arena, to, candidates, undefined);
      now.set(to, to === from ? { ...decided, best: alike(decided.candidates, choice) ?? decided.best } : decided);
      if (!queue.includes(to)) queue.push(to);
    }
  }
  return now;
}

const alike = (candidates: readonly Candidate[], choice: Candidate): Candidate | undefined =>
  candidates.find(
    ({ channel, pathId, nextHop }) =>
      channel === choice.channel && pathId === choice.pathId && nextHop === choice.nextHop,
  );
