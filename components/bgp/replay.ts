/**
 * Replays one class of prefixes message by message, in an arrival order that a number selects. If several states are
 * stable, the arrival order decides between them: fixpoint.ts finds one state, replays in other orders find the others.
 */
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import { compareCandidates, stable, type Candidate, type Weighing } from "./compare";
import { displaces } from "./decide";
import { receive, originatesDefault, sameSent, advertise, type Arena, type Held } from "./step";
import type { Sent } from "./attributes";
import { ignoresLoop } from "./import";
import { ownCandidate, type Own } from "./origins";
import { isDefaultRoute } from "./export";

export interface Replayed {
  held: Map<number, Held>;
  /** No message was left to deliver. */
  settled: boolean;
  /** If it did not settle: what each speaker held in the second half, one value a speaker in each state. */
  states: Map<number, Held>[];
}

export interface ReplayOptions {
  /** Selects the arrival order. */
  run: number;
  /** Also applies GoBGP's missing withdrawals, and the paths it keeps when it ignores an update. */
  quirks?: boolean;
  /** Called with each channel and the paths received on it. */
  heard?: (channel: Channel, candidates: readonly Candidate[]) => void;
}

/** Messages per channel after which the class counts as not settling in this order. */
const PATIENCE = 100;

/** Messages per channel that keep the order. After that chance picks the channel, so that no message waits for ever. */
const ORDERLY = 20;

/** So many states of a speaker are kept of a class that does not come to rest. */
const STATES = 8;

export function replay(
  arena: Arena,
  prefixClass: PrefixClass,
  extra: ReadonlyMap<number, readonly Own[]>,
  how: ReplayOptions,
): Replayed {
  const game = new Replay(arena, prefixClass, how);
  for (const { speaker, own } of prefixClass.origins) game.local(speaker, ownCandidate(own));
  for (const [speaker, owns] of extra) for (const own of owns) game.local(speaker, ownCandidate(own));
  game.start();
  return game.finish();
}

class Replay {
  private readonly held = new Map<number, Held>();
  /** The last best path of speakers that hold none now: a withdrawal carries its attributes. */
  private readonly gone = new Map<number, Candidate>();
  private readonly locals = new Set<number>();
  /** What was last sent on a channel. */
  private readonly said = new Map<Channel, readonly Sent[]>();
  private readonly waiting = new Set<Channel>();
  private readonly spoken = new Set<Channel>();
  private readonly rank: Rank;
  private noting = false;
  private readonly noted = new Map<number, Held[]>();

  constructor(
    private readonly arena: Arena,
    private readonly prefixClass: PrefixClass,
    private readonly how: ReplayOptions,
  ) {
    this.rank = rankOf(how.run);
  }

  local(speaker: number, candidate: Candidate): void {
    this.locals.add(speaker);
    const now = this.held.get(speaker)?.candidates ?? [];
    this.settle(speaker, [...now, candidate]);
  }

  start(): void {
    for (const speaker of this.locals) this.speak(speaker);
    if (!isDefaultRoute(this.prefixClass.first)) return;
    for (const list of this.arena.channels) for (const each of list) if (originatesDefault(each)) this.put(each);
  }

  finish(): Replayed {
    let step = 0;
    for (let next = this.next(step); next !== undefined; next = this.next(++step)) {
      this.waiting.delete(next);
      this.spoken.add(next);
      const limit = PATIENCE * this.spoken.size;
      if (step > limit) return { held: this.held, settled: false, states: this.states() };
      this.noting = step > limit / 2;
      this.deliver(next);
    }
    return { held: this.held, settled: true, states: [this.held] };
  }

  private next(step: number): Channel | undefined {
    let first: Channel | undefined;
    let least = Infinity;
    const fair = step > ORDERLY * this.spoken.size;
    for (const each of this.waiting) {
      const rank = this.rank(each, step, fair);
      if (rank >= least) continue;
      least = rank;
      first = each;
    }
    return first;
  }

