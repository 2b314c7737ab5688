/**
 * What a speaker loses by a change: prefixes that it no longer forwards, or forwards over fewer next hops than wanted. If
 * the changed network can be solved from the first solution, only classes that differ are looked at.
 */
import { solveChange, type Settled, type Since } from "./incremental";
import type { PrefixClass } from "../classes";
import { PrefixMap } from "../bits";
import { sameCandidates } from "../candidates";
import type { Network } from "../network";
import { heldAt, type Round } from "../round";
import type { FibRoute, Solution } from "../solution";
import { resolve, settledOf, solve } from "../solve";
import { Widths, widthOf } from "./widths";

export interface Loss {
  prefix: string;
  before: number;
  after: number;
  /** A wider route still leads somewhere. */
  covered: boolean;
}

/** Every class, because a way to next hops may be another, or because a session is. */
const EVERY = new Set<number>();
const SESSIONS = new Set<number>();

const NONE: ReadonlySet<string> = new Set();

/** Asks many changes of one solution: what stood before is looked up once. */
export class Losses {
  private readonly was: Settled | undefined;
  private readonly fibs = new Map<string, Map<string, number>>();
  private readonly widths = new Map<number, Widths>();
  /** By watcher and class. */
  private readonly known = new Map<number, (number | number[])[]>();
  private readonly bearing: ReadonlySet<number>;
  /** Classes that answers about others look at: those are solved in any case. */
  private readonly supporting: ReadonlySet<number>;

  constructor(
    private readonly before: Solution,
    /** A prefix shall keep so many next hops. */
    private readonly wanted: number,
  ) {
    this.was = settledOf(before);
    this.bearing = this.was === undefined ? new Set() : bearingOf(this.was);
    this.supporting = this.was === undefined ? new Set() : supportingOf(this.was, this.bearing);
  }

  /** Is it a prefix of BGP that no route to another prefix depends on? */
  supportsNone(prefix: string): boolean {
    const index = this.was?.round.byPrefix.get(prefix)?.index;
    return index !== undefined && !this.supporting.has(index);
  }

  /** By speaker; who lost nothing is not in it. `except`: prefixes that are not asked for. */
  in(changed: Network, watchers: readonly string[], except = NONE): Map<string, Loss[]> {
    const { was } = this;
    const asked = was === undefined || except.size === 0 ? undefined : this.allBut(was, except);
    const is = was === undefined ? undefined : solveChange(was, changed, asked);
    const classes = was === undefined || is === undefined ? undefined : this.touched(was, is, watchers);
    let solved: Solution | undefined;
    const after = (): Solution =>
      (solved ??= was !== undefined && is === undefined ? solve(changed, was.options) : resolve(this.before, changed));
    const found = new Map<string, Loss[]>();
    for (const name of watchers) {
      const at = was?.compiled.byName.get(name);
      const few = at === undefined ? undefined : classes?.get(at);
      const losses =
        was === undefined || is === undefined || at === undefined || classes === undefined || few === "all"
          ? this.byFib(name, after())
          : this.byClass(was, is, at, few ?? new Set(), asked);
      const wanted = except.size === 0 ? losses : losses.filter(({ prefix }) => !except.has(prefix));
      if (wanted.length > 0) found.set(name, wanted);
    }
    return found;
  }

  private allBut({ round }: Settled, except: ReadonlySet<string>): Set<number> {
    const asked = new Set(this.supporting);
    for (const { index, prefixes } of round.classes) {
      if (!prefixes.every((prefix) => except.has(prefix))) asked.add(index);
    }
    return asked;
  }

  /** By watcher, the classes that may be otherwise there; "all" where a policy of its own makes the FIB. */
  private touched(was: Settled, is: Settled, watchers: readonly string[]): Map<number, Set<number> | "all"> {
    const { round, compiled } = was;
    const { touched, classes } = is.since as Since;
    const found = new Map<number, Set<number> | "all">();
    for (const name of watchers) {
      const at = compiled.byName.get(name) ?? -1;
      const policed = compiled.speakers[at]?.speaker.bgp.fibPolicy !== undefined;
      found.set(at, touched.has(at) ? (policed ? "all" : SESSIONS) : new Set());
    }
    const put = (speaker: number, index: number): void => {
      const list = found.get(speaker);
      if (list === undefined || list === "all" || list === EVERY) return;
      if (compiled.speakers[speaker]?.speaker.bgp.fibPolicy !== undefined) found.set(speaker, "all");
      else if (this.bearing.has(index)) {
        if (!sameHeld(was, is, speaker, index)) found.set(speaker, EVERY);
      } else if (list !== SESSIONS) list.add(index);
    };
    for (const [index, resumed] of classes) {
      if (resumed === undefined) {
        for (const speaker of found.keys()) put(speaker, index);
        continue;
      }
      const { channels } = round.arenas[round.classes[index]?.family ?? "ipv4"];
      for (const speaker of resumed.moved) put(speaker, index);
      for (const speaker of resumed.spoke) for (const { remote } of channels[speaker] ?? []) put(remote.index, index);
    }
    return found;
  }

