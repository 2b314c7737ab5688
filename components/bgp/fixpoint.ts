/**
 * One class of prefixes, solved: speakers hear, decide and tell until nothing changes. Only speakers that can pass on
 * what they hear, and those that announce the class, take part; the others are asked when somebody wants their table.
 */
import type { Bundle, Interner, Sent } from "./attributes";
import { plain } from "./attributes";
import { sameCandidates } from "./candidates";
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import { chooseBest, compareCandidates, displaces, inPlace, type Candidate, type Weighing } from "./decide";
import { defaultOriginated, exportPath, isDefaultRoute } from "./export";
import { grantKey, isConditional, type Granted } from "./grants";
import { ownAlwaysBest } from "./ownBest";
import { importPath } from "./import";
import { ownCandidate, type Own } from "./origins";
import type { Resolver } from "./resolve";

export interface Arena {
  intern: Interner;
  resolver: Resolver;
  /** Each speaker's channels for the family of the class. */
  channels: Channel[][];
  weighings: Weighing[];
  /** By speaker and channel: who hears a path there may pass it on, and takes part in the search. */
  transit: (readonly boolean[])[];
  /** Can the speaker pass on anything at all? */
  isTransit: boolean[];
  /** Everybody takes part, needed or not. */
  everybody: boolean;
  /** What policies of default routes grant (defaults.ts). */
  granted: Granted;
  /** Each class is replayed in every order of arrival. */
  everyOrder: boolean;
  /** The same object as long as no channel gets other rules: what is known of the rules stays true with it. */
  rules: object;
}

/** One speaker's choice turned to another candidate, where it has that. */
export interface Choice {
  speaker: number;
  like(candidate: Candidate): boolean;
}

/** What a speaker holds for a class. */
export interface Held {
  candidates: Candidate[];
  best: Candidate | undefined;
  /** Own routes alone, which nothing displaces: what else it hears was not asked. */
  partial?: true;
}

/** Who holds what; those that took no part are not in it. */
export type HeldBy = Pick<ReadonlyMap<number, Held>, "get" | "has" | "keys">;

export interface Solved {
  held: HeldBy;
  /** Solved by likeness to this one. */
  pattern?: Solved;
  /** Who answers otherwise than the pattern. */
  differing?: readonly number[];
  /** One of several states, of which the order of arrival chooses. */
  byArrival?: true;
  /** Speakers and states that kept repeating. */
  oscillates?: { speakers: number[]; cycle: string[] };
}

const NOTHING: readonly Sent[] = [];

/** How often a speaker may change its mind before the class counts as oscillating. */
const PATIENCE = 64;

export function solveClass(
  arena: Arena,
  prefixClass: PrefixClass,
  extra: ReadonlyMap<number, Own[]>,
  force?: Choice,
): Solved {
  const held = new Map<number, Held>();
  const inputs = new Map<number, Received[]>();
  const visits = new Map<number, number>();
  const locals = new Map<number, Candidate[]>();
  for (const { speaker, own } of prefixClass.origins) add(locals, speaker, ownCandidate(own));
  for (const [speaker, owns] of extra) for (const own of owns) add(locals, speaker, ownCandidate(own));

  const queue = new Queue();
  const begin = (speaker: number): void => {
    inputs.set(speaker, []);
    queue.add(speaker);
  };
  for (const [speaker, own] of locals) {
    const at = arena.channels[speaker]?.[0]?.speaker;
    if (!arena.everybody && at !== undefined && ownAlwaysBest(at, arena.weighings[speaker] as Weighing, own))
      queue.add(speaker);
    else begin(speaker);
  }
  if (isDefaultRoute(prefixClass.first)) {
    arena.channels.forEach((list, speaker) => {
      if (list.some((channel) => originatesDefault(channel))) begin(speaker);
    });
  }

  let watch: Watch | undefined;
  for (let speaker = queue.next(); speaker !== undefined; speaker = queue.next()) {
    const count = (visits.get(speaker) ?? 0) + 1;
    visits.set(speaker, count);
    if (count > PATIENCE) {
      watch ??= new Watch();
      const repeated = watch.see(speaker, held, arena);
      if (repeated !== undefined || count > PATIENCE * 16) {
        return { held, oscillates: repeated ?? { speakers: [speaker], cycle: [] } };
      }
    }
    const heardThere = inputs.get(speaker);
    const now = select(arena, speaker, locals.get(speaker), heardThere);
    if (heardThere === undefined) now.partial = true;
    if (force?.speaker === speaker) now.best = now.candidates.find((each) => force.like(each)) ?? now.best;
    const was = held.get(speaker);
    held.set(speaker, now);
    const channels = arena.channels[speaker] ?? [];
    // Where one path is sent, the same best path is the same news.
    if (was !== undefined && now.best !== undefined && sameCandidates([was.best], [now.best])) {
      if (channels.every(({ sendsAll }) => sendsAll === false)) continue;
    }
    for (const channel of channels) {
      const to = channel.remote.index;
      let heard = inputs.get(to);
      if (heard === undefined && arena.transit[to]?.[channel.remoteIndex] !== true) continue;
      const sent = advertise(arena, prefixClass, channel, now);
      if (heard === undefined) {
        if (receive(arena, prefixClass, to, channel.remoteIndex, sent).length === 0) continue;
        inputs.set(to, (heard = receiveAll(arena, prefixClass, to, held)));
        queue.add(to);
        continue;
      }
      const before = heard[channel.remoteIndex];
      if (sameSent(before?.sent ?? NOTHING, sent)) continue;
      const candidates = receive(arena, prefixClass, to, channel.remoteIndex, sent);
      heard[channel.remoteIndex] = { sent, candidates };
      // What is refused on arrival changes nothing there.
      if (candidates.length > 0 || (before !== undefined && before.candidates.length > 0)) queue.add(to);
    }
  }
  return { held };
}

