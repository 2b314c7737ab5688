/**
 * Which routes differ between two forecasts. Prefixes that fare alike are compared once at each speaker: of thousands of
 * nodes with thousands of services no table is made.
 */
import type { Alike, FibRoute, Solution } from "../bgp/solution";
import { comparePrefixes, type Prefix } from "../model/prefix";
import type { RouteChange } from "./effects";
import type { Forecast } from "./forecast";
import { chosenRoute, insteadOf, widthOf, type Route } from "./route";

/** `wanted`: only these speakers. */
export function routeChanges(before: Forecast, after: Forecast, wanted?: ReadonlySet<string>): RouteChange[] {
  const names = [before, after].flatMap(({ network }) => network.speakers.map(({ name }) => name));
  return [...new Set(names)]
    .filter((speaker) => wanted?.has(speaker) !== false)
    .sort()
    .flatMap((speaker) => changesAt(speaker, new Side(before, speaker), new Side(after, speaker)));
}

/** What one of the forecasts says of a speaker. */
class Side {
  readonly rows = new Map<string, Alike>();
  private readonly routes = new Map<Alike, Route | undefined>();
  private readonly solution: Solution;
  private learns: boolean | undefined;
  private fib: ReadonlyMap<string, FibRoute> | undefined;

  constructor(
    readonly forecast: Forecast,
    private readonly speaker: string,
  ) {
    this.solution = forecast.solution;
    for (const row of this.solution.alike(speaker)) for (const prefix of row.prefixes) this.rows.set(prefix, row);
  }

  /** The route to all prefixes of a row, as to its first. */
  routeOf(row: Alike | undefined): Route | undefined {
    if (row === undefined) return undefined;
    if (!this.routes.has(row)) {
      this.routes.set(row, chosenRoute(this.speaker, row.prefixes[0] ?? "", row.paths));
    }
    return this.routes.get(row);
  }

  /** What stands in the forwarding table for a prefix that the speaker has learned. */
  installed(prefix: string): FibRoute | undefined {
    this.learns ??= this.solution
      .alike(this.speaker)
      .some(({ paths }) => paths.some(({ best, kind }) => best && kind !== "local"));
    if (!this.learns) return undefined;
    this.fib ??= this.solution.fib?.(this.speaker) ?? this.solution.table(this.speaker).fib;
    return this.fib.get(prefix);
  }

  insteadOf(row: Alike | undefined, prefix: string): Route["insteadInstalled"] {
    const route = this.routeOf(row);
    return route === undefined ? undefined : insteadOf(route, this.installed(prefix));
  }

  routeTo(prefix: string): Route | undefined {
    const row = this.rows.get(prefix);
    const route = this.routeOf(row);
    if (route === undefined) return undefined;
    const instead = this.insteadOf(row, prefix);
    return { ...route, prefix, ...(instead === undefined ? {} : { insteadInstalled: instead }) };
  }
}

function changesAt(speaker: string, was: Side, is: Side): RouteChange[] {
  const verdicts = new Map<Alike | undefined, Map<Alike | undefined, RouteChange["what"] | undefined>>();
  const verdictOn = (old: Alike | undefined, now: Alike | undefined): RouteChange["what"] | undefined => {
    let known = verdicts.get(old);
    if (known === undefined) verdicts.set(old, (known = new Map<Alike | undefined, RouteChange["what"] | undefined>()));
    if (!known.has(now)) known.set(now, routeVerdict(was.routeOf(old), is.routeOf(now)));
    return known.get(now);
  };
  const whatOf = (prefix: string): RouteChange["what"] | undefined => {
    const [old, now] = [was.rows.get(prefix), is.rows.get(prefix)];
    // Rows that a change left as they were have the very paths that they had.
    const what = old?.paths === now?.paths ? undefined : verdictOn(old, now);
    if (what !== undefined) return what;
    if (was.installed(prefix)?.source === is.installed(prefix)?.source) return undefined;
    return was.insteadOf(old, prefix) === is.insteadOf(now, prefix) ? undefined : "attributes";
  };
  const found = (prefixes: Iterable<string>): RouteChange[] =>
    [...prefixes]
      .flatMap((prefix) => {
        const what = whatOf(prefix);
        return what === undefined ? [] : [{ prefix: prefix as Prefix, what }];
      })
      .sort((a, b) => comparePrefixes(a.prefix, b.prefix))
      .map(({ prefix, what }) => changeOf(speaker, prefix, what, was, is));
  const fresh = [...is.rows.keys()].filter((prefix) => !was.rows.has(prefix));
  return [...found(was.rows.keys()), ...found(fresh)];
}

function changeOf(speaker: string, prefix: string, what: RouteChange["what"], was: Side, is: Side): RouteChange {
  const [old, now] = [was.routeTo(prefix), is.routeTo(prefix)];
  return {
    speaker,
    prefix,
    what,
    ...(old === undefined ? {} : { before: old }),
    ...(now === undefined ? {} : { after: now }),
    width: { before: widthOf(old), after: widthOf(now) },
    causes: [],
    doubts: (now === undefined ? was : is).forecast.doubts(speaker, prefix),
  };
}

export function routeVerdict(old: Route | undefined, now: Route | undefined): RouteChange["what"] | undefined {
  const had = old?.state === "used";
  const has = now?.state === "used";
  if (!had || !has) return had === has ? undefined : has ? "gained" : "lost";
  const hops = (route: Route) => (route.kind === "local" ? ["itself"] : route.nextHops);
  const [a, b] = [new Set(hops(old)), new Set(hops(now))];
  const added = [...b].some((hop) => !a.has(hop));
  const removed = [...a].some((hop) => !b.has(hop));
  if (added && removed) return "moved";
  if (added || removed) return "width";
  return attributes(old) === attributes(now) ? undefined : "attributes";
}

function attributes(route: Route): string {
  const { kind, asPath, asSet, origin, localPreference, med, communities, largeCommunities, insteadInstalled } = route;
  return JSON.stringify([
    kind,
    asPath,
    asSet,
    origin,
    localPreference,
    med,
    communities,
    largeCommunities,
    insteadInstalled,
  ]);
}
