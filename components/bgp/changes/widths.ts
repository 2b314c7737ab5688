/**
 * Over how many next hops a speaker forwards a prefix, one class at a time, without making the whole FIB. A speaker whose
 * own policy decides what enters the FIB needs all of it.
 */
import type { Settled } from "./incremental";
import type { PrefixClass } from "../classes";
import type { CompiledSpeaker } from "../compile";
import type { Candidate, Weighing } from "../compare";
import { multipathOf } from "../multipath";
import { heldAt } from "../round";
import type { Held } from "../step";
import type { FibRoute } from "../solution";
import { bgpRoute, followed, learnedEntry, ownEntry, type BgpRoute, type HopsOf, type LongestBgp } from "../table";

export function widthOf(route: FibRoute | undefined): number {
  return route === undefined || route.nextHops.some((hop) => hop.blackhole === true) ? 0 : route.nextHops.length;
}

type HeldBest = Held & { best: Candidate };

/** One speaker's widths in one solution. */
export class Widths {
  private readonly speaker: CompiledSpeaker;
  private readonly routes = new Map<number, BgpRoute | undefined>();
  private readonly hopsOf: HopsOf;
  private readonly byHeld = new Map<Held, BgpRoute | undefined>();
  private readonly byPaths = new Map<string, BgpRoute | undefined>();
  private readonly byRoute = new Map<BgpRoute, number>();
  /** Next hops, and whether no route of BGP is around them. */
  private readonly standing = new Map<string, boolean>();
  /** Own prefixes by the class that has them too. */
  private readonly own = new Map<number, string[]>();

  constructor(
    private readonly settled: Settled,
    private readonly index: number,
  ) {
    this.speaker = settled.compiled.speakers[index] as CompiledSpeaker;
    this.hopsOf = followed(this.speaker, this.longest);
    for (const [prefix] of this.speaker.routes.entries()) {
      const at = settled.round.byPrefix.get(prefix)?.index;
      if (at !== undefined) this.own.set(at, [...(this.own.get(at) ?? []), prefix]);
    }
  }

  /** Own prefixes that BGP knows nothing of. */
  alone(): string[] {
    const { byPrefix } = this.settled.round;
    return [...this.speaker.routes.entries()]
      .map(([prefix]) => prefix)
      .filter((each) => byPrefix.get(each) === undefined);
  }

  /** One number for all these prefixes of a class, or one for each of them. */
  ofClass(prefixClass: PrefixClass): number | number[] {
    const { prefixes, first, index } = prefixClass;
    if (prefixes.length === 0) return 0;
    if (prefixes.length > 1 && (this.own.has(index) || this.leadsInto(prefixClass))) {
      return prefixes.map((prefix) => this.of(prefix));
    }
    return this.of(prefixes[0] ?? first);
  }

  of(prefix: string): number {
    const { speaker } = this;
    if (!speaker.up) return 0;
    const index = this.settled.round.byPrefix.get(prefix)?.index;
    const learned = index === undefined ? undefined : this.learned(index);
    const own = ownEntry(speaker, prefix, learned, this.longest);
    if (own !== undefined) return widthOf(own);
    return learned === undefined ? 0 : this.learnedWidth(prefix, learned);
  }

  /** Next hops that no route of BGP leads to are the same for all prefixes, and few sets of them are in use. */
  private learnedWidth(prefix: string, route: BgpRoute): number {
    const { speaker, hopsOf } = this;
    let width = this.byRoute.get(route);
    if (width !== undefined) return width;
    if (!route.nextHops.every((hop) => this.stands(hop))) return widthOf(learnedEntry(speaker, prefix, route, hopsOf));
    this.byRoute.set(route, (width = widthOf(learnedEntry(speaker, prefix, route, hopsOf))));
    return width;
  }

  private stands(hop: string): boolean {
    let known = this.standing.get(hop);
    if (known === undefined) {
      known = hop.startsWith("interface%") || this.settled.round.byPrefix.around(hop).length === 0;
      this.standing.set(hop, known);
    }
    return known;
  }

  /** Does a wider route lead somewhere? */
  covers(prefix: string): boolean {
    for (const map of [this.speaker.routes, this.settled.round.byPrefix]) {
      for (const [around] of map.around(prefix)) if (around !== prefix && this.of(around) > 0) return true;
    }
    return false;
  }

  private learned(index: number): BgpRoute | undefined {
    if (this.routes.has(index)) return this.routes.get(index);
    const { round } = this.settled;
    const each = round.classes[index] as PrefixClass;
    const held = each.prefixes.length === 0 ? undefined : heldAt(round, each, this.index);
    const route = held?.best === undefined ? undefined : this.routeOf(each, held as HeldBest);
    this.routes.set(index, route);
    return route;
  }

  /** What is the same for many classes is decided once: the paths of a rack's blocks differ in their prefixes alone. */
  private routeOf(each: PrefixClass, held: HeldBest): BgpRoute | undefined {
    if (this.byHeld.has(held)) return this.byHeld.get(held);
    const route = this.routeOfPaths(each, held);
    this.byHeld.set(held, route);
    return route;
  }

  private routeOfPaths({ family }: PrefixClass, { candidates, best }: HeldBest): BgpRoute | undefined {
    const key = candidates.map((path) => `${path.channel} ${path.pathId} ${path.bundle.id} ${path.nextHop}`).join();
    const whole = `${family} ${candidates.indexOf(best)} ${candidates.map(({ valid }) => (valid ? 1 : 0)).join("")} ${key}`;
    if (this.byPaths.has(whole)) return this.byPaths.get(whole);
    const arena = this.settled.round.arenas[family];
    const multipath = multipathOf(arena.weighings[this.index] as Weighing, { candidates, best });
    const route = bgpRoute(this.speaker, arena.channels[this.index] ?? [], { best, multipath });
    this.byPaths.set(whole, route);
    return route;
  }

  private readonly longest: LongestBgp = (address, exclude) => {
    for (const [prefix, { index }] of this.settled.round.byPrefix.around(address)) {
      if (prefix === exclude) continue;
      const route = this.learned(index);
      const own = this.speaker.routes.get(prefix)?.[0];
      if (route === undefined || (own !== undefined && own.distance <= route.distance)) continue;
      return { prefix, route };
    }
    return undefined;
  };

  /** A next hop within the class itself: each prefix is followed by itself. */
  private leadsInto({ index }: PrefixClass): boolean {
    return (this.learned(index)?.nextHops ?? []).some((hop) => {
      if (hop.startsWith("interface%")) return false;
      return this.settled.round.byPrefix.around(hop).some(([, around]) => around.index === index);
    });
  }
}
