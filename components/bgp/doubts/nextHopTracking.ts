/**
 * Next hops that FRR may judge differently than the session suggests. FRR keeps one tracking entry for an address: a
 * single-hop eBGP neighbor that announces it requires it to be connected, a neighbor that owns the address and is not on a
 * connected network does not (bgp_find_or_add_nexthop, 8.4.4 and 10.3). The last request decides. Before 9.0 there is one
 * case more: for a connection that it accepts, FRR makes a second neighbor without the TTL of the first (peer_xfer_config),
 * which requires its address to be connected; if both ends dial and the other connection wins, the request stays. All
 * classes are solved again with such next hops judged the other way; every answer that changes is marked not modelled.
 */
import type { Detector } from "./detector";
import { nameOf, unmodelledMoves } from "./parts";
import { type RoundView } from "./roundView";
import { allOpen } from "./ambiguity";
import { RouteLookups } from "../routeLookups";
import type { PrefixClass } from "../classes";
import type { Compiled } from "../compile";
import type { End, Link } from "../sessions/ends";
import { resolverOver, type Resolver } from "../resolve";
import { coverage, installedBy, type Round } from "../round";
import type { NotModelled } from "../solution";
import { solveClasses, type Ground } from "../solveClasses";
import { viewOf } from "./roundView";
import { difference, differenceAt, differences, type AnswerDifferences, merge } from "./answerDifferences";

/** An address that a speaker may come to want connected, or no longer. */
interface TrackedHop {
  speaker: number;
  address: string;
  connected: boolean;
}

/** Of more such neighbors than this, only that all or none of them are refused is looked at. */
const TRIED = 6;

export const nextHopTracking: Detector = {
  name: "nextHopTracking",
  cases: [
    "FRR keeps one entry for a next hop. A single-hop eBGP neighbor that announces it requires it to be connected, the neighbor that owns the address does not; the last request decides",
    "FRR before 9.0 and a multihop session that both ends dial: paths from it may be refused until the session is reset",
  ],
  find: ({ ground, round, shares }) => marked(ground, round, shares),
};

function marked(ground: Ground, round: Round, shares: boolean): NotModelled[] {
  const base = viewOf(ground.compiled, round);
  const both = dialled(ground.compiled, round);
  const doubts = [...both, ...shared(base, round)];
  if (doubts.length === 0) return [];
  const alternatives = [true, false].map((way) => doubts.filter(({ connected }) => connected === way));
  if (doubts.length > 1 && doubts.length <= TRIED) alternatives.push(...doubts.map((each) => [each]));
  const moved = new Map<PrefixClass, AnswerDifferences>();
  for (const some of alternatives) {
    if (some.length === 0) continue;
    const other = viewOf(ground.compiled, solvedWithout(ground, round, some, shares));
    const open = new Map(allOpen(other).map((each) => [each.prefixClass, each]));
    for (const each of round.classes) {
      const here = moved.get(each) ?? (new Map() as AnswerDifferences);
      moved.set(each, here);
      const differing = between(base, other, each, some);
      if (differing.size === 0) continue;
      merge(here, differing);
      const { ties = [], byArrival: races } = open.get(each) ?? {};
      for (const { speaker, reached } of ties) {
        merge(here, reached);
        merge(here, new Map([[speaker, difference({ best: true, fib: true })]]));
      }
      if (races !== undefined) merge(here, races);
    }
  }
  return tell(base, moved, both.length > 0 ? DIALLED : SHARED);
}

const dialled = (compiled: Compiled, { formed, arenas }: Round): TrackedHop[] =>
  formed.links.flatMap((link) => hopsInDoubt(compiled, link, arenas.ipv4.resolver));

/** Both ends dial, and one end is configured for a neighbor further away than its connected network. */
export function hopsInDoubt(compiled: Compiled, { kind, ends }: Link, resolver: Resolver): TrackedHop[] {
  if (kind !== "ebgp" || !ends.every(dials)) return [];
  const [a, b] = ends;
  return [
    { own: a, far: b },
    { own: b, far: a },
  ].flatMap(({ own, far }) => {
    const speaker = compiled.speakers[own.speaker];
    const { multihop, ttlSecurity, disableConnectedCheck } = own.settings;
    if (speaker?.dialect.forgetsMultihop !== true || disableConnectedCheck === true) return [];
    if ((multihop ?? 1) <= 1 && ttlSecurity === undefined) return [];
    if (resolver.reaches(speaker, far.address, true).valid) return [];
    return [{ speaker: own.speaker, address: far.address, connected: true }];
  });
}

const dials = ({ neighbor, settings }: End): boolean => neighbor !== undefined && settings.passive !== true;

