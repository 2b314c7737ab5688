/**
 * A changed Network, solved from the last solution: sessions that looked at a changed speaker are formed again, and in each
 * class only speakers that hear something else decide again. A change of any other kind is solved from the start, and so is
 * an answer that depends on the order of events.
 */
import type { RouteLookups } from "../routeLookups";
import { transitChannels } from "../transit";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import { compile, same, type CompiledSpeaker } from "../compile";
import { weighing } from "../weighing";
import type { Arena } from "../step";
import { endsSession } from "../limits";
import type { LastTables } from "../lastTables";
import type { Memories } from "../memories";
import type { Family, Network, NeighborSettings, Speaker } from "../network";
import type { InstalledRoutes } from "../reach";
import { rechannel, type Rechanneled } from "./rechannel";
import { reform } from "./reform";
import { reorigin } from "./reorigin";
import { resumeClass, touches, type ChannelChange, type Resumed, type SharedSearches } from "./resume";
import { installedBy, type Round } from "../round";
import { solveClasses, type Ground, type SolveOptions } from "../solveClasses";

export interface Settled extends Ground {
  options: SolveOptions;
  memories: Memories;
  round: Round;
  lookups: RouteLookups;
  /** What BGP had installed when all was solved from the start: each answer is noted, and has to hold ever after. */
  recorded: InstalledRoutes;
  /** Tables that were made of this solution, or of those before or after it. */
  last: LastTables;
  /** A speaker counts prefixes, and may end sessions. */
  limited: boolean;
  /** How it differs from what it was solved from. */
  since?: Since;
}

export interface Since {
  /** Whose round it was; not the round itself, or a thousand changes would all stay in memory. */
  of: WeakRef<Round>;
  /** Speakers whose sessions, addresses or rules changed. */
  touched: ReadonlySet<number>;
  /** By class; undefined: any speaker's answer may differ. */
  classes: ReadonlyMap<number, Resumed | undefined>;
}

/** What a speaker may change about itself without its rules and addresses being others. */
const TOUCHABLE: ReadonlySet<keyof Speaker> = new Set([
  "neighbors",
  "listen",
  "place",
  "limits",
  "down",
  "originate",
  "routes",
]);

/**
 * Undefined: the change is of a kind that needs a fresh start. `only`: the classes that are solved; the others stand as they
 * did before, and must not be asked.
 */
export function solveChange(before: Settled, network: Network, only?: ReadonlySet<number>): Settled | undefined {
  const { rules, speakers, owners } = before.compiled;
  if (before.limited || speakers.length !== network.speakers.length) return undefined;
  const compiled = compile(network, rules, before.compiled);
  // Addresses that went elsewhere: who dialled in vain may find somebody now.
  if (compiled.owners !== owners) return undefined;
  const changed = new Set<number>();
  for (const each of compiled.speakers) {
    const was = speakers[each.index] as CompiledSpeaker;
    if (each === was) continue;
    if (!touchable(was.speaker, each.speaker)) return undefined;
    changed.add(each.index);
  }
  const moved = reorigin(before, before.round, compiled, changed);
  const reformed = reform(before.round.formed, compiled, before.recorded, changed);
  if (moved === undefined || reformed === undefined) return undefined;
  const moves = { added: reformed.added, removed: reformed.removed, changed };
  const rechanneled = rechannel(compiled, before.round.channels, moves, before.memories);
  const [ipv4, ipv6] = [
    changeOf("ipv4", before, compiled.speakers, rechanneled, changed),
    changeOf("ipv6", before, compiled.speakers, rechanneled, changed),
  ];
  const round: Round = {
    ...before.round,
    formed: reformed.formed,
    channels: rechanneled.channels,
    arenas: { ipv4: ipv4.arena, ipv6: ipv6.arena },
    classes: moved.classes,
    solved: [...before.round.solved],
    extra: [...before.round.extra],
  };
  // Classes of one pattern are alike to all who carried routes when they were solved from the start.
  const alike =
    before.since === undefined &&
    noneMoreCarries(before.round.arenas.ipv4, ipv4.arena) &&
    noneMoreCarries(before.round.arenas.ipv6, ipv6.arena);
  const changes = { ipv4: ipv4.change, ipv6: ipv6.change };
  const classes = resumeAll({ ...before, compiled }, round, changes, moved.moved, alike, only);
  const since = { of: new WeakRef(before.round), touched: rechanneled.touched, classes };
  if (!before.lookups.unchanged(installedBy(compiled, round), listeners(before, round, since))) return undefined;
  return { ...before, compiled, round, since };
}

const noneMoreCarries = (was: Arena, now: Arena): boolean =>
  now.isTransit.every((carries, at) => !carries || was.isTransit[at] === true);

function touchable(a: Speaker, b: Speaker): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Speaker>;
  for (const key of keys) if (!TOUCHABLE.has(key) && !same(a[key], b[key])) return false;
  // A default route made for a neighbor is a prefix of its own.
  return same(a.neighbors, b.neighbors) || ![...a.neighbors, ...b.neighbors, ...groups(a), ...groups(b)].some(special);
}

const groups = (speaker: Speaker): NeighborSettings[] => Object.values(speaker.groups ?? {});

