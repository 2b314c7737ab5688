/**
 * Answers that age or arrival order decides: who may win, and whose answers change with it. Each alternative is solved
 * as a world of its own, so that what it reaches is found by looking and not by a rule of thumb.
 */
import type { PrefixClass } from "./classes";
import type { Compiled } from "./compile";
import {
  bestInOrder,
  decide,
  inPlace,
  medsDiffer,
  rankedByAddress,
  type Candidate,
  type Decision,
  type Weighing,
} from "./decide";
import type { Arena, Held, HeldBy, Solved } from "./fixpoint";
import type { Played } from "./race";
import type { Ambiguity } from "./solution";
import { differences, playedIn, severalStates, type Difference } from "./worlds";

export interface World {
  compiled: Compiled;
  classes: readonly PrefixClass[];
  arenaOf(prefixClass: PrefixClass): Arena;
  solvedOf(prefixClass: PrefixClass): Solved;
  heldAt(prefixClass: PrefixClass, solved: Pick<Solved, "held">, speaker: number): Held;
  /** The class played out in the order that a number stands for; with GoBGP's forgotten withdrawals or without. */
  played(prefixClass: PrefixClass, run: number, quirks: boolean): Played;
  /** The class solved again, with one speaker's choice turned to a candidate that is like the given one. */
  forced(prefixClass: PrefixClass, speaker: number, choice: Candidate): Solved;
}

/** More than so many alternatives of one tie say nothing new. */
const ALTERNATIVES = 8;

/** What may be the answer for one class besides the one that is given. */
export interface Open {
  prefixClass: PrefixClass;
  /** Speakers that only age keeps from another choice, or the order of paths. */
  ties: Tie[];
  /** Who answers otherwise in some order of arrival, and what was best there in any of them. */
  races: Map<number, { difference: Difference; bests: Candidate[] }>;
}

interface Tie {
  speaker: number;
  decision: Decision;
  rivals: Candidate[];
  reached: Set<number>;
}

export function allOpen(world: World): Open[] {
  const byPattern = new Map<Solved, Open | undefined>();
  return world.classes.flatMap((each) => {
    const solved = world.solvedOf(each);
    const { pattern, differing } = solved;
    // What was solved by likeness is open as its pattern is, unless somebody is concerned who answers otherwise.
    const alike = pattern === undefined ? undefined : byPattern.get(pattern);
    if (pattern !== undefined && byPattern.has(pattern) && !concerns(alike, differing ?? [])) {
      return alike === undefined ? [] : [{ ...alike, prefixClass: each }];
    }
    const open = openOf(world, each);
    byPattern.set(solved, open);
    return open ?? [];
  });
}

const concerns = (open: Open | undefined, speakers: readonly number[]): boolean =>
  open !== undefined &&
  speakers.some((at) => open.races.has(at) || open.ties.some((tie) => tie.speaker === at || tie.reached.has(at)));

function openOf(world: World, prefixClass: PrefixClass): Open | undefined {
  const arena = world.arenaOf(prefixClass);
  const base = world.solvedOf(prefixClass);
  const ties: Tie[] = [];
  for (const { index } of world.compiled.speakers) {
    const w = arena.weighings[index];
    if (w === undefined || !mayTie(arena, index, w)) continue;
    const held = world.heldAt(prefixClass, base, index);
    if (held.candidates.length < 2) continue;
    const decision = decide(w, held.candidates);
    const rivals = rivalsOf(w, held, decision);
    if (decision.best === undefined || (rivals.length === 0 && !decision.sharersTie)) continue;
    ties.push({ speaker: index, decision, rivals, reached: reachedFrom(world, prefixClass, index, rivals) });
  }
  const races: Open["races"] = new Map();
  if (base.oscillates === undefined && (ties.length > 0 || severalStates(arena, base))) {
    for (const { held } of playedIn(base, (run) => world.played(prefixClass, run, false))) {
      for (const [speaker, difference] of differencesFrom(world, prefixClass, held)) {
        let race = races.get(speaker);
        if (race === undefined) races.set(speaker, (race = { difference, bests: [] }));
        if (difference === "paths") race.difference = difference;
        const { best } = world.heldAt(prefixClass, { held }, speaker);
        if (best !== undefined) race.bests.push(best);
      }
    }
  }
  return ties.length === 0 && races.size === 0 ? undefined : { prefixClass, ties, races };
}

