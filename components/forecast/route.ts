/** A speaker's answer for one prefix, drawn from its table: what it uses, over how many next hops, with what attributes. */
import type { FibRoute, Path, Table } from "../bgp/solution";
import { compareAddresses } from "../model/address";
import { comparePrefixes, type Prefix } from "../model/prefix";

export interface Route {
  speaker: string;
  prefix: string;
  /** "unusable": paths are known and none can be taken. */
  state: "used" | "unusable";
  kind: Path["kind"];
  /** How a local route came to be. */
  local?: NonNullable<Path["local"]>;
  /** Next hops of the best path and of those that share its traffic, in order; none for a local route. */
  nextHops: string[];
  /** Who those paths were learned from. */
  from: string[];
  asPath: number[];
  asSet?: number[];
  origin: Path["origin"];
  localPreference: number;
  med?: number;
  communities: string[];
  largeCommunities: string[];
  /** What stands in the forwarding table for the prefix when it is not this route: "connected", "static" ... or nothing. */
  insteadInstalled?: FibRoute["source"] | "nothing";
}

export function routesOf(table: Table): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const prefix of [...table.rib.keys()].sort((a, b) => comparePrefixes(a as Prefix, b as Prefix))) {
    const route = routeOf(table, prefix, table.rib.get(prefix) ?? []);
    if (route !== undefined) routes.set(prefix, route);
  }
  return routes;
}

function routeOf(table: Table, prefix: string, paths: readonly Path[]): Route | undefined {
  const route = chosenRoute(table.speaker, prefix, paths);
  const instead = route === undefined ? undefined : insteadOf(route, table.fib.get(prefix));
  if (route !== undefined && instead !== undefined) route.insteadInstalled = instead;
  return route;
}

/** What stands in the forwarding table for a learned route that is used, where that is not this route. */
export function insteadOf(route: Route, installed: FibRoute | undefined): Route["insteadInstalled"] {
  if (route.state !== "used" || route.kind === "local" || installed?.source === "bgp") return undefined;
  return installed?.source ?? "nothing";
}

/** The route that the paths come to, whatever stands in the forwarding table. */
export function chosenRoute(speaker: string, prefix: string, paths: readonly Path[]): Route | undefined {
  // BIRD may choose a path whose next hop it cannot reach, and then installs an unreachable route for it.
  const best = paths.find((path) => path.best && path.valid);
  const shown = best ?? paths[0];
  if (shown === undefined) return undefined;
  const used = best === undefined ? [] : paths.filter((path) => path.best || path.multipath);
  const learned = used.filter((path) => path.kind !== "local");
  const route: Route = {
    speaker,
    prefix,
    state: best === undefined ? "unusable" : "used",
    kind: shown.kind,
    nextHops: [...new Set(learned.map((path) => path.nextHop))].sort(compareNextHops),
    from: [...new Set(learned.map((path) => path.from?.speaker ?? ""))].filter((name) => name !== "").sort(),
    asPath: shown.asPath,
    origin: shown.origin,
    localPreference: shown.localPreference,
    communities: shown.communities,
    largeCommunities: shown.largeCommunities,
  };
  if (shown.local !== undefined) route.local = shown.local;
  if (shown.asSet !== undefined) route.asSet = shown.asSet;
  if (shown.med !== undefined) route.med = shown.med;
  return route;
}

/** Addresses in their order; names of interfaces, for unnumbered next hops, after them. */
function compareNextHops(a: string, b: string): number {
  const named = (text: string) => !/^[0-9a-f.:]+$/i.test(text);
  if (named(a) || named(b)) return named(a) === named(b) ? (a < b ? -1 : a > b ? 1 : 0) : named(a) ? 1 : -1;
  return compareAddresses(a, b);
}

/** How many next hops carry the prefix's traffic; a local route counts as one. */
export function widthOf(route: Route | undefined): number {
  if (route === undefined || route.state === "unusable") return 0;
  return route.kind === "local" ? 1 : route.nextHops.length;
}
