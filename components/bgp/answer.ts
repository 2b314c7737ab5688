/**
 * What was solved, as the plain values that the rest of the library talks about. Tables, and whatever is asked of other
 * orders and outcomes, are made when asked for.
 */
import { namedParts } from "./doubts/parts";
import { type RoundView } from "./doubts/roundView";
import { allOpen, ambiguitiesOf, type Open } from "./doubts/ambiguity";
import type { PrefixClass } from "./classes";
import type { Compiled } from "./compile";
import { continuedDefaults } from "./defaults";
import { DETECTORS } from "./doubts/detectors";
import type { Evidence } from "./doubts/detector";
import { looksAtPrefixes } from "./followers";
import { floatingStatics } from "./doubts/floatingStatics";
import { type Solved } from "./fixpoint";
import { hopsInDoubt } from "./doubts/nextHopTracking";
import { heldAt, heldIn, type Round } from "./round";
import type { Ground, SolveOptions } from "./solveClasses";
import type { Link } from "./sessions/ends";
import type { Alike, Ambiguity, NotModelled, Oscillation, Session, Solution, Table } from "./solution";
import { fibAt, LastTables } from "./lastTables";
import { viewOf } from "./doubts/roundView";

/** What the way to the answer leaves open, and what there was before limits ended sessions. */
export interface Way {
  unsettled?: readonly NotModelled[];
  before?: Round | undefined;
  /** The tables that were made before this answer. */
  last?: LastTables;
}

export function answer(ground: Ground & { options: SolveOptions }, round: Round, way: Way = {}): Solution {
  const { compiled, options } = ground;
  const tables = new Map<string, Table>();
  const last = way.last ?? new LastTables();
  const view = viewOf(compiled, round);
  let open: Open[] | undefined;
  const opened = (): Open[] => (open ??= allOpen(view));
  const evidence: Evidence = {
    view,
    ground,
    round,
    shares: options.shared !== false,
    open: opened,
    ...(way.before === undefined ? {} : { before: viewOf(compiled, way.before) }),
  };
  let ambiguities: Ambiguity[] | undefined;
  let oscillations: Oscillation[] | undefined;
  let notModelled: NotModelled[] | undefined;
  let entries: number | undefined;
  return {
    network: compiled.network,
    sessions: withDoubts(compiled, round),
    table(name) {
      let table = tables.get(name);
      if (table === undefined) {
        table = last.table(compiled, round, name);
        tables.set(name, table);
      }
      return table;
    },
    fib: (name) => tables.get(name)?.fib ?? fibAt(compiled, round, name),
    alike(name) {
      const table = tables.get(name);
      return table === undefined ? last.alike(compiled, round, name) : alikeIn(table, round);
    },
    prefixes: () => round.classes.flatMap((each) => each.prefixes).sort(),
    get ambiguities() {
      return (ambiguities ??= [...ambiguitiesOf(view, opened()), ...floatingStatics(view)]);
    },
    get oscillations() {
      return (oscillations ??= oscillationsOf(view, opened));
    },
    get notModelled() {
      return (notModelled ??= [
        ...(way.unsettled ?? []),
        ...unmodelledOf(compiled, round),
        ...continuedDefaults(compiled),
        ...DETECTORS.flatMap((each) => each.find(evidence)),
      ]);
    },
    ribEntries: () => (entries ??= countEntries(compiled, round)),
  };
}

/** The rows of a table that was made already. */
const alikeIn = ({ rib }: Table, { classes }: Round): Alike[] =>
  classes.flatMap(({ prefixes, first }) => {
    const paths = rib.get(first);
    return paths === undefined ? [] : [{ prefixes, paths }];
  });

/** Sessions that are up, with what may keep routes out of them all the same. */
function withDoubts(compiled: Compiled, { formed, arenas }: Round): Session[] {
  const linkOf = new Map(formed.links.map((link) => [link.session, link]));
  return formed.sessions.map((session) => {
    const link = session.up && session.kind === "ebgp" ? linkOf.get(session) : undefined;
    if (link === undefined) return session;
    const policyMissing = missingPolicies(compiled, link);
    const mayRefuse = hopsInDoubt(compiled, link, arenas.ipv4.resolver).map(({ speaker }) => nameOf(compiled, speaker));
    if (policyMissing.length + mayRefuse.length === 0) return session;
    return {
      ...session,
      ...(policyMissing.length === 0 ? {} : { policyMissing }),
      ...(mayRefuse.length === 0 ? {} : { mayRefuse }),
    };
  });
}

