/**
 * Solves one class of prefixes: speakers receive, select and advertise until nothing changes. Only speakers that can pass
 * on what they receive, and those that announce the class, take part; the others are computed when their table is read.
 */
import type { Bundle, Sent } from "./attributes";
import { sameCandidates } from "./candidates";
import type { PrefixClass } from "./classes";
import type { Candidate, Weighing } from "./compare";
import { isDefaultRoute } from "./export";
import { ownCandidate, type Own } from "./origins";
import { ownAlwaysBest } from "./ownBest";
import {
  advertise,
  originatesDefault,
  receive,
  sameSent,
  select,
  type Arena,
  type Held,
  type HeldBy,
  type Received,
} from "./step";

/** Makes one speaker select another of its candidates. */
export interface Choice {
  speaker: number;
  like(candidate: Candidate): boolean;
}

export interface Solved {
  held: HeldBy;
  /** The class that this one was copied from. */
  pattern?: Solved;
  /** Speakers whose answer differs from the pattern's. */
  differing?: readonly number[];
  /** Solved as this class, with two routers in each other's place; true of the rules and channels that there were. */
  exchanged?: Likeness;
  /** One of several stable states; the arrival order selects it. */
  byArrival?: true;
  /** Speakers and states that kept repeating. */
  oscillates?: { speakers: number[]; cycle: string[] };
}

export interface Likeness {
  prefixClass: PrefixClass;
  solved: Solved;
  rules: object;
  channels: Arena["channels"];
  /** The two routers and their neighbors, where these are not alike; absent: all speakers hold what the others would. */
  asked?: readonly number[];
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
    // A neighbor that gets one path hears nothing new while the best path is the same.
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
      // A path that is refused on import changes nothing there.
      if (candidates.length > 0 || (before !== undefined && before.candidates.length > 0)) queue.add(to);
    }
  }
  return { held };
}

/** All that the neighbors of a speaker send it now: asked when it first receives something to pass on. */
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

/** First in, first out; a speaker that waits already is not added again. */
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

/** Records what all speakers hold each time the busiest one is visited: a state seen before is a cycle. */
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
