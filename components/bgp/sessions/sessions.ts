/**
 * Which sessions come up, and why the others do not: every configured neighbor is tried, in the order of the network.
 */
import { isExternal, presented, type Down } from "./agree";
import { Forming, noPlaces, type Attempt, type Places } from "./attempt";
import type { Compiled } from "../compile";
import { compareEnds, describe, sessionKey, type End, type Link } from "./ends";
import type { InstalledRoutes } from "../reach";
import type { Session } from "../solution";

export interface Formed {
  sessions: Session[];
  links: Link[];
  attempts: Attempt[];
  places: Places;
}

export function formSessions(compiled: Compiled, installed: InstalledRoutes): Formed {
  const places = noPlaces();
  const forming = new Forming(compiled, installed, places);
  for (const speaker of compiled.speakers) {
    for (const neighbor of speaker.neighbors) forming.attempt(speaker, neighbor);
  }
  const { attempts, links } = forming;
  const sessions = [...links.map((link) => link.session), ...tellFailed(compiled, attempts, links, places)];
  sessions.sort(byKey);
  return { sessions, links, attempts, places };
}

export const byKey = (a: Session, b: Session): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

export function tellFailed(
  compiled: Compiled,
  attempts: readonly Attempt[],
  links: readonly Link[],
  places: Places,
): Session[] {
  const up = new Set(links.map(({ session }) => session.key));
  const told = new Map<string, Session>();
  for (const attempt of attempts) {
    if (attempt.link !== undefined || attempt.down === undefined) continue;
    if (places.taken.has(`${attempt.from.index}/${attempt.neighbor.index}`)) continue;
    const session = failed(compiled, attempt, attempt.down);
    // Both sides tried: one line for the two of them. Beside a session that is up only what it displaced is told.
    if (told.has(session.key) || (up.has(session.key) && attempt.down.reason !== "duplicate")) continue;
    told.set(session.key, session);
    attempt.told = session;
  }
  return [...told.values()];
}

function failed(compiled: Compiled, attempt: Attempt, down: Down): Session {
  const { from, neighbor, to } = attempt;
  const mine: End = {
    speaker: from.index,
    address: attempt.local ?? neighbor.localAddress ?? from.speaker.routerId,
    asn: presented(from, neighbor),
    settings: neighbor,
    neighbor: neighbor.index,
  };
  const source = down.source ?? neighbor.source;
  const base = {
    kind: isExternal(from, neighbor.remoteAs, to?.speaker.asn ?? -1, neighbor) ? ("ebgp" as const) : ("ibgp" as const),
    families: [],
    up: false,
    down: { ...down, ...(source === undefined ? {} : { source }) },
  };
  if (to === undefined) {
    const key = `${from.speaker.name} ${mine.address} - ? ${neighbor.interface ?? attempt.remote}`;
    return { key, ends: [describe(compiled, mine)], ...base };
  }
  const entry = to.neighbors.find((each) =>
    neighbor.interface === undefined ? each.address === mine.address : each.interface !== undefined,
  );
  const theirs: End = {
    speaker: to.index,
    address: neighbor.interface === undefined ? attempt.remote : `interface%${entry?.interface ?? "?"}`,
    asn: presented(to, entry ?? {}),
    settings: entry ?? {},
    ...(entry === undefined ? {} : { neighbor: entry.index }),
  };
  const [first, second] = compareEnds(compiled, mine, theirs) <= 0 ? [mine, theirs] : [theirs, mine];
  return {
    key: sessionKey(compiled, first, second),
    ends: [describe(compiled, first), describe(compiled, second)],
    ...base,
  };
}
