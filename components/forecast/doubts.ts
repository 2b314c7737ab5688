/**
 * What keeps an answer from being exact: a tie that age breaks, an oscillation, a feature that no rule covers. Where the
 * solver computed which part of which answers is open, exactly those are in doubt. Any other doubt reaches every speaker
 * that learned the prefix from a doubtful one, so that no answer looks surer than it is.
 */
import type { Ambiguity, Move, NotModelled, Session, Solution } from "../bgp/solution";
import { gainers, touchedBy } from "./gains";
import { pathsTo } from "./rows";

export type Doubt =
  | { kind: "ambiguous"; at: string; what: "best" | "multipath"; candidates: { nextHop: string; from: string }[] }
  | { kind: "oscillating"; among: string[] }
  | { kind: "not-modelled"; at: string; what: string };

export type Doubts = (speaker: string, prefix: string) => readonly Doubt[];

const NONE: readonly Doubt[] = [];

export function doubtsOf(solution: Solution): Doubts {
  const { ambiguities, oscillations, notModelled } = solution;
  if (ambiguities.length === 0 && oscillations.length === 0 && notModelled.length === 0) return () => NONE;

  const byPrefix = new Map<string, Map<string, Doubt[]>>();
  const at = (prefix: string): Map<string, Doubt[]> => {
    let speakers = byPrefix.get(prefix);
    if (speakers === undefined) {
      speakers = new Map();
      byPrefix.set(prefix, speakers);
    }
    return speakers;
  };
  for (const each of ambiguities) {
    if (isHarmless(each)) continue;
    const { speaker, prefix, what, candidates, reaches, moves } = each;
    const doubt: Doubt = { kind: "ambiguous", at: speaker, what, candidates };
    const parts = new Map(moves.map((move) => [move.speaker, move]));
    for (const name of new Set([speaker, ...reaches])) {
      if (name === speaker || movesRoute(parts.get(name))) add(at(prefix), name, doubt);
    }
  }
  for (const { prefix, speakers, moves } of oscillations) {
    const doubt: Doubt = { kind: "oscillating", among: speakers };
    for (const name of new Set([...speakers, ...moves.map(({ speaker }) => speaker)])) add(at(prefix), name, doubt);
  }
  if (notModelled.length === 0) return (speaker, prefix) => byPrefix.get(prefix)?.get(speaker) ?? NONE;

  const spread = new Map<string, Map<string, Doubt[]>>();
  const unmodelled = unmodelledOf(solution);
  return (speaker, prefix) => {
    let speakers = spread.get(prefix);
    if (speakers === undefined) {
      speakers = spreadOver(solution, prefix, unmodelled);
      for (const [name, doubts] of byPrefix.get(prefix) ?? []) for (const doubt of doubts) add(speakers, name, doubt);
      spread.set(prefix, speakers);
    }
    return speakers.get(speaker) ?? NONE;
  };
}

/**
 * Does the choice change neither forwarding nor what any neighbor hears? So it is where multipath installs every
 * candidate: FRR then only calls another of them best.
 */
export const isHarmless = ({ reaches, moves }: Pick<Ambiguity, "reaches" | "moves">): boolean =>
  reaches.length === 0 &&
  moves.length > 0 &&
  moves.every(({ from, reach, fib }) => from.length === 0 && reach.length === 0 && !fib);

/** May the route that is used be another? Not where only paths beside it are open. An unknown part may be all of it. */
const movesRoute = (part: Pick<Move, "best" | "fib"> | undefined): boolean =>
  part === undefined || part.best || part.fib;

/** Were the speakers that it reaches computed, so that each has an entry of its own? */
const isComputed = ({ part, only }: NotModelled): boolean => part !== undefined || only === "fib";

/** What the daemon installs is open, its paths are certain. */
const FIB: NonNullable<NotModelled["part"]> = { from: [], reach: [], best: false, fib: true };

