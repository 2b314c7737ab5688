/**
 * A class solved from its state before a change: only speakers that hear something else decide again. If preferences are
 * set, a class may have several stable states, and the order of events selects one: it is solved from the start.
 */
import { severalStates } from "../ranking";
import type { PrefixClass } from "../classes";
import { sameCandidates } from "../candidates";
import type { Candidate, Weighing } from "../compare";
import { ownAlwaysBest } from "../ownBest";
import { type Solved } from "../fixpoint";
import { defaultsFrom, receive, sameSent, select, advertise, type Arena, type Held, type HeldBy } from "../step";
import { Overlay } from "../overlay";

import { ownCandidate } from "../origins";
import type { ChannelPlace } from "./rechannel";

/** What a change does to every class of a family. */
export interface ChannelChange {
  /** Weigh all that they hear anew, and say all they have to say. */
  redecide: ReadonlySet<number>;
  /** Say all they have to say. */
  resend: ReadonlySet<number>;
  closed: readonly ChannelPlace[];
  opened: readonly ChannelPlace[];
}

export interface Resumed {
  solved: Solved;
  /** Who holds something else than before. */
  moved: ReadonlySet<number>;
  /** Whose neighbors may hear something else. */
  spoke: ReadonlySet<number>;
}

/** How often a speaker may change its mind before the class is solved from the start. */
const PATIENCE = 32;

/** Does the change concern the class at all? `own`: speakers whose own routes of it are others. */
export function touches(
  arena: Arena,
  prefixClass: PrefixClass,
  { held }: Solved,
  { redecide: anew, resend: again, closed, opened }: ChannelChange,
  own: ReadonlySet<number> | undefined,
): boolean {
  if (own !== undefined) return true;
  for (const speaker of anew) if (held.has(speaker) || arena.isTransit[speaker] === true) return true;
  for (const speaker of again) if (held.has(speaker)) return true;
  for (const { speaker, index } of closed) {
    if (held.get(speaker)?.candidates.some(({ channel }) => channel === index) === true) return true;
  }
  return opened.some(({ speaker, index }) => {
    const channel = arena.channels[speaker]?.[index];
    if (channel === undefined) return false;
    return held.has(channel.remote.index) || defaultsFrom(arena, prefixClass, channel.remote.index);
  });
}

/** What a search found, and what it looked at on the way. */
interface Found {
  changes: ReadonlyMap<number, Held | undefined>;
  spoke: ReadonlySet<number>;
  /** Whose whole answers it looked at. */
  reads: ReadonlySet<number>;
  /** By speaker of which it looked at less: would it have seen the same in another class, of which the speaker holds this? */
  glances: ReadonlyMap<number, readonly Glance[]>;
}

type Glance = (prefixClass: PrefixClass, held: Held | undefined) => boolean;

interface Shared {
  found: Found;
  /** Of which the class that was searched differs from its pattern. */
  apart: readonly number[];
}

/** By pattern, the search of one of its classes: it found what a search of another would, where it read nothing that differs. */
export type SharedSearches = Map<Solved, Shared>;

/** Undefined: to be solved from the start. */
export function resumeClass(
  arena: Arena,
  prefixClass: PrefixClass,
  before: Solved,
  change: ChannelChange,
  own: ReadonlySet<number> | undefined,
  shared?: SharedSearches,
): Resumed | undefined {
  if (before.oscillates !== undefined || contested(arena, prefixClass, before, own !== undefined)) return undefined;
  const pattern = before.pattern ?? before;
  const known = own === undefined ? shared?.get(pattern) : undefined;
  if (known !== undefined && holdsFor(known, prefixClass, before)) return resumed(before, known.found);
  const found = new Search(arena, prefixClass, before.held, change, own).run();
  if (found === undefined) return undefined;
  const apart = apartAt(prefixClass, before);
  if (own === undefined && known === undefined && !apart.some((at) => found.reads.has(at))) {
    shared?.set(pattern, { found, apart });
  }
  return resumed(before, found);
}