/** Whoever has something to pass on weighs it against all that its neighbors have to tell by now. */
function receiveAll(
  arena: Arena,
  prefixClass: PrefixClass,
  speaker: number,
  held: ReadonlyMap<number, Held>,
): Received[] {
  const heard: Received[] = [];
  for (const { index, remote, remoteIndex } of arena.channels[speaker] ?? []) {
    const there = held.get(remote.index);
    const back = arena.channels[remote.index]?.[remoteIndex];
    if (there === undefined || back === undefined) continue;
    const sent = advertise(arena, prefixClass, back, there);
    heard[index] = { sent, candidates: receive(arena, prefixClass, speaker, index, sent) };
  }
  return heard;
}

/** What came by a channel, and what was taken of it. */
export interface Received {
  sent: readonly Sent[];
  candidates: readonly Candidate[];
}

const NO_CANDIDATES: readonly Candidate[] = [];

export function receive(
  arena: Arena,
  prefixClass: PrefixClass,
  speaker: number,
  index: number,
  sent: readonly Sent[],
): readonly Candidate[] {
  const channel = arena.channels[speaker]?.[index];
  if (channel === undefined || sent.length === 0) return NO_CANDIDATES;
  let taken: Candidate[] | undefined;
  for (const each of sent) {
    const candidate = importPath(channel, each, prefixClass.first, prefixClass.index, arena.intern, arena.resolver);
    if (candidate !== undefined) (taken ??= []).push(candidate);
  }
  return taken ?? NO_CANDIDATES;
}

export function select(
  arena: Arena,
  speaker: number,
  locals: readonly Candidate[] | undefined,
  heard: readonly (Received | undefined)[] | undefined,
): Held {
  const candidates: Candidate[] = locals === undefined ? [] : [...locals];
  if (heard !== undefined) {
    for (const each of heard)
      if (each !== undefined) for (const candidate of each.candidates) candidates.push(candidate);
  }
  const w = arena.weighings[speaker] as Weighing;
  if (locals?.some(({ floats }) => floats !== undefined) === true && w.floating === "distance") {
    return grounded(w, candidates);
  }
  const best =
    candidates.length === 1 && (w.invalidCompetes || candidates[0]?.valid === true)
      ? candidates[0]
      : chooseBest(w, w.invalidCompetes ? candidates : candidates.filter((each) => each.valid));
  return { candidates, best };
}

/** A floating route is redistributed while no neighbor's path of a better distance is selected (FRR 10.6). */
function grounded(w: Weighing, all: Candidate[]): Held {
  const bestOf = (some: Candidate[]): Candidate | undefined =>
    chooseBest(w, w.invalidCompetes ? some : some.filter((each) => each.valid));
  const others = bestOf(all.filter((each) => each.floats === undefined));
  const candidates = all.filter((each) => each.floats === undefined || !displaces(each, others));
  return { candidates, best: bestOf(candidates) };
}

/** First come, first served; who waits already is not put in again. */
class Queue {
  private readonly waiting: number[] = [];
  private readonly present = new Set<number>();
  private at = 0;

  add(speaker: number): void {
    if (this.present.has(speaker)) return;
    this.present.add(speaker);
    this.waiting.push(speaker);
  }