/** Does the open part concern the choice, what is installed, or a path that is used? */
function touchesUsed(solution: Solution, speaker: string, prefix: string, part: Omit<Move, "speaker">): boolean {
  if (movesRoute(part)) return true;
  const used = pathsTo(solution, speaker, prefix).filter(({ best, multipath }) => best || multipath);
  const senders = used.map(({ from }) => from?.speaker ?? speaker);
  return used.length === 0 || senders.some((name) => part.from.includes(name) || part.reach.includes(name));
}

function add(speakers: Map<string, Doubt[]>, name: string, doubt: Doubt): void {
  const doubts = speakers.get(name);
  if (doubts === undefined) speakers.set(name, [doubt]);
  else if (!doubts.includes(doubt)) doubts.push(doubt);
}

interface Unmodelled {
  doubt: Doubt;
  speaker: string;
  prefix?: string;
  /** Narrowed to one session: the speaker at its other end, and that end's part in the doubt. */
  other?: string;
  /** Sessions that may come up, or carry more, on account of it. */
  sessions: readonly Session[];
  /** The part that is open; set where others that it reaches have entries of their own. */
  computed?: NonNullable<NotModelled["part"]>;
}

function unmodelledOf(solution: Solution): Unmodelled[] {
  const sessions = new Map(solution.sessions.map((session) => [session.key, session]));
  // How often a path stands moves no traffic.
  const moving = solution.notModelled.filter(({ only }) => only !== "copies");
  return moving.map((each) => {
    const { speaker, what, prefix, session } = each;
    const one = session === undefined ? undefined : sessions.get(session);
    const touched = one !== undefined ? [one] : prefix === undefined ? touchedBy(solution, speaker, each) : [];
    const doubt: Doubt = { kind: "not-modelled", at: speaker, what };
    const made: Unmodelled = { doubt, speaker, sessions: touched };
    if (isComputed(each)) made.computed = each.part ?? FIB;
    if (prefix !== undefined) made.prefix = prefix;
    const other = one?.ends.find((end) => end.speaker !== speaker);
    if (other !== undefined) made.other = other.speaker;
    return made;
  });
}

/** From where each doubt begins along who learned the prefix from whom. */
function spreadOver(solution: Solution, prefix: string, unmodelled: Unmodelled[]): Map<string, Doubt[]> {
  const learners = new Map<string, Set<string>>();
  for (const { name } of solution.network.speakers) {
    for (const path of pathsTo(solution, name, prefix)) {
      if (path.from === undefined) continue;
      const set = learners.get(path.from.speaker);
      if (set === undefined) learners.set(path.from.speaker, new Set([name]));
      else set.add(name);
    }
  }
  const speakers = new Map<string, Doubt[]>();
  for (const { doubt, speaker, prefix: only, other, sessions, computed } of unmodelled) {
    if (only !== undefined && only !== prefix) continue;
    if (computed !== undefined) {
      if (touchesUsed(solution, speaker, prefix, computed)) add(speakers, speaker, doubt);
      continue;
    }
    // One session in doubt: whichever end has the prefix may or may not pass it to the other.
    const begin =
      other === undefined
        ? [speaker]
        : [speaker, other].filter((name) => pathsTo(solution, name === speaker ? other : speaker, prefix).length > 0);
    const reached = new Set(begin);
    for (const name of reached) {
      add(speakers, name, doubt);
      for (const learner of learners.get(name) ?? []) reached.add(learner);
    }
    for (const name of gainers(solution, prefix, sessions)) if (!reached.has(name)) add(speakers, name, doubt);
  }
  return speakers;
}

export function printDoubt(doubt: Doubt): string {
  switch (doubt.kind) {
    case "ambiguous": {
      const ways = doubt.candidates.map(({ nextHop, from }) => `${nextHop} from ${from}`).join(" or ");
      return `ambiguous at ${doubt.at} (${doubt.what}): ${ways}`;
    }
    case "oscillating":
      return `oscillates among ${doubt.among.join(", ")}`;
    case "not-modelled":
      return `not modelled at ${doubt.at}: ${doubt.what}`;
  }
}