/** Where a class differs from its pattern. */
const apartAt = ({ origins }: PrefixClass, { differing }: Solved): number[] => [
  ...origins.map(({ speaker }) => speaker),
  ...(differing ?? []),
];

/** Would a search of this class have seen the same? Elsewhere than at these speakers the two classes are one. */
const holdsFor = ({ found, apart }: Shared, prefixClass: PrefixClass, before: Solved): boolean =>
  [...apart, ...apartAt(prefixClass, before)].every(
    (at) =>
      !found.reads.has(at) &&
      found.glances.get(at)?.every((seesSame) => seesSame(prefixClass, before.held.get(at))) !== false,
  );

function resumed(before: Solved, { changes, spoke }: Found): Resumed {
  const moved = new Set(changes.keys());
  if (moved.size === 0) return { solved: before, moved, spoke };
  return {
    solved: {
      held: Overlay.over(before.held, changes),
      pattern: before.pattern ?? before,
      differing: [...new Set([...(before.differing ?? []), ...moved])],
    },
    moved,
    spoke,
  };
}

class Search implements Found {
  readonly changes = new Map<number, Held | undefined>();
  readonly spoke = new Set<number>();
  /** What arrived since a speaker was last asked, by channel; "all" where everything is to be weighed anew. */
  private readonly waiting = new Map<number, Map<number, readonly Candidate[]> | "all">();
  private readonly visits = new Map<number, number>();
  private readonly speaking = new Set<number>();
  readonly reads = new Set<number>();
  readonly glances = new Map<number, Glance[]>();

  constructor(
    private readonly arena: Arena,
    private readonly prefixClass: PrefixClass,
    private readonly before: HeldBy,
    private readonly change: ChannelChange,
    private readonly own: ReadonlySet<number> | undefined,
  ) {}

  private begin(): void {
    const { redecide: anew, resend: again, closed, opened } = this.change;
    for (const speaker of anew) {
      if (
        this.held(speaker) !== undefined ||
        this.own?.has(speaker) === true ||
        this.arena.isTransit[speaker] === true
      ) {
        this.waiting.set(speaker, "all");
        this.speaking.add(speaker);
      }
    }
    for (const speaker of again) {
      if (this.held(speaker) === undefined || this.speaking.has(speaker)) continue;
      this.speaking.add(speaker);
      this.arrive(speaker);
    }
    for (const { speaker, index } of closed) {
      const there = this.held(speaker);
      if (there?.candidates.some(({ channel }) => channel === index) === true) this.arrive(speaker, index, []);
    }
    for (const { speaker, index } of opened) {
      const channel = this.arena.channels[speaker]?.[index];
      if (channel === undefined) continue;
      const { remote, remoteIndex } = channel;
      const from = this.held(remote.index);
      if (from !== undefined) this.send(remote.index, remoteIndex, from);
      // Who has nothing of the class but a default route for this one neighbor was no part of it so far.
      else if (defaultsFrom(this.arena, this.prefixClass, remote.index)) {
        this.waiting.set(remote.index, "all");
        this.speaking.add(remote.index);
      }
    }
  }

  run(): Found | undefined {
    this.begin();
    for (const [speaker] of this.waiting) {
      const dirty = this.waiting.get(speaker);
      this.waiting.delete(speaker);
      const count = (this.visits.get(speaker) ?? 0) + 1;
      this.visits.set(speaker, count);
      if (count > PATIENCE) return undefined;
      const was = this.get(speaker);
      const now = dirty === "all" ? this.anew(speaker) : this.updated(speaker, was, dirty);
      const same = sameHeld(was, now);
      if (!same) {
        if (now !== undefined && contestedAt(now)) return undefined;
        this.changes.set(speaker, now);
      }
      const tells = this.speaking.delete(speaker);
      if (!same || tells) this.tellAll(speaker, was, now, tells);
    }
    return this;
  }

  private get(speaker: number): Held | undefined {
    return this.changes.has(speaker) ? this.changes.get(speaker) : this.held(speaker);
  }

