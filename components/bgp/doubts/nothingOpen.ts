/**
 * Classes in which nothing is open: known from a class that is solved alike, or from the solution before a change. Then only
 * speakers that hold something else than before are asked again.
 */
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Solved } from "../fixpoint";
import type { Arena } from "../step";
import type { RoundView } from "./roundView";

interface Known {
  rules: object;
  channels: readonly (readonly Channel[])[];
}

/** The classes that one asker has found nothing in. */
export class NothingOpen {
  private readonly known = new WeakMap<Solved, Known>();

  /** Nothing is open about the class with these rules and channels. */
  note(arena: Arena, solved: Solved): void {
    const { rules, channels } = arena;
    this.known.set(solved, { rules, channels });
  }

  /**
   * Speakers that hold something else than when nothing was open; "all" where nothing is known of the class. `touched`:
   * those too whose sessions are others.
   */
  inQuestion(view: RoundView, prefixClass: PrefixClass, touched: boolean): readonly number[] | "all" {
    const arena = view.arenaOf(prefixClass);
    const solved = view.solvedOf(prefixClass);
    const { exchanged, pattern } = solved;
    if (view.everyOrder || solved.oscillates !== undefined || solved.byArrival === true) return "all";
    if (exchanged?.channels === arena.channels && this.known.has(exchanged.solved)) {
      return exchanged.asked ?? [];
    }
    const itself = this.known.get(solved);
    const before = itself ?? (pattern === undefined ? undefined : this.known.get(pattern));
    if (before === undefined || before.rules !== arena.rules) return "all";
    const differing = new Set(itself === undefined ? solved.differing : []);
    const changed = touchedBetween(before.channels, arena.channels);
    return view.compiled.speakers
      .map(({ index }) => index)
      .filter((index) => {
        if (differing.has(index) || (touched && changed.has(index))) return true;
        const held = solved.held.has(index) ? solved.held.get(index) : undefined;
        if (held !== undefined && held.partial !== true) return false;
        // What a speaker outside the search holds follows from its neighbors.
        return [index, ...(arena.channels[index] ?? []).map(({ remote }) => remote.index)].some(
          (at) => changed.has(at) || differing.has(at),
        );
      });
  }
}

const touches = new WeakMap<object, WeakMap<object, ReadonlySet<number>>>();

/** Speakers whose channels are others now. */
function touchedBetween(before: Known["channels"], now: Known["channels"]): ReadonlySet<number> {
  if (before === now) return NOBODY;
  let byNow = touches.get(before);
  if (byNow === undefined) touches.set(before, (byNow = new WeakMap<object, ReadonlySet<number>>()));
  let found = byNow.get(now);
  if (found === undefined) {
    found = new Set([...now.keys()].filter((speaker) => before[speaker] !== now[speaker]));
    byNow.set(now, found);
  }
  return found;
}

const NOBODY: ReadonlySet<number> = new Set();