export function ambiguitiesOf(world: World, open: readonly Open[]): Ambiguity[] {
  return open.flatMap((each) => {
    const { prefixClass, ties, races } = each;
    const arena = world.arenaOf(prefixClass);
    const base = world.solvedOf(prefixClass);
    const name = (at: number): string => world.compiled.speakers[at]?.speaker.name ?? "";
    const said = (speaker: number, paths: readonly Candidate[]): Ambiguity["candidates"] =>
      paths.map(({ nextHop, channel }) => ({
        nextHop,
        from: arena.channels[speaker]?.[channel]?.remote.speaker.name ?? "",
      }));
    const covered = new Set(ties.flatMap(({ speaker, reached }) => [speaker, ...reached]));
    const found: Omit<Ambiguity, "prefix">[] = [];
    for (const { speaker, decision, rivals, reached } of ties) {
      const others = races.get(speaker)?.bests ?? [];
      const candidates = distinct([
        ...said(speaker, [decision.best as Candidate, ...rivals]),
        ...said(speaker, others),
      ]);
      const reaches = [...reached].map(name).sort();
      if (rivals.length === 0) {
        found.push({
          speaker: name(speaker),
          what: "multipath",
          candidates: said(speaker, decision.multipath),
          reaches,
        });
        continue;
      }
      found.push({ speaker: name(speaker), what: "best", candidates, reaches });
      if (decision.truncated) found.push({ speaker: name(speaker), what: "multipath", candidates, reaches });
    }
    const rest = [...races].filter(([at]) => !covered.has(at));
    const moved = [...races].flatMap(([at, { difference }]) => (difference === "paths" ? [name(at)] : []));
    for (const [at, { bests }] of rest) {
      const { best } = world.heldAt(prefixClass, base, at);
      const candidates = distinct(said(at, [...(best === undefined ? [] : [best]), ...bests]));
      if (candidates.length > 1)
        found.push({ speaker: name(at), what: "best", candidates, reaches: [], arrival: true });
    }
    // What the order of arrival moves beyond that hangs on all of these choices together.
    const known = new Set(found.flatMap(({ reaches }) => reaches));
    const beyond = moved.filter((at) => !known.has(at));
    const roots = found.some(({ arrival }) => arrival) ? found.filter(({ arrival }) => arrival) : found;
    for (const root of roots) root.reaches = [...new Set([...root.reaches, ...beyond])].sort();
    return prefixClass.prefixes.flatMap((prefix) => found.map((one) => ({ ...one, prefix })));
  });
}

function distinct(candidates: Ambiguity["candidates"]): Ambiguity["candidates"] {
  const seen = new Set<string>();
  return candidates.filter(({ nextHop, from }) => {
    const key = `${nextHop} ${from}`;
    return !seen.has(key) && seen.add(key) === seen;
  });
}

/** Most speakers cannot tie: their order ends in addresses, and nobody sends them two paths of one prefix. */
function mayTie(arena: Arena, speaker: number, w: Weighing): boolean {
  const channels = arena.channels[speaker] ?? [];
  if (channels.length === 0) return false;
  if (channels.length > 1 && !w.compareRouterId && w.order.includes("older")) return true;
  if (channels.length > 2 && !w.alwaysCompareMed) return true;
  const [first, second] = channels;
  if (first !== undefined && second !== undefined && !rankedByAddress(w, first.far.address, second.far.address))
    return true;
  return channels.some((channel) => arena.channels[channel.remote.index]?.[channel.remoteIndex]?.sendsAll !== false);
}

/** Who else may be best: equal but for age, equal in everything, or best when the paths come in another order. */
export function rivalsOf(w: Weighing, held: Held, decision: Decision): Candidate[] {
  const rivals = new Set(decision.tied);
  const able = w.invalidCompetes ? held.candidates : held.candidates.filter((each) => each.valid);
  if (able.length > 2 && medsDiffer(w, able)) {
    for (let turn = 0; turn < able.length; turn++) {
      const turned = [...able.slice(turn), ...able.slice(0, turn)];
      for (const order of [turned, [...turned].reverse()]) {
        const winner = bestInOrder(w, order);
        if (winner !== undefined && winner !== decision.best) rivals.add(winner);
      }
    }
  }
  return inPlace([...rivals]);
}

function reachedFrom(world: World, prefixClass: PrefixClass, from: number, rivals: readonly Candidate[]): Set<number> {
  const reached = new Set<number>();
  for (const rival of rivals.slice(0, ALTERNATIVES)) {
    const other = world.forced(prefixClass, from, rival);
    for (const [speaker, difference] of differencesFrom(world, prefixClass, other.held)) {
      if (speaker !== from || difference === "paths") reached.add(speaker);
    }
  }
  return reached;
}

export function differencesFrom(world: World, prefixClass: PrefixClass, other: HeldBy): Map<number, Difference> {
  const heldAt = (held: HeldBy, speaker: number): Held => world.heldAt(prefixClass, { held }, speaker);
  const base = world.solvedOf(prefixClass).held;
  return differences(world.arenaOf(prefixClass), heldAt, base, other);
}
