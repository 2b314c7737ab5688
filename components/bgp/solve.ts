/**
 * The solver: a Network's sessions and every speaker's routes. Sessions may stand on routes and routes on sessions, so
 * both are found in rounds until neither changes; within a round each class of alike prefixes is solved once.
 */
import { again, answersHold, askedKey, type Settled } from "./again";
import { answer } from "./answer";
import { interner, type Interner } from "./attributes";
import { PrefixMap } from "./bits";
import { leading } from "./carriers";
import { buildChannels, Memories } from "./channels";
import { classify, type PrefixClass } from "./classes";
import { compile, type Compiled } from "./compile";
import { weighing } from "./decide";
import { UNBENT, type DialectOverrides } from "./dialects";
import type { Arena } from "./fixpoint";
import { Gathering } from "./gather";
import type { Family, Network } from "./network";
import { ownInterner } from "./origins";
import { nothingInstalled, type InstalledRoutes } from "./reach";
import { resolverOver } from "./resolve";
import { coverage, heldAt, installedBy, type Round } from "./round";
import { formSessions, type Formed } from "./sessions";
import type { NotModelled, Session, Solution } from "./solution";
import { solveClasses } from "./solveClasses";

export interface SolveOptions {
  /** Bent dialects: for tests that ask whether a wrong rule would be noticed. */
  rules?: DialectOverrides;
  /**
   * False: no class is solved by its likeness to another, and everybody takes part in each. The answers are the same;
   * tests hold the two together.
   */
  shared?: boolean;
}

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
  const after = again(before, changed);
  if (after === undefined) return solve(changed, before.options);
  const result = answer(after.compiled, after.round, []);
  settled.set(result, after);
  return result;
}

class Solving {
  readonly intern: Interner = interner();
  readonly owns = ownInterner();
  readonly memories = new Memories();
  readonly gathering: Gathering;
  /** Sessions that maximum-prefix has taken down, by key, with the end that did it. */
  private readonly tripped = new Map<string, { at: string; sentence: string }>();
  private readonly unsettled: NotModelled[] = [];
  /** Sessions that FRR has not ended yet although they carry one prefix too many. */
  private readonly onTheBrink: NotModelled[] = [];

  constructor(
    readonly compiled: Compiled,
    readonly options: SolveOptions,
  ) {
    this.gathering = new Gathering(compiled, this.intern, this.owns);
  }

  run(): Solution {
    const classes = classify(this.compiled, this.gathering);
    const byPrefix = new PrefixMap<PrefixClass>();
    for (const each of classes) for (const prefix of each.prefixes) byPrefix.set(prefix, each);
    const covered = coverage(byPrefix);
    let installed: InstalledRoutes = nothingInstalled;
    let round: Round | undefined;
    let asked = new Map<string, string>();
    for (let count = 0; count < ROUNDS; count++) {
      asked = new Map<string, string>();
      const note = asked;
      const before = installed;
      const watched: InstalledRoutes = (speaker, address) => {
        if (!covered(address)) return undefined;
        const answer = before(speaker, address);
        note.set(askedKey(speaker, address), JSON.stringify(answer ?? null));
        return answer;
      };
      round = this.round(watched, classes, byPrefix);
      installed = installedBy(this.compiled, round);
      const trippedNow = this.maximumPrefixes(round);
      if (!trippedNow && answersHold(asked, installed)) break;
      if (count === ROUNDS - 1) {
        for (const { speaker } of this.compiled.speakers) {
          this.unsettled.push({
            speaker: speaker.name,
            what: "sessions and routes that stand on each other do not settle",
          });
        }
      }
    }
    this.unsettled.push(...this.onTheBrink);
    const result = answer(this.compiled, round as Round, this.unsettled);
    // What limits and disputes have done depends on the way there: such a Network is solved from the start again.
    if (this.tripped.size === 0 && this.unsettled.length === 0) {
      const { compiled, options, intern, owns, memories, gathering } = this;
      settled.set(result, {
        compiled,
        options,
        intern,
        owns,
        memories,
        gathering,
        round: round as Round,
        installed,
        asked,
        covered,
      });
    }
    return result;
  }

  private round(installed: InstalledRoutes, classes: PrefixClass[], byPrefix: PrefixMap<PrefixClass>): Round {
    const all = formSessions(this.compiled, installed);
    const formed = this.withoutTripped(all);
    const gone = all.links.filter((link) => !formed.links.includes(link));
    const channels = buildChannels(this.compiled, formed.links, this.memories, gone);
    const resolver = resolverOver(installed);
    const weighings = this.compiled.speakers.map(weighing);
    const everybody = this.options.shared === false;
    const arena = (family: Family): Arena => {
      const leads = this.compiled.speakers.map((each, index) =>
        leading(each, channels[family][index] ?? [], (this.gathering.aggregates[index]?.length ?? 0) > 0, everybody),
      );
      const carries = leads.map((each) => each.includes(true));
      return { intern: this.intern, resolver, channels: channels[family], weighings, leads, carries, everybody };
    };
    const round: Round = {
      formed,
      channels,
      classes,
      solved: [],
      extra: [],
      arenas: { ipv4: arena("ipv4"), ipv6: arena("ipv6") },
      byPrefix,
    };
    solveClasses(this, round, classes, this.options.shared !== false);
    return round;
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
    this.onTheBrink.length = 0;
    for (const family of ["ipv4", "ipv6"] as const) {
      round.channels[family].forEach((channels, speaker) => {
        for (const channel of channels) {
          const maximum = channel.settings.maximumPrefix;
          if (maximum === undefined || maximum.warningOnly === true) continue;
          let count = 0;
          for (const each of round.classes) {
            if (each.family !== family) continue;
            const held = heldAt(round, each, speaker);
            // FRR (bgp_pcount_adjust) counts paths: with ADD-PATH there may be several a prefix.
            const paths = held.candidates.filter((path) => path.channel === channel.index).length;
            count += paths * each.prefixes.length;
          }
          const { key } = channel.link.session;
          if (count <= maximum.limit || this.tripped.has(key)) continue;
          const at = channel.speaker.speaker.name;
          if (count <= maximum.limit + channel.speaker.dialect.limitSlack) {
            const what = `maximum-prefix ${maximum.limit} of ${at} is exceeded by one, which the next update ends`;
            for (const speaker of [at, channel.remote.speaker.name])
              this.onTheBrink.push({ speaker, session: key, what });
            continue;
          }
          this.tripped.set(key, {
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
