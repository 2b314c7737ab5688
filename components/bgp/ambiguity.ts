/**
 * Answers that age or arrival order decides: who may win, and whose answers change with it. Each alternative is solved
 * as a world of its own, so that what it reaches is found by looking and not by a rule of thumb.
 */
import type { PrefixClass } from "./classes";
import type { Compiled } from "./compile";
import { bestInOrder, decide, inPlace, medsDiffer, type Candidate, type Decision, type Weighing } from "./decide";
import type { Arena, Held, Solved } from "./fixpoint";
import type { Ambiguity } from "./solution";

export interface World {
  compiled: Compiled;
  classes: readonly PrefixClass[];
  arenaOf(prefixClass: PrefixClass): Arena;
  solvedOf(prefixClass: PrefixClass): Solved;
  heldAt(prefixClass: PrefixClass, solved: Solved, speaker: number): Held;
  /** The class solved again in another order of asking. */
  lastFirst(prefixClass: PrefixClass): Solved;
  /** The class solved again, with one speaker's choice turned to a candidate that is like the given one. */
  forced(prefixClass: PrefixClass, speaker: number, choice: Candidate): Solved;
}

/** More than so many alternatives of one tie say nothing new. */
const ALTERNATIVES = 8;

export function ambiguitiesOf(world: World): Ambiguity[] {
  const found: Ambiguity[] = [];
  for (const each of world.classes) {
    found.push(...severalStates(world, each));
    const arena = world.arenaOf(each);
    for (const { index, speaker } of world.compiled.speakers) {
      const w = arena.weighings[index];
      if (w === undefined || !mayTie(arena, index, w)) continue;
      const held = world.heldAt(each, world.solvedOf(each), index);
      if (held.candidates.length < 2) continue;
      const decision = decide(w, held.candidates);
      const rivals = rivalsOf(w, held, decision);
      if (decision.best === undefined) continue;
      const named = (candidate: Candidate): Ambiguity["candidates"][number] => ({
        nextHop: candidate.nextHop,
        from: arena.channels[index]?.[candidate.channel]?.remote.speaker.name ?? "",
      });
      if (decision.sharersTie && rivals.length === 0) {
        const candidates = decision.multipath.map(named);
        for (const prefix of each.prefixes) {
          found.push({ speaker: speaker.name, prefix, what: "multipath", candidates, reaches: [] });
        }
      }
      if (rivals.length === 0) continue;
      const candidates = [decision.best, ...rivals].map(named);
      const reaches = reachedFrom(world, each, index, rivals);
      for (const prefix of each.prefixes) {
        found.push({ speaker: speaker.name, prefix, what: "best", candidates, reaches });
        if (decision.truncated) found.push({ speaker: speaker.name, prefix, what: "multipath", candidates, reaches });
      }
    }
  }
  return found;
}

/**
 * Preferences set by policies can leave several stable states, and which one comes about is a race. Where they are set,
 * the class is solved in another order too, and what differs is ambiguous.
 */
function severalStates(world: World, prefixClass: PrefixClass): Ambiguity[] {
  const base = world.solvedOf(prefixClass);
  if (base.oscillates !== undefined || ![...base.held.keys()].some((at) => prefers(base.held.get(at) as Held)))
    return [];
  const other = world.lastFirst(prefixClass);
  const arena = world.arenaOf(prefixClass);
  const moved = [...new Set([...base.held.keys(), ...other.held.keys()])].filter(
    (at) => !sameHeld(arena.weighings[at], base.held.get(at), other.held.get(at)),
  );
  if (moved.length === 0) return [];
  const beyond = new Set<number>();
  for (const at of moved) {
    for (const { remote } of arena.channels[at] ?? []) if (!moved.includes(remote.index)) beyond.add(remote.index);
  }
  const names = (list: Iterable<number>): string[] =>
    [...list].map((at) => world.compiled.speakers[at]?.speaker.name ?? "").sort();
  const choosing = moved.filter((at) => (base.held.get(at)?.best ?? other.held.get(at)?.best) !== undefined);
  const first = choosing[0] ?? moved[0] ?? 0;
  const rest = moved.filter((at) => at !== first);
  const candidates = [base.held.get(first)?.best, other.held.get(first)?.best].flatMap((best) =>
    best === undefined
      ? []
      : [{ nextHop: best.nextHop, from: arena.channels[first]?.[best.channel]?.remote.speaker.name ?? "" }],
  );
  const reaches = names([...rest, ...beyond]);
  return prefixClass.prefixes.map((prefix) => ({
    speaker: names([first])[0] ?? "",
    prefix,
    what: "best" as const,
    candidates,
    reaches,
  }));
}

