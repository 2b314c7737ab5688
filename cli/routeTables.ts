/** Routes as tables: a speaker's as `show bgp` prints them, and one line a speaker or a prefix for a large network. */
import type { Speaker } from "../components/bgp/network";
import type { Path } from "../components/bgp/solution";
import type { Forecast } from "../components/forecast/forecast";
import { inFieldWords } from "../components/forecast/fieldNames";
import { widthOf, type Route } from "../components/forecast/route";
import { comparePrefixes, type Prefix } from "../components/model/prefix";
import { marksOf, some } from "./doubts";
import type { Chosen } from "./filters";
import { bad, good, table } from "./print";

const ORIGIN = { igp: "i", egp: "e", incomplete: "?" } as const;

/** Routers before nodes, each by name. */
export function inOrder(speakers: readonly Speaker[]): Speaker[] {
  const rank = (one: Speaker): number => Number(one.role === "node");
  return [...speakers].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** The routes of a speaker that were asked for. */
export function routesOf(made: Forecast, name: string, chosen: Chosen): Route[] {
  return [...made.routes(name).values()].filter(
    ({ prefix, state }) =>
      chosen.prefix(prefix) &&
      (chosen.state === undefined ||
        (chosen.state === "doubtful"
          ? made.doubts(name, prefix).length > 0
          : (state === "used") === (chosen.state === "up"))),
  );
}

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

/** One line a speaker. */
export function speakersTable(made: Forecast, speakers: readonly Speaker[], chosen: Chosen): string {
  const rows = speakers.map(({ name, asn, dialect }) => {
    const sessions = made.solution.sessions.filter(({ ends }) => ends.some((end) => end.speaker === name));
    const up = sessions.filter((session) => session.up).length;
    const routes = routesOf(made, name, chosen);
    const unusable = routes.filter(({ state }) => state !== "used").length;
    const marks = new Set(routes.flatMap(({ prefix }) => [...marksOf(made.doubts(name, prefix))]));
    const state = `${up} of ${sessions.length} up`;
    return [
      name,
      `${dialect.system} ${dialect.version}`,
      String(asn),
      up === sessions.length ? good(state) : bad(state),
      String(routes.length),
      unusable === 0 ? "" : bad(String(unusable)),
      nextHops(routes),
      [...marks].sort().join(""),
    ];
  });
  return table(["speaker", "system", "AS", "sessions", "routes", "unusable", "next hops", ""], rows);
}

/** One line a prefix. */
export function prefixesTable(made: Forecast, speakers: readonly Speaker[], chosen: Chosen): string {
  const byPrefix = new Map<string, { speaker: string; route: Route }[]>();
  for (const { name } of speakers) {
    for (const route of routesOf(made, name, chosen)) {
      const list = byPrefix.get(route.prefix);
      if (list === undefined) byPrefix.set(route.prefix, [{ speaker: name, route }]);
      else list.push({ speaker: name, route });
    }
  }
  const sorted = [...byPrefix].sort(([a], [b]) => comparePrefixes(a as Prefix, b as Prefix));
  const rows = sorted.map(([prefix, held]) => {
    const own = held.filter(({ route }) => route.kind === "local").map(({ speaker }) => speaker);
    const used = held.filter(({ route }) => route.state === "used");
    const marks = new Set(held.flatMap(({ speaker }) => [...marksOf(made.doubts(speaker, prefix))]));
    const reached = `${used.length} of ${speakers.length}`;
    const learned = used.filter(({ route }) => route.kind !== "local").map(({ route }) => route);
    const unusable = held.length - used.length;
    return [
      prefix,
      some(own, 3),
      reached,
      unusable === 0 ? "" : bad(String(unusable)),
      nextHops(learned),
      [...marks].sort().join(""),
    ];
  });
  return table(["prefix", "originated by", "usable at", "unusable", "next hops", ""], rows);
}

/** "1", "1-4": the least and the most next hops of what is learned. */
function nextHops(routes: readonly Route[]): string {
  const widths = routes.filter(({ state, kind }) => state === "used" && kind !== "local").map(widthOf);
  if (widths.length === 0) return "";
  const [least, most] = [Math.min(...widths), Math.max(...widths)];
  return least === most ? String(least) : `${least}-${most}`;
}