const special = (settings: NeighborSettings): boolean =>
  limits(settings) || (["ipv4", "ipv6"] as const).some((family) => settings.families?.[family]?.defaultOriginate);

const limits = ({ families }: NeighborSettings): boolean => endsSession(families?.ipv4) || endsSession(families?.ipv6);

/** Does a speaker count prefixes, or ask a policy whether it makes a default route? Both look at whole tables. */
export const limited = (speaker: Speaker): boolean =>
  [...speaker.neighbors, ...groups(speaker)].some((each) => limits(each) || asks(each));

const asks = ({ families }: NeighborSettings): boolean =>
  [families?.ipv4, families?.ipv6].some((each) => typeof each?.defaultOriginate === "object");

function changeOf(
  family: Family,
  before: Settled,
  speakers: readonly CompiledSpeaker[],
  { channels, touched, closed, opened, regrouped }: Rechanneled,
  changed: ReadonlySet<number>,
): { arena: Arena; change: ChannelChange } {
  const old = before.round.arenas[family];
  const weighings = [...old.weighings];
  const leads = [...old.transit];
  const carries = [...old.isTransit];
  const anew = new Set(changed);
  for (const index of touched) {
    const speaker = speakers[index] as CompiledSpeaker;
    const list = channels[family][index] ?? [];
    if (changed.has(index)) weighings[index] = weighing(speaker, family);
    const aggregates = (before.gathering.aggregates[index]?.length ?? 0) > 0;
    const led = transitChannels(speaker, list, aggregates, old.everybody);
    const kept = before.round.channels[family][index] ?? [];
    if (
      kept.some((was, at) => was.closed !== true && list[at]?.closed !== true && led[at] !== old.transit[index]?.[at])
    ) {
      anew.add(index);
    }
    leads[index] = led;
    carries[index] = led.includes(true);
  }
  const rules = [...touched].every((at) => sameRules(old.channels, channels[family], at)) ? old.rules : {};
  return {
    arena: { ...old, channels: channels[family], weighings, transit: leads, isTransit: carries, rules },
    change: { redecide: anew, resend: regrouped, closed: closed[family], opened: opened[family] },
  };
}

/** Are the rules of all open channels as they were, and those of new ones like those of a channel that there was? */
function sameRules(before: Arena["channels"], now: Arena["channels"], speaker: number): boolean {
  const were = (before[speaker] ?? []).filter(({ closed }) => closed !== true);
  const back = (channels: Arena["channels"], { remote, remoteIndex }: Channel): object | undefined =>
    channels[remote.index]?.[remoteIndex]?.exportMemory;
  return (now[speaker] ?? []).every((channel, at) => {
    if (channel.closed === true) return true;
    const { importMemory, exportMemory } = channel;
    const was = before[speaker]?.[at];
    const like = was === undefined ? were : [was];
    return like.some(
      (each) =>
        each.importMemory === importMemory &&
        each.exportMemory === exportMemory &&
        back(before, each) === back(now, channel),
    );
  });
}

function resumeAll(
  ground: Ground & { options: SolveOptions },
  round: Round,
  changes: Record<Family, ChannelChange>,
  moved: ReadonlyMap<number, ReadonlySet<number>>,
  alike: boolean,
  only: ReadonlySet<number> | undefined,
): Map<number, Resumed | undefined> {
  const resumed = new Map<number, Resumed | undefined>();
  const shared: SharedSearches | undefined = alike ? new Map() : undefined;
  const fresh: PrefixClass[] = [];
  const aggregates: PrefixClass[] = [];
  for (const index of only ?? round.classes.keys()) {
    const each = round.classes[index] as PrefixClass;
    if (each.aggregatedAt.length > 0) aggregates.push(each);
    const before = round.solved[each.index];
    const arena = round.arenas[each.family];
    const own = moved.get(each.index);
    if (before === undefined || !touches(arena, each, before, changes[each.family], own)) continue;
    const result =
      each.aggregatedAt.length > 0 ? undefined : resumeClass(arena, each, before, changes[each.family], own, shared);
    resumed.set(each.index, result);
    if (result === undefined) fresh.push(each);
    else round.solved[each.index] = result.solved;
  }
  // What stands in an aggregate may have come or gone.
  const within = new Set(
    [...resumed.keys()].flatMap((at) => round.classes[at]?.within.map(({ prefix }) => prefix) ?? []),
  );
  for (const each of aggregates) if (within.has(each.first) && !resumed.has(each.index)) fresh.push(each);
  for (const { index } of fresh) resumed.set(index, undefined);
  solveClasses(ground, round, fresh, ground.options.shared !== false);
  return resumed;
}

/** Speakers that may get another answer about where packets go. */
function listeners(before: Settled, round: Round, { touched, classes }: Since): Iterable<number> | undefined {
  const found = new Set(touched);
  const sources = before.lookups.sources(round.byPrefix);
  for (const [index, resumed] of classes) {
    if (!sources.has(index)) continue;
    if (resumed === undefined) return undefined;
    const channels = round.arenas[round.classes[index]?.family ?? "ipv4"].channels;
    for (const speaker of resumed.moved) found.add(speaker);
    for (const speaker of resumed.spoke) for (const { remote } of channels[speaker] ?? []) found.add(remote.index);
  }
  return found;
}
