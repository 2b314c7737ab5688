/**
 * Does a speaker rank the paths of one class by more than their length? A policy counts if one of its terms can match the
 * class, and not where every channel of the speaker gives every path the same preference, weight and MED: then length
 * decides as if nothing had been set.
 */
import { plain } from "./attributes";
import { carriedBy, prefixFits, rewritesAsns, type Carried } from "./carried";
import type { Channel } from "./channels";
import { originsBySpeaker, type PrefixClass } from "./classes";
import type { Weighing } from "./compare";
import { medsDiffer } from "./decide";
import { ownAlwaysBest } from "./ownBest";
import type { Solved } from "./fixpoint";
import type { Arena, Held } from "./step";
import { communityListPermits } from "./lists";
import type { Memory } from "./memories";
import type { Match, Policy, SetActions, Term } from "./network";
import { sourceOf, type RouteSource } from "./export";
import { ownCandidate } from "./origins";
import { inOrder } from "./terms";

/**
 * May the class have several stable states? Shortest paths alone lead to one state in every order of arrival; preferences,
 * weights, MEDs, costs inside an AS, and path lengths that are ignored or shortened can leave several.
 */
export function severalStates(arena: Arena, prefixClass: PrefixClass, base: Solved): boolean {
  if (base.byArrival === true) return true;
  const origins = originsBySpeaker(prefixClass);
  for (const speaker of base.held.keys()) {
    const owns = origins.get(speaker) ?? [];
    if (ranks(arena, prefixClass, speaker, owns, base.held.get(speaker))) return true;
  }
  return false;
}

function ranks(
  arena: Arena,
  prefixClass: PrefixClass,
  speaker: number,
  owns: PrefixClass["origins"],
  held: Held | undefined,
): boolean {
  if (owns.length > 0 && standsAlone(arena, speaker, owns)) return false;
  const said = saidAt(arena, prefixClass, speaker, owns.length > 0);
  return said === "several" || (held !== undefined && differ(arena.weighings[speaker] as Weighing, held, said));
}

/** What a speaker's configuration does to the rank of its paths: nothing, the same for all, or different for some. */
type Said = "nothing" | "one" | "several";

function saidAt(arena: Arena, prefixClass: PrefixClass, speaker: number, own: boolean): Said {
  const sides = sidesOf(arena, speaker);
  if (sides === NEVER || sides === ALWAYS) return sides === ALWAYS ? "several" : "nothing";
  const verdicts = verdictsOf(arena, prefixClass);
  const seen = new Set<string>();
  if (insideRank(arena, prefixClass, speaker) !== undefined) return "one";
  for (const { channel, back } of sides) {
    if (comesBack(arena, prefixClass, channel)) continue;
    const taken = verdicts.of(channel, "import");
    const given = back === undefined ? NOTHING : givenBy(verdicts, prefixClass, back);
    if (taken === SEVERAL || given === SEVERAL) return "several";
    if (taken === REFUSED || given === REFUSED) continue;
    const set = taken !== NOTHING || given !== NOTHING;
    // An own route gets no such rank. Inside an AS the preference and MED stay on the path, unless they are set again.
    if (set && own) return "several";
    if (set && channel.kind === "ibgp" && (given !== NOTHING || !/^[0-9]+ [^ ]* [^ ]* $/.test(taken))) return "several";
    seen.add(`${taken} / ${given}`);
  }
  if (seen.size > 1) return "several";
  return seen.size === 0 || seen.has(`${NOTHING} / ${NOTHING}`) ? "nothing" : "one";
}

function givenBy(verdicts: Verdicts, { origins }: PrefixClass, channel: Channel): string {
  const learned = verdicts.of(channel, "learned");
  if (!origins.some(({ speaker }) => speaker === channel.speaker.index)) return learned;
  const own = verdicts.of(channel, "own");
  // What is refused never arrives, and has no rank.
  if (learned === REFUSED || own === REFUSED) return learned === REFUSED ? own : learned;
  return own === learned ? own : SEVERAL;
}

/**
 * The one rank of all paths of the class on the sessions within a speaker's AS: all origins there give it, no speaker
 * changes it, and no path comes from outside. Undefined if there may be several.
 */
