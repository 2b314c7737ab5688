/**
 * One class of prefixes, solved: speakers hear, decide and tell until nothing changes. Only speakers that can pass on
 * what they hear, and those that announce the class, take part; the others are asked when somebody wants their table.
 */
import type { Bundle, Interner } from "./attributes";
import { plain } from "./attributes";
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import { chooseBest, compareCandidates, type Candidate, type Weighing } from "./decide";
import { defaultOriginated, exportPath, isDefaultRoute } from "./export";
import { importPath, type Sent } from "./import";
import { ownCandidate, type Own } from "./origins";
import type { Resolver } from "./resolve";

export interface Arena {
  intern: Interner;
  resolver: Resolver;
  /** Each speaker's channels for the family of the class. */
  channels: Channel[][];
  weighings: Weighing[];
  /** Takes part whatever the class: it can pass on what it hears. */
  carries: boolean[];
}

/** One speaker's choice turned to another candidate, where it has that. */
export interface Forced {
  speaker: number;
  like(candidate: Candidate): boolean;
}

/** What a speaker holds for a class. */
export interface Held {
  candidates: Candidate[];
  best: Candidate | undefined;
}

export interface Solved {
  held: Map<number, Held>;
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
  force?: Forced,
): Solved {
  const held = new Map<number, Held>();
  const inputs = new Map<number, (readonly Sent[])[]>();
  const visits = new Map<number, number>();
  const locals = new Map<number, Candidate[]>();
  for (const { speaker, own } of prefixClass.origins) add(locals, speaker, ownCandidate(own));
  for (const [speaker, owns] of extra) for (const own of owns) add(locals, speaker, ownCandidate(own));
  const takesPart = (speaker: number): boolean => arena.carries[speaker] === true || locals.has(speaker);

  const queue: number[] = [];
  const queued = new Set<number>();
  const enqueue = (speaker: number): void => {
    if (queued.has(speaker)) return;
    queued.add(speaker);
    queue.push(speaker);
  };
  for (const speaker of locals.keys()) enqueue(speaker);
  if (isDefaultRoute(prefixClass.first)) {
    arena.channels.forEach((list, speaker) => {
      if (list.some((channel) => originatesDefault(channel))) enqueue(speaker);
    });
  }

  let watch: Watch | undefined;
  while (queue.length > 0) {
    const speaker = queue.shift() as number;
    queued.delete(speaker);
    const count = (visits.get(speaker) ?? 0) + 1;
    visits.set(speaker, count);
    if (count > PATIENCE) {
      watch ??= new Watch();
      const repeated = watch.see(speaker, held, arena);
      if (repeated !== undefined || count > PATIENCE * 16) {
        return { held, oscillates: repeated ?? { speakers: [speaker], cycle: [] } };
      }
    }
    const now = weigh(arena, prefixClass, speaker, inputs.get(speaker), locals.get(speaker));
    if (force?.speaker === speaker) now.best = now.candidates.find((each) => force.like(each)) ?? now.best;
    held.set(speaker, now);
    for (const channel of arena.channels[speaker] ?? []) {
      const to = channel.remote.index;
      if (!takesPart(to)) continue;
      const sent = tell(arena, prefixClass, channel, now);
      let heard = inputs.get(to);
      if (heard === undefined) {
        heard = [];
        inputs.set(to, heard);
      }
      const before = heard[channel.remoteIndex] ?? NOTHING;
      if (sameSent(before, sent)) continue;
      heard[channel.remoteIndex] = sent;
      enqueue(to);
    }
  }
  return { held };
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const originatesDefault = (channel: Channel): boolean =>
  channel.settings.defaultOriginate !== undefined && channel.settings.defaultOriginate !== false;

export function weigh(
  arena: Arena,
  prefixClass: PrefixClass,
  speaker: number,
  heard: readonly (readonly Sent[] | undefined)[] | undefined,
  locals: readonly Candidate[] | undefined,
): Held {
  const candidates: Candidate[] = locals === undefined ? [] : [...locals];
  const channels = arena.channels[speaker] ?? [];
  if (heard !== undefined) {
    for (let at = 0; at < heard.length; at++) {
      const channel = channels[at];
      const sent = heard[at];
      if (channel === undefined || sent === undefined) continue;
      for (const each of sent) {
        const candidate = importPath(channel, each, prefixClass.first, prefixClass.index, arena.intern, arena.resolver);
        if (candidate !== undefined) candidates.push(candidate);
      }
    }
  }
  const w = arena.weighings[speaker] as Weighing;
  const best = chooseBest(w, w.invalidCompetes ? candidates : candidates.filter((each) => each.valid));
  return { candidates, best };
}

/** What one neighbor hears of what a speaker holds. */
export function tell(arena: Arena, prefixClass: PrefixClass, channel: Channel, held: Held): readonly Sent[] {
  const prefix = prefixClass.first;
  if (originatesDefault(channel) && isDefaultRoute(prefix)) {
    return [defaultOriginated(channel, arena.intern, plain("igp"))];
  }
  if (suppressedAt(prefixClass, channel.speaker.index)) return NOTHING;
  const paths =
    channel.sendsAll === false ? (held.best === undefined ? [] : [held.best]) : severalPaths(arena, channel, held);
  if (paths.length === 0) return NOTHING;
  const sent: Sent[] = [];
  const from = arena.channels[channel.speaker.index] ?? [];
  for (const path of paths) {
    const each = exportPath(channel, from[path.channel], path, prefix, prefixClass.index, arena.intern);
    if (each !== undefined) sent.push(channel.sendsAll === false ? each : { ...each, pathId: path.channel + 1 });
  }
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

function sameSent(a: readonly Sent[], b: readonly Sent[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const y = b[i];
    if (x?.bundle !== y?.bundle || x?.nextHop !== y?.nextHop || x?.pathId !== y?.pathId) return false;
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
