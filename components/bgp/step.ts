/**
 * The steps of BGP at one speaker, for one class of prefixes: receive, select, advertise. The loop over all speakers is
 * fixpoint.ts.
 */
import { plain, type Interner, type Sent } from "./attributes";
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import { compareCandidates, type Candidate, type Weighing } from "./compare";
import { chooseBest, displaces, inPlace } from "./decide";
import { defaultOriginated, exportPath, isDefaultRoute } from "./export";
import { grantKey, isConditional, type Granted } from "./grants";
import { importPath } from "./import";
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

/** What a speaker holds for a class. */
export interface Held {
  candidates: Candidate[];
  best: Candidate | undefined;
  /** Own routes alone, which nothing displaces: what else it hears was not asked. */
  partial?: true;
}

/** Who holds what; those that took no part are not in it. */
export type HeldBy = Pick<ReadonlyMap<number, Held>, "get" | "has" | "keys">;

/** What came by a channel, and what was taken of it. */
export interface Received {
  sent: readonly Sent[];
  candidates: readonly Candidate[];
}

const NOTHING: readonly Sent[] = [];

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
    const candidate = importPath(channel, each, prefixClass.first, arena.intern, arena.resolver);
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
    const each = exportPath(channel, from[best.channel], best, prefix, arena.intern);
    if (each === undefined) return NOTHING;
    if (each.nextHop !== channel.selfNextHop) return [each];
    let shared = channel.selfSent.get(each.bundle);
    if (shared === undefined) channel.selfSent.set(each.bundle, (shared = [each]));
    return shared;
  }
  const sent: Sent[] = [];
  severalPaths(arena, channel, held).forEach((path, at) => {
    const each = exportPath(channel, from[path.channel], path, prefix, arena.intern);
    if (each === undefined) return;
    each.pathId = at + 1;
    sent.push(each);
  });
  return sent;
}

/** What goes to a neighbor that gets more than the best path, in an order that no arrival changes. */
function severalPaths(arena: Arena, channel: Channel, held: Held): readonly Candidate[] {
  const w = arena.weighings[channel.speaker.index] as Weighing;
  const all = placed(w, held.candidates);
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

const places = new WeakMap<readonly Candidate[], readonly Candidate[]>();

/** Every neighbor gets the same paths in the same order: they are sorted once. */
function placed(w: Weighing, candidates: readonly Candidate[]): readonly Candidate[] {
  let found = places.get(candidates);
  if (found === undefined) {
    found = inPlace(w.invalidCompetes ? candidates : candidates.filter((each) => each.valid));
    places.set(candidates, found);
  }
  return found;
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
