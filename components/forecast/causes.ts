/**
 * From an effect back to what somebody changed: this label, hence this session, hence this path. A chain is as long as
 * the route travelled; where none is found, it ends at what the solver itself says.
 */
import type { Path } from "../bgp/solution";
import { printChange, type Change } from "./changes";
import type { RouteChange, SessionChange } from "./difference";
import type { Forecast } from "./forecast";
import type { Speakers } from "./sessionChanges";
import { concerns, resetsOf, speakersOf } from "./sessionChanges";

/** One link of a chain, the root first. */
export type Link =
  | { kind: "change"; change: Change; sentence: string }
  | { kind: "session"; key: string; what: SessionChange["what"]; sentence: string }
  | { kind: "route"; speaker: string; prefix: string; what: RouteChange["what"]; sentence: string }
  | { kind: "reason"; sentence: string };

/** Fields of a node that decide which neighbors a cluster's objects give it. */
const SELECTING: ReadonlySet<string> = new Set(["label"]);

export function causesOfSessions(
  before: Forecast,
  after: Forecast,
  changes: Change[],
  sessions: SessionChange[],
): void {
  const resets = resetsOf(before, after, changes);
  const was = speakersOf(before.network);
  const is = speakersOf(after.network);
  const bySpeaker = groupBySpeaker(changes);
  for (const session of sessions) {
    const direct = session.what === "reset" ? (resets.get(session.key) ?? []) : [];
    const found = direct.length > 0 ? direct : sessionChangesOf(session, bySpeaker, changes, was, is);
    session.causes = withLabels(found, bySpeaker).map(changeLink);
    const down = session.after?.down ?? (session.what === "gained" ? undefined : session.before?.down);
    if (down !== undefined) session.causes.push({ kind: "reason", sentence: down.sentence });
    else if (session.causes.length === 0 && session.before?.down !== undefined) {
      session.causes.push({ kind: "reason", sentence: `no longer: ${session.before.down.sentence}` });
    }
  }
}

function groupBySpeaker(changes: Change[]): Map<string, Change[]> {
  const map = new Map<string, Change[]>();
  for (const change of changes) {
    const name = change.speaker ?? "";
    const list = map.get(name);
    if (list === undefined) map.set(name, [change]);
    else list.push(change);
  }
  return map;
}

function sessionChangesOf(
  session: SessionChange,
  bySpeaker: ReadonlyMap<string, Change[]>,
  changes: Change[],
  was: Speakers,
  is: Speakers,
): Change[] {
  const found = new Set<Change>();
  for (const end of [...(session.before?.ends ?? []), ...(session.after?.ends ?? [])]) {
    for (const change of bySpeaker.get(end.speaker) ?? []) {
      const whole =
        change.part === "speaker" || change.part === "interface" || change.part === "route" || change.part === "bgp";
      if (whole || concerns(change, is, end) || concerns(change, was, end)) found.add(change);
    }
    for (const change of changes) {
      const stands = (speakers: Speakers) =>
        speakers.get(end.speaker)?.interfaces.some((each) => each.segment === change.segment) ?? false;
      if (change.segment !== undefined && (stands(was) || stands(is))) found.add(change);
    }
  }
  // The nearest causes alone, where there are any: the neighbor itself before whatever else its speaker had changed.
  const near = [...found].filter(
    (change) => ["neighbor", "group", "listen"].includes(change.part) || change.field === "down",
  );
  const gone = [...found].filter((change) => change.part === "speaker" && change.field === "");
  return gone.length > 0 ? gone : near.length > 0 ? near : [...found];
}

/** A neighbor that came or went with a label of its node: the label is named first. */
function withLabels(found: Change[], bySpeaker: ReadonlyMap<string, Change[]>): Change[] {
  const labels = new Set<Change>();
  for (const change of found) {
    if (change.part !== "neighbor" || change.field !== "" || change.speaker === undefined) continue;
    for (const other of bySpeaker.get(change.speaker) ?? []) if (SELECTING.has(other.part)) labels.add(other);
  }
  return [...labels, ...found];
}

function changeLink(change: Change): Link {
  return { kind: "change", change, sentence: printChange(change) };
}

interface Effects {
  before: Forecast;
  after: Forecast;
  changes: Change[];
  sessions: SessionChange[];
  routes: RouteChange[];
}