  private deliver(channel: Channel): void {
    const from = this.held.get(channel.speaker.index) ?? NOTHING;
    const shown = from.best ?? this.gone.get(channel.speaker.index);
    if (this.how.quirks === true && withdrawsNothing(this.arena, channel, shown)) return;
    const sent = advertise(this.arena, this.prefixClass, channel, from);
    const before = this.said.get(channel);
    if (before === undefined ? sent.length === 0 : sameSent(before, sent)) return;
    this.said.set(channel, sent);
    const to = channel.remote.index;
    const back = this.arena.channels[to]?.[channel.remoteIndex];
    const [first] = sent;
    if (back === undefined) return;
    if (
      this.how.quirks === true &&
      first !== undefined &&
      back.speaker.dialect.keepsIgnored &&
      ignoresLoop(back, first)
    )
      return;
    const taken = receive(this.arena, this.prefixClass, to, channel.remoteIndex, sent);
    this.how.heard?.(back, taken);
    const old = this.held.get(to)?.candidates ?? [];
    if (taken.length === 0 && !old.some((each) => each.channel === back.index)) return;
    const fresh = taken.filter((each) => !old.some((other) => sameSlot(other, each)));
    const kept = old.flatMap((each) => {
      if (each.channel !== back.index) return [each];
      const now = taken.find((other) => sameSlot(other, each));
      return now === undefined ? [] : [now];
    });
    // FRR puts what is new at the head of its list and leaves a changed path where it stood.
    if (this.settle(to, [...fresh.reverse(), ...kept])) this.speak(to);
  }

  /** Selects the best path again; true if the neighbors have to be told. */
  private settle(speaker: number, candidates: Candidate[]): boolean {
    const w = this.arena.weighings[speaker] as Weighing;
    const before = this.held.get(speaker);
    const best = choose(w, afloat(w, candidates), before?.best);
    this.held.set(speaker, { candidates, best });
    if (best === undefined && before?.best !== undefined) this.gone.set(speaker, before.best);
    if (this.noting) this.note(speaker, { candidates, best });
    return best !== before?.best || (this.arena.channels[speaker]?.some((each) => each.sendsAll !== false) ?? false);
  }

  private note(speaker: number, now: Held): void {
    const list = this.noted.get(speaker) ?? [];
    const known = (other: Held): boolean =>
      sameBundle(other.best, now.best) &&
      other.candidates.length === now.candidates.length &&
      now.candidates.every((each) => other.candidates.some((one) => sameBundle(one, each)));
    if (list.length < STATES && !list.some(known)) this.noted.set(speaker, [...list, now]);
  }

  private states(): Map<number, Held>[] {
    return Array.from(
      { length: STATES },
      (_, at) => new Map([...this.held].map(([speaker, now]) => [speaker, this.noted.get(speaker)?.[at] ?? now])),
    );
  }

  private speak(speaker: number): void {
    for (const channel of this.arena.channels[speaker] ?? []) this.put(channel);
  }

  private put(channel: Channel): void {
    if (channel.closed === true) return;
    const to = channel.remote.index;
    if (this.arena.isTransit[to] === true || this.locals.has(to) || (this.how.quirks === true && this.keeps(to))) {
      this.waiting.add(channel);
    }
  }

  /** May a stale path stay with the speaker? Then it takes part in the replay, even if it passes nothing on. */
  private keeps(speaker: number): boolean {
    return (this.arena.channels[speaker] ?? []).some(
      (each) => each.speaker.dialect.keepsIgnored || each.remote.dialect.senderLoopCheck,
    );
  }
}

const NOTHING: Held = { candidates: [], best: undefined };

const sameSlot = (a: Candidate, b: Candidate): boolean => a.channel === b.channel && a.pathId === b.pathId;

