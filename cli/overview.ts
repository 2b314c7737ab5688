/**
 * A large network in one line a speaker and one a prefix. Prefixes that fare alike are looked at once for each speaker, and
 * of long tables the rows that differ in names alone are printed as one.
 */
import type { Speaker } from "../components/bgp/network";
import type { Session } from "../components/bgp/solution";
import type { Forecast } from "../components/forecast/forecast";
import { chosenRoute, widthOf } from "../components/forecast/route";
import { comparePrefixes, type Prefix } from "../components/model/prefix";
import { marksOf, some } from "./doubts";
import { bad, good, table } from "./print";

export interface Overview {
  routes: number;
  speakers: string;
  prefixes: string;
}

/** Of longer tables, rows that differ in names alone are printed as one. */
const MANY = 40;

/** What a row is about, what it names beside that (ASNs, origins), and the rest of its cells. */
interface Row {
  names: string[];
  owners: string[];
  rest: string[];
}

/** Prefixes that fare alike at a speaker. */
interface Held {
  prefixes: readonly string[];
  used: boolean;
  local: boolean;
  width: number;
}

/** What all speakers have of prefixes that fare alike everywhere. */
interface Standing {
  prefixes: readonly string[];
  owners: string[];
  used: number;
  unusable: number;
  width: Width;
}

export function overviewOf(made: Forecast, speakers: readonly Speaker[]): Overview {
  const sessions = sessionsOf(made);
  const standing = new Map<readonly string[], Standing>();
  const marked = new Marks(made);
  let count = 0;
  const rows = speakers.map(({ name, asn, dialect }): Row => {
    const mine = sessions.get(name) ?? [];
    const up = mine.filter((session) => session.up).length;
    const width = new Width();
    let [routes, unusable] = [0, 0];
    for (const held of heldBy(made, name)) {
      const { prefixes, used } = held;
      routes += prefixes.length;
      if (!used) unusable += prefixes.length;
      if (used && !held.local) width.add(held.width);
      note(standing, held, name);
      marked.look(name, prefixes);
    }
    count += routes;
    const state = `${up} of ${mine.length} up`;
    const rest = [
      `${dialect.system} ${dialect.version}`,
      up === mine.length ? good(state) : bad(state),
      String(routes),
      unusable === 0 ? "" : bad(String(unusable)),
      width.text(),
      marked.at(name),
    ];
    return { names: [name], owners: [String(asn)], rest };
  });
  return {
    routes: count,
    speakers: table(
      ["speaker", "system", "AS", "sessions", "routes", "unusable", "next hops", ""],
      folded(rows).map(({ names, owners, rest: [system = "", ...rest] }) => [
        some(names, 3),
        system,
        some(owners, 3),
        ...rest,
      ]),
    ),
    prefixes: table(
      ["prefix", "originated by", "usable at", "unusable", "next hops", ""],
      folded(prefixRows([...standing.values()], speakers.length, marked)).map(({ names, owners, rest }) => [
        some(names, 3),
        some(owners, 3),
        ...rest,
      ]),
    ),
  };
}

function sessionsOf({ solution }: Forecast): Map<string, Session[]> {
  const bySpeaker = new Map<string, Session[]>();
  for (const session of solution.sessions) {
    for (const name of new Set(session.ends.map((end) => end.speaker))) {
      const list = bySpeaker.get(name);
      if (list === undefined) bySpeaker.set(name, [session]);
      else list.push(session);
    }
  }
  return bySpeaker;
}

function heldBy({ solution }: Forecast, name: string): Held[] {
  return solution.alike(name).flatMap(({ prefixes, paths }): Held[] => {
    const [first] = prefixes;
    const route = first === undefined ? undefined : chosenRoute(name, first, paths);
    if (route === undefined) return [];
    return [{ prefixes, used: route.state === "used", local: route.kind === "local", width: widthOf(route) }];
  });
}

function note(standing: Map<readonly string[], Standing>, { prefixes, used, local, width }: Held, name: string): void {
  let known = standing.get(prefixes);
  if (known === undefined) {
    known = { prefixes, owners: [], used: 0, unusable: 0, width: new Width() };
    standing.set(prefixes, known);
  }
  if (local) known.owners.push(name);
  if (used) known.used++;
  else known.unusable++;
  if (used && !local) known.width.add(width);
}

function prefixRows(standing: readonly Standing[], speakers: number, marked: Marks): Row[] {
  const rows = standing.flatMap(({ prefixes, owners, used, unusable, width }) =>
    prefixes.map((prefix) => ({
      prefix: prefix as Prefix,
      owners,
      rest: [`${used} of ${speakers}`, unusable === 0 ? "" : bad(String(unusable)), width.text(), marked.of(prefix)],
    })),
  );
  rows.sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  return rows.map(({ prefix, owners, rest }) => ({ names: [prefix], owners, rest }));
}

function folded(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= MANY) return rows;
  const groups = new Map<string, { names: string[]; owners: Set<string>; last?: readonly string[]; rest: string[] }>();
  for (const { names, owners, rest } of rows) {
    const key = JSON.stringify([owners.length, rest]);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { names: [], owners: new Set(), rest }));
    group.names.push(...names);
    // Prefixes that fare alike share the list of their origins.
    if (group.last !== owners) for (const owner of owners) group.owners.add(owner);
    group.last = owners;
  }
  return [...groups.values()].map(({ names, owners, rest }) => ({ names, owners: [...owners], rest }));
}

/** "1", "1-4": the least and the most next hops of what is learned. */
class Width {
  private least = Infinity;
  private most = -Infinity;

  add(width: number): void {
    this.least = Math.min(this.least, width);
    this.most = Math.max(this.most, width);
  }

  text(): string {
    if (this.least > this.most) return "";
    return this.least === this.most ? String(this.least) : `${this.least}-${this.most}`;
  }
}

/** The marks of doubts, by speaker and by prefix. Where nothing is open, nothing is asked. */
class Marks {
  private readonly bySpeaker = new Map<string, Set<string>>();
  private readonly byPrefix = new Map<string, Set<string>>();
  private readonly open: boolean;

  constructor(private readonly made: Forecast) {
    const { ambiguities, oscillations, notModelled } = made.solution;
    this.open = ambiguities.length + oscillations.length + notModelled.length > 0;
  }

  look(speaker: string, prefixes: readonly string[]): void {
    if (!this.open) return;
    for (const prefix of prefixes) {
      for (const mark of marksOf(this.made.doubts(speaker, prefix))) {
        add(this.bySpeaker, speaker, mark);
        add(this.byPrefix, prefix, mark);
      }
    }
  }

  at = (speaker: string): string => [...(this.bySpeaker.get(speaker) ?? [])].sort().join("");

  of = (prefix: string): string => [...(this.byPrefix.get(prefix) ?? [])].sort().join("");
}

function add(marks: Map<string, Set<string>>, key: string, mark: string): void {
  const known = marks.get(key);
  if (known === undefined) marks.set(key, new Set([mark]));
  else known.add(mark);
}
