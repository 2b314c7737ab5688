/**
 * A changed Network, solved from where the last one stood. Sessions are formed anew; classes are solved anew where a
 * session came or went between two that take part in them. Whatever does not fit this picture is solved from the start.
 */
import { leading } from "./carriers";
import { rebuildChannels, type Channels, type Memories } from "./channels";
import type { PrefixClass } from "./classes";
import { compile, same, type CompiledSpeaker } from "./compile";
import { weighing } from "./decide";
import type { Arena } from "./fixpoint";
import type { Family, Network, Speaker } from "./network";
import type { InstalledRoutes } from "./reach";
import { resolverOver } from "./resolve";
import { installedBy, type Round } from "./round";
import { formSessions, type Link } from "./sessions";
import { solveClasses, type Ground } from "./solveClasses";
import type { SolveOptions } from "./solve";

export interface Settled extends Ground {
  options: SolveOptions;
  memories: Memories;
  round: Round;
  installed: InstalledRoutes;
  /** What sessions and next hops asked of installed routes, and what they were told. */
  asked: Map<string, string>;
  /** May BGP have a route around the address? */
  covered: (address: string) => boolean;
}

export const askedKey = (speaker: number, address: string): string => `${speaker} ${address}`;

export function answersHold(asked: ReadonlyMap<string, string>, installed: InstalledRoutes): boolean {
  for (const [key, answer] of asked) {
    const space = key.indexOf(" ");
    const now = installed(Number(key.slice(0, space)), key.slice(space + 1));
    if (JSON.stringify(now ?? null) !== answer) return false;
  }
  return true;
}

/** What a speaker may change about itself without its announcements, addresses and rules being others. */
const TOUCHABLE: ReadonlySet<keyof Speaker> = new Set(["neighbors", "listen", "place", "limits"]);

/** Undefined: the change is of a kind that needs a fresh start. */
export function again(before: Settled, network: Network): Settled | undefined {
  const { speakers } = before.compiled.network;
  if (speakers.length !== network.speakers.length) return undefined;
  if (!same(before.compiled.network.segments, network.segments)) return undefined;
  const compiled = compile(network, before.compiled.rules, before.compiled);
  const changed = new Set<number>();
  for (const { index, speaker } of compiled.speakers) {
    const was = before.compiled.speakers[index] as CompiledSpeaker;
    if (compiled.speakers[index] === was) continue;
    if (!onlyTouchable(was.speaker, speaker)) return undefined;
    changed.add(index);
  }
  const asked = new Map<string, string>();
  const watched: InstalledRoutes = (speaker, address) => {
    if (!before.covered(address)) return undefined;
    const answer = before.installed(speaker, address);
    asked.set(askedKey(speaker, address), JSON.stringify(answer ?? null));
    return answer;
  };
  const formed = formSessions(compiled, watched);
  const links = relink(before.round.formed.links, formed.links, changed);
  formed.links = links.all;
  formed.sessions = formed.sessions.map((session) => links.sessions.get(session) ?? session);
  const affected = new Set(changed);
  for (const link of [...links.added, ...links.removed]) for (const { speaker } of link.ends) affected.add(speaker);
  for (const link of links.all) {
    const [a, b] = link.ends;
    if (changed.has(a.speaker)) affected.add(b.speaker);
    if (changed.has(b.speaker)) affected.add(a.speaker);
  }
  const channels = rebuildChannels(compiled, before.round.channels, links, affected, before.memories);
  const arenas = { ipv4: arenaOf("ipv4"), ipv6: arenaOf("ipv6") };

  function arenaOf(family: Family): Arena {
    const old = before.round.arenas[family];
    const weighings = [...old.weighings];
    const leads = [...old.leads];
    const carried = [...old.carries];
    for (const index of affected) {
      const speaker = compiled.speakers[index] as CompiledSpeaker;
      weighings[index] = weighing(speaker);
      const led = leading(
        speaker,
        channels[family][index] ?? [],
        (before.gathering.aggregates[index]?.length ?? 0) > 0,
        old.everybody,
      );
      leads[index] = led;
      carried[index] = led.includes(true);
    }
    const resolver = changed.size === 0 ? old.resolver : resolverOver(watched);
    return {
      intern: before.intern,
      resolver,
      channels: channels[family],
      weighings,
      leads,
      carries: carried,
      everybody: old.everybody,
    };
  }

  if (moreThanEdges(before, arenas, channels, affected, links)) return undefined;
  const round: Round = {
    ...before.round,
    formed,
    channels,
    arenas,
    solved: [...before.round.solved],
    extra: [...before.round.extra],
  };
  const touched = touchedClasses(before.round.classes, arenas, changed, links);
  solveClasses({ ...before, compiled }, round, touched, before.options.shared !== false);
  const installed = installedBy(compiled, round);
  for (const [key, answer] of before.asked) if (!asked.has(key)) asked.set(key, answer);
  if (!answersHold(asked, installed)) return undefined;
  return { ...before, compiled, round, installed, asked };
}

