/** A solved class read with two routers in each other's place. Rows are made when asked for. */
import type { Bundle } from "./attributes";
import type { Channel } from "./channels";
import type { Candidate } from "./compare";
import type { Arena, Held, HeldBy } from "./step";

/** By neighbor, the place of its channel among those of either router. */
export type Places = ReadonlyMap<number, number>;

/** Attributes with the ASNs of two routers in each other's place. */
export interface Pair {
  bundleOf(bundle: Bundle): Bundle;
}

export class Exchanged implements HeldBy, Pair {
  private readonly bundles = new Map<Bundle, Bundle>();
  private readonly asns: readonly [number, number];

  constructor(
    private readonly arena: Arena,
    private readonly below: HeldBy,
    private readonly one: number,
    private readonly other: number,
    private readonly places: Places,
    /** Rows that are kept once made; absent: none are. */
    private readonly rows?: Map<number, Held>,
  ) {
    this.asns = [asnAt(arena, one), asnAt(arena, other)];
  }

  has(speaker: number): boolean {
    return this.below.has(this.inPlaceOf(speaker));
  }

  *keys(): MapIterator<number> {
    for (const speaker of this.below.keys()) yield this.inPlaceOf(speaker);
  }

  get(speaker: number): Held | undefined {
    const known = this.rows?.get(speaker);
    if (known !== undefined) return known;
    const held = this.below.get(this.inPlaceOf(speaker));
    if (held === undefined || this.one === this.other) return held;
    const made = this.made(speaker, held);
    this.rows?.set(speaker, made);
    return made;
  }

  private made(speaker: number, held: Held): Held {
    const { candidates, best, partial } = held;
    const of = this.channelsAt(speaker);
    const moved: Candidate[] = [];
    let chosen: Candidate | undefined;
    let sorted = true;
    for (const each of candidates) {
      const now = this.moved(speaker, each, of(each.channel));
      if (each === best) chosen = now;
      sorted &&= (moved.at(-1)?.channel ?? -1) <= now.channel;
      moved.push(now);
    }
    if (!sorted) moved.sort((a, b) => a.channel - b.channel);
    return { candidates: moved, best: chosen, ...(partial === undefined ? {} : { partial }) };
  }

  private inPlaceOf(speaker: number): number {
    return speaker === this.one ? this.other : speaker === this.other ? this.one : speaker;
  }

  /** Where at a speaker a path comes in that came by a channel: the two routers' own channels stand in the same order. */
  private channelsAt(speaker: number): (channel: number) => number {
    const place = this.places.get(speaker);
    if (place === undefined) return (channel) => channel;
    const left = this.arena.channels[this.one]?.[place]?.remoteIndex;
    const right = this.arena.channels[this.other]?.[place]?.remoteIndex;
    return (channel) => (channel === left ? (right ?? channel) : channel === right ? (left ?? channel) : channel);
  }

  private moved(speaker: number, path: Candidate, at: number): Candidate {
    const bundle = this.bundleOf(path.bundle);
    const itself = speaker === this.one || speaker === this.other;
    if (path.channel < 0 || (at === path.channel && !itself)) {
      return bundle === path.bundle ? path : { ...path, bundle };
    }
    const channel = this.arena.channels[speaker]?.[at] as Channel;
    const { remote, remoteIndex, far } = channel;
    const back = this.arena.channels[remote.index]?.[remoteIndex] as Channel;
    const { routerId } = remote.speaker;
    return {
      ...path,
      bundle,
      channel: at,
      nextHop: back.selfNextHop,
      routerId,
      address: far.address,
      peerAsn: far.asn,
    };
  }

  bundleOf(bundle: Bundle): Bundle {
    const [one, other] = this.asns;
    if (one === other) return bundle;
    let found = this.bundles.get(bundle);
    if (found === undefined) {
      const asPath = bundle.asPath.map((asn) => (asn === one ? other : asn === other ? one : asn));
      found = bundle.asPath.length === 0 ? bundle : this.arena.intern({ ...bundle, asPath });
      this.bundles.set(bundle, found);
    }
    return found;
  }
}

const asnAt = (arena: Arena, speaker: number): number => arena.channels[speaker]?.[0]?.speaker.speaker.asn ?? 0;
