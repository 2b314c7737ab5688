/**
 * Answers that age or arrival order decides: which paths may win, and which speakers' answers change with them. Each
 * alternative is solved or followed, so that what it changes is found by looking.
 */
import type { PrefixClass } from "../classes";
import { compareCandidates, rankedByAddress, type Candidate, type Weighing } from "../compare";
import { bestInOrder, inPlace, medsDiffer, outcome, type Outcome } from "../decide";
import type { Solved } from "../fixpoint";
import { severalStates } from "../ranking";
import type { Ambiguity } from "../solution";
import type { Arena, Held } from "../step";
import {
  choiceDifference,
  difference,
  differenceAt,
  merge,
  samePath,
  type AnswerDifference,
  type AnswerDifferences,
} from "./answerDifferences";
import { followChoice } from "./followChoice";
import { candidateNames, differencesFrom, movesOf, nameOf } from "./parts";
import { NothingOpen } from "./nothingOpen";
import { replays, type RoundView } from "./roundView";

/** The most alternatives of one tie that are followed. */
const ALTERNATIVES = 8;

/** Other answers that one class may have. */
export interface Open {
  prefixClass: PrefixClass;
  /** Speakers whose choice depends on age, or on the order of paths. */
  ties: Tie[];
  /** Speakers whose answer differs in some order of arrival, or between the states of an oscillation. */
  byArrival: AnswerDifferences;
  /** The best paths in any of them. */
  bests: Map<number, Candidate[]>;
}

interface Tie {
  speaker: number;
  held: Held;
  decision: Outcome;
  rivals: Candidate[];
  /** What the other choices change, here and elsewhere. */
  reached: AnswerDifferences;
  /** Another choice here changes one elsewhere, or may with other ties: orders of arrival may show more. */
  entangled: boolean;
}

export function allOpen(view: RoundView): Open[] {
  const byPattern = new Map<Solved, Open | undefined>();
  return view.classes.flatMap((each) => {
    const solved = view.solvedOf(each);
    const { pattern, differing } = solved;
    // What was solved by likeness is open as its pattern is, unless somebody is concerned who answers otherwise.
    const alike = pattern === undefined ? undefined : byPattern.get(pattern);
    const like = pattern !== undefined && byPattern.has(pattern) && !concerns(alike, differing ?? []);
    if (like && sameHops(view, each, alike)) {
      return alike === undefined ? [] : [{ ...alike, prefixClass: each }];
    }
    const open = isStillClear(view, each) ? undefined : openOf(view, each);
    byPattern.set(solved, open);
    if (open === undefined) CLEAR.note(view.arenaOf(each), solved);
    return open ?? [];
  });
}

const CLEAR = new NothingOpen();

/** Is nothing open because nothing was, and no speaker has come to a tie since? */
function isStillClear(view: RoundView, prefixClass: PrefixClass): boolean {
  const asked = CLEAR.inQuestion(view, prefixClass, false);
  if (asked === "all") return false;
  const arena = view.arenaOf(prefixClass);
  const base = view.solvedOf(prefixClass);
  return asked.every((at) => tieAt(arena, at, () => view.heldAt(prefixClass, base, at)) === undefined);
}

const concerns = (open: Open | undefined, speakers: readonly number[]): boolean =>
  open !== undefined &&
  speakers.some((at) => open.byArrival.has(at) || open.ties.some((tie) => tie.speaker === at || tie.reached.has(at)));

/** Far from the origin a next hop may still be the origin's own address, which is another one in each class. */
function sameHops(view: RoundView, prefixClass: PrefixClass, open: Open | undefined): boolean {
  const solved = view.solvedOf(prefixClass);
  const hopsAt = (speaker: number): string[] =>
    view.heldAt(prefixClass, solved, speaker).candidates.map(({ nextHop }) => nextHop);
  const named = [
    ...(open?.ties ?? []).map(({ speaker, held }) => ({ speaker, paths: held.candidates })),
    ...[...(open?.bests ?? [])].map(([speaker, paths]) => ({ speaker, paths })),
  ];
  return named.every(({ speaker, paths }) => {
    const hops = new Set(hopsAt(speaker));
    return paths.every(({ nextHop }) => hops.has(nextHop));
  });
}

