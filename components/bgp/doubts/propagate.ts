/**
 * Follows a path that a speaker may hold besides what was solved: to the speaker's own answer and, if the path wins there,
 * to every speaker that then hears something else.
 */

import { unmodelledMoves } from "./parts";
import { type RoundView } from "./roundView";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate, Weighing } from "../compare";
import { outcome } from "../decide";
import { receive, sameSent, advertise, type Held } from "../step";
import type { Sent } from "../attributes";
import type { NotModelled } from "../solution";
import { difference, differenceAt, type AnswerDifferences, merge } from "./answerDifferences";

/** So often each may change what it says: where that goes on for ever, it has come to all by then. */
const PATIENCE = 20;

/** Each of these paths in the place of what its channel brings. */
export function propagateEach(
  view: RoundView,
  prefixClass: PrefixClass,
  at: number,
  left: readonly Candidate[],
): AnswerDifferences {
  const found: AnswerDifferences = new Map();
  const { candidates } = view.heldAt(prefixClass, view.solvedOf(prefixClass), at);
  for (const path of left) {
    const others = candidates.filter(({ channel }) => channel !== path.channel);
    merge(found, propagate(view, prefixClass, at, [...others, path]));
  }
  return found;
}

/** Such paths as answers that are not modelled; what the channel itself brings is open in any case. */
export function openPaths(
  view: RoundView,
  prefixClass: PrefixClass,
  { speaker, index }: Channel,
  left: readonly Candidate[],
  what: string,
): NotModelled[] {
  const found: AnswerDifferences = new Map([[speaker.index, difference({ channels: new Set([index]) })]]);
  merge(found, propagateEach(view, prefixClass, speaker.index, left));
  return unmodelledMoves(view, prefixClass, found, what);
}

/** Who hears something else when the speaker holds these paths, itself among them, and what is then otherwise there. */
export function propagate(
  view: RoundView,
  prefixClass: PrefixClass,
  at: number,
  candidates: readonly Candidate[],
): AnswerDifferences {
  const arena = view.arenaOf(prefixClass);
  const solved = view.solvedOf(prefixClass);
  const now = new Map<number, Held>();
  const said = new Map<Channel, readonly Sent[]>();
  const found: AnswerDifferences = new Map();
  const heldAt = (speaker: number): Held => now.get(speaker) ?? view.heldAt(prefixClass, solved, speaker);
  const hold = (speaker: number, paths: Candidate[]): void => {
    const held = { candidates: paths, best: outcome(arena.weighings[speaker] as Weighing, paths).best };
    now.set(speaker, held);
    const other = differenceAt(arena, speaker, view.heldAt(prefixClass, solved, speaker), held);
    merge(found, new Map([[speaker, other ?? difference({})]]));
  };
  hold(at, [...candidates]);
  const queue = [at];
  let patience = PATIENCE * view.compiled.speakers.length;
  for (let next = queue.shift(); next !== undefined && patience > 0; next = queue.shift(), patience--) {
    for (const channel of arena.channels[next] ?? []) {
      const before =
        said.get(channel) ?? advertise(arena, prefixClass, channel, view.heldAt(prefixClass, solved, next));
      const sent = advertise(arena, prefixClass, channel, heldAt(next));
      if (sameSent(before, sent)) continue;
      said.set(channel, sent);
      const to = channel.remote.index;
      const known = heldAt(to).candidates;
      const taken = receive(arena, prefixClass, to, channel.remoteIndex, sent);
      const others = known.filter((each) => each.channel !== channel.remoteIndex);
      if (taken.length === 0 && others.length === known.length) continue;
      hold(to, [...others, ...taken]);
      queue.push(to);
    }
  }
  return found;
}