  /** `asked`: the classes that were solved; undefined stands for all. */
  private byClass(
    was: Settled,
    is: Settled,
    at: number,
    classes: ReadonlySet<number>,
    asked: ReadonlySet<number> | undefined,
  ): Loss[] {
    // Its next hops lead where they led, and so does every path that it still holds.
    const itself = was.compiled.speakers[at] === is.compiled.speakers[at];
    const stands = classes !== EVERY && itself;
    const losses: Loss[] = [];
    let now: Widths | undefined;
    for (const prefix of classes === EVERY || !itself ? this.widthsOf(was, at).alone() : []) {
      const before = this.widthsOf(was, at).of(prefix);
      const after = (now ??= new Widths(is, at)).of(prefix);
      if (this.less(before, after)) losses.push({ prefix, before, after, covered: after > 0 || now.covers(prefix) });
    }
    for (const index of classes === EVERY || classes === SESSIONS ? (asked ?? was.round.classes.keys()) : classes) {
      if (stands && sameHeld(was, is, at, index)) continue;
      const then = this.widthsBefore(was, at, index);
      if (then === 0) continue;
      now ??= new Widths(is, at);
      // The prefixes before the change: a class that is no longer announced has none, and own routes may stay.
      const widths = now.ofClass(was.round.classes[index] as PrefixClass);
      if (typeof then === "number" && typeof widths === "number" && !this.less(then, widths)) continue;
      (was.round.classes[index] as PrefixClass).prefixes.forEach((prefix, place) => {
        const before = typeof then === "number" ? then : (then[place] ?? 0);
        const after = typeof widths === "number" ? widths : (widths[place] ?? 0);
        if (!this.less(before, after)) return;
        losses.push({ prefix, before, after, covered: after > 0 || (now as Widths).covers(prefix) });
      });
    }
    return losses;
  }

  private widthsBefore(was: Settled, at: number, index: number): number | number[] {
    let list = this.known.get(at);
    if (list === undefined) this.known.set(at, (list = []));
    return (list[index] ??= this.widthsOf(was, at).ofClass(was.round.classes[index] as PrefixClass));
  }

  private widthsOf(was: Settled, at: number): Widths {
    let widths = this.widths.get(at);
    if (widths === undefined) this.widths.set(at, (widths = new Widths(was, at)));
    return widths;
  }

  private byFib(name: string, solution: Solution): Loss[] {
    let before = this.fibs.get(name);
    if (before === undefined) {
      before = new Map();
      for (const [prefix, route] of fibOf(this.before, name)) {
        const width = widthOf(route);
        if (width > 0) before.set(prefix, width);
      }
      this.fibs.set(name, before);
    }
    const fib = fibOf(solution, name);
    let leading: PrefixMap<true> | undefined;
    const losses: Loss[] = [];
    for (const [prefix, had] of before) {
      const after = widthOf(fib.get(prefix));
      if (!this.less(had, after)) continue;
      leading ??= leadingIn(fib);
      losses.push({ prefix, before: had, after, covered: after > 0 || leading.around(prefix).length > 0 });
    }
    return losses;
  }

  private less(before: number, after: number): boolean {
    return after < before && (after === 0 || (after < this.wanted && before >= this.wanted));
  }
}

/** Does it hold what it held? */
function sameHeld(was: Settled, is: Settled, at: number, index: number): boolean {
  const before = was.round.solved[index]?.held.get(at);
  const after = is.round.solved[index]?.held.get(at);
  if (before !== undefined && before === after && before.partial !== true) return true;
  const [one, other] = [was, is].map(({ round }) => heldAt(round, round.classes[index] as PrefixClass, at));
  return sameCandidates(one?.candidates ?? [], other?.candidates ?? []) && sameCandidates([one?.best], [other?.best]);
}

function fibOf(solution: Solution, name: string): ReadonlyMap<string, FibRoute> {
  return solution.fib?.(name) ?? solution.table(name).fib;
}

function leadingIn(fib: ReadonlyMap<string, FibRoute>): PrefixMap<true> {
  const leading = new PrefixMap<true>();
  for (const [prefix, route] of fib)
    if (widthOf(route) > 0) leading.set(prefix as Parameters<typeof leading.set>[0], true);
  return leading;
}

/** Classes around an address of somebody: routes to other prefixes may lead over them. */
function bearingOf({ compiled, round }: Settled): Set<number> {
  const found = new Set<number>();
  const look = (address: string, { byPrefix }: Round): void => {
    for (const [, { index }] of byPrefix.around(address)) found.add(index);
  };
  for (const address of compiled.owners.keys()) look(address, round);
  for (const { speaker } of compiled.speakers)
    for (const { via } of speaker.routes ?? []) via?.forEach((hop) => look(hop, round));
  return found;
}

/** Classes around another prefix or an address, looked up by sessions and next hops, and those of aggregates. */
function supportingOf({ round, lookups }: Settled, bearing: ReadonlySet<number>): Set<number> {
  const found = new Set(bearing);
  for (const index of lookups.sources(round.byPrefix)) found.add(index);
  for (const { index, prefixes, within, aggregatedAt } of round.classes) {
    if (within.length + aggregatedAt.length > 0) found.add(index);
    for (const prefix of prefixes) {
      for (const [around, wider] of round.byPrefix.around(prefix)) if (around !== prefix) found.add(wider.index);
    }
  }
  return found;
}
