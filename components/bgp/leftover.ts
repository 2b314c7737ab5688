/**
 * What GoBGP 3 leaves standing, at itself and at its neighbors. It does not withdraw a path when the next best one is
 * withheld because the neighbor's ASN is in it, not even when that one goes too (filterpath in pkg/server/server.go of
 * v3.10.0). And it ignores an update
 * that carries its own ASN or router id without dropping what the neighbor sent before (handleUpdate in
 * pkg/server/peer.go of v3.10.0 skips the path). Which old path stays is a matter of timing: classes in which one can
 * stay are played out in several orders, and whoever then answers otherwise is not modelled.
 */
import { differencesFrom, type Open, type World } from "./ambiguity";
import type { Channel } from "./channels";
import type { PrefixClass } from "./classes";
import { tell, type Arena, type HeldBy } from "./fixpoint";
import { ignoresLoop } from "./import";
import type { NotModelled } from "./solution";
import { merge, playedIn, type Differences } from "./worlds";

const WHAT = "GoBGP keeps a path that its neighbor no longer has, or leaves one with its neighbor";

export function leftovers(world: World, open: readonly Open[]): NotModelled[] {
  const concerned = world.compiled.speakers.filter(({ dialect, up }) => dialect.keepsIgnored && up);
  if (concerned.length === 0) return [];
  const openOf = new Map(open.map((each) => [each.prefixClass, each]));
  return world.classes.flatMap((each) => {
    const known = openOf.get(each);
    const may =
      known !== undefined ||
      concerned.some(({ index }) =>
        (world.arenaOf(each).channels[index] ?? []).some(
          (channel) => keepsSome(world, each, channel) || leavesSome(world, each, channel),
        ),
      ) ||
      concerned.some(({ index }) => hadSome(world, each, index));
    if (!may || world.solvedOf(each).oscillates !== undefined) return [];
    const moved: Differences = new Map();
    for (const { held } of playedIn(world.solvedOf(each), (run) => world.played(each, run, true))) {
      merge(moved, differencesFrom(world, each, held));
    }
    // What is open anyway is ambiguous; where only the choice is, another path is something else.
    const anyway: Differences = new Map();
    for (const { reached } of known?.ties ?? []) merge(anyway, reached);
    if (known !== undefined) merge(anyway, known.races);
    for (const [at, { channels, best }] of anyway) {
      const here = moved.get(at);
      if (here === undefined) continue;
      const more = [...here.channels].some((channel) => !channels.has(channel)) || (here.best && !best);
      if (!more) moved.delete(at);
    }
    const names = [...moved.keys()].sort((a, b) => a - b).map((at) => world.compiled.speakers[at]?.speaker.name ?? "");
    return each.prefixes.flatMap((prefix) => names.map((speaker) => ({ speaker, prefix, what: WHAT })));
  });
}

/** Does a neighbor send what is ignored now, and may it have sent something else before? */
function keepsSome(world: World, prefixClass: PrefixClass, channel: Channel): boolean {
  const arena = world.arenaOf(prefixClass);
  const { held } = world.solvedOf(prefixClass);
  const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
  const there = held.get(channel.remote.index);
  if (back === undefined || there === undefined) return false;
  const sent = tell(arena, prefixClass, back, there);
  return sent.some((each) => ignoresLoop(channel, each)) && hasOtherWays(held, arena, channel.speaker.speaker.asn);
}

/** Is the best path withheld for the neighbor's ASN, and may another have been sent before? */
function leavesSome(world: World, prefixClass: PrefixClass, channel: Channel): boolean {
  const arena = world.arenaOf(prefixClass);
  const { held } = world.solvedOf(prefixClass);
  const best = held.get(channel.speaker.index)?.best;
  if (best === undefined || best.kind === "local" || !best.bundle.asPath.includes(channel.far.asn)) return false;
  return hasOtherWays(held, arena, channel.far.asn);
}

/** May one that has nothing have passed something on for a while, which a neighbor now uses and withholds from it? */
function hadSome(world: World, prefixClass: PrefixClass, speaker: number): boolean {
  const arena = world.arenaOf(prefixClass);
  const { held } = world.solvedOf(prefixClass);
  const open = (arena.channels[speaker] ?? []).filter((channel) => channel.closed !== true && !takesNothing(channel));
  if (open.length < 2 || arena.carries[speaker] !== true || held.get(speaker)?.best !== undefined) return false;
  return open.some(({ remote }) => (held.get(remote.index)?.candidates.length ?? 0) > 1);
}

/** As Cilium's nodes, whose import policy is to reject. */
function takesNothing({ importPolicy: { policy } }: Channel): boolean {
  return (
    policy !== undefined && policy.otherwise === "reject" && policy.terms.every(({ action }) => action === "reject")
  );
}

/** Does anybody have a path without this ASN that it does not use now, and may have used before the better one came? */
function hasOtherWays(held: HeldBy, arena: Arena, asn: number): boolean {
  for (const at of held.keys()) {
    const there = held.get(at);
    if (there === undefined || arena.channels[at]?.[0]?.speaker.speaker.asn === asn) continue;
    if (there.candidates.some((each) => each !== there.best && !each.bundle.asPath.includes(asn))) return true;
  }
  return false;
}
