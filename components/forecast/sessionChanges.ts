/** Established sessions that end and come back because of what was changed, and the settings either end gives a session. */
import type { Neighbor, NeighborSettings, Network, Source, Speaker } from "../bgp/network";
import type { Session, SessionEnd } from "../bgp/solution";
import type { Change } from "./changes";
import type { Forecast } from "./forecast";
import { effectOfSpeaker, effectOnSession } from "./resets";

export type Speakers = ReadonlyMap<string, Speaker>;

export function speakersOf(network: Network): Speakers {
  return new Map(network.speakers.map((speaker) => [speaker.name, speaker]));
}

/**
 * Sessions by key. Two configured sessions of one address pair have one key; the one that is up keeps it, the other is
 * told apart by "(again)".
 */
export function sessionsByKey(sessions: readonly Session[]): Map<string, Session> {
  const map = new Map<string, Session>();
  for (const session of [...sessions].sort((a, b) => Number(b.up) - Number(a.up))) {
    let key = session.key;
    while (map.has(key)) key += " (again)";
    map.set(key, session);
  }
  return map;
}

/** The neighbor or listen range that makes an end of a session. */
export function configuredBy(
  speakers: Speakers,
  end: SessionEnd,
): { neighbor?: Neighbor; group?: string; source?: Source } {
  const speaker = speakers.get(end.speaker);
  const neighbor = end.neighbor === undefined ? undefined : speaker?.neighbors[end.neighbor];
  if (neighbor !== undefined) {
    const group = neighbor.group;
    return {
      neighbor,
      ...(group === undefined ? {} : { group }),
      ...(neighbor.source === undefined ? {} : { source: neighbor.source }),
    };
  }
  const listen = speaker?.listen?.find((range) => range.group === end.group);
  return {
    ...(end.group === undefined ? {} : { group: end.group }),
    ...(listen?.source === undefined ? {} : { source: listen.source }),
  };
}

/** What an end's neighbor and its group say together. */
export function settingsOf(speakers: Speakers, end: SessionEnd): NeighborSettings {
  const { neighbor, group } = configuredBy(speakers, end);
  const shared = group === undefined ? undefined : speakers.get(end.speaker)?.groups?.[group];
  if (neighbor === undefined || shared === undefined) return neighbor ?? shared ?? {};
  const families: NonNullable<NeighborSettings["families"]> = {};
  for (const family of ["ipv4", "ipv6"] as const) {
    const both = { ...shared.families?.[family], ...neighbor.families?.[family] };
    if (Object.keys(both).length > 0) families[family] = both;
  }
  return { ...shared, ...neighbor, families };
}

/** Is this change about the end's side of the session: its neighbor, the group of that, or its listen range? */
export function concerns(change: Change, speakers: Speakers, end: SessionEnd): boolean {
  if (change.speaker !== end.speaker) return false;
  const { neighbor, group } = configuredBy(speakers, end);
  switch (change.part) {
    case "neighbor":
      return neighbor !== undefined && change.name === (neighbor.address ?? neighbor.interface);
    case "group":
      return group !== undefined && change.name === group;
    case "listen":
      return (
        neighbor === undefined &&
        speakers.get(end.speaker)?.listen?.find(({ prefix }) => prefix === change.name)?.group === group
      );
    default:
      return false;
  }
}

/** Keys of the sessions that are up before and after and are reset in between. */
export function resetsOf(before: Forecast, after: Forecast, changes: Change[]): Map<string, Change[]> {
  const resets = new Map<string, Change[]>();
  if (changes.length === 0) return resets;
  const bySpeaker = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.speaker === undefined) continue;
    const list = bySpeaker.get(change.speaker);
    if (list === undefined) bySpeaker.set(change.speaker, [change]);
    else list.push(change);
  }
  const was = sessionsByKey(before.solution.sessions);
  const speakersAfter = speakersOf(after.network);
  for (const [key, now] of sessionsByKey(after.solution.sessions)) {
    const old = was.get(key);
    if (!now.up || old?.up !== true) continue;
    const found = now.ends.flatMap((end) => {
      const speaker = speakersAfter.get(end.speaker);
      const own = bySpeaker.get(end.speaker);
      if (speaker === undefined || own === undefined) return [];
      return own.filter((change) => isReset(change, now, speakersAfter, end, speaker));
    });
    if (found.length > 0) resets.set(key, found);
  }
  return resets;
}

function isReset(change: Change, session: Session, speakers: Speakers, end: SessionEnd, speaker: Speaker): boolean {
  const whole = effectOfSpeaker(change);
  if (whole !== undefined) return whole.effect === "reset" && (whole.kind === undefined || whole.kind === session.kind);
  if (!concerns(change, speakers, end)) return false;
  if (change.part === "listen") return change.field === "group";
  // A neighbor that was accepted by a range and is now listed, or the other way, is made anew.
  if (change.field === "") return true;
  if (change.field === "group") return true;
  // The other family's settings do not touch a session that does not carry it.
  return effectOnSession(speaker.dialect.system, change.field) === "reset";
}
