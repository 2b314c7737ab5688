/**
 * Sessions after a change. Only those are tried again that looked at a changed speaker, or stand between the same two
 * speakers. If sessions compete for places, the order of all attempts counts, and all are formed again.
 */
import { Forming, type Attempt, type Places } from "../sessions/attempt";
import { same, type Compiled, type CompiledSpeaker } from "../compile";
import type { Link } from "../sessions/ends";
import type { InstalledRoutes } from "../reach";
import { byKey, tellFailed, type Formed } from "../sessions/sessions";

export interface Reformed {
  formed: Formed;
  added: readonly Link[];
  removed: ReadonlySet<Link>;
}

export function reform(
  before: Formed,
  compiled: Compiled,
  installed: InstalledRoutes,
  changed: ReadonlySet<number>,
): Reformed | undefined {
  if (before.places.full) return undefined;
  const stale = staleAttempts(before.attempts, changed);
  const removed = new Map<string, Link>();
  for (const { link } of stale) if (link !== undefined) removed.set(link.session.key, link);
  const places = without(before.places, removed.values());
  const forming = new Forming(compiled, installed, places);
  for (const [speaker, neighbor] of inOrder(compiled, stale, changed)) {
    forming.attempt(speaker, speaker.neighbors[neighbor] as CompiledSpeaker["neighbors"][number]);
  }
  const { attempts } = forming;
  if (places.full || [...stale, ...attempts].some((each) => sharesAddress(compiled, each))) return undefined;
  const added: Link[] = [];
  const links = forming.links.map((link) => {
    const was = removed.get(link.session.key);
    if (was === undefined || !sameLink(was, link)) {
      added.push(link);
      return link;
    }
    removed.delete(link.session.key);
    put(places, was);
    for (const each of attempts) if (each.link === link) each.link = was;
    return was;
  });
  const told = tellFailed(compiled, attempts, links, places);
  const gone = new Set(removed.values());
  const untold = new Set([...gone].map(({ session }) => session));
  for (const each of stale) if (each.told !== undefined) untold.add(each.told);
  const sessions = before.sessions.filter((session) => !untold.has(session));
  sessions.push(...added.map(({ session }) => session), ...told);
  sessions.sort(byKey);
  const formed: Formed = {
    sessions,
    links: [...before.links.filter((link) => !gone.has(link)), ...added],
    attempts: [...before.attempts.filter((each) => !stale.has(each)), ...attempts],
    places,
  };
  return { formed, added, removed: gone };
}

function staleAttempts(attempts: readonly Attempt[], changed: ReadonlySet<number>): Set<Attempt> {
  const pairs = new Set<string>();
  for (const each of attempts) {
    for (const speaker of each.looked) {
      if (!changed.has(speaker)) continue;
      pairs.add(between(each));
      break;
    }
  }
  return new Set(attempts.filter((each) => pairs.has(between(each))));
}

function between({ from, to }: Attempt): string {
  const far = to?.index ?? -1;
  return from.index < far ? `${from.index} ${far}` : `${far} ${from.index}`;
}

function without(places: Places, links: Iterable<Link>): Places {
  const left: Places = {
    taken: new Map(places.taken),
    pairs: new Map(places.pairs),
    dynamic: new Map(places.dynamic),
    full: false,
  };
  for (const { pair, ends } of links) {
    left.pairs.delete(pair);
    for (const { speaker, neighbor } of ends) {
      if (neighbor !== undefined) left.taken.delete(`${speaker}/${neighbor}`);
      else left.dynamic.set(speaker, (left.dynamic.get(speaker) ?? 1) - 1);
    }
  }
  return left;
}

function put(places: Places, link: Link): void {
  places.pairs.set(link.pair, link);
  for (const { speaker, neighbor } of link.ends) {
    if (neighbor !== undefined) places.taken.set(`${speaker}/${neighbor}`, link);
  }
}

/** All neighbors of who changed, and those of others that are to be tried again, as they come in the network. */
function inOrder(
  compiled: Compiled,
  stale: Iterable<Attempt>,
  changed: ReadonlySet<number>,
): [CompiledSpeaker, number][] {
  const list: [CompiledSpeaker, number][] = [];
  const add = (speaker: number, neighbor: number): void => {
    list.push([compiled.speakers[speaker] as CompiledSpeaker, neighbor]);
  };
  for (const speaker of changed) compiled.speakers[speaker]?.neighbors.forEach(({ index }) => add(speaker, index));
  for (const { from, neighbor } of stale) if (!changed.has(from.index)) add(from.index, neighbor.index);
  return list.sort(([a, i], [b, j]) => a.index - b.index || i - j);
}

/** Whoever answers for an address that several have is a matter of all sessions together. */
function sharesAddress({ owners }: Compiled, { remote, local }: Attempt): boolean {
  return (owners.get(remote)?.length ?? 0) > 1 || (local !== undefined && (owners.get(local)?.length ?? 0) > 1);
}

function sameLink(a: Link, b: Link): boolean {
  if (a.kind !== b.kind || a.confed !== b.confed || a.hops !== b.hops || a.families.join() !== b.families.join())
    return false;
  return a.ends.every((end, at) => {
    const other = b.ends[at];
    if (other === undefined || end.neighbor !== other.neighbor || end.asn !== other.asn) return false;
    return same(end.settings, other.settings) && same(end.port, other.port);
  });
}