function prefers({ candidates }: Held): boolean {
  return candidates.some(
    ({ bundle, kind }) =>
      kind !== "local" &&
      (bundle.weight !== 0 || (bundle.localPreference !== undefined && bundle.localPreference !== 100)),
  );
}

/** Most speakers cannot tie: their order ends in addresses, and nobody sends them two paths of one prefix. */
function mayTie(arena: Arena, speaker: number, w: Weighing): boolean {
  const channels = arena.channels[speaker] ?? [];
  if (channels.length === 0) return false;
  if (channels.length > 1 && !w.compareRouterId && w.order.includes("older")) return true;
  if (channels.length > 2 && !w.alwaysCompareMed) return true;
  return channels.some((channel) => arena.channels[channel.remote.index]?.[channel.remoteIndex]?.sendsAll !== false);
}

/** Who else may be best: equal but for age, equal in everything, or best when the paths come in another order. */
export function rivalsOf(w: Weighing, held: Held, decision: Decision): Candidate[] {
  const rivals = new Set(decision.tied);
  const able = w.invalidCompetes ? held.candidates : held.candidates.filter((each) => each.valid);
  if (able.length > 2 && medsDiffer(w, able)) {
    for (let turn = 0; turn < able.length; turn++) {
      const turned = [...able.slice(turn), ...able.slice(0, turn)];
      for (const order of [turned, [...turned].reverse()]) {
        const winner = bestInOrder(w, order);
        if (winner !== undefined && winner !== decision.best) rivals.add(winner);
      }
    }
  }
  return inPlace([...rivals]);
}

function reachedFrom(world: World, prefixClass: PrefixClass, from: number, rivals: readonly Candidate[]): string[] {
  const reached = new Set<number>();
  const base = world.solvedOf(prefixClass);
  const arena = world.arenaOf(prefixClass);
  for (const rival of rivals.slice(0, ALTERNATIVES)) {
    const other = world.forced(prefixClass, from, rival);
    const moved = new Set<number>();
    for (const speaker of new Set([...base.held.keys(), ...other.held.keys()])) {
      if (!sameHeld(arena.weighings[speaker], base.held.get(speaker), other.held.get(speaker))) moved.add(speaker);
    }
    for (const speaker of moved) {
      if (speaker !== from) reached.add(speaker);
      for (const channel of arena.channels[speaker] ?? []) {
        const to = channel.remote.index;
        if (reached.has(to) || to === from || asked(base, to) || asked(other, to)) continue;
        const before = world.heldAt(prefixClass, base, to);
        const after = world.heldAt(prefixClass, other, to);
        if (!sameHeld(arena.weighings[to], before, after)) reached.add(to);
      }
    }
  }
  return [...reached].map((at) => world.compiled.speakers[at]?.speaker.name ?? "").sort();
}

/** Did it take part in the search with all that it hears? */
const asked = ({ held }: Solved, speaker: number): boolean => {
  const there = held.get(speaker);
  return there !== undefined && there.partial !== true;
};

function sameHeld(w: Weighing | undefined, a: Held | undefined, b: Held | undefined): boolean {
  if (a === undefined || b === undefined || w === undefined) return a === b;
  if (a.candidates.length !== b.candidates.length) return false;
  if (!samePath(a.best, b.best)) return false;
  const left = new Set(a.candidates.map(text));
  return b.candidates.every((each) => left.has(text(each)));
}

const text = (each: Candidate): string =>
  `${each.channel} ${each.pathId} ${each.bundle.id} ${each.nextHop} ${each.valid} ${each.igpMetric}`;

const samePath = (a: Candidate | undefined, b: Candidate | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && text(a) === text(b));
