/**
 * The solver: a Network's sessions and every speaker's routes. Sessions may stand on routes and routes on sessions, so
 * both are found in rounds until neither changes; within a round each class of alike prefixes is solved once.
 */
import { prefixLength, type Prefix } from "../model/prefix";
import { aggregated } from "./aggregate";
import { ambiguitiesOf, type World } from "./ambiguity";
import { interner, type Interner } from "./attributes";
import { PrefixMap } from "./bits";
import { carries } from "./carriers";
import { buildChannels, Memories, type Channels } from "./channels";
import { classify, distinguishing, hostAddresses, type PrefixClass } from "./classes";
import { compile, type Compiled } from "./compile";
import { decide, weighing, type Candidate } from "./decide";
import { UNBENT, type DialectOverrides } from "./dialects";
import { solveClass, suppressedAt, tell, weigh, type Arena, type Held, type Solved } from "./fixpoint";
import { leftovers } from "./leftover";
import type { Family, Network } from "./network";
import { Gathering } from "./gather";
import { ownInterner, type Own } from "./origins";
import { nothingInstalled, type Installed, type InstalledRoutes } from "./reach";
import { resolverOver } from "./resolve";
import { Sharing } from "./share";
import { formSessions, type Formed, type Link } from "./sessions";
import type { Ambiguity, NotModelled, Oscillation, Path, Session, Solution, Table } from "./solution";
import { bgpRoute, fibOf, pathsOf, type BgpRoute } from "./table";

export interface SolveOptions {
  /** Bent dialects: for tests that ask whether a wrong rule would be noticed. */
  rules?: DialectOverrides;
  /** False: no class is solved by its likeness to another. The answers are the same; tests hold the two together. */
  shared?: boolean;
}

const ROUNDS = 12;

export function solve(network: Network, options: SolveOptions = {}): Solution {
  const compiled = compile(network, options.rules ?? UNBENT);
  return new Solving(compiled, options).run();
}

interface Round {
  formed: Formed;
  channels: Channels;
  classes: PrefixClass[];
  solved: Solved[];
  /** Aggregates that stand at speakers, by class. */
  extra: Map<number, Own[]>[];
  arenas: Record<Family, Arena>;
  byPrefix: PrefixMap<PrefixClass>;
}

class Solving {
  private readonly intern: Interner = interner();
  private readonly owns = ownInterner();
  /** Sessions that maximum-prefix has taken down, by key, with the end that did it. */
  private readonly tripped = new Map<string, { at: string; sentence: string }>();
  private readonly unsettled: NotModelled[] = [];

  constructor(
    private readonly compiled: Compiled,
    private readonly options: SolveOptions,
  ) {}

  run(): Solution {
    const gathering = new Gathering(this.compiled, this.intern, this.owns);
    const classes = classify(this.compiled, gathering);
    const byPrefix = new PrefixMap<PrefixClass>();
    for (const each of classes) for (const prefix of each.prefixes) byPrefix.set(prefix, each);
    let installed: InstalledRoutes = nothingInstalled;
    let round: Round | undefined;
    for (let count = 0; count < ROUNDS; count++) {
      const asked = new Map<string, string>();
      const before = installed;
      const watched: InstalledRoutes = (speaker, address) => {
        const answer = before(speaker, address);
        asked.set(`${speaker} ${address}`, JSON.stringify(answer ?? null));
        return answer;
      };
      round = this.round(watched, gathering, classes, byPrefix);
      installed = installedBy(this.compiled, round);
      const trippedNow = this.maximumPrefixes(round);
      const stable = [...asked].every(([key, answer]) => {
        const space = key.indexOf(" ");
        return JSON.stringify(installed(Number(key.slice(0, space)), key.slice(space + 1)) ?? null) === answer;
      });
      if (stable && !trippedNow) break;
      if (count === ROUNDS - 1) {
        for (const { speaker } of this.compiled.speakers) {
          this.unsettled.push({
            speaker: speaker.name,
            what: "sessions and routes that stand on each other do not settle",
          });
        }
      }
    }
    return solution(this.compiled, round as Round, this.unsettled);
  }

