/**
 * What each single failure of a node, router, reflector or link would take away, and each pair of them on request: the
 * prefixes that somebody loses, and those left with fewer next hops than wanted. Failures of twins are computed once.
 */
import type { Network } from "../bgp/network";
import { Losses } from "../bgp/changes/losses";
import { solve } from "../bgp/solve";
import { forecastOf, type Forecast } from "./forecast";
import { standInsOf } from "./standIns";
import { settingsOf, speakersOf } from "./sessionChanges";
import { twinsOf, type Twins } from "./twins";

export interface Failed {
  kind: "node" | "router" | "reflector" | "link";
  /** Of the speaker or the segment. */
  name: string;
}

export interface FailureEffect {
  failed: Failed[];
  /** Other failures with the same effect, up to their names: twins of what failed. */
  alike: string[];
  lost: LostPrefix[];
  narrowed: NarrowedPrefix[];
}

export interface LostPrefix {
  prefix: string;
  /** Who had a route and has none now. */
  at: string[];
  /** Only what failed announced it: nothing else could. */
  own: boolean;
  /** All of them still have a wider route that leads somewhere. */
  covered: boolean;
}

export interface NarrowedPrefix {
  prefix: string;
  at: string[];
  before: number;
  after: number;
}

export interface FailureReport {
  effects: FailureEffect[];
  /** Failures that were computed, those that twins share, and those left out by the limit. */
  computed: number;
  shared: number;
  left: number;
}

export interface FailureOptions {
  /** A prefix shall keep so many next hops. Default 2. */
  width?: number;
  /** Compute at most so many combinations; the report says how many were left. Default 5,000. */
  limit?: number;
  /** Compute twins one by one: for tests of the sharing. */
  unshared?: boolean;
  /** Only these kinds. */
  kinds?: readonly Failed["kind"][];
}

export function failures(network: Network, k: 1 | 2 = 1, options: FailureOptions = {}): FailureReport {
  const intact = forecastOf(solve(network));
  const twins = options.unshared === true ? alone(network, twinsOf(intact)) : twinsOf(intact);
  const units = unitsOf(intact, twins).filter(({ first }) => options.kinds?.includes(first.kind) ?? true);
  const combinations: Combination[] = units.map((unit) => ({
    failed: [unit.first],
    alike: unit.alike,
    count: unit.alike.length + 1,
  }));
  if (k === 2) combinations.push(...pairs(units));
  const losses = new Losses(intact.solution, options.width ?? 2);
  const limit = options.limit ?? 5000;
  const chosen = combinations.slice(0, limit);
  const effects = chosen.map(({ failed, alike }) => effectOf(intact, twins, losses, failed, alike));
  const sum = (list: readonly Combination[]) => list.reduce((total, { count }) => total + count, 0);
  return {
    effects,
    computed: chosen.length,
    shared: sum(chosen) - chosen.length,
    left: sum(combinations.slice(limit)),
  };
}

function alone(network: Network, twins: Twins): Twins {
  return {
    classes: network.speakers.map(({ name }) => [name]),
    classOf: (name) => [name],
    own: (name) => twins.own(name),
  };
}

interface Unit {
  first: Failed;
  /** A second one of the same class, for pairs. */
  second?: Failed;
  alike: string[];
}

interface Combination {
  failed: Failed[];
  alike: string[];
  count: number;
}

function unitsOf(forecast: Forecast, twins: Twins): Unit[] {
  const kinds = kindsOf(forecast);
  const speakers = speakersOf(forecast.network);
  const units: Unit[] = [];
  for (const members of twins.classes) {
    const living = members.filter((name) => speakers.get(name)?.down !== true);
    const [first, second, ...more] = living.map((name): Failed => ({ kind: kinds.get(name) ?? "router", name }));
    if (first === undefined) continue;
    units.push({
      first,
      ...(second === undefined ? {} : { second }),
      alike: [second, ...more].flatMap((one) => (one === undefined ? [] : [one.name])),
    });
  }
  for (const segment of forecast.network.segments) {
    if (segment.down !== true) units.push({ first: { kind: "link", name: segment.name }, alike: [] });
  }
  return units;
}

function kindsOf(forecast: Forecast): Map<string, Failed["kind"]> {
  const speakers = speakersOf(forecast.network);
  const kinds = new Map<string, Failed["kind"]>();
  for (const speaker of forecast.network.speakers) kinds.set(speaker.name, speaker.role === "node" ? "node" : "router");
  for (const { kind, ends } of forecast.solution.sessions) {
    if (kind !== "ibgp") continue;
    for (const end of ends) {
      const families = Object.values(settingsOf(speakers, end).families ?? {});
      if (families.some((family) => family.reflectorClient === true)) kinds.set(end.speaker, "reflector");
    }
  }
  return kinds;
}

/** Twins may be swapped one class at a time, so one pair stands for all pairs of two classes, and one within a class. */
function pairs(units: readonly Unit[]): Combination[] {
  const found: Combination[] = [];
  units.forEach((one, index) => {
    const size = one.alike.length + 1;
    if (one.second !== undefined) {
      found.push({ failed: [one.first, one.second], alike: one.alike.slice(1), count: (size * (size - 1)) / 2 });
    }
    for (const other of units.slice(index + 1)) {
      found.push({
        failed: [one.first, other.first],
        alike: [...one.alike, ...other.alike],
        count: size * (other.alike.length + 1),
      });
    }
  });
  return found;
}