  /** What of it was seen is said by a glance. */
  private peek(speaker: number): Held | undefined {
    return this.changes.has(speaker) ? this.changes.get(speaker) : this.before.get(speaker);
  }

  private glance(speaker: number, seesSame: Glance): void {
    const list = this.glances.get(speaker);
    if (list === undefined) this.glances.set(speaker, [seesSame]);
    else list.push(seesSame);
  }

  private held(speaker: number): Held | undefined {
    this.reads.add(speaker);
    return this.before.get(speaker);
  }

  private arrive(speaker: number, index?: number, candidates: readonly Candidate[] = []): void {
    let dirty = this.waiting.get(speaker);
    if (dirty === "all") return;
    if (dirty === undefined) this.waiting.set(speaker, (dirty = new Map<number, readonly Candidate[]>()));
    if (index !== undefined) dirty.set(index, candidates);
  }

  private tellAll(speaker: number, was: Held | undefined, now: Held | undefined, anyway: boolean): void {
    const best = was !== undefined && now !== undefined && sameCandidates([was.best], [now.best]);
    const channels = this.arena.channels[speaker] ?? [];
    if (best && !anyway && channels.every(({ sendsAll, closed }) => closed === true || sendsAll === false)) return;
    if (isQuiet(was) && isQuiet(now) && !defaultsFrom(this.arena, this.prefixClass, speaker)) return;
    this.spoke.add(speaker);
    for (const { index, closed } of channels) if (closed !== true) this.send(speaker, index, now);
  }

  /** What the far side makes of what it is told now, if that is something else than before. */
  private send(speaker: number, index: number, now: Held | undefined): void {
    const channel = this.arena.channels[speaker]?.[index];
    if (channel === undefined || channel.closed === true) return;
    const to = channel.remote.index;
    const back = channel.remoteIndex;
    const there = this.peek(to);
    const part = takesPart(there);
    const leads = this.arena.transit[to]?.[back] === true;
    if (!part && !leads) {
      this.glance(to, (_, held) => !takesPart(held));
      return;
    }
    const sent = now === undefined ? [] : advertise(this.arena, this.prefixClass, channel, now);
    const candidates = receive(this.arena, this.prefixClass, to, back, sent);
    if (!part) {
      if (candidates.length > 0) this.waiting.set(to, "all");
      this.glance(to, (_, held) => !takesPart(held));
      return;
    }
    const dirty = this.waiting.get(to);
    if (dirty === "all") return;
    const known = dirty?.get(back) ?? from(there, back);
    if (!sameCandidates(known, candidates)) this.arrive(to, back, candidates);
    else this.glance(to, (_, held) => takesPart(held) && sameCandidates(from(held, back), candidates));
  }

  /** All that it has and hears, weighed from nothing. */
  private anew(speaker: number): Held | undefined {
    const locals = this.localsOf(speaker);
    const candidates = [...locals];
    let leads = false;
    for (const channel of this.arena.channels[speaker] ?? []) {
      const { index: far } = channel.remote;
      const there = this.peek(far);
      const back = this.arena.channels[far]?.[channel.remoteIndex];
      if (channel.closed === true || back === undefined) continue;
      const said = there === undefined ? [] : advertise(this.arena, this.prefixClass, back, there);
      this.glance(far, (other, held) =>
        sameSent(held === undefined ? [] : advertise(this.arena, other, back, held), said),
      );
      const heard = receive(this.arena, this.prefixClass, speaker, channel.index, said);
      if (heard.length > 0 && this.arena.transit[speaker]?.[channel.index] === true) leads = true;
      for (const each of heard) candidates.push(each);
    }
    return this.weighed(speaker, locals, candidates, leads);
  }

