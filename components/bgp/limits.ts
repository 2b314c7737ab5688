/**
 * maximum-prefix: which sessions carry more than their limit. A session that ends takes routes from others, which may then
 * stay below their own limits, so the order counts: such networks are solved both ways, and answers that differ are marked
 * not modelled.
 */
import type { Channel } from "./channels";
import { exportPath } from "./export";
import { importPath } from "./import";
import { MostPaths } from "./mostPaths";
import type { Family, FamilySettings } from "./network";
import { heldAt, type Round } from "./round";

/** Sessions that a limit has ended, by key: at which end, and why. */
export type Trips = ReadonlyMap<string, { at: string; sentence: string }>;

export interface Over {
  key: string;
  at: string;
  sentence: string;
  limit: number;
  /** FRR notices a path late: one too many may stay until the neighbor's next update. */
  late: boolean;
}

/** Sessions over their limit, in a state of rest. */
export function overLimit(round: Round): Over[] {
  return limited(round).flatMap((channel) => {
    const { limit } = channel.settings.maximumPrefix ?? { limit: Infinity };
    const count = accepted(round, channel);
    if (count <= limit) return [];
    const { speaker, remote, link, family } = channel;
    const at = speaker.speaker.name;
    const sentence = `${at} takes ${limit} ${family} prefixes of ${remote.speaker.name} and got ${count}`;
    return [{ key: link.session.key, at, sentence, limit, late: count <= limit + speaker.dialect.limitSlack }];
  });
}

/** Sessions below their limit whose neighbor may, on the way, have announced more than it does in the end. */
export function passedOnTheWay(round: Round): Over[] {
  return limited(round).flatMap((channel) => {
    const { limit } = channel.settings.maximumPrefix ?? { limit: Infinity };
    const now = accepted(round, channel);
    if (now > limit || channel.sendsAll !== false) return [];
    const most = now + once(round, channel, limit - now);
    if (most <= limit) return [];
    const { speaker, remote, link, family } = channel;
    const at = speaker.speaker.name;
    const sentence = `${at} takes ${limit} ${family} prefixes of ${remote.speaker.name}, which may announce more for a moment`;
    return [{ key: link.session.key, at, sentence, limit, late: false }];
  });
}

/** Does too much end the session, and not only warn? */
export const endsSession = (settings: FamilySettings | undefined): boolean =>
  settings?.maximumPrefix !== undefined && settings.maximumPrefix.warningOnly !== true;

/** May a limit end a session here? A limit that is higher than all that can come ends none. */
export const mayEnd = (round: Round): boolean => limited(round).length > 0;

/** Channels whose limit can be reached. */
function limited(round: Round): Channel[] {
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const prefixes = prefixesOf(round, family);
    let paths: MostPaths | undefined;
    return round.channels[family].flatMap((channels) =>
      channels.filter((channel) => {
        if (channel.closed === true || !endsSession(channel.settings)) return false;
        const limit = channel.settings.maximumPrefix?.limit ?? Infinity;
        return limit < prefixes || limit < prefixes * (paths ??= new MostPaths(round, family)).receivedBy(channel);
      }),
    );
  });
}

const prefixesOf = ({ classes }: Round, family: Family): number =>
  classes.reduce((sum, each) => (each.family === family ? sum + each.prefixes.length : sum), 0);

/** FRR (bgp_pcount_adjust) counts paths that it accepted: with ADD-PATH there may be several a prefix. */
function accepted(round: Round, channel: Channel): number {
  let count = 0;
  for (const each of round.classes) {
    if (each.family !== channel.family) continue;
    const { candidates } = heldAt(round, each, channel.speaker.index);
    count += candidates.filter((path) => path.channel === channel.index).length * each.prefixes.length;
  }
  return count;
}

/** Prefixes of which nothing comes in the end, and something would, were another path best at the neighbor. */
function once(round: Round, channel: Channel, enough: number): number {
  const arena = round.arenas[channel.family];
  const there = channel.remote.index;
  const back = arena.channels[there]?.[channel.remoteIndex];
  let count = 0;
  if (back === undefined) return count;
  for (const each of round.classes) {
    if (each.family !== channel.family || count > enough) continue;
    const { candidates, best } = heldAt(round, each, there);
    if (candidates.length < 2) continue;
    if (heldAt(round, each, channel.speaker.index).candidates.some((path) => path.channel === channel.index)) continue;
    const could = candidates.some((other) => {
      if (other === best) return false;
      const from = arena.channels[there]?.[other.channel];
      const sent = exportPath(back, from, other, each.first, arena.intern);
      return sent !== undefined && importPath(channel, sent, each.first, arena.intern, arena.resolver) !== undefined;
    });
    if (could) count += each.prefixes.length;
  }
  return count;
}

/** So many sessions over their limits at once are tried in other orders. */
const TRIED = 4;

/** Other ways that the limits may take: with which sessions ended from the start, and what decides. */
export function otherWays(
  tripped: Trips,
  late: readonly Over[],
  passing: readonly Over[],
): { start: Trips; what: string }[] {
  const ways: { start: Trips; what: string }[] = [];
  for (const each of late) {
    ways.push({
      start: new Map([[each.key, each]]),
      what: `maximum-prefix ${each.limit} of ${each.at} is exceeded by one, which the next update ends`,
    });
  }
  for (const each of passing) {
    ways.push({
      start: new Map([[each.key, each]]),
      what: `maximum-prefix ${each.limit} of ${each.at} may be passed on the way`,
    });
  }
  if (tripped.size < 2) return ways;
  const what = `which of ${tripped.size} sessions reaches its maximum-prefix first`;
  const all = [...tripped];
  for (const first of all.slice(0, TRIED)) {
    ways.push({ start: new Map([first]), what });
    if (all.length > 2) ways.push({ start: new Map(all.filter((each) => each !== first)), what });
  }
  return ways;
}