function effectOf(intact: Forecast, twins: Twins, losses: Losses, failed: Failed[], alike: string[]): FailureEffect {
  const gone = new Set(failed.filter(({ kind }) => kind !== "link").map(({ name }) => name));
  const cut = new Set(failed.filter(({ kind }) => kind === "link").map(({ name }) => name));
  const network: Network = {
    ...intact.network,
    speakers: intact.network.speakers.map((speaker) => (gone.has(speaker.name) ? { ...speaker, down: true } : speaker)),
    segments: intact.network.segments.map((segment) => (cut.has(segment.name) ? { ...segment, down: true } : segment)),
  };
  const speakers = speakersOf(intact.network);
  const owned = new Set([...gone].flatMap((name) => twins.own(name)));
  const lost = new Map<string, { at: string[]; bare: boolean }>();
  const narrowed = new Map<string, NarrowedPrefix>();
  const watching = new Map<string, string[]>();
  for (const members of twins.classes) {
    const living = members.filter((name) => !gone.has(name) && speakers.get(name)?.down !== true);
    if (living[0] !== undefined) watching.set(living[0], living);
  }
  const { standIns, others } = standInsOf(twins, watching.values(), (prefix) => losses.supportsNone(prefix));
  for (const [watcher, seen] of losses.in(network, [...watching.keys()], others)) {
    for (const one of seen.flatMap((each) => [
      each,
      ...(standIns.get(each.prefix) ?? []).map((prefix) => ({ ...each, prefix })),
    ])) {
      for (const name of watching.get(watcher) ?? []) {
        const prefix = swapped(twins, watcher, name, one.prefix);
        if (one.after === 0) {
          const known = lost.get(prefix) ?? { at: [], bare: false };
          known.at.push(name);
          known.bare ||= !one.covered;
          lost.set(prefix, known);
        } else {
          const key = `${prefix} ${one.before} ${one.after}`;
          const known = narrowed.get(key) ?? { prefix, at: [], before: one.before, after: one.after };
          known.at.push(name);
          narrowed.set(key, known);
        }
      }
    }
  }
  return {
    failed,
    alike,
    lost: [...lost]
      .map(([prefix, { at, bare }]) => ({ prefix, at: at.sort(), own: owned.has(prefix), covered: !bare }))
      .sort((a, b) => compare(a.prefix, b.prefix)),
    narrowed: [...narrowed.values()]
      .map((one) => ({ ...one, at: one.at.sort() }))
      .sort((a, b) => compare(a.prefix, b.prefix) || b.before - a.before || b.after - a.after),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a twin sees where the watcher sees this prefix: each sees the other's own as the other sees its. */
function swapped(twins: Twins, watcher: string, name: string, prefix: string): string {
  if (watcher === name) return prefix;
  const [mine, its] = [twins.own(watcher), twins.own(name)];
  const at = its.indexOf(prefix);
  if (at >= 0) return mine[at] ?? prefix;
  const own = mine.indexOf(prefix);
  return own >= 0 ? (its[own] ?? prefix) : prefix;
}

/** Effects that take a prefix away although somebody else announced it too, worst first. */
export function harmful(report: FailureReport): FailureEffect[] {
  const foreign = ({ lost }: FailureEffect) => lost.filter(({ own, covered }) => !own && !covered).length;
  return report.effects.filter((effect) => foreign(effect) > 0).sort((a, b) => foreign(b) - foreign(a));
}

/** `nameOf` says a link's ends where its name is one of them. */
export function printFailures(report: FailureReport, nameOf: (link: string) => string = (name) => name): string {
  const lines = [
    `${report.computed + report.shared} failures, ${report.computed} computed${report.left > 0 ? `, ${report.left} left out` : ""}`,
  ];
  for (const { failed, alike, lost, narrowed } of report.effects) {
    const foreign = lost.filter(({ own, covered }) => !own && !covered);
    if (foreign.length === 0 && narrowed.length === 0) continue;
    const names = failed.map(({ kind, name }) => `${kind} ${kind === "link" ? nameOf(name) : name}`).join(" and ");
    lines.push(`${names}${alike.length > 0 ? ` (and ${alike.length} alike)` : ""}:`);
    if (foreign.length > 0)
      lines.push(`  ${prefixes(foreign)} lost: ${list(foreign.map(({ prefix, at }) => `${prefix} at ${list(at)}`))}`);
    if (narrowed.length > 0) {
      lines.push(
        `  ${prefixes(narrowed)} narrower: ${list(narrowed.map(({ prefix, before, after }) => `${prefix} ${before} -> ${after}`))}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function list(items: readonly string[]): string {
  return items.length <= 3 ? items.join(", ") : `${items.slice(0, 2).join(", ")} and ${items.length - 2} more`;
}

const prefixes = ({ length }: readonly unknown[]): string => (length === 1 ? "1 prefix" : `${length} prefixes`);