const nameOf = (compiled: Compiled, speaker: number): string => compiled.speakers[speaker]?.speaker.name ?? "";

function missingPolicies(compiled: Compiled, link: Link): NonNullable<Session["policyMissing"]> {
  const missing: NonNullable<Session["policyMissing"]> = [];
  for (const end of link.ends) {
    const speaker = compiled.speakers[end.speaker];
    if (speaker?.requiresPolicy !== true) continue;
    for (const family of link.families) {
      const has = end.settings.families?.[family] ?? {};
      const at = speaker.speaker.name;
      if ((has.importPolicy ?? has.importPrefixList ?? has.importAsPathList) === undefined) {
        missing.push({ at, direction: "import" });
      }
      if ((has.exportPolicy ?? has.exportPrefixList ?? has.exportAsPathList) === undefined) {
        missing.push({ at, direction: "export" });
      }
    }
  }
  return missing;
}

function unmodelledOf(compiled: Compiled, round: Round): NotModelled[] {
  return compiled.speakers.flatMap(({ speaker, index }) =>
    (speaker.unmodelled ?? []).flatMap(({ prefixes, ...each }) => {
      const one = { ...each, speaker: speaker.name };
      // What touches some prefixes alone touches how they were learned.
      return prefixes === undefined
        ? [one]
        : prefixes.filter((prefix) => learns(round, index, prefix)).map((prefix) => ({ ...one, prefix }));
    }),
  );
}

function learns(round: Round, speaker: number, prefix: string): boolean {
  const prefixClass = round.byPrefix.get(prefix);
  const best = prefixClass === undefined ? undefined : heldAt(round, prefixClass, speaker).best;
  return best !== undefined && best.kind !== "local";
}

function oscillationsOf(view: RoundView, opened: () => readonly Open[]): Oscillation[] {
  return view.classes.flatMap((each) => {
    const found = view.solvedOf(each).oscillates;
    if (found === undefined) return [];
    const speakers = found.speakers.map((at) => view.compiled.speakers[at]?.speaker.name ?? "");
    const races = opened().find(({ prefixClass }) => prefixClass === each)?.byArrival ?? new Map<number, never>();
    const moves = namedParts(view, view.arenaOf(each), races);
    return each.prefixes.map((prefix) => ({ prefix, speakers, cycle: found.cycle, moves }));
  });
}

/** What classes with one pattern share is counted once for all of them. */
function countEntries(compiled: Compiled, round: Round): number {
  let count = 0;
  const followers = new Map<Solved, PrefixClass[]>();
  /** Prefixes that have as many entries as one of the class that theirs was read from. */
  const likened = new Map<PrefixClass, number>();
  for (const each of round.classes) {
    const solved = round.solved[each.index] as Solved;
    const { exchanged } = solved;
    if (exchanged?.channels === round.arenas[each.family].channels && exchanged.asked === undefined) {
      const { prefixClass } = exchanged;
      likened.set(prefixClass, (likened.get(prefixClass) ?? 0) + each.prefixes.length);
      continue;
    }
    const pattern = solved.pattern ?? solved;
    const list = followers.get(pattern);
    if (list === undefined) followers.set(pattern, [each]);
    else list.push(each);
  }
  for (const classes of followers.values()) {
    const [first] = classes;
    if (first === undefined) continue;
    // Speakers beside one that answers differently from class to class are asked for each class.
    const apart = new Set<number>();
    for (const each of classes) {
      for (const at of round.solved[each.index]?.differing ?? []) {
        apart.add(at);
        for (const { remote } of round.arenas[each.family].channels[at] ?? []) apart.add(remote.index);
      }
    }
    const prefixesOf = (each: PrefixClass): number => each.prefixes.length + (likened.get(each) ?? 0);
    let prefixes = 0;
    for (const each of classes) prefixes += prefixesOf(each);
    const entries = (each: PrefixClass, at: number): number =>
      heldIn(round, each, round.solved[each.index], at).candidates.filter((path) => path.announced !== false).length;
    for (const { index } of compiled.speakers) {
      const looks = looksAtPrefixes(round, first.family, index);
      if (!apart.has(index) && !looks) count += entries(first, index) * prefixes;
      else for (const each of classes) count += entries(each, index) * prefixesOf(each);
    }
  }
  return count;
}