/** Addresses that neighbors of both kinds tell of, or have. */
function shared(base: RoundView, round: Round): TrackedHop[] {
  return base.compiled.speakers.flatMap(({ index, dialect }) => {
    if (!dialect.connectedNextHop) return [];
    const channels = [...(round.channels.ipv4[index] ?? []), ...(round.channels.ipv6[index] ?? [])];
    const anywhere = channels.filter(({ closed, connectedOnly }) => closed !== true && !connectedOnly);
    if (anywhere.length === 0 || anywhere.length === channels.length) return [];
    const wanted = new Set<string>();
    const used = new Set<string>();
    for (const each of round.classes) {
      const own = base.arenaOf(each).channels[index] ?? [];
      for (const { channel, nextHop, through, valid } of base.heldAt(each, base.solvedOf(each), index).candidates) {
        if (through !== undefined) continue;
        const only = own[channel]?.connectedOnly;
        if (only === true && !valid) wanted.add(nextHop);
        if (only === false && valid) used.add(nextHop);
      }
    }
    const neighbors = new Set(anywhere.map(({ far }) => far.address));
    return [...wanted].flatMap((address) => [
      ...(used.has(address) ? [{ speaker: index, address, connected: true }] : []),
      ...(neighbors.has(address) ? [{ speaker: index, address, connected: false }] : []),
    ]);
  });
}

/** Solves all classes again with these next hops judged the other way, and once more for what resolves via them. */
function solvedWithout(ground: Ground, round: Round, doubts: readonly TrackedHop[], shares: boolean): Round {
  let installed = installedBy(ground.compiled, round);
  for (let pass = 0; ; pass++) {
    const asked = new RouteLookups(coverage(round.byPrefix));
    const resolver = doubting(resolverOver(asked.recording(installed)), doubts);
    const { ipv4, ipv6 } = round.arenas;
    const arenas = { ipv4: { ...ipv4, resolver }, ipv6: { ...ipv6, resolver } };
    const other: Round = { ...round, arenas, solved: [], extra: [] };
    solveClasses(ground, other, round.classes, shares);
    installed = installedBy(ground.compiled, other);
    if (pass > 0 || asked.unchanged(installed)) return other;
  }
}

function doubting(resolver: Resolver, doubts: readonly TrackedHop[]): Resolver {
  const ways = new Map(doubts.map(({ speaker, address, connected }) => [`${speaker} ${address}`, connected]));
  return {
    ...resolver,
    resolve(channel, nextHop, prefix, through) {
      const connectedOnly = ways.get(`${channel.speaker.index} ${nextHop}`);
      const asked = connectedOnly === undefined ? channel : { ...channel, connectedOnly };
      return resolver.resolve(asked, nextHop, prefix, through);
    },
  };
}

function between(
  base: RoundView,
  other: RoundView,
  each: PrefixClass,
  doubts: readonly TrackedHop[],
): AnswerDifferences {
  const was = base.solvedOf(each);
  const is = other.solvedOf(each);
  const arena = base.arenaOf(each);
  const heldAt = (held: typeof was.held, speaker: number) =>
    held === is.held ? other.heldAt(each, is, speaker) : base.heldAt(each, was, speaker);
  const found = differences(arena, heldAt, was.held, is.held);
  for (const { speaker } of doubts) {
    if (found.has(speaker)) continue;
    const difference = differenceAt(arena, speaker, heldAt(was.held, speaker), heldAt(is.held, speaker));
    if (difference !== undefined) found.set(speaker, difference);
  }
  return found;
}

const DIALLED = "FRR before 9.0 may refuse the next hops of a multihop neighbor when both ends dial";
const SHARED = "FRR wants a next hop connected, or not, as the last of the neighbors that give it asked for";

function tell(base: RoundView, moved: ReadonlyMap<PrefixClass, AnswerDifferences>, what: string): NotModelled[] {
  const prefixesAt = new Map<number, Set<string>>();
  const found: NotModelled[] = [];
  for (const [each, here] of moved) {
    found.push(...unmodelledMoves(base, each, here, what));
    for (const at of here.keys()) {
      const known = prefixesAt.get(at) ?? new Set();
      prefixesAt.set(at, known);
      for (const prefix of each.prefixes) known.add(prefix);
    }
  }
  // What is installed over them is installed otherwise, or not at all.
  for (const [each, here] of moved) {
    for (const [at, known] of prefixesAt) {
      if (here.get(at)?.fib === true) continue;
      const { candidates } = base.heldAt(each, base.solvedOf(each), at);
      if (!candidates.some(({ overBgp }) => overBgp !== undefined && known.has(overBgp))) continue;
      const speaker = nameOf(base, at);
      for (const prefix of each.prefixes) found.push({ speaker, prefix, what, only: "fib" });
    }
  }
  return found;
}
