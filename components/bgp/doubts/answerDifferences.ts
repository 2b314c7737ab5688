/** What differs between two states of one class: at which speaker, from which neighbors, and what of its choice. */
import type { Candidate, Weighing } from "../compare";
import { asksPath } from "../fibPolicy";
import { hopsShared } from "../multipath";
import type { Arena, Held, HeldBy } from "../step";
import { sameCandidates } from "../candidates";

/** What differs at one speaker. */
export interface AnswerDifference {
  /** The paths of these channels. */
  channels: Set<number>;
  /** Whether the next hops of these channels' paths can be reached. */
  reach: Set<number>;
  best: boolean;
  fib: boolean;
}

export const difference = (some: Partial<AnswerDifference>): AnswerDifference => ({
  channels: new Set(),
  reach: new Set(),
  best: false,
  fib: false,
  ...some,
});

export type AnswerDifferences = Map<number, AnswerDifference>;

export function merge(into: AnswerDifferences, other: AnswerDifferences): void {
  for (const [speaker, { channels, reach, best, fib }] of other) {
    const known = into.get(speaker);
    if (known === undefined) into.set(speaker, { channels: new Set(channels), reach: new Set(reach), best, fib });
    else {
      for (const each of channels) known.channels.add(each);
      for (const each of reach) known.reach.add(each);
      known.best ||= best;
      known.fib ||= fib;
    }
  }
}

/** `a` is asked with many others: what it installs is remembered. */
export function differenceAt(arena: Arena, speaker: number, a: Held, b: Held): AnswerDifference | undefined {
  const channels = new Set<number>();
  const reach = new Set<number>();
  if (a.best === b.best && sameCandidates(a.candidates, b.candidates)) return undefined;
  const [gone, come] = a.candidates === b.candidates ? [[], []] : withoutCommon(a.candidates, b.candidates);
  if (gone.length > 0 || come.length > 0) {
    const texts = counted(gone, come, text);
    let sayings: ReadonlyMap<string, number> | undefined;
    for (const each of [...gone, ...come]) {
      if (texts.get(text(each)) === 0) continue;
      sayings ??= counted(gone, come, said);
      (sayings.get(said(each)) === 0 ? reach : channels).add(each.channel);
    }
  }
  const best = !samePath(a.best, b.best);
  if (channels.size === 0 && reach.size === 0 && !best) return undefined;
  return { channels, reach, best, fib: installedOnce(arena, speaker, a) !== installed(arena, speaker, b) };
}

/** What other choices than its own change at a speaker whose paths stay the same. */
export function choiceDifference(
  arena: Arena,
  speaker: number,
  held: Held,
  choices: readonly Candidate[],
): AnswerDifference | undefined {
  const others = choices.filter((best) => !samePath(held.best, best));
  if (others.length === 0) return undefined;
  const now = installedOnce(arena, speaker, held);
  const fib = others.some((best) => installed(arena, speaker, { candidates: held.candidates, best }) !== now);
  return difference({ best: true, fib });
}

/** What stands in both as one object need not be looked at. */
function withoutCommon(a: readonly Candidate[], b: readonly Candidate[]): readonly [Candidate[], Candidate[]] {
  const first = new Set(a);
  const second = new Set(b);
  return [a.filter((each) => !second.has(each)), b.filter((each) => !first.has(each))];
}

/** How much more often each stands in the first than in the second: one path may stand several times (ADD-PATH). */
function counted(
  first: readonly Candidate[],
  second: readonly Candidate[],
  of: (each: Candidate) => string,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const each of first) found.set(of(each), (found.get(of(each)) ?? 0) + 1);
  for (const each of second) found.set(of(each), (found.get(of(each)) ?? 0) - 1);
  return found;
}

const known = new WeakMap<Arena, WeakMap<Held, string>>();

function installedOnce(arena: Arena, speaker: number, held: Held): string {
  let answers = known.get(arena);
  if (answers === undefined) known.set(arena, (answers = new WeakMap<Held, string>()));
  let answer = answers.get(held);
  if (answer === undefined) answers.set(held, (answer = installed(arena, speaker, held)));
  return answer;
}

/** What the FIB depends on: next hops, and what else the best path decides. */
function installed(arena: Arena, speaker: number, { candidates, best }: Held): string {
  if (best === undefined) return "";
  const own = arena.channels[speaker] ?? [];
  const hops = [...hopsShared(arena.weighings[speaker] as Weighing, { candidates, best })].sort().join();
  const asked = own[0] !== undefined && asksPath(own[0].speaker.speaker) ? text(best) : "";
  return `${best.kind} ${best.valid} ${own[best.channel]?.connectedOnly ?? false} ${asked} ${hops}`;
}

const said = ({ channel, bundle, nextHop, through }: Candidate): string =>
  `${channel} ${bundle.id} ${nextHop} ${through ?? ""}`;

const text = (each: Candidate): string => `${said(each)} ${each.valid} ${each.igpMetric}`;

/** The same path in all that anybody sees of it. */
export const samePath = (a: Candidate | undefined, b: Candidate | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && text(a) === text(b));

/** Speakers whose answers differ: those that took part in either search, and those that only hear from them. */
export function differences(
  arena: Arena,
  heldAt: (held: HeldBy, speaker: number) => Held,
  base: HeldBy,
  other: HeldBy,
): AnswerDifferences {
  const found: AnswerDifferences = new Map();
  const look = (speaker: number): void => {
    const difference = differenceAt(arena, speaker, heldAt(base, speaker), heldAt(other, speaker));
    if (difference !== undefined) found.set(speaker, difference);
  };
  for (const speaker of new Set([...base.keys(), ...other.keys()])) look(speaker);
  for (const speaker of [...found.keys()]) {
    for (const { remote } of arena.channels[speaker] ?? []) {
      if (!found.has(remote.index) && !base.has(remote.index) && !other.has(remote.index)) look(remote.index);
    }
  }
  return found;
}
