/**
 * Stale paths that GoBGP 3 keeps, or leaves with its neighbors. It does not withdraw a path when the next best one is
 * withheld because the neighbor's ASN is in it, not even when that one goes too (filterpath in pkg/server/server.go of
 * v3.10.0). It ignores an update that carries its own ASN or router id, and keeps what the neighbor sent before (handleUpdate
 * in pkg/server/peer.go of v3.10.0 skips the path). Timing decides which old path stays. Such classes are replayed in
 * several arrival orders; every speaker whose answer changes, or that may keep a rare stale path (leftWith), is marked not
 * modelled. Paths from before a limit ended a session can stay in the same way.
 */
import type { Detector } from "./detector";
import { differencesFrom, unmodelledMoves } from "./parts";
import { replays, type RoundView } from "./roundView";
import { type Open } from "./ambiguity";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { CompiledSpeaker } from "../compile";
import { compareCandidates, type Candidate } from "../compare";
import { receive, advertise } from "../step";
import type { Sent } from "../attributes";
import { ignoresLoop } from "../import";
import type { NotModelled } from "../solution";
import { propagateEach } from "./propagate";
import { difference, type AnswerDifferences, merge } from "./answerDifferences";

const WHAT = "GoBGP keeps a path that its neighbor no longer has, or leaves one with its neighbor";

/** `before`: what there was until limits ended sessions, where they did. */
export const gobgpStalePaths: Detector = {
  name: "gobgpStalePaths",
  cases: ["GoBGP does not withdraw a path, also one that it had sent before a limit ended a session"],
  find: ({ view, open, before }) => marked(view, open(), before),
};

function marked(view: RoundView, open: readonly Open[], before?: RoundView): NotModelled[] {
  const concerned = view.compiled.speakers.filter(({ dialect, up }) => dialect.keepsIgnored && up);
  if (concerned.length === 0) return [];
  const openOf = new Map(open.map((each) => [each.prefixClass, each]));
  return view.classes.flatMap((each) => {
    const known = openOf.get(each);
    const may =
      known !== undefined ||
      concerned.some(({ index }) =>
        (view.arenaOf(each).channels[index] ?? []).some(
          (channel) => keepsSome(view, each, channel) || leavesSome(view, each, channel),
        ),
      ) ||
      concerned.some(({ index }) => hadSome(view, each, index));
    const stale = before === undefined ? NOBODY : staleIn(view, before, each, concerned);
    if ((!may && stale.size === 0) || view.solvedOf(each).oscillates !== undefined) return [];
    const moved: AnswerDifferences = new Map();
    for (const { held } of replays(view.solvedOf(each), (run) => view.replayed(each, run, true))) {
      merge(moved, differencesFrom(view, each, held));
    }
    // What is open anyway is ambiguous; where only the choice is, another path is something else.
    const anyway: AnswerDifferences = new Map();
    for (const { reached } of known?.ties ?? []) merge(anyway, reached);
    if (known !== undefined) merge(anyway, known.byArrival);
    for (const [at, { channels, reach, best }] of anyway) {
      const here = moved.get(at);
      if (here === undefined) continue;
      const more =
        [...here.channels].some((channel) => !channels.has(channel)) ||
        [...here.reach].some((channel) => !channels.has(channel) && !reach.has(channel)) ||
        (here.best && !best);
      if (!more) moved.delete(at);
    }
    for (const { index } of concerned) {
      for (const channel of view.arenaOf(each).channels[index] ?? []) merge(moved, leftWith(view, each, channel));
    }
    merge(moved, stale);
    return unmodelledMoves(view, each, moved, WHAT);
  });
}

/** Speakers that may hold, or learn, a path from before a limit ended a session. */
function staleIn(
  view: RoundView,
  before: RoundView,
  prefixClass: PrefixClass,
  concerned: readonly CompiledSpeaker[],
): AnswerDifferences {
  const arena = view.arenaOf(prefixClass);
  const found: AnswerDifferences = new Map();
  const follow = (channel: Channel): void => {
    const at = channel.speaker.index;
    const left = receive(arena, prefixClass, at, channel.index, toldBefore(before, prefixClass, channel));
    merge(found, propagateEach(view, prefixClass, at, left));
  };
  for (const { index } of concerned) {
    for (const channel of arena.channels[index] ?? []) {
      if (ignoresNow(view, prefixClass, channel)) follow(channel);
      const there = arena.channels[channel.remote.index]?.[channel.remoteIndex];
      if (there !== undefined && withholdsNow(view, prefixClass, channel)) follow(there);
    }
  }
  // A path that it passed on and lost may still circulate between it and its neighbors.
  const lost = concerned.some(({ index }) => bestAt(before, prefixClass, index) && !bestAt(view, prefixClass, index));
  for (const { index } of lost ? view.compiled.speakers : []) {
    if (textAt(view, prefixClass, index) === textAt(before, prefixClass, index)) continue;
    // It may arrive on any channel, with any attributes added on the way.
    const channels = new Set((arena.channels[index] ?? []).map((channel) => channel.index));
    merge(found, new Map([[index, difference({ channels, best: true, fib: true })]]));
  }
  return found;
}

const NOBODY: AnswerDifferences = new Map();

const bestAt = (view: RoundView, each: PrefixClass, speaker: number): boolean =>
  view.heldAt(each, view.solvedOf(each), speaker).best !== undefined;

/** Its paths, by what they say: sessions that ended have given the others other places. */
const textAt = (view: RoundView, each: PrefixClass, speaker: number): string =>
  view
    .heldAt(each, view.solvedOf(each), speaker)
    .candidates.map(({ bundle, nextHop, valid }) => `${bundle.id} ${nextHop} ${valid}`)
    .sort()
    .join();

