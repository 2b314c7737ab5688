/**
 * Racks that are alike: their routers can be exchanged (exchange.ts), looking at the sessions between routers alone. What
 * the network makes of a prefix behind one router it makes of one behind the other, if both arrive at their router in the
 * same way. Speakers that pass nothing on may differ from rack to rack: they are asked for what they hold.
 */
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import type { Candidate } from "./compare";
import { canStandIn, kindsOf, ownHops, rowsAround, type Kind, type Row } from "./exchange";
import { Exchanged, type Pair } from "./exchanged";
import type { Solved } from "./fixpoint";
import { ownCandidate } from "./origins";
import { Overlay } from "./overlay";
import { setsNoRank, severalStates } from "./ranking";
import { advertise, receive, sameSent, select, type Arena, type Held } from "./step";

/** A class of one rack's speaker that was searched, and what a speaker of another rack is compared with. */
interface Pattern {
  prefixClass: PrefixClass;
  solved: Solved;
  /** The session of the speaker that announces it, as its router has it. */
  first: Channel;
  path: Candidate;
  rows: ReadonlyMap<number, Row>;
}

/** Routers by their kind, and the addresses that stand as next hops between them. */
interface Routers {
  kinds: ReadonlyMap<number, Kind>;
  hops: ReadonlySet<string>;
}

export class Racks {
  private readonly patterns = new Map<string, Pattern>();
  /** Found when first needed. */
  private found: Routers | undefined;

  constructor(private readonly arena: Arena) {}

  /** The class as one of another rack; `likeness`: what else two classes must have in common. */
  like(prefixClass: PrefixClass, likeness: string): Solved | undefined {
    const first = this.firstOf(prefixClass);
    const pattern = first === undefined ? undefined : this.patterns.get(this.keyOf(first, likeness));
    return first === undefined || pattern === undefined ? undefined : this.moved(pattern, prefixClass, first);
  }

  /** The class was searched: classes of other racks may be like it. */
  note(prefixClass: PrefixClass, likeness: string, solved: Solved): void {
    const { arena } = this;
    const first = this.firstOf(prefixClass);
    if (first === undefined || solved.oscillates !== undefined || severalStates(arena, prefixClass, solved)) return;
    const [path, ...others] = solved.held.get(first.speaker.index)?.candidates ?? [];
    if (path?.channel !== first.index || others.length > 0 || !path.valid) return;
    const { originatorId, aggregator } = path.bundle;
    if ((originatorId ?? aggregator) !== undefined) return;
    const rows = rowsAround(arena, solved, this.links(first.speaker.index));
    if (rows === undefined) return;
    const key = this.keyOf(first, likeness);
    if (!this.patterns.has(key)) this.patterns.set(key, { prefixClass, solved, first, path, rows });
  }

  private get routers(): Routers {
    return (this.found ??= this.findRouters());
  }

  private findRouters(): Routers {
    const { arena } = this;
    const kinds = new Map<number, Kind>();
    const hops = ownHops(arena, this.carries);
    if (hops === undefined) return { kinds, hops: new Set() };
    for (const kind of kindsOf(arena, this.carries)) {
      for (const at of kind.members) if (setsNoRank(arena, at)) kinds.set(at, kind);
    }
    return { kinds, hops };
  }

  private readonly carries = ({ speaker, remote }: Channel): boolean =>
    this.arena.isTransit[speaker.index] === true && this.arena.isTransit[remote.index] === true;

  private links(speaker: number): Channel[] {
    return (this.arena.channels[speaker] ?? []).filter(this.carries);
  }

  /** The router's side of the one session of the speaker that announces the class. */
  private firstOf({ origins, within, aggregatedAt }: PrefixClass): Channel | undefined {
    const [origin, ...others] = origins;
    if (origin === undefined || others.length + within.length + aggregatedAt.length > 0) return undefined;
    const { arena } = this;
    const [session, ...further] = arena.channels[origin.speaker] ?? [];
    if (session === undefined || further.length > 0 || arena.isTransit[origin.speaker] === true) return undefined;
    const first = arena.channels[session.remote.index]?.[session.remoteIndex];
    const leads = arena.transit[session.remote.index]?.[session.remoteIndex] === true;
    if (first === undefined || !leads || !this.routers.kinds.has(session.remote.index)) return undefined;
    return [...session.speaker.own].some((address) => this.routers.hops.has(address)) ? undefined : first;
  }

