/**
 * Which routes differ between two forecasts. Prefixes that fare alike are compared once at each speaker: of thousands of
 * nodes with thousands of services no table is made.
 */
import type { Alike } from "../bgp/solution";
import { comparePrefixes, type Prefix } from "../model/prefix";
import type { RouteChange } from "./effects";
import type { Forecast } from "./forecast";
import { widthOf, type Route } from "./route";
import { RoutesAt } from "./routesAt";

/** `wanted`: only these speakers. */
export function routeChanges(before: Forecast, after: Forecast, wanted?: ReadonlySet<string>): RouteChange[] {
  const names = [before, after].flatMap(({ network }) => network.speakers.map(({ name }) => name));
  return [...new Set(names)]
    .filter((speaker) => wanted?.has(speaker) !== false)
    .sort()
    .flatMap((speaker) => changesAt(speaker, new RoutesAt(before, speaker), new RoutesAt(after, speaker)));
}

function changesAt(speaker: string, was: RoutesAt, is: RoutesAt): RouteChange[] {
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

function changeOf(
  speaker: string,
  prefix: string,
  what: RouteChange["what"],
  was: RoutesAt,
  is: RoutesAt,
): RouteChange {
  const [old, now] = [was.routeTo(prefix), is.routeTo(prefix)];
  return {
    speaker,
    prefix,
    what,
    ...(old === undefined ? {} : { before: old }),
    ...(now === undefined ? {} : { after: now }),
    width: { before: widthOf(old), after: widthOf(now) },
    causes: [],
    doubts: (now === undefined ? was : is).doubts(prefix),
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
