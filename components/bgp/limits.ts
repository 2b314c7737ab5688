/**
 * maximum-prefix: which sessions carry more than their limit, and what hangs on the order in which they do. One that
 * ends takes routes away from others, which may then stay below theirs: such answers are solved both ways, and those
 * that differ are not modelled.
 */
import type { Channel } from "./channels";
import { exportPath } from "./export";
import { importPath } from "./import";
import type { FamilySettings } from "./network";
import { heldAt, type Round } from "./round";
import type { NotModelled, Path, Solution } from "./solution";

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

function limited(round: Round): Channel[] {
  return (["ipv4", "ipv6"] as const).flatMap((family) =>
    round.channels[family].flatMap((channels) =>
      channels.filter(({ closed, settings }) => closed !== true && endsSession(settings)),
    ),
  );
}

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
      const sent = exportPath(back, from, other, each.first, each.index, arena.intern);
      return (
        sent !== undefined &&
        importPath(channel, sent, each.first, each.index, arena.intern, arena.resolver) !== undefined
      );
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

/** The answers that are others in another world, each named once. */
export function differingAnswers(
  base: Solution,
  worlds: readonly { solution: Solution; what: string }[],
): NotModelled[] {
  const found = new Map<string, NotModelled>();
  const say = (each: NotModelled): void => {
    const key = `${each.speaker} ${each.session ?? ""} ${each.prefix ?? ""}`;
    const before = found.get(key);
    found.set(key, before === undefined ? each : both(before, each));
  };
  for (const { solution, what } of worlds) {
    const up = new Map(solution.sessions.map((each) => [each.key, each.up]));
    for (const { key, ends, up: was } of base.sessions) {
      if (up.get(key) === was) continue;
      for (const { speaker } of ends) say({ speaker, session: key, what });
    }
    for (const { name: speaker } of base.network.speakers) {
      const now = base.table(speaker);
      const other = solution.table(speaker);
      const installed = new Set(differing(now.fib, other.fib));
      for (const prefix of new Set([...differing(now.rib, other.rib), ...installed])) {
        const { from, best } = partOf(now.rib.get(prefix) ?? [], other.rib.get(prefix) ?? []);
        const part = { from, best, fib: installed.has(prefix) };
        // Own routes come from nobody: then all of it is open.
        say({ speaker, prefix, what, ...(from.includes("") ? {} : { part }) });
      }
    }
    for (const { speaker, reaches, prefix } of solution.ambiguities) {
      for (const each of [speaker, ...reaches]) if (!isOpen(base, each, prefix)) say({ speaker: each, prefix, what });
    }
  }
  return [...found.values()];
}

/** Open in either way. */
function both(one: NotModelled, other: NotModelled): NotModelled {
  const { part, ...rest } = one;
  if (part === undefined || other.part === undefined) return rest;
  const { from, best, fib } = other.part;
  return {
    ...rest,
    part: { from: [...new Set([...part.from, ...from])].sort(), best: part.best || best, fib: part.fib || fib },
  };
}

const isOpen = (solution: Solution, speaker: string, prefix: string): boolean =>
  solution.ambiguities.some(
    (each) => each.prefix === prefix && (each.speaker === speaker || each.reaches.includes(speaker)),
  );

/** Whose paths are others, and whether the best one is. */
function partOf(now: readonly Path[], other: readonly Path[]): { from: string[]; best: boolean } {
  const of = (paths: readonly Path[]): Map<string, string> => {
    const found = new Map<string, string>();
    for (const path of paths) {
      const name = path.from?.speaker ?? "";
      const said = { ...path, best: undefined, multipath: undefined, step: undefined };
      found.set(name, `${found.get(name) ?? ""}${JSON.stringify(said)}`);
    }
    return found;
  };
  const [a, b] = [of(now), of(other)];
  const from = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  const best = ({ from: sender, nextHop, asPath }: Path): string => `${sender?.speaker} ${nextHop} ${asPath.join(" ")}`;
  const bestOf = (paths: readonly Path[]): string =>
    paths
      .filter((path) => path.best)
      .map(best)
      .join();
  return { from: from.sort(), best: bestOf(now) !== bestOf(other) };
}

function differing<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter(
    (prefix) => JSON.stringify(a.get(prefix)) !== JSON.stringify(b.get(prefix)),
  );
}