export function causesOfRoutes({ before, after, changes, sessions, routes }: Effects): void {
  const bySpeaker = groupBySpeaker(changes);
  const was = speakersOf(before.network);
  const is = speakersOf(after.network);
  const effects = new Map(routes.map((route) => [`${route.speaker} ${route.prefix}`, route]));
  /** Sessions that changed between two speakers, either way round. */
  const between = new Map<string, SessionChange[]>();
  for (const session of sessions) {
    if (session.what === "changed") continue;
    const [one, other] = (session.after ?? session.before)?.ends ?? [];
    if (one === undefined || other === undefined) continue;
    for (const key of [`${one.speaker} ${other.speaker}`, `${other.speaker} ${one.speaker}`]) {
      const list = between.get(key);
      if (list === undefined) between.set(key, [session]);
      else list.push(session);
    }
  }

  const paths = (forecast: Forecast, speakers: Speakers) => (speaker: string, prefix: string) =>
    speakers.has(speaker) ? (forecast.solution.table(speaker).rib.get(prefix) ?? []) : [];
  const pathsBefore = paths(before, was);
  const pathsAfter = paths(after, is);
  const known = new Map<string, Link[]>();
  const chainOf = (speaker: string, prefix: string, seen: Set<string>): Link[] => {
    const key = `${speaker} ${prefix}`;
    const chain = known.get(key);
    if (chain !== undefined) return chain;
    if (seen.has(key)) return [];
    seen.add(key);
    const made = chainTo(speaker, prefix, seen);
    if (made.length > 0) known.set(key, made);
    return made;
  };
  const chainTo = (speaker: string, prefix: string, seen: Set<string>): Link[] => {
    const senders = changedSenders(pathsBefore(speaker, prefix), pathsAfter(speaker, prefix));
    if (senders.own) {
      const own = (bySpeaker.get(speaker) ?? []).filter((change) => ORIGINATING.has(change.part));
      if (own.length > 0) return withOriginLabels(own, bySpeaker.get(speaker) ?? []).map(changeLink);
    }
    for (const sender of senders.from) {
      const session = between.get(`${speaker} ${sender}`)?.[0];
      if (session !== undefined) return [...session.causes, sessionLink(session)];
      const setting = policyChanges(speaker, sender, bySpeaker, was, is);
      if (setting.length > 0) return setting.map(changeLink);
      const effect = effects.get(`${sender} ${prefix}`);
      const further = chainOf(sender, prefix, seen);
      if (further.length > 0) return effect === undefined ? further : [...further, routeLink(effect)];
    }
    const whole = (bySpeaker.get(speaker) ?? []).filter((change) => change.part === "bgp" || change.part === "speaker");
    return whole.map(changeLink);
  };
  for (const route of routes) route.causes = chainOf(route.speaker, route.prefix, new Set());
}

const ORIGINATING: ReadonlySet<string> = new Set(["origination", "route", "interface", "speaker", "policy", "bgp"]);

function withOriginLabels(own: Change[], all: Change[]): Change[] {
  return own.some((change) => change.part === "origination")
    ? [...all.filter((change) => SELECTING.has(change.part)), ...own]
    : own;
}

function sessionLink(session: SessionChange): Link {
  return { kind: "session", key: session.key, what: session.what, sentence: `session ${session.key} ${session.what}` };
}

function routeLink(route: RouteChange): Link {
  const { speaker, prefix, what } = route;
  const sentence = `${speaker} ${what === "gained" || what === "lost" ? what : "changed"} ${prefix}`;
  return { kind: "route", speaker, prefix, what, sentence };
}

/** From whom paths for the prefix differ, best ones first; `own` when the speaker's own path does. */
function changedSenders(before: readonly Path[], after: readonly Path[]): { own: boolean; from: string[] } {
  const index = (list: readonly Path[]) => {
    const map = new Map<string, string>();
    for (const path of list) {
      const from = path.from?.speaker ?? "";
      map.set(from, `${map.get(from) ?? ""}${essence(path)}\n`);
    }
    return map;
  };
  const [old, now] = [index(before), index(after)];
  const differing = [...new Set([...now.keys(), ...old.keys()])].filter((from) => old.get(from) !== now.get(from));
  return { own: differing.includes(""), from: differing.filter((from) => from !== "") };
}

function essence(path: Path): string {
  const { nextHop, asPath, asSet, origin, localPreference, med, communities, largeCommunities, valid } = path;
  return JSON.stringify([nextHop, asPath, asSet, origin, localPreference, med, communities, largeCommunities, valid]);
}

/** Changed settings of the session between two speakers, and changed policies and lists that it uses. */
function policyChanges(
  speaker: string,
  sender: string,
  bySpeaker: ReadonlyMap<string, Change[]>,
  was: Speakers,
  is: Speakers,
): Change[] {
  return [speaker, sender].flatMap((name) =>
    (bySpeaker.get(name) ?? []).filter((change) => {
      if (change.part === "policy" || change.part === "list") return true;
      if (change.part !== "neighbor" && change.part !== "group") return false;
      const other = name === speaker ? sender : speaker;
      return [was, is].some((speakers) => pointsAt(speakers, name, other, change));
    }),
  );
}

function pointsAt(speakers: Speakers, name: string, other: string, change: Change): boolean {
  const speaker = speakers.get(name);
  const far = speakers.get(other);
  if (speaker === undefined || far === undefined) return false;
  const addresses = new Set(far.interfaces.flatMap((each) => each.addresses.map((text) => text.split("/")[0] ?? text)));
  if (change.part === "group") return true;
  const neighbor = speaker.neighbors.find((each) => (each.address ?? each.interface) === change.name);
  if (neighbor === undefined) return false;
  return neighbor.address === undefined || addresses.has(neighbor.address);
}

/** "label ...; session ... gained". */
export function printChain(links: readonly Link[]): string {
  return links.map((link) => link.sentence).join(" -> ");
}