  private keyOf({ speaker, remote }: Channel, likeness: string): string {
    return `${this.routers.kinds.get(speaker.index)?.id} ${remote.speaker.asn} ${likeness}`;
  }

  private moved(pattern: Pattern, prefixClass: PrefixClass, first: Channel): Solved | undefined {
    const { arena } = this;
    const [origin] = prefixClass.origins;
    const session = arena.channels[first.remote.index]?.[first.remoteIndex];
    const [one, other] = [pattern.first.speaker.index, first.speaker.index];
    const kind = this.routers.kinds.get(other);
    if (origin === undefined || session === undefined || kind === undefined || one === other) return undefined;
    const locals = [ownCandidate(origin.own)];
    const sent = advertise(arena, prefixClass, session, select(arena, origin.speaker, locals, undefined));
    const [path, ...others] = receive(arena, prefixClass, other, first.index, sent);
    if (path === undefined || others.length > 0 || !arrivesLike(pattern.path, path)) return undefined;
    const links = this.links(other);
    if (!canStandIn(arena, pattern.rows, links)) return undefined;
    const there: Held = { candidates: [path], best: path };
    // All classes of the rack stand over it, and ask it again and again.
    const exchanged = new Exchanged(arena, pattern.solved.held, one, other, kind.places, new Map());
    if (!this.sendsLike(pattern, prefixClass, there, links, exchanged)) return undefined;
    const back = advertise(arena, prefixClass, first, there);
    const returned = receive(arena, prefixClass, origin.speaker, session.index, back);
    const own = select(arena, origin.speaker, locals, [{ sent: back, candidates: returned }]);
    if (returned.length > 0 || own.best?.kind !== "local") return undefined;
    const changes = new Map<number, Held | undefined>([
      [pattern.first.remote.index, undefined],
      [other, there],
      [origin.speaker, own],
    ]);
    const { solved } = pattern;
    const { rules, channels } = arena;
    const asked = this.besides([one, other]);
    return {
      held: new Overlay(exchanged, changes),
      exchanged: { prefixClass: pattern.prefixClass, solved, rules, channels, asked },
    };
  }

  /** Does the router send to the others what the pattern's router sends, its own ASN in the place of the other's? */
  private sendsLike(pattern: Pattern, now: PrefixClass, there: Held, links: readonly Channel[], pair: Pair): boolean {
    const { arena } = this;
    const before = arena.channels[pattern.first.speaker.index] ?? [];
    const was: Held = { candidates: [pattern.path], best: pattern.path };
    return links.every((link) => {
      const twin = before[link.index];
      if (twin === undefined) return false;
      const expected = advertise(arena, pattern.prefixClass, twin, was).map((each) => ({
        ...each,
        bundle: pair.bundleOf(each.bundle),
        nextHop: each.nextHop === twin.selfNextHop ? link.selfNextHop : "",
      }));
      return sameSent(expected, advertise(arena, now, link, there));
    });
  }

  /** Routers, and the speakers beside them that are no part of the search. */
  private besides(routers: readonly number[]): number[] {
    const { channels } = this.arena;
    return [...routers, ...routers.flatMap((at) => (channels[at] ?? []).map(({ remote }) => remote.index))];
  }
}

/** Do two routers hold the same of paths from speakers of their own? */
const arrivesLike = (a: Candidate, b: Candidate): boolean =>
  a.bundle === b.bundle &&
  a.kind === b.kind &&
  a.valid === b.valid &&
  a.igpMetric === b.igpMetric &&
  a.overBgp === b.overBgp &&
  a.pathId === b.pathId;