  private round(
    installed: InstalledRoutes,
    gathering: Gathering,
    classes: PrefixClass[],
    byPrefix: PrefixMap<PrefixClass>,
  ): Round {
    const all = formSessions(this.compiled, installed);
    const formed = this.withoutTripped(all);
    const gone = all.links.filter((link) => !formed.links.includes(link));
    const channels = buildChannels(this.compiled, formed.links, new Memories(), gone);
    const resolver = resolverOver(installed);
    const weighings = this.compiled.speakers.map(weighing);
    const arena = (family: Family): Arena => ({
      intern: this.intern,
      resolver,
      channels: channels[family],
      weighings,
      carries: this.compiled.speakers.map((each, index) =>
        carries(each, channels[family][index] ?? [], (gathering.aggregates[index]?.length ?? 0) > 0),
      ),
    });
    const round: Round = {
      formed,
      channels,
      classes,
      solved: [],
      extra: [],
      arenas: { ipv4: arena("ipv4"), ipv6: arena("ipv6") },
      byPrefix,
    };
    const hosts = hostAddresses(this.compiled);
    const sharing = (family: Family): Sharing => {
      const own = round.arenas[family];
      const carriers = this.compiled.speakers.filter((_, index) => own.carries[index] === true);
      return new Sharing(own, distinguishing(carriers), hosts);
    };
    const shared = { ipv4: sharing("ipv4"), ipv6: sharing("ipv6") };
    // What an aggregate is made of comes before it.
    const plainFirst = [...classes].sort((a, b) => aggregateRank(a) - aggregateRank(b));
    for (const each of plainFirst) {
      const extra = new Map<number, Own[]>();
      for (const speaker of each.aggregatedAt) {
        const own = this.aggregateAt(round, gathering, speaker, each.first);
        if (own !== undefined) extra.set(speaker, [own]);
      }
      round.extra[each.index] = extra;
      round.solved[each.index] =
        this.options.shared === false
          ? solveClass(round.arenas[each.family], each, extra)
          : shared[each.family].solve(each, extra);
    }
    return round;
  }

  private aggregateAt(round: Round, gathering: Gathering, speaker: number, prefix: Prefix): Own | undefined {
    const compiled = this.compiled.speakers[speaker];
    const aggregate = gathering.aggregates[speaker]?.find((each) => each.prefix === prefix);
    if (compiled === undefined || aggregate === undefined) return undefined;
    const contributors: Candidate[] = [];
    for (const each of round.classes) {
      if (!each.within.some((around) => around.speaker === speaker && around.prefix === prefix)) continue;
      const held = round.solved[each.index]?.held.get(speaker);
      if (held !== undefined) contributors.push(...held.candidates);
    }
    return aggregated(compiled, aggregate, contributors, this.intern, this.owns);
  }

  private withoutTripped(formed: Formed): Formed {
    if (this.tripped.size === 0) return formed;
    const links = formed.links.filter((link) => !this.tripped.has(link.session.key));
    const sessions = formed.sessions.map((session): Session => {
      const trip = this.tripped.get(session.key);
      if (trip === undefined || !session.up) return session;
      return { ...session, families: [], up: false, down: { reason: "maximum-prefix", ...trip } };
    });
    return { sessions, links };
  }

  /** FRR counts what it accepted from the neighbor, and one too many ends the session for good. */
  private maximumPrefixes(round: Round): boolean {
    let any = false;
    for (const family of ["ipv4", "ipv6"] as const) {
      round.channels[family].forEach((channels, speaker) => {
        for (const channel of channels) {
          const maximum = channel.settings.maximumPrefix;
          if (maximum === undefined || maximum.warningOnly === true) continue;
          let count = 0;
          for (const each of round.classes) {
            if (each.family !== family) continue;
            const held = heldAt(round, each, speaker);
            if (held.candidates.some((path) => path.channel === channel.index)) count += each.prefixes.length;
          }
          if (count <= maximum.limit || this.tripped.has(channel.link.session.key)) continue;
          const at = channel.speaker.speaker.name;
          this.tripped.set(channel.link.session.key, {
            at,
            sentence: `${at} takes ${maximum.limit} ${family} prefixes of ${channel.remote.speaker.name} and got ${count}`,
          });
          any = true;
        }
      });
    }
    return any;
  }
}

const aggregateRank = (each: PrefixClass): number =>
  each.first.endsWith("/0") && each.aggregatedAt.length === 0
    ? 0
    : each.aggregatedAt.length === 0
      ? 0
      : 1000 - prefixLength(each.first);

/** What a speaker holds: from the search where it took part, or else from what its neighbors tell it. */
function heldAt(round: Round, prefixClass: PrefixClass, speaker: number): Held {
  return heldIn(round, prefixClass, round.solved[prefixClass.index], speaker);
}

function heldIn(round: Round, prefixClass: PrefixClass, solved: Solved | undefined, speaker: number): Held {
  const found = solved?.held.get(speaker);
  if (found !== undefined) return found;
  const arena = round.arenas[prefixClass.family];
  const heard = (arena.channels[speaker] ?? []).map((channel) => {
    const remote = solved?.held.get(channel.remote.index);
    if (remote === undefined) return undefined;
    const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
    return back === undefined ? undefined : tell(arena, prefixClass, back, remote);
  });
  return weigh(arena, prefixClass, speaker, heard);
}

function installedBy(compiled: Compiled, round: Round): InstalledRoutes {
  const known = new Map<string, Installed | undefined>();
  return (speaker, address) => {
    const key = `${speaker} ${address}`;
    if (known.has(key)) return known.get(key);
    let answer: Installed | undefined;
    const at = compiled.speakers[speaker];
    if (at !== undefined) {
      for (const [prefix, prefixClass] of round.byPrefix.around(address)) {
        const held = heldAt(round, prefixClass, speaker);
        if (held.best === undefined) continue;
        const arena = round.arenas[prefixClass.family];
        const w = arena.weighings[speaker];
        if (w === undefined) continue;
        const route = bgpRoute(at, arena.channels[speaker] ?? [], decide(w, held.candidates));
        if (route === undefined) continue;
        answer = {
          prefix,
          distance: route.distance,
          nextHops: route.nextHops,
          ...(route.source === "aggregate" ? { blackhole: true } : {}),
        };
        break;
      }
    }
    known.set(key, answer);
    return answer;
  };
}

