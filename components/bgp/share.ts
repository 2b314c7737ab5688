/**
 * One search for many classes. A rack's nodes announce their blocks through the same routers in the same way: what the
 * fabric makes of the second follows from the first, if no router's rule tells the prefixes apart and nothing beyond the
 * first hop shows which node it was. Both are checked; a class that differs is solved by itself. The first class of a rack
 * may be read from another rack's (racks.ts).
 */
import type { Prefix } from "../model/prefix";
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import type { Conditions } from "./conditions";
import { compareCandidates, TIE_BREAKERS, type Candidate, type Weighing } from "./compare";
import { isDefaultRoute } from "./export";
import { solveClass, type Solved } from "./fixpoint";
import { receive, select, advertise, type Arena, type Held } from "./step";
import type { Racks } from "./racks";
import { ownCandidate, type Own } from "./origins";
import { Overlay } from "./overlay";

interface Pattern {
  solved: Solved;
  origin: number;
}

export class Sharing {
  private readonly patterns = new Map<string, Pattern>();
  private readonly off: boolean;

  /** `conditions` are the prefix conditions of all speakers that take part in every search. */
  constructor(
    private readonly arena: Arena,
    private readonly conditions: Conditions,
    private readonly standsAside: (prefix: Prefix) => boolean,
    private readonly racks: Racks | undefined,
  ) {
    this.off = arena.channels.some(
      (list, speaker) =>
        arena.isTransit[speaker] === true &&
        list.some((each) => (each.importPolicy.varies ?? each.exportPolicy.varies) !== undefined),
    );
  }

  solve(prefixClass: PrefixClass, extra: ReadonlyMap<number, Own[]>): Solved {
    const shape = this.off || extra.size > 0 ? undefined : this.shapeOf(prefixClass);
    if (shape === undefined) return solveClass(this.arena, prefixClass, extra);
    const pattern = this.patterns.get(shape);
    const moved = pattern === undefined ? undefined : this.moved(pattern, prefixClass);
    if (moved !== undefined) return moved;
    const origin = prefixClass.origins[0]?.speaker;
    if (origin === undefined || pattern !== undefined) return solveClass(this.arena, prefixClass, extra);
    const likeness = this.likenessOf(prefixClass);
    const like = this.racks?.like(prefixClass, likeness);
    const solved = like ?? solveClass(this.arena, prefixClass, extra);
    // What is like another rack's serves as that does.
    if (like === undefined && !this.serves(solved, origin)) return solved;
    this.patterns.set(shape, { solved, origin });
    if (like === undefined) this.racks?.note(prefixClass, likeness, solved);
    return solved;
  }

  /** Only what a single speaker announces that passes nothing on: then all begins at its neighbors. */
  private shapeOf(prefixClass: PrefixClass): string | undefined {
    const [origin] = prefixClass.origins;
    if (origin === undefined || prefixClass.origins.length > 1 || prefixClass.aggregatedAt.length > 0) return undefined;
    if (this.arena.isTransit[origin.speaker] === true || isDefaultRoute(prefixClass.first)) return undefined;
    if (this.standsAside(prefixClass.first)) return undefined;
    const channels = this.arena.channels[origin.speaker] ?? [];
    if (channels.length === 0) return undefined;
    const within = prefixClass.within.map(({ speaker, prefix }) => `${speaker}@${prefix}`).join();
    const ways = channels.map((channel) => channel.remote.index).join();
    return `${ways} ${within} ${this.likenessOf(prefixClass)}`;
  }

  /** Of classes that one speaker announces: in which way, and what the rules of all that carry routes ask of the prefix. */
  private likenessOf({ origins, first }: PrefixClass): string {
    return `${origins[0]?.own.id} ${this.conditions.signature(first)}`;
  }

