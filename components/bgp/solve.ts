/**
 * The solver: a Network's sessions and every speaker's routes. Sessions may stand on routes and routes on sessions, so
 * both are found in rounds until neither changes; within a round each class of alike prefixes is solved once.
 */
import { solveChange, limited, type Settled } from "./changes/incremental";
import { answer } from "./answer";
import { RouteLookups } from "./routeLookups";
import { interner, type Interner } from "./attributes";
import { PrefixMap } from "./bits";
import { transitChannels } from "./transit";
import { buildChannels } from "./channels";
import { classify, type PrefixClass } from "./classes";
import { compile, type Compiled } from "./compile";
import { weighings } from "./weighing";
import { asksPolicies, grantsOf } from "./defaults";
import { sameGrants, type Granted } from "./grants";
import { UNBENT } from "./dialects";
import type { Arena } from "./step";
import { Gathering } from "./gather";
import { LastTables } from "./lastTables";
import { Memories } from "./memories";
import type { Family, Network } from "./network";
import { ownInterner } from "./origins";
import { differingAnswers } from "./doubts/compareSolutions";
import { mayEnd, otherWays, overLimit, passedOnTheWay, type Over, type Trips } from "./limits";
import { nothingInstalled, type InstalledRoutes } from "./reach";
import { resolverOver, type Resolver } from "./resolve";
import { coverage, installedBy, type Round } from "./round";
import { formSessions, type Formed } from "./sessions/sessions";
import type { NotModelled, Session, Solution } from "./solution";
import { solveClasses, type SolveOptions } from "./solveClasses";

const ROUNDS = 12;

export function solve(network: Network, options: SolveOptions = {}): Solution {
  const compiled = compile(network, options.rules ?? UNBENT);
  return new Solving(compiled, options).run();
}

/** What a Solution came from: where solving a changed Network can begin. */
const settled = new WeakMap<Solution, Settled>();

/** The Network changed: as solve(changed) would say, with what the change did not touch taken over. */
export function resolve(solution: Solution, changed: Network): Solution {
  const before = settled.get(solution);
  if (before === undefined) return solve(changed);
  const after = solveChange(before, changed);
  if (after === undefined) return solve(changed, before.options);
  const result = answer(after, after.round, { last: after.last });
  settled.set(result, after);
  return result;
}

/** Sessions and routes that stand on each other, come to rest. */
interface Rest {
  round: Round;
  /** What BGP has installed; what is asked of it is noted. */
  watched: InstalledRoutes;
  asked: RouteLookups;
  /** Sessions that maximum-prefix has taken down. */
  tripped: Map<string, { at: string; sentence: string }>;
  late: Over[];
  restless: boolean;
}

/** Where solving stood; undefined where limits or disputes have decided. */
export const settledOf = (solution: Solution): Settled | undefined => settled.get(solution);

/** Was it solved from where another one stood, and not from the start? */
export const continues = (solution: Solution): boolean => settled.get(solution)?.since !== undefined;

class Solving {
  readonly intern: Interner = interner();
  readonly owns = ownInterner();
  readonly memories = new Memories();
  readonly gathering: Gathering;
  private readonly classes: PrefixClass[];
  private readonly byPrefix = new PrefixMap<PrefixClass>();
  private readonly covered: (address: string) => boolean;

  constructor(
    readonly compiled: Compiled,
    readonly options: SolveOptions,
  ) {
    this.gathering = new Gathering(compiled, this.intern, this.owns);
    this.classes = classify(compiled, this.gathering);
    for (const each of this.classes) for (const prefix of each.prefixes) this.byPrefix.set(prefix, each);
    this.covered = coverage(this.byPrefix);
  }

  run(): Solution {
    const { compiled, options, intern, owns, memories, gathering } = this;
    const rest = this.settle(new Map());
    const { round, asked, watched, tripped } = rest;
    const unsettled = rest.restless ? unsettledOf(compiled) : [];
    const ways = otherWays(tripped, rest.late, passedOnTheWay(round));
    if (ways.length > 0) {
      const alternatives = ways.map(({ start, what }) => ({
        solution: answer(this, this.settle(start).round),
        what,
      }));
      const base = answer(this, round);
      unsettled.push(...differingAnswers(base, alternatives));
    }
    const before = tripped.size === 0 ? undefined : this.settle(new Map(), false).round;
    const last = new LastTables();
    const result = answer(this, round, { unsettled, before, last });
    // What limits and disputes have done depends on the way there: such a Network is solved from the start again.
    if (tripped.size === 0 && ways.length === 0 && !rest.restless) {
      const counts = compiled.speakers.some(({ speaker }) => limited(speaker));
      const ground = { compiled, options, intern, owns, memories, gathering };
      settled.set(result, { ...ground, round, lookups: asked, recorded: watched, last, limited: counts });
    }
    return result;
  }