function insideRank(arena: Arena, prefixClass: PrefixClass, speaker: number): string | undefined {
  const asn = asnAt(arena, speaker);
  const { inside } = knownOf(arena);
  let ranks = inside.get(prefixClass);
  if (ranks === undefined) inside.set(prefixClass, (ranks = new Map<number | undefined, string>()));
  let rank = ranks.get(asn);
  if (rank === undefined) ranks.set(asn, (rank = findInside(arena, prefixClass, asn)));
  return rank === SEVERAL ? undefined : rank;
}

function findInside(arena: Arena, prefixClass: PrefixClass, asn: number | undefined): string {
  if (!prefixClass.origins.some((each) => asnAt(arena, each.speaker) === asn)) return SEVERAL;
  const verdicts = verdictsOf(arena, prefixClass);
  const origins = originsBySpeaker(prefixClass);
  const found = new Set<string>();
  for (let at = 0; at < arena.channels.length; at++) {
    const channels = (arena.channels[at] ?? []).filter(({ closed }) => closed !== true);
    if (channels.length === 0 || asnAt(arena, at) !== asn) continue;
    const owns = origins.get(at) ?? [];
    const alone = owns.length > 0 && standsAlone(arena, at, owns);
    if (channels[0]?.speaker.speaker.bgp.defaultLocalPreference !== undefined) return SEVERAL;
    for (const channel of channels) {
      if ((channel.settings.weight ?? 0) !== 0 || channel.confed || lastResort(channel)) return SEVERAL;
      if (alone && channel.kind === "ebgp") continue;
      const taken = comesBack(arena, prefixClass, channel) ? REFUSED : verdicts.of(channel, "import");
      if (taken !== REFUSED && !alone && (channel.kind === "ebgp" || taken !== NOTHING)) return SEVERAL;
      if (channel.kind === "ebgp") continue;
      const learned = alone ? REFUSED : verdicts.of(channel, "learned");
      if (learned !== REFUSED && learned !== NOTHING) return SEVERAL;
      const own = owns.length === 0 ? REFUSED : verdicts.of(channel, "own");
      if (own !== REFUSED) found.add(own);
      if (own === SEVERAL || found.size > 1) return SEVERAL;
    }
  }
  return [...found][0] ?? SEVERAL;
}

const asnAt = (arena: Arena, speaker: number): number | undefined => arena.channels[speaker]?.[0]?.speaker.speaker.asn;

/** Do the held paths differ in received ranks: MED, IGP cost, local preference of the own AS, graceful shutdown? */
function differ(w: Weighing, { candidates }: Held, said: Said): boolean {
  if (candidates.length < 2) return false;
  if (medsDiffer(w, candidates)) return true;
  return candidates.some(({ kind, igpMetric, bundle }) => {
    if (kind === "local") return false;
    if (igpMetric !== candidates[0]?.igpMetric || bundle.localPreference === 0) return true;
    return kind === "ibgp" && said !== "one" && (bundle.weight !== 0 || (bundle.localPreference ?? 100) !== 100);
  });
}

/** A class that only the own AS announces comes back over eBGP with the own ASN, and is refused. */
function comesBack(arena: Arena, { origins }: PrefixClass, { kind, speaker, family, own }: Channel): boolean {
  if (kind !== "ebgp" || rewritesAsns(arena)) return false;
  if (own.settings.families?.[family]?.allowAsIn !== undefined) return false;
  const { asn } = speaker.speaker;
  return origins.length > 0 && origins.every((each) => asnAt(arena, each.speaker) === asn);
}

interface Side {
  channel: Channel;
  back: Channel | undefined;
}

/** Its own route is best, whatever it receives. */
function standsAlone(arena: Arena, speaker: number, owns: PrefixClass["origins"]): boolean {
  const at = arena.channels[speaker]?.[0]?.speaker;
  const paths = owns.map((each) => ownCandidate(each.own));
  return at !== undefined && ownAlwaysBest(at, arena.weighings[speaker] as Weighing, paths);
}

type Sides = readonly Side[];

const NEVER: Sides = [];
const ALWAYS: Sides = [];

interface Known {
  sides: (Sides | undefined)[];
  verdicts: WeakMap<PrefixClass, Verdicts>;
  byKind: Map<Memory, Map<string, string>>;
  /** By class and ASN. */
  inside: WeakMap<PrefixClass, Map<number | undefined, string>>;
}

