/**
 * From an effect back to what somebody changed: this label, hence this session, hence this path. A chain is as long as
 * the route travelled; where none is found, it ends at what the solver itself says.
 */
import { calledBy } from "../bgp/calls";
import { parseAddress } from "../model/address";
import { containsAddress, prefixLength, type Prefix } from "../model/prefix";
import type { Path, Session, SessionEnd } from "../bgp/solution";
import { printChange } from "./changeWords";
import type { Change } from "./changes";
import type { Link, RouteChange, SessionChange } from "./effects";
import type { Forecast } from "./forecast";
import { pathsTo } from "./rows";
import type { Speakers } from "./sessionChanges";
import { concerns, resetsOf, settingsOf, speakersOf } from "./sessionChanges";

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
    const all = direct.length > 0 ? direct : sessionChangesOf(session, bySpeaker, changes, was, is);
    const found = all.some(telling) ? all.filter(telling) : all;
    session.causes = withLabels(found, bySpeaker).map(changeLink);
    const down = session.after?.down ?? (session.what === "gained" ? undefined : session.before?.down);
    if (down !== undefined) session.causes.push({ kind: "reason", sentence: down.sentence });
    else if (session.causes.length === 0 && session.before?.down !== undefined) {
      session.causes.push({ kind: "reason", sentence: `no longer: ${session.before.down.sentence}` });
    }
  }
}

/** A neighbor's description and role follow from what made it; they cause nothing. */
function telling(change: Change): boolean {
  return change.field !== "description" && change.field !== "role";
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
    // A session whose other end is gone has that end before alone.
    const both = [session.after, session.before].find((state) => state?.ends[1] !== undefined);
    const [one, other] = both?.ends ?? [];
    if (one === undefined || other === undefined) continue;
    for (const key of [`${one.speaker} ${other.speaker}`, `${other.speaker} ${one.speaker}`]) {
      const list = between.get(key);
      if (list === undefined) between.set(key, [session]);
      else list.push(session);
    }
  }

  /** Every session between two speakers, before and after. */
  const joined = new Map<string, Session[]>();
  for (const session of [...after.solution.sessions, ...before.solution.sessions]) {
    const [one, other] = session.ends;
    if (other === undefined) continue;
    const key = pair(one.speaker, other.speaker);
    const list = joined.get(key);
    if (list === undefined) joined.set(key, [session]);
    else list.push(session);
  }
  const sendersOf = rememberedSenders();
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
    const senders = sendersOf(pathsTo(before.solution, speaker, prefix), pathsTo(after.solution, speaker, prefix));
    if (senders.own) {
      const all = (bySpeaker.get(speaker) ?? []).filter((change) => ORIGINATING.has(change.part));
      const named = all.filter((change) => change.name?.includes(prefix) === true);
      const own = named.length > 0 ? named : all;
      if (own.length > 0) return withOriginLabels(own, bySpeaker.get(speaker) ?? []).map(changeLink);
    }
    let unexplained: Link[] | undefined;
    for (const sender of senders.from) {
      const session = between.get(`${speaker} ${sender}`)?.[0];
      if (session !== undefined) {
        const chain = [...causesOf(session, seen), sessionLink(session)];
        if (hasRoot(chain)) return chain;
        unexplained ??= chain;
        continue;
      }
      const setting = policyChanges(speaker, sender, bySpeaker, joined, was, is);
      if (setting.length > 0) return setting.map(changeLink);
      const effect = effects.get(`${sender} ${prefix}`);
      const further = chainOf(sender, prefix, seen);
      if (further.length > 0) return effect === undefined ? further : [...further, routeLink(effect)];
    }
    if (unexplained !== undefined) return unexplained;
    const whole = (bySpeaker.get(speaker) ?? []).filter((change) => change.part === "bgp" || change.part === "speaker");
    return whole.map(changeLink);
  };
  const lost = lostRoutes(routes);
  /** A session that lost its way has the cause of the route that is gone. */
  const causesOf = (session: SessionChange, seen: Set<string>): Link[] => {
    const way = hasRoot(session.causes) ? undefined : lostWay(session, lost);
    const chain = way === undefined ? [] : chainOf(way.speaker, way.prefix, seen);
    return hasRoot(chain) ? chain.filter(({ kind }) => kind !== "reason") : session.causes;
  };
  for (const session of sessions) session.causes = causesOf(session, new Set());
  for (const route of routes) route.causes = chainOf(route.speaker, route.prefix, new Set());
}

const hasRoot = (links: readonly Link[]): boolean => links.some(({ kind }) => kind === "change");