  /** FRR ends a session that carries too much for good: what was ended once stays so. */
  private settle(start: Trips, limits = true): Rest {
    const tripped = new Map(start);
    let installed: InstalledRoutes = nothingInstalled;
    let granted: Granted = new Map();
    for (let count = 1; ; count++) {
      const asked = new RouteLookups(this.covered);
      const round = this.open(asked.recording(installed), tripped, granted);
      installed = installedBy(this.compiled, round, () => this.complete(round));
      if (count === 1 && this.needsAnother(round, asked, installed)) continue;
      this.complete(round);
      const over = limits ? overLimit(round) : [];
      const late = over.filter((each) => each.late);
      for (const each of over) if (!each.late) tripped.set(each.key, each);
      const before = granted;
      granted = grantsOf(round);
      const holds = late.length === over.length && asked.unchanged(installed) && sameGrants(before, granted);
      if (!holds && count < ROUNDS) continue;
      // Who is asked for a table later asks for next hops as they are now.
      const watched = asked.recording(installed);
      return { round: answering(round, resolverOver(watched)), watched, asked, tripped, late, restless: !holds };
    }
  }

  /**
   * Sessions over several hops may stand on routes, of which the first round knows none: only the classes that they asked
   * for are solved there, if that is enough to see that other sessions come up. `asked`: by sessions alone, so far.
   */
  private needsAnother(round: Round, asked: RouteLookups, installed: InstalledRoutes): boolean {
    const sources = asked.sources(this.byPrefix);
    const classes = this.classes.filter(({ index }) => sources.has(index));
    const announced = classes.some(({ origins }) => origins.some(({ own }) => own.announced));
    if (!announced || !shares(this.options)) return false;
    // Limits, default routes that a policy grants and aggregates look at other classes.
    if (mayEnd(round) || asksPolicies(round) || classes.some((each) => each.aggregatedAt.length > 0)) return false;
    const bySessions = asked.copy();
    solveClasses(this, round, classes, true);
    return !bySessions.unchanged(installed);
  }

  /** Solves the classes that are not solved yet. */
  private complete(round: Round): void {
    const rest = round.classes.filter(({ index }) => round.solved[index] === undefined);
    if (rest.length > 0) solveClasses(this, round, rest, shares(this.options));
  }

  /** A round with its sessions, of which no class is solved yet. */
  private open(installed: InstalledRoutes, tripped: Trips, granted: Granted): Round {
    const all = formSessions(this.compiled, installed);
    const formed = withoutTripped(all, tripped);
    const gone = all.links.filter((link) => !formed.links.includes(link));
    const channels = buildChannels(this.compiled, formed.links, this.memories, gone);
    const resolver = resolverOver(installed);
    const weighed = weighings(this.compiled.speakers);
    const everybody = this.options.shared === false;
    const everyOrder = this.options.everyOrder === true;
    const arena = (family: Family): Arena => {
      const leads = this.compiled.speakers.map((each, index) =>
        transitChannels(
          each,
          channels[family][index] ?? [],
          (this.gathering.aggregates[index]?.length ?? 0) > 0,
          everybody,
        ),
      );
      const carries = leads.map((each) => each.includes(true));
      return {
        intern: this.intern,
        resolver,
        channels: channels[family],
        weighings: weighed[family],
        transit: leads,
        isTransit: carries,
        everybody,
        everyOrder,
        granted,
        rules: {},
      };
    };
    return {
      formed,
      channels,
      classes: this.classes,
      solved: [],
      extra: [],
      arenas: { ipv4: arena("ipv4"), ipv6: arena("ipv6") },
      byPrefix: this.byPrefix,
    };
  }
}

const shares = ({ shared }: SolveOptions): boolean => shared !== false;

function withoutTripped(formed: Formed, tripped: Trips): Formed {
  if (tripped.size === 0) return formed;
  const links = formed.links.filter((link) => !tripped.has(link.session.key));
  const sessions = formed.sessions.map((session): Session => {
    const trip = tripped.get(session.key);
    if (trip === undefined || !session.up) return session;
    const { at, sentence } = trip;
    return { ...session, families: [], up: false, down: { reason: "maximum-prefix", at, sentence } };
  });
  return { ...formed, sessions, links };
}

function answering(round: Round, resolver: Resolver): Round {
  const { ipv4, ipv6 } = round.arenas;
  return { ...round, arenas: { ipv4: { ...ipv4, resolver }, ipv6: { ...ipv6, resolver } } };
}

const unsettledOf = (compiled: Compiled): NotModelled[] =>
  compiled.speakers.map(({ speaker }) => ({
    speaker: speaker.name,
    what: "sessions and routes that stand on each other do not settle",
  }));
