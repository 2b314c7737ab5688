/**
 * A forecast as sorted lines of stable text, one a session and one a route: what a preview compares, so that a change of
 * the network reads as an ordinary text difference. No time, no counter and no order of input shows in them.
 */
import type { Session } from "../bgp/solution";
import { printDoubt } from "./doubts";
import type { Forecast } from "./forecast";
import type { Route } from "./route";

export function sessionLines(forecast: Forecast): string[] {
  const doubts = new Map<string, string[]>();
  for (const { session, speaker, what } of forecast.solution.notModelled) {
    if (session === undefined) continue;
    const list = doubts.get(session);
    const text = `not modelled at ${speaker}: ${what}`;
    if (list === undefined) doubts.set(session, [text]);
    else list.push(text);
  }
  return forecast.solution.sessions
    .map((session) => [sessionLine(session), ...(doubts.get(session.key) ?? []).sort()].join("; "))
    .sort();
}

export function sessionLine(session: Session): string {
  const asns = session.ends.map((end) => end.asn).join(" - ");
  const families = session.families.join("+");
  if (!session.up) {
    const { reason, at } = session.down ?? { reason: "no-neighbor", at: session.ends[0].speaker };
    return `${session.key}: down (${reason} at ${at}) ${session.kind} AS ${asns}`;
  }
  const missing = (session.policyMissing ?? []).map(({ at, direction }) => `no ${direction} policy at ${at}`).sort();
  return [`${session.key}: up ${session.kind} AS ${asns} ${families}`, ...missing].join("; ");
}

export interface LineOptions {
  /** Only these speakers; all of them when absent. */
  speakers?: readonly string[];
  /** Only routes that a session brought. */
  learned?: boolean;
  /** Only prefixes that this holds for. */
  prefixes?: (prefix: string) => boolean;
}

/** By speaker's name, then by prefix. */
export function routeLines(forecast: Forecast, options: LineOptions = {}): string[] {
  const wanted = options.speakers === undefined ? undefined : new Set(options.speakers);
  const names = forecast.network.speakers.map((speaker) => speaker.name).filter((name) => wanted?.has(name) ?? true);
  const lines: string[] = [];
  for (const name of names.sort()) {
    for (const [prefix, route] of forecast.routes(name)) {
      if (options.prefixes?.(prefix) === false) continue;
      if (options.learned === true && route.kind === "local") continue;
      const doubts = forecast.doubts(name, prefix).map(printDoubt).sort();
      lines.push([routeLine(route), ...doubts].join("; "));
    }
  }
  return lines;
}

export function routeLine(route: Route): string {
  const head = `${route.speaker} ${route.prefix}`;
  if (route.state === "unusable") return `${head}: unusable, no valid path`;
  const parts = [
    route.kind === "local" ? `local ${route.local ?? ""}`.trimEnd() : `${route.kind} via ${route.nextHops.join(" ")}`,
    ...(route.asPath.length > 0 || route.asSet !== undefined ? [`path ${printAsPath(route)}`] : []),
    ...(route.localPreference !== 100 ? [`local-preference ${route.localPreference}`] : []),
    ...(route.med === undefined || route.med === 0 ? [] : [`med ${route.med}`]),
    ...(route.origin === "igp" ? [] : [`origin ${route.origin}`]),
    ...(route.communities.length > 0 ? [`communities ${route.communities.join(" ")}`] : []),
    ...(route.largeCommunities.length > 0 ? [`large ${route.largeCommunities.join(" ")}`] : []),
    ...(route.insteadInstalled === undefined ? [] : [`not installed (${route.insteadInstalled} is)`]),
  ];
  return `${head}: ${parts.join(", ")}`;
}

export function printAsPath(route: Pick<Route, "asPath" | "asSet">): string {
  const set = route.asSet === undefined ? [] : [`{${route.asSet.join(",")}}`];
  return [...route.asPath, ...set].join(" ");
}
