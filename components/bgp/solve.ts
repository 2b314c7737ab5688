/**
 * The solver: a Network's sessions and every speaker's routes. Sessions may stand on routes and routes on sessions, so
 * both are found in rounds until neither changes; within a round each class of alike prefixes is solved once.
 */
import { prefixLength, type Prefix } from "../model/prefix";
import { aggregated } from "./aggregate";
import { answer } from "./answer";
import { interner, type Interner } from "./attributes";
import { PrefixMap } from "./bits";
import { carries } from "./carriers";
import { buildChannels, Memories } from "./channels";
import { classify, distinguishing, hostAddresses, type PrefixClass } from "./classes";
import { compile, type Compiled } from "./compile";
import { weighing, type Candidate } from "./decide";
import { UNBENT, type DialectOverrides } from "./dialects";
import { solveClass, type Arena } from "./fixpoint";
import { Gathering } from "./gather";
import type { Family, Network } from "./network";
import { ownInterner, type Own } from "./origins";
import { nothingInstalled, type InstalledRoutes } from "./reach";
import { resolverOver } from "./resolve";
import { heldAt, installedBy, type Round } from "./round";
import { formSessions, type Formed } from "./sessions";
import { Sharing } from "./share";
import type { NotModelled, Session, Solution } from "./solution";

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
    return answer(this.compiled, round as Round, this.unsettled);
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
