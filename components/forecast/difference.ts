/**
 * What a change will do: sessions gained, lost and reset, routes gained, lost and moved, each with the chain of causes
 * that leads back to the field somebody changed.
 */
import type { Session } from "../bgp/solution";
import { changesOf, type Change } from "./changes";
import { causesOfRoutes, causesOfSessions } from "./causes";
import type { RouteChange, SessionChange } from "./effects";
import type { Forecast } from "./forecast";
import { resetsOf, sessionsByKey } from "./sessionChanges";
import { widthOf, type Route } from "./route";

export type { RouteChange, SessionChange } from "./effects";

export interface Difference {
  /** What was changed by hand. */
  changes: Change[];
  sessions: SessionChange[];
  routes: RouteChange[];
}

export interface DifferenceOptions {
  /** Only these speakers' routes; sessions are always all of them. */
  speakers?: readonly string[];
}

export function difference(before: Forecast, after: Forecast, options: DifferenceOptions = {}): Difference {
  const changes = changesOf(before.network, after.network);
  const sessions = sessionChanges(before, after, changes);
  causesOfSessions(before, after, changes, sessions);
  const routes = routeChanges(before, after, options);
  causesOfRoutes({ before, after, changes, sessions, routes });
  return { changes, sessions, routes };
}

function sessionChanges(before: Forecast, after: Forecast, changes: Change[]): SessionChange[] {
  const was = sessionsByKey(before.solution.sessions);
  const is = sessionsByKey(after.solution.sessions);
  const resets = resetsOf(before, after, changes);
  const found: SessionChange[] = [];
  for (const key of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const old = was.get(key);
    const now = is.get(key);
    const what = sessionVerdict(old, now, resets.has(key));
    if (what === undefined) continue;
    found.push({
      key,
      what,
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
      causes: [],
    });
  }
  return folded(found);
}

/**
 * A session that is down for want of its link shows each end's own address differently than when it was up, under keys
 * of their own. Between two speakers that lost (or gained) a session these are that session, not further ones.
 */
function folded(found: SessionChange[]): SessionChange[] {
  const halves = new Set<SessionChange>();
  for (const whole of found) {
    if (whole.what !== "lost" && whole.what !== "gained") continue;
    const side = whole.what === "lost" ? "after" : "before";
    const ends = (whole.before ?? whole.after)?.ends ?? [];
    for (const half of found) {
      const session = half[side];
      if (half.what !== "changed" || session === undefined || half[side === "after" ? "before" : "after"] !== undefined)
        continue;
      const speakers = session.ends.every((end) => ends.some(({ speaker }) => speaker === end.speaker));
      const shared = session.ends.some((end) =>
        ends.some(({ speaker, address }) => speaker === end.speaker && address === end.address),
      );
      if (!speakers || !shared || halves.has(half)) continue;
      halves.add(half);
      whole[side] ??= session;
    }
  }
  return found.filter((change) => !halves.has(change));
}

function sessionVerdict(
  old: Session | undefined,
  now: Session | undefined,
  reset: boolean,
): SessionChange["what"] | undefined {
  if (old?.up === true && now?.up === true) return reset ? "reset" : undefined;
  if (now?.up === true) return "gained";
  if (old?.up === true) return "lost";
  return old?.down?.reason === now?.down?.reason ? undefined : "changed";
}

function routeChanges(before: Forecast, after: Forecast, options: DifferenceOptions): RouteChange[] {
  const wanted = options.speakers === undefined ? undefined : new Set(options.speakers);
  const existing = (forecast: Forecast) => forecast.network.speakers.map((speaker) => speaker.name);
  const old = new Set(existing(before));
  const now = new Set(existing(after));
  const found: RouteChange[] = [];
  const none: ReadonlyMap<string, Route> = new Map();
  for (const speaker of [...new Set([...old, ...now])].sort()) {
    if (wanted?.has(speaker) === false) continue;
    if (old.has(speaker) && now.has(speaker) && before.solution.table(speaker) === after.solution.table(speaker))
      continue;
    const was = old.has(speaker) ? before.routes(speaker) : none;
    const is = now.has(speaker) ? after.routes(speaker) : none;
    for (const [prefix, route] of was) note(found, speaker, prefix, route, is.get(prefix), before, after);
    for (const [prefix, route] of is)
      if (!was.has(prefix)) note(found, speaker, prefix, undefined, route, before, after);
  }
  return found;
}

function note(
  found: RouteChange[],
  speaker: string,
  prefix: string,
  old: Route | undefined,
  now: Route | undefined,
  before: Forecast,
  after: Forecast,
): void {
  const what = routeVerdict(old, now);
  if (what === undefined) return;
  found.push({
    speaker,
    prefix,
    what,
    ...(old === undefined ? {} : { before: old }),
    ...(now === undefined ? {} : { after: now }),
    width: { before: widthOf(old), after: widthOf(now) },
    causes: [],
    doubts: now === undefined ? before.doubts(speaker, prefix) : after.doubts(speaker, prefix),
  });
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