const known = new WeakMap<Arena, Known>();

function knownOf(arena: Arena): Known {
  let found = known.get(arena);
  if (found === undefined) {
    found = { sides: [], verdicts: new WeakMap(), byKind: new Map(), inside: new WeakMap() };
    known.set(arena, found);
  }
  return found;
}

/** The channels of a speaker with different rules, where any of them sets a rank at all. */
function sidesOf(arena: Arena, speaker: number): Sides {
  const { sides } = knownOf(arena);
  return (sides[speaker] ??= findSides(arena, speaker));
}

/** Does nothing in the rules of a speaker's sessions rank paths, whatever the class? */
export const setsNoRank = (arena: Arena, speaker: number): boolean => sidesOf(arena, speaker) === NEVER;

function findSides(arena: Arena, speaker: number): Sides {
  const channels = (arena.channels[speaker] ?? []).filter(({ closed }) => closed !== true);
  if (channels.length <= 1) return NEVER;
  if (arena.weighings[speaker]?.asPathIgnore === true) return ALWAYS;
  const found = new Map<unknown, Map<unknown, Side>>();
  let any = false;
  for (const channel of channels) {
    const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
    if ((channel.settings.weight ?? 0) !== 0 || (back?.settings.removePrivateAs ?? false) !== false) return ALWAYS;
    if (lastResort(channel) || (back !== undefined && lastResort(back))) return ALWAYS;
    any ||= setsRank(channel.importPolicy.policy) || setsRank(back?.exportPolicy.policy);
    // Channels with equal rules share their memories.
    const sides = found.get(channel.importMemory) ?? new Map<unknown, Side>();
    found.set(channel.importMemory, sides);
    sides.set(back?.exportMemory, { channel, back });
  }
  return any ? [...found.values()].flatMap((each) => [...each.values()]) : NEVER;
}

/** Paths in maintenance come with a preference of 0 (RFC 8326). */
const lastResort = ({ speaker, own }: Channel): boolean =>
  speaker.speaker.bgp.gracefulShutdown === true || own.settings.gracefulShutdown === true;

const setsRank = (policy: Policy | undefined): boolean =>
  policy?.terms.some(({ set }) => set !== undefined && rankOf(set) !== NOTHING) === true;

const rankOf = ({ localPreference, weight, preference, med }: SetActions): string =>
  [localPreference, weight, preference, med].map((each) => each ?? "").join(" ");

/** Weight and preference stay with the speaker, and the local preference within the AS. */
const sentRankOf = ({ kind }: Channel, { localPreference, med }: SetActions): string =>
  rankOf({
    ...(kind === "ebgp" || localPreference === undefined ? {} : { localPreference }),
    ...(med === undefined ? {} : { med }),
  });

/** What the rules of a channel do to every path of a class: set no rank, one, one of several, or refuse the path. */
const NOTHING = rankOf({});
const SEVERAL = "several";
const REFUSED = "refused";

interface Verdicts {
  of(channel: Channel, way: Way): string;
}

/** On what way a policy meets the paths: as they come in, or as they go out, learned or the speaker's own. */
type Way = "import" | "learned" | "own";

function verdictsOf(arena: Arena, prefixClass: PrefixClass): Verdicts {
  const { verdicts, byKind } = knownOf(arena);
  let found = verdicts.get(prefixClass);
  if (found === undefined) {
    let carried: { communities: Carried; text: string } | undefined;
    const made: Record<Way, Map<unknown, string>> = { import: new Map(), learned: new Map(), own: new Map() };
    found = {
      of(channel, way) {
        const memory = way === "import" ? channel.importMemory : channel.exportMemory;
        let verdict = made[way].get(memory);
        if (verdict === undefined) {
          carried ??= carriedAsText(carriedBy(arena, prefixClass));
          const { communities, text } = carried;
          const judge = (): string => verdictOf(channel, way, prefixClass, communities);
          // Of its own routes a speaker's policy also sees where they come from.
          const key = way === "own" ? undefined : `${way} ${memory.kindOf(prefixClass.first)} ${text}`;
          verdict = key === undefined ? judge() : remembered(byKind, memory, key, judge);
          made[way].set(memory, verdict);
        }
        return verdict;
      },
    };
    verdicts.set(prefixClass, found);
  }
  return found;
}