function onlyTouchable(a: Speaker, b: Speaker): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Speaker>;
  for (const key of keys) if (!TOUCHABLE.has(key) && !same(a[key], b[key])) return false;
  // maximum-prefix asks for counts over all classes, and ends sessions: it is left to a fresh start.
  return ![...b.neighbors, ...Object.values(b.groups ?? {})].some(
    ({ families }) => families?.ipv4?.maximumPrefix !== undefined || families?.ipv6?.maximumPrefix !== undefined,
  );
}

interface Links {
  all: Link[];
  kept: Link[];
  added: Link[];
  removed: Link[];
  /** Sessions of kept links, by the newly formed ones that they stand for. */
  sessions: Map<Link["session"], Link["session"]>;
}

function relink(before: readonly Link[], now: readonly Link[], changed: ReadonlySet<number>): Links {
  const known = new Map(before.map((link) => [link.session.key, link]));
  const links: Links = { all: [], kept: [], added: [], removed: [], sessions: new Map() };
  for (const link of now) {
    const was = known.get(link.session.key);
    if (was !== undefined && sameLink(was, link, changed)) {
      known.delete(link.session.key);
      links.kept.push(was);
      links.all.push(was);
      links.sessions.set(link.session, was.session);
    } else {
      links.added.push(link);
      links.all.push(link);
    }
  }
  links.removed.push(...known.values());
  return links;
}

function sameLink(a: Link, b: Link, changed: ReadonlySet<number>): boolean {
  if (a.kind !== b.kind || a.hops !== b.hops || a.families.join() !== b.families.join()) return false;
  return a.ends.every((end, at) => {
    const other = b.ends[at];
    if (other === undefined || end.neighbor !== other.neighbor || end.asn !== other.asn) return false;
    return !changed.has(end.speaker) || same(end.settings, other.settings);
  });
}

/** Does the change reach beyond classes whose own speakers it joins? Then there is no saying what it leaves alone. */
function moreThanEdges(
  before: Settled,
  arenas: Record<Family, Arena>,
  channels: Channels,
  affected: ReadonlySet<number>,
  links: Links,
): boolean {
  for (const family of ["ipv4", "ipv6"] as const) {
    const old = before.round.arenas[family];
    const now = arenas[family];
    for (const index of affected) {
      if (old.carries[index] !== now.carries[index]) return true;
      // A next hop that an update group keeps depends on who is in it.
      if (!(channels[family][index]?.[0]?.speaker.dialect.updateGroups ?? false) || now.carries[index] !== true)
        continue;
      const groups = new Set(
        [...links.added, ...links.removed].flatMap((link) =>
          [...(channels[family][index] ?? []), ...(old.channels[index] ?? [])]
            .filter((channel) => channel.link === link)
            .map((channel) => channel.group),
        ),
      );
      const carrying = (channels[family][index] ?? []).some(
        (channel) => groups.has(channel.group) && now.carries[channel.remote.index] === true,
      );
      if (carrying) return true;
    }
  }
  return false;
}

function touchedClasses(
  classes: readonly PrefixClass[],
  arenas: Record<Family, Arena>,
  changed: ReadonlySet<number>,
  links: Links,
): PrefixClass[] {
  const moved = [...links.added, ...links.removed];
  const touched = classes.filter((each) => {
    const { carries: carried } = arenas[each.family];
    const origins = new Set<number>();
    for (const { speaker } of each.origins) origins.add(speaker);
    const takesPart = (speaker: number): boolean => carried[speaker] === true || origins.has(speaker);
    for (const speaker of changed) if (takesPart(speaker)) return true;
    return moved.some(({ ends }) => takesPart(ends[0].speaker) && takesPart(ends[1].speaker));
  });
  const within = new Set(touched.flatMap((each) => each.within.map(({ prefix }) => prefix)));
  const aggregates = classes.filter((each) => within.has(each.first) && !touched.includes(each));
  return [...touched, ...aggregates];
}