const sameBundle = (a: Candidate | undefined, b: Candidate | undefined): boolean =>
  a?.channel === b?.channel && a?.bundle === b?.bundle && a?.nextHop === b?.nextHop;

/** Without the own routes that FRR 10.6 would not redistribute beside these paths. */
function afloat(w: Weighing, candidates: readonly Candidate[]): readonly Candidate[] {
  if (w.floating === "order" || !candidates.some(({ floats }) => floats !== undefined)) return candidates;
  const others = choose(
    w,
    candidates.filter(({ floats }) => floats === undefined),
    undefined,
  );
  return candidates.filter((each) => each.floats === undefined || !displaces(each, others));
}

/** Walks the list as FRR does. The selected path wins a tie that age breaks (bgp_path_info_cmp). */
function choose(w: Weighing, candidates: readonly Candidate[], selected: Candidate | undefined): Candidate | undefined {
  const able = w.invalidCompetes ? candidates : candidates.filter((each) => each.valid);
  const beats = (a: Candidate, b: Candidate): boolean => {
    const { result, step } = compareCandidates(w, a, b);
    if (step !== "older" && step !== "add-path-id") return result < 0;
    if (selected !== undefined && sameSlot(a, selected)) return true;
    if (selected !== undefined && sameSlot(b, selected)) return false;
    return stable(w, a, b) < 0;
  };
  let field = able;
  if (w.deterministicMed) {
    const groups = new Map<number | undefined, Candidate>();
    for (const each of able) {
      const group = each.bundle.asPath[0];
      const now = groups.get(group);
      if (now === undefined || beats(each, now)) groups.set(group, each);
    }
    field = [...groups.values()];
  }
  let best: Candidate | undefined;
  for (const each of field) if (best === undefined || beats(each, best)) best = each;
  return best;
}

/**
 * filterpath (pkg/server/server.go of GoBGP 3.10.0): a best path with the neighbor's ASN in it is not sent, and what was
 * sent before is not withdrawn, unless the path is the neighbor's own. A withdrawal has the AS path of what goes, and is
 * held back by it in the same way.
 */
function withdrawsNothing(arena: Arena, channel: Channel, best: Candidate | undefined): boolean {
  if (best === undefined || best.kind === "local" || !channel.speaker.dialect.senderLoopCheck) return false;
  if (arena.channels[channel.speaker.index]?.[best.channel]?.remote === channel.remote) return false;
  return best.bundle.asPath.includes(channel.far.asn);
}

/** The waiting channel with the least rank speaks next. */
type Rank = (channel: Channel, step: number, fair: boolean) => number;

/** Three kinds of order: speakers that start one after the other, slow channels, and a random choice at each step. */
function rankOf(run: number): Rank {
  switch (run % 3) {
    case 0:
      return (channel, step, fair) => {
        if (fair) return chance(run + step, number(channel));
        // A speaker that starts late receives everything late.
        const start = Math.max(
          chance(run, named(channel.speaker.speaker.name)),
          chance(run, named(channel.remote.speaker.name)),
        );
        return start + chance(run, number(channel)) / 1024;
      };
    case 1:
      return (channel, step, fair) => chance(fair ? run + step : run, number(channel));
    default:
      return (channel, step) => chance(run + (step + 1) * 7919, number(channel));
  }
}

const numbers = new WeakMap<Channel, number>();

/** A channel's number depends on names alone, so that the same network gives the same orders. */
function number(channel: Channel): number {
  let known = numbers.get(channel);
  if (known === undefined) {
    known = named(`${channel.link.session.key} ${channel.speaker.speaker.name} ${channel.family}`);
    numbers.set(channel, known);
  }
  return known;
}

function named(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash;
}

/** A number between 0 and 1. */
function chance(run: number, name: number): number {
  let hash = Math.imul(run + 1, 0x9e3779b1) ^ name;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  hash ^= hash >>> 15;
  return (hash >>> 0) / 4294967296;
}