function solution(compiled: Compiled, round: Round, unsettled: NotModelled[]): Solution {
  const tables = new Map<string, Table>();
  const world = worldOf(compiled, round);
  let ambiguities: Ambiguity[] | undefined;
  let notModelled: NotModelled[] | undefined;
  let entries: number | undefined;
  return {
    network: compiled.network,
    sessions: withPolicyMissing(compiled, round.formed),
    table(name) {
      let table = tables.get(name);
      if (table === undefined) {
        table = tableOf(compiled, round, name);
        tables.set(name, table);
      }
      return table;
    },
    prefixes: () => round.classes.flatMap((each) => each.prefixes).sort(),
    get ambiguities() {
      return (ambiguities ??= ambiguitiesOf(world));
    },
    oscillations: oscillationsOf(compiled, round),
    get notModelled() {
      return (notModelled ??= [...unsettled, ...unmodelledOf(compiled), ...leftovers(world)]);
    },
    ribEntries: () => (entries ??= countEntries(compiled, round)),
  };
}

function worldOf(compiled: Compiled, round: Round): World {
  const extraOf = (each: PrefixClass): Map<number, Own[]> => round.extra[each.index] ?? new Map<number, Own[]>();
  return {
    compiled,
    classes: round.classes,
    arenaOf: (each) => round.arenas[each.family],
    solvedOf: (each) => round.solved[each.index] as Solved,
    heldAt: (each, solved, speaker) => heldIn(round, each, solved, speaker),
    lastFirst: (each) => solveClass(round.arenas[each.family], each, extraOf(each), { lastFirst: true }),
    forced(each, speaker, choice) {
      const like = (other: Candidate): boolean =>
        other.channel === choice.channel && other.pathId === choice.pathId && other.nextHop === choice.nextHop;
      return solveClass(round.arenas[each.family], each, extraOf(each), { force: { speaker, like } });
    },
  };
}

function withPolicyMissing(compiled: Compiled, { sessions, links }: Formed): Session[] {
  const linkOf = new Map(links.map((link) => [link.session, link]));
  return sessions.map((session) => {
    const link = session.up && session.kind === "ebgp" ? linkOf.get(session) : undefined;
    const missing = link === undefined ? [] : missingPolicies(compiled, link);
    return missing.length === 0 ? session : { ...session, policyMissing: missing };
  });
}

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

function unmodelledOf(compiled: Compiled): NotModelled[] {
  return compiled.speakers.flatMap(({ speaker }) =>
    (speaker.unmodelled ?? []).map((each) => ({ ...each, speaker: speaker.name })),
  );
}

function oscillationsOf(compiled: Compiled, round: Round): Oscillation[] {
  return round.classes.flatMap((each) => {
    const found = round.solved[each.index]?.oscillates;
    if (found === undefined) return [];
    const speakers = found.speakers.map((at) => compiled.speakers[at]?.speaker.name ?? "");
    return each.prefixes.map((prefix) => ({ prefix, speakers, cycle: found.cycle }));
  });
}

function tableOf(compiled: Compiled, round: Round, name: string): Table {
  const rib = new Map<string, Path[]>();
  const index = compiled.byName.get(name);
  const speaker = index === undefined ? undefined : compiled.speakers[index];
  if (index === undefined || speaker === undefined) return { speaker: name, rib, fib: new Map() };
  const bgp = new Map<string, BgpRoute>();
  const learned = new PrefixMap<BgpRoute>();
  for (const each of round.classes) {
    const held = heldAt(round, each, index);
    if (held.candidates.length === 0) continue;
    const arena = round.arenas[each.family];
    const w = arena.weighings[index];
    if (w === undefined) continue;
    const row = { held, channels: arena.channels[index] ?? [], suppressed: suppressedAt(each, index) };
    const { decision, paths } = pathsOf(w, row);
    const route = bgpRoute(speaker, arena.channels[index] ?? [], decision);
    for (const prefix of each.prefixes) {
      const list = paths(prefix);
      if (list.length > 0) rib.set(prefix, list);
      if (route === undefined) continue;
      bgp.set(prefix, route);
      learned.set(prefix, route);
    }
  }
  const fib = fibOf(speaker, bgp, (address, exclude) => {
    for (const [prefix, route] of learned.around(address)) {
      if (prefix === exclude) continue;
      const own = speaker.routes.get(prefix)?.[0];
      if (own !== undefined && own.distance <= route.distance) continue;
      return { prefix, route };
    }
    return undefined;
  });
  return { speaker: name, rib, fib };
}

function countEntries(compiled: Compiled, round: Round): number {
  let count = 0;
  for (const each of round.classes) {
    for (const { index } of compiled.speakers) {
      count += heldAt(round, each, index).candidates.length * each.prefixes.length;
    }
  }
  return count;
}