const carriedAsText = (carried: Carried): { communities: Carried; text: string } => ({
  communities: carried,
  text: carried === undefined ? "?" : [...carried.communities, ...carried.largeCommunities].join(),
});

/** What a policy does to a kind of prefixes that carry certain communities, it does to all classes of that kind. */
function remembered(byKind: Known["byKind"], memory: Memory, key: string, judge: () => string): string {
  let known = byKind.get(memory);
  if (known === undefined) byKind.set(memory, (known = new Map<string, string>()));
  let verdict = known.get(key);
  if (verdict === undefined) known.set(key, (verdict = judge()));
  return verdict;
}

function verdictOf(channel: Channel, way: Way, prefixClass: PrefixClass, carried: Carried): string {
  const { policy } = way === "import" ? channel.importPolicy : channel.exportPolicy;
  if (policy === undefined) return NOTHING;
  const rank = (set: SetActions): string => (way === "import" ? rankOf(set) : sentRankOf(channel, set));
  const { dialect } = channel.speaker;
  const terms = inOrder(policy.terms);
  const from = (at: number, set: SetActions): string => {
    const term = terms[at];
    if (term === undefined) return (policy.otherwise ?? dialect.policyEnd) === "accept" ? rank(set) : REFUSED;
    const matches = possible(channel, way, prefixClass, carried, term.match);
    if (matches === "never") return from(at + 1, set);
    const here = taken(term, at, set);
    if (matches === "always" || here === SEVERAL) return here;
    const rest = from(at + 1, set);
    if (here === REFUSED || rest === REFUSED) return here === REFUSED ? rest : here;
    return here === rest ? here : SEVERAL;
  };
  const taken = (term: Term, at: number, set: SetActions): string => {
    if (term.action === "reject") return REFUSED;
    if (typeof term.set?.med === "string" || typeof term.set?.localPreference === "string") return SEVERAL;
    const now = { ...set, ...term.set };
    if (term.action === "accept") return rank(now);
    if (term.goto !== undefined) return SEVERAL;
    return at + 1 >= terms.length && dialect.policyEnd === "reject" ? rank(now) : from(at + 1, now);
  };
  return from(0, {});
}

/** Does the condition hold for every path of the class, for none, or for some? */
function possible(
  { speaker, kind }: Channel,
  way: Way,
  { first, origins }: PrefixClass,
  carried: Carried,
  match: Match | undefined,
): "always" | "never" | "some" {
  if (match === undefined) return "always";
  if (!prefixFits(speaker, match, first) || (match.peerType ?? kind) !== kind) return "never";
  const sources = way === "own" ? sourcesOf(origins, speaker.index) : BGP;
  const fitting = sources.filter((each) => match.source?.includes(each) !== false);
  if (fitting.length === 0) return "never";
  const { communities, communityList } = match;
  if (carried !== undefined) {
    const all = [...carried.communities, ...carried.largeCommunities];
    if (communities?.every((each) => all.includes(each)) === false) return "never";
    if (communityList !== undefined && match.communityMatch === undefined) {
      const list = speaker.speaker.communityLists?.[communityList];
      if (list === undefined || !communityListPermits(list, { ...plain("igp"), ...carried })) return "never";
    }
  }
  const open =
    (carried === undefined && (communities ?? communityList) !== undefined) ||
    fitting.length < sources.length ||
    [
      match.nextHopPrefixList,
      match.asPathList,
      match.asPathPrefix,
      match.localPreference,
      match.med,
      match.interface,
      match.metricBelow,
      match.communityMatch,
      match.communityCountMax,
      match.asPathCountMax,
      match.peer,
      match.sourcePeer,
      match.tag,
      match.origin,
      match.learnedBy,
    ].some((each) => each !== undefined);
  return open ? "some" : "always";
}

const BGP = ["bgp"] as const;

function sourcesOf(origins: PrefixClass["origins"], speaker: number): readonly ("bgp" | RouteSource)[] {
  const own = origins.filter((each) => each.speaker === speaker);
  return own.length === 0 ? BGP : own.map((each) => sourceOf(ownCandidate(each.own)));
}