function lostRoutes(routes: readonly RouteChange[]): Map<string, RouteChange[]> {
  const bySpeaker = new Map<string, RouteChange[]>();
  for (const route of routes) {
    if (route.what !== "lost") continue;
    const list = bySpeaker.get(route.speaker);
    if (list === undefined) bySpeaker.set(route.speaker, [route]);
    else list.push(route);
  }
  return bySpeaker;
}

/** The route that a session stood on, where it is lost and the session with it. */
function lostWay(
  { what, before, after }: SessionChange,
  lost: ReadonlyMap<string, RouteChange[]>,
): RouteChange | undefined {
  const down = after?.down;
  if (what !== "lost" || down?.reason !== "not-reachable") return undefined;
  const far = parseAddress(before?.ends.find(({ speaker }) => speaker !== down.at)?.address ?? "");
  if (!far.ok) return undefined;
  const around = (lost.get(down.at) ?? []).filter(({ prefix }) => containsAddress(prefix as Prefix, far.value));
  return around.sort((a, b) => prefixLength(b.prefix as Prefix) - prefixLength(a.prefix as Prefix))[0];
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

/** Prefixes that fare alike have the same paths: who sends others is asked once for all of them. */
function rememberedSenders(): typeof changedSenders {
  const known = new Map<readonly Path[], Map<readonly Path[], ReturnType<typeof changedSenders>>>();
  return (before, after) => {
    let some = known.get(before);
    if (some === undefined) known.set(before, (some = new Map<readonly Path[], ReturnType<typeof changedSenders>>()));
    let found = some.get(after);
    if (found === undefined) some.set(after, (found = changedSenders(before, after)));
    return found;
  };
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

/** Changed settings of the session between two speakers, and changed policies and lists that decide what passes. */
function policyChanges(
  speaker: string,
  sender: string,
  bySpeaker: ReadonlyMap<string, Change[]>,
  joined: ReadonlyMap<string, Session[]>,
  was: Speakers,
  is: Speakers,
): Change[] {
  const sessions = joined.get(pair(speaker, sender)) ?? [];
  return [speaker, sender].flatMap((name) => {
    const direction = name === speaker ? "import" : "export";
    const ends = sessions.flatMap((session) => session.ends.filter((end) => end.speaker === name));
    return (bySpeaker.get(name) ?? []).filter((change) => {
      if (change.part === "neighbor" || change.part === "group") {
        return telling(change) && ends.some((end) => concerns(change, is, end) || concerns(change, was, end));
      }
      if (change.part !== "policy" && change.part !== "list") return false;
      return [was, is].some((speakers) => ends.some((end) => namesOf(speakers, end, direction).has(change.name ?? "")));
    });
  });
}

/** The policies of one direction of a session's end, and the lists that they and the session name. */
function namesOf(speakers: Speakers, end: SessionEnd, direction: "import" | "export"): Set<string> {
  const names = new Set<string>();
  const add = (...list: (string | undefined)[]) => {
    for (const name of list) if (name !== undefined) names.add(name);
  };
  const speaker = speakers.get(end.speaker);
  for (const family of Object.values(settingsOf(speakers, end).families ?? {})) {
    if (direction === "import") add(family.importPolicy, family.importPrefixList, family.importAsPathList);
    else {
      add(family.exportPolicy, family.exportPrefixList, family.exportAsPathList);
      if (typeof family.defaultOriginate === "object") add(family.defaultOriginate.policy);
    }
  }
  for (const name of [...names]) for (const called of calledBy(speaker?.policies ?? {}, name)) names.add(called);
  for (const name of [...names]) {
    for (const { match, set } of speaker?.policies?.[name]?.terms ?? []) {
      add(
        match?.prefixList,
        match?.nextHopPrefixList,
        match?.communityList,
        match?.asPathList,
        set?.communities?.removeList,
      );
    }
  }
  return names;
}

function pair(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/**
 * "this label -> this neighbor -> this session -> this path". Changes that stand beside each other are joined by "and",
 * and only the first few of them are told.
 */
export function printChain(links: readonly Link[]): string {
  const stages: { stage: string; sentences: string[] }[] = [];
  for (const link of links) {
    const stage = link.kind === "change" ? (link.change.part === "label" ? "label" : "change") : `${stages.length}`;
    const last = stages.at(-1);
    if (last?.stage === stage) last.sentences.push(link.sentence);
    else stages.push({ stage, sentences: [link.sentence] });
  }
  return stages
    .map(({ sentences }) => {
      const more = sentences.length > 3 ? [`${sentences.length - 2} changes more`] : [];
      return [...sentences.slice(0, more.length > 0 ? 2 : 3), ...more].join(" and ");
    })
    .join(" -> ");
}