function openOf(view: RoundView, prefixClass: PrefixClass): Open | undefined {
  const arena = view.arenaOf(prefixClass);
  const base = view.solvedOf(prefixClass);
  const several = base.oscillates !== undefined || severalStates(arena, prefixClass, base);
  const held = new Map<number, Held>();
  const heldAt = (speaker: number): Held => {
    let found = held.get(speaker);
    if (found === undefined) held.set(speaker, (found = view.heldAt(prefixClass, base, speaker)));
    return found;
  };
  const ties: Tie[] = [];
  for (const { index } of view.compiled.speakers) {
    const tie = tieAt(arena, index, () => heldAt(index));
    if (tie === undefined) continue;
    const { w, there, decision, rivals } = tie;
    const { reached, entangled } = reachedFrom(view, prefixClass, index, rivals, several ? undefined : heldAt);
    // Of paths with one next hop FRR 8.4 installs the same, whichever of them it marks.
    const fib = !w.skipsSameNextHop || there.candidates.some(({ nextHop }) => nextHop.startsWith("interface%"));
    if (decision.sharersTie) merge(reached, new Map([[index, difference({ fib })]]));
    ties.push({ speaker: index, held: there, decision, rivals, reached, entangled });
  }
  const races: AnswerDifferences = new Map();
  const bests = new Map<number, Candidate[]>();
  if (several || view.everyOrder || ties.some(({ entangled }) => entangled)) {
    for (const { states } of replays(base, (run) => view.replayed(prefixClass, run, false))) {
      for (const held of states) {
        const now = differencesFrom(view, prefixClass, held);
        merge(races, now);
        for (const speaker of now.keys()) {
          const { best } = view.heldAt(prefixClass, { held }, speaker);
          if (best !== undefined) bests.set(speaker, [...(bests.get(speaker) ?? []), best]);
        }
      }
    }
  }
  return ties.length === 0 && races.size === 0 ? undefined : { prefixClass, ties, byArrival: races, bests };
}

interface TieAt {
  w: Weighing;
  there: Held;
  decision: Outcome;
  rivals: Candidate[];
}

/** The tie that age or the order of paths decides at a speaker, if there is one. */
function tieAt(arena: Arena, speaker: number, heldAt: () => Held): TieAt | undefined {
  const w = arena.weighings[speaker];
  if (w === undefined || !mayTie(arena, speaker, w)) return undefined;
  const there = heldAt();
  if (there.candidates.length < 2) return undefined;
  const decision = outcome(w, there.candidates);
  // A neighbor may send one path several times (ADD-PATH): which of them is best changes nothing.
  const rivals = rivalsOf(w, there, decision).filter((each) => !samePath(each, decision.best));
  if (decision.best === undefined || (rivals.length === 0 && !decision.sharersTie)) return undefined;
  return { w, there, decision, rivals };
}

export function ambiguitiesOf(view: RoundView, open: readonly Open[]): Ambiguity[] {
  // Classes that are open as another is have its very ties: what these come to is worked out once for all of them.
  const known = new Map<Tie[], Found[]>();
  return open.flatMap((each) => {
    if (view.solvedOf(each.prefixClass).oscillates !== undefined) return [];
    const tiesAlone = each.byArrival.size === 0;
    const found = (tiesAlone ? known.get(each.ties) : undefined) ?? foundIn(view, each);
    if (tiesAlone) known.set(each.ties, found);
    return each.prefixClass.prefixes.flatMap((prefix) => found.map((one) => ({ ...one, prefix })));
  });
}

function foundIn(view: RoundView, open: Open): Found[] {
  const arrivals = racesOf(view, open);
  return [...tiesOf(view, open, arrivals.length === 0), ...arrivals];
}

type Found = Omit<Ambiguity, "prefix">;

/** `alone`: whatever else the orders of arrival move comes of the ties. */
function tiesOf(view: RoundView, { prefixClass, ties, byArrival: races, bests }: Open, alone: boolean): Found[] {
  const arena = view.arenaOf(prefixClass);
  const known = new Set(ties.flatMap(({ reached }) => [...reached.keys()]));
  const others = alone ? [...races].filter(([at]) => !known.has(at)) : [];
  return ties.flatMap(({ speaker, decision, rivals, reached }): Found[] => {
    const all: AnswerDifferences = new Map();
    merge(all, reached);
    // What the orders move at those that this tie moves anyway.
    const here = [speaker, ...reached.keys()].flatMap((at) => {
      const race = races.get(at);
      return race === undefined ? [] : [[at, race] as const];
    });
    merge(all, new Map([...here, ...others]));
    const found = { speaker: nameOf(view, speaker), ...movesOf(view, arena, all, speaker) };
    if (rivals.length === 0) {
      return [{ ...found, what: "multipath", candidates: candidateNames(arena, speaker, decision.multipath) }];
    }
    const paths = [decision.best as Candidate, ...rivals, ...(bests.get(speaker) ?? [])];
    const candidates = distinct(candidateNames(arena, speaker, paths));
    const best: Found = { ...found, what: "best", candidates };
    return decision.truncated ? [best, { ...best, what: "multipath" }] : [best];
  });
}

