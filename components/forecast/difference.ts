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
import { routeChanges } from "./routeChanges";

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
  const routes = routeChanges(before, after, options.speakers && new Set(options.speakers));
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