  next(): number | undefined {
    const speaker = this.waiting[this.at++];
    if (speaker !== undefined) this.present.delete(speaker);
    return speaker;
  }
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Does the speaker make a default route of its own for somebody, of this very class? */
export const defaultsFrom = (arena: Arena, prefixClass: PrefixClass, speaker: number): boolean =>
  isDefaultRoute(prefixClass.first) && (arena.channels[speaker] ?? []).some(originatesDefault);

export const originatesDefault = (channel: Channel): boolean =>
  channel.closed !== true &&
  channel.settings.defaultOriginate !== undefined &&
  channel.settings.defaultOriginate !== false;

/** What a speaker holds that takes no part in the search: it follows from what its neighbors tell it. */
export function selectFrom(
  arena: Arena,
  prefixClass: PrefixClass,
  speaker: number,
  locals: readonly Candidate[] | undefined,
  sent: readonly (readonly Sent[] | undefined)[],
): Held {
  const heard = sent.map((each, index): Received | undefined =>
    each === undefined ? undefined : { sent: each, candidates: receive(arena, prefixClass, speaker, index, each) },
  );
  return select(arena, speaker, locals, heard);
}

/** What one neighbor hears of what a speaker holds. */
export function advertise(arena: Arena, prefixClass: PrefixClass, channel: Channel, held: Held): readonly Sent[] {
  if (channel.closed === true) return NOTHING;
  const prefix = prefixClass.first;
  if (originatesDefault(channel) && isDefaultRoute(prefix)) {
    const set = isConditional(channel) ? arena.granted.get(grantKey(channel)) : {};
    return set === undefined ? NOTHING : [defaultOriginated(channel, arena.intern, plain("igp"), set, prefix)];
  }
  if (suppressedAt(prefixClass, channel.speaker.index)) return NOTHING;
  const from = arena.channels[channel.speaker.index] ?? [];
  if (channel.sendsAll === false) {
    const { best } = held;
    if (best === undefined) return NOTHING;
    const each = exportPath(channel, from[best.channel], best, prefix, prefixClass.index, arena.intern);
    if (each === undefined) return NOTHING;
    if (each.nextHop !== channel.selfNextHop) return [each];
    let shared = channel.selfSent.get(each.bundle);
    if (shared === undefined) channel.selfSent.set(each.bundle, (shared = [each]));
    return shared;
  }
  const sent: Sent[] = [];
  inPlace(severalPaths(arena, channel, held)).forEach((path, at) => {
    const each = exportPath(channel, from[path.channel], path, prefix, prefixClass.index, arena.intern);
    if (each !== undefined) sent.push({ ...each, pathId: at + 1 });
  });
  return sent;
}

function severalPaths(arena: Arena, channel: Channel, held: Held): Candidate[] {
  const w = arena.weighings[channel.speaker.index] as Weighing;
  const all = w.invalidCompetes ? held.candidates : held.candidates.filter((each) => each.valid);
  if (channel.sendsAll === "all") return all;
  // FRR: the best of each neighboring AS, and the best path itself.
  const groups = new Map<number | undefined, Candidate>();
  for (const each of all) {
    const asn = each.bundle.asPath[0];
    const now = groups.get(asn);
    if (now === undefined || compareCandidates(w, each, now).result < 0) groups.set(asn, each);
  }
  return all.filter((each) => each === held.best || [...groups.values()].includes(each));
}

export function suppressedAt(prefixClass: PrefixClass, speaker: number): boolean {
  return prefixClass.within.some((each) => each.summaryOnly && each.speaker === speaker);
}

export function sameSent(a: readonly Sent[], b: readonly Sent[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const y = b[i];
    if (x?.bundle !== y?.bundle || x?.nextHop !== y?.nextHop || x?.through !== y?.through || x?.pathId !== y?.pathId)
      return false;
  }
  return true;
}

/** Notes what everybody holds each time the busiest speaker is asked again: a state seen before is a cycle. */
class Watch {
  private focus: number | undefined;
  private readonly seen = new Map<string, number>();
  private readonly states: { line: string; bests: Map<number, string> }[] = [];

  see(speaker: number, held: ReadonlyMap<number, Held>, arena: Arena): Solved["oscillates"] {
    this.focus ??= speaker;
    if (speaker !== this.focus) return undefined;
    const bests = new Map<number, string>();
    for (const [at, { best }] of held) bests.set(at, describe(best, arena, at));
    const line = [...bests]
      .sort(([a], [b]) => a - b)
      .map(([at, text]) => `${at}: ${text}`)
      .join("; ");
    const before = this.seen.get(line);
    this.states.push({ line, bests });
    if (before === undefined) {
      this.seen.set(line, this.states.length - 1);
      return undefined;
    }
    const cycle = this.states.slice(before, this.states.length - 1);
    const speakers = [...held.keys()].filter((at) => new Set(cycle.map((each) => each.bests.get(at))).size > 1);
    return {
      speakers: speakers.length > 0 ? speakers : [speaker],
      cycle: cycle.map(({ bests: state }) =>
        (speakers.length > 0 ? speakers : [speaker])
          .map((at) => `${arena.channels[at]?.[0]?.speaker.speaker.name ?? at}: ${state.get(at) ?? "nothing"}`)
          .join(", "),
      ),
    };
  }
}

function describe(best: Candidate | undefined, arena: Arena, speaker: number): string {
  if (best === undefined) return "nothing";
  if (best.channel < 0) return "its own";
  const bundle: Bundle = best.bundle;
  return `via ${best.nextHop} from ${arena.channels[speaker]?.[best.channel]?.remote.speaker.name ?? "?"} [${bundle.asPath.join(" ")}]`;
}