/** Choices that no tie explains: they select one of several stable states, and depend on each other. */
function racesOf(view: RoundView, { prefixClass, ties, byArrival: races, bests }: Open): Found[] {
  const arena = view.arenaOf(prefixClass);
  const base = view.solvedOf(prefixClass);
  const covered = new Set(ties.flatMap(({ speaker, reached }) => [speaker, ...reached.keys()]));
  return [...races].flatMap(([speaker, { best: chooses }]): Found[] => {
    if (!chooses || covered.has(speaker)) return [];
    const { best } = view.heldAt(prefixClass, base, speaker);
    const paths = [...(best === undefined ? [] : [best]), ...(bests.get(speaker) ?? [])];
    const candidates = distinct(candidateNames(arena, speaker, paths));
    if (candidates.length < 2) return [];
    const moves = movesOf(view, arena, races, speaker);
    return [{ speaker: nameOf(view, speaker), what: "best", candidates, ...moves, arrival: true }];
  });
}

function distinct(candidates: Ambiguity["candidates"]): Ambiguity["candidates"] {
  const seen = new Set<string>();
  return candidates.filter(({ nextHop, from }) => {
    const key = `${nextHop} ${from}`;
    return !seen.has(key) && seen.add(key) === seen;
  });
}

/** Most speakers cannot tie: their order ends in addresses, and no neighbor sends them two paths of one prefix. */
function mayTie(arena: Arena, speaker: number, w: Weighing): boolean {
  const channels = (arena.channels[speaker] ?? []).filter(({ closed }) => closed !== true);
  if (channels.length === 0) return false;
  if (channels.length > 1 && !w.compareRouterId && w.order.includes("older")) return true;
  if (channels.length > 2 && !w.alwaysCompareMed) return true;
  const [first, second] = channels;
  if (first !== undefined && second !== undefined && !rankedByAddress(w, first.far.address, second.far.address))
    return true;
  return channels.some((channel) => arena.channels[channel.remote.index]?.[channel.remoteIndex]?.sendsAll !== false);
}

/** Who else may be best: equal but for age, equal in everything, or best when the paths come in another order. */
export function rivalsOf(w: Weighing, held: Held, decision: Outcome): Candidate[] {
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

/** `heldAt`: where each class has one stable state, other choices can be followed from there. */
function reachedFrom(
  view: RoundView,
  prefixClass: PrefixClass,
  from: number,
  rivals: readonly Candidate[],
  heldAt: ((speaker: number) => Held) | undefined,
): Pick<Tie, "reached" | "entangled"> {
  const reached: AnswerDifferences = new Map();
  const arena = view.arenaOf(prefixClass);
  const held = heldAt?.(from) ?? view.heldAt(prefixClass, view.solvedOf(prefixClass), from);
  let entangled = false;
  const own = choiceDifference(arena, from, held, rivals);
  if (own !== undefined) reached.set(from, own);
  for (const rival of rivals.slice(0, ALTERNATIVES)) {
    const now = heldAt === undefined ? undefined : followChoice(arena, prefixClass, heldAt, from, rival);
    if (now === undefined || heldAt === undefined) {
      merge(reached, differencesFrom(view, prefixClass, view.withChoice(prefixClass, from, rival).held));
      entangled = true;
      continue;
    }
    for (const [at, there] of now) {
      if (at === from) continue;
      const other = differenceAt(arena, at, heldAt(at), there);
      if (other === undefined) continue;
      merge(reached, new Map([[at, other]]));
      entangled ||= other.best || other.fib || !loses(arena.weighings[at] as Weighing, other, there);
    }
  }
  return { reached, entangled };
}

/** Is what came by the changed channels worse than the best path, and not only later? */
const loses = (w: Weighing, { channels, reach }: AnswerDifference, { candidates, best }: Held): boolean =>
  candidates.every((each) => {
    if (!channels.has(each.channel) && !reach.has(each.channel)) return true;
    if (best === undefined || each === best) return false;
    const { result, step } = compareCandidates(w, best, each);
    return result < 0 && step !== "older" && step !== "add-path-id";
  });
