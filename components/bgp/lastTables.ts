/**
 * A speaker's table of a round. Rows that a change left as they were are taken over from the last table of the speaker,
 * paths and all: a change concerns few of them.
 */
import { PrefixMap } from "./bits";
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import type { Compiled, CompiledSpeaker } from "./compile";
import type { Candidate, Weighing } from "./compare";
import { followersIn, looksAtPrefixes } from "./followers";
import { entersFib, type Entrant } from "./fibPolicy";
import { sourceOf } from "./overlay";
import { heldAt, type Round } from "./round";
import type { Alike, Path, Table } from "./solution";
import { suppressedAt } from "./step";
import { bgpRoute, fibOf, pathsOf, type BgpRoute } from "./table";

/** All that a row depends on, and what it came to. */
interface Row {
  prefixClass: PrefixClass;
  source: object | undefined;
  speaker: CompiledSpeaker;
  channels: readonly Channel[];
  w: Weighing;
  best: Candidate | undefined;
  route: BgpRoute | undefined;
}

interface Made {
  row: Row;
  paths(prefix: string): Path[];
}

interface AlikeRow {
  row: Row;
  paths: readonly Path[];
}

/** Of each speaker the table that was made last, and the rows that were. */
export class LastTables {
  private readonly rows = new Map<number, readonly (AlikeRow | undefined)[]>();
  private readonly known = new Map<number, { rib: Table["rib"]; rows: readonly (Row | undefined)[] }>();

  table(compiled: Compiled, round: Round, name: string): Table {
    const index = compiled.byName.get(name);
    const speaker = index === undefined ? undefined : compiled.speakers[index];
    if (index === undefined || speaker === undefined) return { speaker: name, rib: new Map(), fib: new Map() };
    const last = this.known.get(index);
    const rib = new Map<string, Path[]>();
    const rows: (Row | undefined)[] = [];
    const learned = new Learned(speaker);
    for (const each of round.classes) {
      const was = last?.rows[each.index];
      const made =
        was !== undefined && stands(was, round, each, speaker)
          ? { row: was, paths: (prefix: string) => last?.rib.get(prefix) ?? [] }
          : madeAt(round, each, speaker);
      if (made === undefined) continue;
      const { row, paths } = made;
      // What follows from its neighbors may change with any of them.
      if (row.source !== undefined) rows[each.index] = row;
      for (const prefix of each.prefixes) {
        const list = paths(prefix);
        if (list.length > 0) rib.set(prefix, list);
        learned.add(prefix, row);
      }
    }
    this.known.set(index, { rib, rows });
    return { speaker: name, rib, fib: learned.fib() };
  }

  /** The rows of the speaker's table, those of one class of prefixes with the paths of its first. */
  alike(compiled: Compiled, round: Round, name: string): Alike[] {
    const index = compiled.byName.get(name) ?? -1;
    const speaker = compiled.speakers[index];
    if (speaker === undefined) return [];
    const last = this.rows.get(index);
    const rows: (AlikeRow | undefined)[] = [];
    const made: (readonly Path[] | undefined)[] = [];
    const pathsTo = (each: PrefixClass): readonly Path[] => (made[each.index] ??= make(each));
    const make = (each: PrefixClass): readonly Path[] => {
      const was = last?.[each.index];
      if (was !== undefined && stands(was.row, round, each, speaker)) {
        rows[each.index] = was;
        return was.paths;
      }
      const found = madeAt(round, each, speaker);
      const paths = found?.paths(each.first) ?? [];
      if (found?.row.source !== undefined) rows[each.index] = { row: found.row, paths };
      return paths;
    };
    const followers = followersIn(round);
    const looks = {
      ipv4: looksAtPrefixes(round, "ipv4", index),
      ipv6: looksAtPrefixes(round, "ipv6", index),
    };
    const found = round.classes.flatMap((each): Alike[] => {
      const leader = looks[each.family] ? undefined : followers.leaderOf(each, index);
      const paths = pathsTo(leader ?? each);
      return paths.length === 0 ? [] : [{ prefixes: each.prefixes, paths }];
    });
    this.rows.set(index, rows);
    return found;
  }
}

/** What the speaker installs, without the paths behind it. */
export function fibAt(compiled: Compiled, round: Round, name: string): Table["fib"] {
  const speaker = compiled.speakers[compiled.byName.get(name) ?? -1];
  if (speaker === undefined) return new Map();
  const learned = new Learned(speaker);
  for (const each of round.classes) {
    const made = madeAt(round, each, speaker);
    if (made !== undefined) for (const prefix of each.prefixes) learned.add(prefix, made.row);
  }
  return learned.fib();
}

function stands(row: Row, round: Round, prefixClass: PrefixClass, speaker: CompiledSpeaker): boolean {
  const { channels, weighings } = round.arenas[prefixClass.family];
  const held = round.solved[prefixClass.index]?.held;
  return (
    row.prefixClass === prefixClass &&
    row.speaker === speaker &&
    row.channels === channels[speaker.index] &&
    row.w === weighings[speaker.index] &&
    held !== undefined &&
    row.source === sourceOf(held, speaker.index)
  );
}

function madeAt(round: Round, prefixClass: PrefixClass, speaker: CompiledSpeaker): Made | undefined {
  const { index } = speaker;
  const arena = round.arenas[prefixClass.family];
  const found = round.solved[prefixClass.index]?.held.get(index);
  const whole = found !== undefined && found.partial !== true;
  const held = whole ? found : heldAt(round, prefixClass, index);
  const w = arena.weighings[index];
  if (held.candidates.length === 0 || w === undefined) return undefined;
  const channels = arena.channels[index] ?? [];
  const { decision, paths } = pathsOf(w, { held, channels, suppressed: suppressedAt(prefixClass, index) });
  const route = bgpRoute(speaker, channels, decision);
  const source = whole ? sourceOf(round.solved[prefixClass.index]?.held ?? NOBODY, index) : undefined;
  return { row: { prefixClass, source, speaker, channels, w, best: decision.best, route }, paths };
}

const NOBODY = new Map<number, never>();

/** BGP's routes that the speaker lets into its FIB. */
class Learned {
  private readonly bgp = new Map<string, BgpRoute>();
  private readonly routes = new PrefixMap<BgpRoute>();

  constructor(private readonly speaker: CompiledSpeaker) {}

  add(prefix: PrefixClass["first"], { route, best }: Row): void {
    if (route === undefined || !entersFib(this.speaker, entrant(prefix, route, best))) return;
    this.bgp.set(prefix, route);
    this.routes.set(prefix, route);
  }

  fib(): Table["fib"] {
    return fibOf(this.speaker, this.bgp, (address, exclude) => {
      for (const [prefix, route] of this.routes.around(address)) {
        if (prefix === exclude) continue;
        const own = this.speaker.routes.get(prefix)?.[0];
        if (own !== undefined && own.distance <= route.distance) continue;
        return { prefix, route };
      }
      return undefined;
    });
  }
}

function entrant(prefix: string, { source }: BgpRoute, best: Candidate | undefined): Entrant {
  if (best === undefined) return { prefix, source, nextHop: "" };
  const { nextHop, bundle, kind } = best;
  return { prefix, source, nextHop, bundle, ...(kind === "local" ? {} : { peerType: kind }) };
}