/** What the neighbor sent on this session then. */
function toldBefore(before: RoundView, prefixClass: PrefixClass, channel: Channel): readonly Sent[] {
  const arena = before.arenaOf(prefixClass);
  const { remote, link } = channel;
  const back = (arena.channels[remote.index] ?? []).find((each) => each.link.session.key === link.session.key);
  if (back === undefined) return [];
  return advertise(arena, prefixClass, back, before.heldAt(prefixClass, before.solvedOf(prefixClass), remote.index));
}

/** Does a neighbor send what is ignored now, and may it have sent something else before? */
const keepsSome = (view: RoundView, each: PrefixClass, channel: Channel): boolean =>
  ignoresNow(view, each, channel) && hasOtherWays(view, each, channel.speaker.speaker.asn);

/** Is the best path withheld for the neighbor's ASN, and may another have been sent before? */
const leavesSome = (view: RoundView, each: PrefixClass, channel: Channel): boolean =>
  withholdsNow(view, each, channel) && hasOtherWays(view, each, channel.far.asn);

function ignoresNow(view: RoundView, prefixClass: PrefixClass, channel: Channel): boolean {
  const arena = view.arenaOf(prefixClass);
  const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
  const there = view.solvedOf(prefixClass).held.get(channel.remote.index);
  if (back === undefined || there === undefined) return false;
  return advertise(arena, prefixClass, back, there).some((each) => ignoresLoop(channel, each));
}

function withholdsNow(view: RoundView, prefixClass: PrefixClass, channel: Channel): boolean {
  const best = view.solvedOf(prefixClass).held.get(channel.speaker.index)?.best;
  return best !== undefined && best.kind !== "local" && best.bundle.asPath.includes(channel.far.asn);
}

/**
 * Speakers that a stale path may reach. It was best until a path through the neighbor replaced it. That path is withheld
 * from the neighbor, and so is the withdrawal of the first one. This needs a rare order of three events, and the first
 * path may be gone at its sender.
 */
function leftWith(view: RoundView, prefixClass: PrefixClass, channel: Channel): AnswerDifferences {
  const found: AnswerDifferences = new Map();
  const arena = view.arenaOf(prefixClass);
  const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
  const held = view.solvedOf(prefixClass).held.get(channel.speaker.index);
  const w = arena.weighings[channel.speaker.index];
  if (back === undefined || held === undefined || w === undefined) return found;
  if (channel.closed === true || !withholdsNow(view, prefixClass, channel)) return found;
  const own = arena.channels[channel.speaker.index] ?? [];
  const others = held.candidates.filter((each) => own[each.channel]?.remote !== channel.remote);
  const withheld = others.filter((each) => each.kind !== "local" && each.bundle.asPath.includes(channel.far.asn));
  // What comes from the same neighbor takes the place of what it sent before, better or not.
  const displaced = (path: Candidate): boolean =>
    withheld.some((each) => each.channel === path.channel || compareCandidates(w, each, path).result < 0);
  for (const path of withheld.length === 0 ? [] : [...others, ...earlier(view, prefixClass, channel)]) {
    if (withheld.includes(path) || !displaced(path)) continue;
    const sent = advertise(arena, prefixClass, channel, { candidates: [path], best: path });
    const left = receive(arena, prefixClass, channel.remote.index, back.index, sent);
    merge(found, propagateEach(view, prefixClass, channel.remote.index, left));
  }
  return found;
}

/** Paths that other neighbors hold and do not use now, as they may have sent them before. */
function earlier(view: RoundView, prefixClass: PrefixClass, { speaker, remote, far }: Channel): Candidate[] {
  const arena = view.arenaOf(prefixClass);
  return (arena.channels[speaker.index] ?? []).flatMap((from) => {
    const back = arena.channels[from.remote.index]?.[from.remoteIndex];
    if (back === undefined || from.closed === true || from.remote === remote) return [];
    const { candidates, best } = view.heldAt(prefixClass, view.solvedOf(prefixClass), from.remote.index);
    return candidates
      .filter((path) => path !== best && path.valid && !path.bundle.asPath.includes(far.asn))
      .flatMap((path) => {
        const sent = advertise(arena, prefixClass, back, { candidates: [path], best: path });
        return receive(arena, prefixClass, speaker.index, from.index, sent);
      });
  });
}

/** May a speaker that holds no path have passed one on before, which a neighbor now uses and withholds from it? */
function hadSome(view: RoundView, prefixClass: PrefixClass, speaker: number): boolean {
  const arena = view.arenaOf(prefixClass);
  const { held } = view.solvedOf(prefixClass);
  const open = (arena.channels[speaker] ?? []).filter((channel) => channel.closed !== true && !takesNothing(channel));
  if (open.length < 2 || arena.isTransit[speaker] !== true || held.get(speaker)?.best !== undefined) return false;
  return open.some(({ remote }) => (held.get(remote.index)?.candidates.length ?? 0) > 1);
}

/** An import policy that rejects everything. */
function takesNothing({ importPolicy: { policy } }: Channel): boolean {
  return (
    policy !== undefined && policy.otherwise === "reject" && policy.terms.every(({ action }) => action === "reject")
  );
}

/** Does a speaker hold an unused path without this ASN, which it may have used before the better one came? */
function hasOtherWays(view: RoundView, prefixClass: PrefixClass, asn: number): boolean {
  const arena = view.arenaOf(prefixClass);
  const { held } = view.solvedOf(prefixClass);
  for (const at of held.keys()) {
    const there = held.get(at);
    if (there === undefined || arena.channels[at]?.[0]?.speaker.speaker.asn === asn) continue;
    if (there.candidates.some((each) => each !== there.best && !each.bundle.asPath.includes(asn))) return true;
  }
  return false;
}