  /** Does nothing beyond the first hop show which speaker announced it, and does no tie-breaker look at it? */
  private serves(solved: Solved, origin: number): boolean {
    const speaker = this.arena.channels[origin]?.[0]?.speaker;
    if (speaker === undefined || solved.oscillates !== undefined) return false;
    const { routerId } = speaker.speaker;
    for (const at of solved.held.keys()) {
      const held = solved.held.get(at) as Held;
      if (at === origin) {
        if (held.best?.kind !== "local") return false;
        continue;
      }
      for (const each of held.candidates) {
        if (each.bundle.originatorId === routerId || each.bundle.aggregator?.routerId === routerId) return false;
        const direct = this.arena.channels[at]?.[each.channel]?.remote.index === origin;
        if (direct ? !this.ranked(at, each, held) : speaker.own.has(each.nextHop)) return false;
      }
    }
    return true;
  }

  private ranked(speaker: number, path: Candidate, held: Held): boolean {
    const w = this.arena.weighings[speaker] as Weighing;
    return held.candidates.every((each) => each === path || !TIE_BREAKERS.has(compareCandidates(w, path, each).step));
  }

  private moved(pattern: Pattern, prefixClass: PrefixClass): Solved | undefined {
    const [origin] = prefixClass.origins;
    if (origin === undefined) return undefined;
    const before = this.arena.channels[pattern.origin] ?? [];
    const now = this.arena.channels[origin.speaker] ?? [];
    const locals = [ownCandidate(origin.own)];
    const own = select(this.arena, origin.speaker, locals, undefined);
    const changes = new Map<number, Held | undefined>([[pattern.origin, undefined]]);
    for (let at = 0; at < now.length; at++) {
      const left = before[at] as Channel;
      const right = now[at] as Channel;
      const router = right.remote.index;
      if (left.remote.index !== router) return undefined;
      const held = changes.get(router) ?? pattern.solved.held.get(router);
      const replaced = this.firstHop(prefixClass, left, right, held, own);
      if (replaced === undefined) return undefined;
      if (replaced !== held) changes.set(router, replaced === NOTHING ? undefined : replaced);
    }
    const back = now.map((channel) => {
      const held = changes.get(channel.remote.index) ?? pattern.solved.held.get(channel.remote.index);
      const half = this.arena.channels[channel.remote.index]?.[channel.remoteIndex];
      if (held === undefined || half === undefined) return undefined;
      const sent = advertise(this.arena, prefixClass, half, held);
      return { sent, candidates: receive(this.arena, prefixClass, origin.speaker, channel.index, sent) };
    });
    const whole = select(this.arena, origin.speaker, locals, back);
    if (whole.best?.kind !== "local") return undefined;
    changes.set(origin.speaker, whole);
    return {
      held: Overlay.over(pattern.solved.held, changes),
      pattern: pattern.solved,
      differing: [...changes.keys()],
    };
  }

  /** What the neighbor holds with the path of this origin in the place of the pattern's. */
  private firstHop(
    prefixClass: PrefixClass,
    left: Channel,
    right: Channel,
    held: Held | undefined,
    own: Held,
  ): Held | undefined {
    const sent = advertise(this.arena, prefixClass, right, own);
    const taken = receive(this.arena, prefixClass, right.remote.index, right.remoteIndex, sent);
    const there = held?.candidates.filter((each) => each.channel === left.remoteIndex) ?? [];
    if (taken.length !== there.length || taken.length > 1) return undefined;
    const [before] = there;
    const [after] = taken;
    if (held === undefined || before === undefined || after === undefined) return held ?? NOTHING;
    if (before.bundle !== after.bundle || before.valid !== after.valid || before.igpMetric !== after.igpMetric) {
      return undefined;
    }
    if (before.nextHop !== left.selfNextHop || after.nextHop !== right.selfNextHop) return undefined;
    const candidates = held.candidates.map((each) => (each === before ? after : each));
    return { candidates, best: held.best === before ? after : held.best };
  }
}

/** Stands for a neighbor that holds nothing. */
const NOTHING: Held = { candidates: [], best: undefined };