  private updated(
    speaker: number,
    was: Held | undefined,
    dirty: ReadonlyMap<number, readonly Candidate[]> | undefined,
  ): Held | undefined {
    if (was === undefined || was.partial === true || dirty === undefined || dirty.size === 0) return was;
    const candidates = was.candidates.filter(({ channel }) => !dirty.has(channel));
    for (const heard of dirty.values()) candidates.push(...heard);
    candidates.sort((a, b) => a.channel - b.channel);
    const leads = candidates.some(({ channel }) => channel >= 0 && this.arena.transit[speaker]?.[channel] === true);
    return this.weighed(
      speaker,
      candidates.filter(({ channel }) => channel < 0),
      candidates,
      leads,
    );
  }

  /** Who only listens is not held here, and who only speaks is held without what it hears. */
  private weighed(
    speaker: number,
    locals: readonly Candidate[],
    candidates: Candidate[],
    leads: boolean,
  ): Held | undefined {
    const { arena } = this;
    const at = arena.channels[speaker]?.[0]?.speaker;
    if (!leads && !defaultsFrom(arena, this.prefixClass, speaker)) {
      if (locals.length === 0) return undefined;
      const w = arena.weighings[speaker] as Weighing;
      if (!arena.everybody && at !== undefined && ownAlwaysBest(at, w, locals)) {
        return { ...select(arena, speaker, locals, undefined), partial: true };
      }
    }
    return select(arena, speaker, candidates, undefined);
  }

  private localsOf(speaker: number): readonly Candidate[] {
    if (this.own?.has(speaker) !== true) {
      return this.held(speaker)?.candidates.filter(({ channel }) => channel < 0) ?? [];
    }
    return this.prefixClass.origins.filter((each) => each.speaker === speaker).map(({ own }) => ownCandidate(own));
  }
}

/** Does it hold nothing that a neighbor could hear of? */
const isQuiet = (held: Held | undefined): boolean =>
  held === undefined || held.candidates.every(({ announced }) => announced === false);

const takesPart = (held: Held | undefined): held is Held => held !== undefined && held.partial !== true;

const from = ({ candidates }: Held, index: number): Candidate[] =>
  candidates.filter(({ channel }) => channel === index);

function sameHeld(a: Held | undefined, b: Held | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.partial !== b.partial) return false;
  return sameCandidates(a.candidates, b.candidates) && sameCandidates([a.best], [b.best]);
}

/** By rules and solved class. */
const known = new WeakMap<object, WeakMap<Solved, boolean>>();

/** Does anything but the length and the place of paths decide here? `anew`: the class has other origins than before. */
function contested(arena: Arena, prefixClass: PrefixClass, solved: Solved, anew: boolean): boolean {
  if (anew) return contestedIn(arena, prefixClass, solved);
  let answers = known.get(arena.rules);
  if (answers === undefined) known.set(arena.rules, (answers = new WeakMap<Solved, boolean>()));
  let answer = answers.get(solved);
  const { exchanged } = solved;
  if (answer === undefined && exchanged?.rules === arena.rules) {
    answer = contested(arena, exchanged.prefixClass, exchanged.solved, false);
    answers.set(solved, answer);
  }
  if (answer === undefined) {
    answer =
      solved.pattern === undefined
        ? contestedIn(arena, prefixClass, solved)
        : contested(arena, prefixClass, solved.pattern, false) ||
          (solved.differing ?? []).some((at) => contestedAt(solved.held.get(at) ?? NOTHING));
    answers.set(solved, answer);
  }
  return answer;
}

const contestedIn = (arena: Arena, prefixClass: PrefixClass, solved: Solved): boolean =>
  severalStates(arena, prefixClass, solved) ||
  [...solved.held.keys()].some((at) => contestedAt(solved.held.get(at) as Held));

const NOTHING: Held = { candidates: [], best: undefined };

function contestedAt({ candidates }: Held): boolean {
  return candidates.some(
    ({ kind, bundle, igpMetric }) =>
      kind !== "local" &&
      (igpMetric !== candidates[0]?.igpMetric ||
        bundle.weight !== 0 ||
        bundle.preference !== 100 ||
        (bundle.med ?? 0) !== 0 ||
        (bundle.localPreference !== undefined && bundle.localPreference !== 100)),
  );
}
