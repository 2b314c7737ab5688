/** The routes of a speaker as a table, as `show bgp` prints it. */
import type { Speaker } from "../components/bgp/network";
import type { Path } from "../components/bgp/solution";
import type { Forecast } from "../components/forecast/forecast";
import { inFieldWords } from "../components/forecast/fieldNames";
import type { Route } from "../components/forecast/route";
import { marksOf } from "./doubts";
import type { Chosen } from "./filters";
import { table } from "./print";

const ORIGIN = { igp: "i", egp: "e", incomplete: "?" } as const;

/** Routers before nodes, each by name. */
export function inOrder(speakers: readonly Speaker[]): Speaker[] {
  const rank = (one: Speaker): number => Number(one.role === "node");
  const { compare } = new Intl.Collator("en", { numeric: true });
  return [...speakers].sort((a, b) => rank(a) - rank(b) || compare(a.name, b.name));
}

/** The routes of a speaker that were asked for. */
export function routesOf(made: Forecast, name: string, chosen: Chosen): Route[] {
  return [...made.routes(name).values()].filter((route) => isAskedFor(made, route, chosen));
}

export const isAskedFor = (made: Forecast, { speaker, prefix, state }: Route, chosen: Chosen): boolean =>
  chosen.prefix(prefix) &&
  (chosen.state === undefined ||
    (chosen.state === "doubtful"
      ? made.doubts(speaker, prefix).length > 0
      : (state === "used") === (chosen.state === "up")));

/** As `show bgp`: *> best, *= shares the traffic, a blank for a route that nothing can use. */
export function speakerTable(made: Forecast, name: string, routes: readonly Route[]): string {
  const rib = made.solution.table(name).rib;
  const rows = routes.flatMap((route) => {
    const paths = rib.get(route.prefix) ?? [];
    const used = paths.filter((path) => route.state === "used" && (path.best || path.multipath));
    const shown = used.length > 0 ? used : paths.slice(0, 1);
    const marks = marksOf(made.doubts(name, route.prefix));
    // With several paths of one neighbor (add paths) one line is enough for all that are alike.
    const lines = new Set(shown.map((path, index) => lineOf(route, path, index)));
    return [...lines].map((line, index) => {
      const [mark = "", ...rest] = JSON.parse(line) as string[];
      return [mark, index === 0 ? marks : "", index === 0 ? route.prefix : "", ...rest];
    });
  });
  return table(["", "", "network", "next hop", "metric", "locprf", "path", ""], rows);
}

/** Mark, next hop, metric, local preference, path and notes of a path, as one text to compare. */
function lineOf(route: Route, path: Path, index: number): string {
  const asPath = [...path.asPath, ...(path.asSet === undefined ? [] : [`{${path.asSet.join(",")}}`])];
  return JSON.stringify([
    route.state !== "used" ? "" : path.best ? "*>" : "*=",
    path.kind === "local" ? "itself" : inFieldWords(path.nextHop),
    path.med === undefined ? "" : String(path.med),
    path.kind === "ebgp" ? "" : String(path.localPreference),
    [...asPath, ORIGIN[path.origin]].join(" "),
    notes(route, path, index),
  ]);
}

function notes(route: Route, path: Path, index: number): string {
  const communities = [...path.communities, ...path.largeCommunities];
  return [
    ...(route.state === "used" ? [] : ["no valid path"]),
    ...(communities.length > 0 ? [communities.join(" ")] : []),
    ...(index > 0 || route.insteadInstalled === undefined ? [] : [`not installed (${route.insteadInstalled} is)`]),
  ].join(", ");
}
