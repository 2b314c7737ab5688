/**
 * FRR sends no update if the new path differs from the last one only by a MED of 0 that is present or absent. The neighbor
 * keeps the path that came first, which no rule here knows; the speakers that hear of it from there are followed.
 */

import type { Detector } from "./detector";
import { NothingOpen } from "./nothingOpen";
import { nameOf } from "./parts";
import { type RoundView } from "./roundView";
import { changed, textOf, type Bundle, type Sent } from "../attributes";
import type { Channel } from "../channels";
import type { PrefixClass } from "../classes";
import type { Candidate } from "../compare";
import { exportPath } from "../export";
import { importPath } from "../import";
import type { NotModelled } from "../solution";

const WHAT = "FRR sends nothing when only a MED of 0 comes or goes";

export const zeroMed: Detector = {
  name: "zeroMed",
  cases: [
    "FRR sends no update if the new one differs from the last one only by a MED of 0 that is present or absent (`attrhash_key_make`)",
  ],
  find: ({ view }) => marked(view),
};

const CLEAR = new NothingOpen();

function marked(view: RoundView): NotModelled[] {
  const speakers = view.compiled.speakers.filter(({ dialect, up }) => dialect.overlooksZeroMed && up);
  return view.classes.flatMap((each) => {
    const told = new Set<number>();
    const inQuestion = CLEAR.inQuestion(view, each, true);
    const asked = inQuestion === "all" ? undefined : new Set(inQuestion);
    if (asked?.size === 0) return [];
    for (const { index } of speakers) {
      if (asked?.has(index) === false) continue;
      const held = view.solvedOf(each).held.get(index);
      const best = held?.best;
      const twins = held?.candidates.filter((path) => path.valid && differsInZero(path.bundle, best?.bundle)) ?? [];
      if (best === undefined || twins.length === 0) continue;
      for (const channel of view.arenaOf(each).channels[index] ?? []) {
        if (channel.closed === true || channel.sendsAll !== false) continue;
        for (const twin of twins) if (carriesMed(channel, best, twin)) follow(view, each, channel, best, twin, told);
      }
    }
    if (told.size === 0) CLEAR.note(view.arenaOf(each), view.solvedOf(each));
    const weighings = view.arenaOf(each).weighings;
    return [...told].flatMap((at) => {
      const speaker = nameOf(view, at);
      // Where a missing MED is the worst, the two are not even equally good.
      const only = weighings[at]?.medMissingAsWorst === true ? {} : ({ only: "med" } as const);
      return each.prefixes.map((prefix) => ({ speaker, prefix, what: WHAT, ...only }));
    });
  });
}

const differsInZero = (a: Bundle, b: Bundle | undefined): boolean =>
  b !== undefined && (a.med ?? 0) === 0 && (b.med ?? 0) === 0 && (a.med === undefined) !== (b.med === undefined);

/** May two paths go out by a channel with different MEDs? To eBGP what was learned loses its own. */
const carriesMed = ({ kind, speaker, exportPolicy }: Channel, one: Candidate, other: Candidate): boolean =>
  kind === "ibgp" ||
  speaker.dialect.medToEbgp === "keep" ||
  one.kind === "local" ||
  other.kind === "local" ||
  exportPolicy.policy?.terms.some(({ set }) => set?.med !== undefined) === true;

/** The neighbor holds the one or the other; where that is its best path, so do those that it tells. */
function follow(
  view: RoundView,
  prefixClass: PrefixClass,
  channel: Channel,
  one: Candidate,
  other: Candidate,
  told: Set<number>,
): void {
  const arena = view.arenaOf(prefixClass);
  const own = arena.channels[channel.speaker.index] ?? [];
  const sent = (path: Candidate): Sent | undefined =>
    exportPath(channel, own[path.channel], path, prefixClass.first, arena.intern);
  const [a, b] = [sent(one), sent(other)];
  if (a === undefined || b === undefined || !differsInZero(a.bundle, b.bundle) || !otherwiseEqual(a, b)) return;
  const to = channel.remote.index;
  const back = arena.channels[to]?.[channel.remoteIndex];
  if (back === undefined || told.has(to)) return;
  const taken = (each: Sent): Candidate | undefined =>
    importPath(back, each, prefixClass.first, arena.intern, arena.resolver);
  const [x, y] = [taken(a), taken(b)];
  if (x === undefined || y === undefined || x.bundle === y.bundle) return;
  told.add(to);
  const { best } = view.heldAt(prefixClass, view.solvedOf(prefixClass), to);
  for (const next of arena.channels[to] ?? []) {
    if (next.closed === true || (next.sendsAll === false && best?.channel !== back.index)) continue;
    follow(view, prefixClass, next, x, y, told);
  }
}

const otherwiseEqual = (a: Sent, b: Sent): boolean => a.nextHop === b.nextHop && hashed(a.bundle) === hashed(b.bundle);

/** attrhash_key_make (FRR 8.4 and 10.3) also leaves out whether a path is an aggregate of others. */
const hashed = (bundle: Bundle): string => textOf(changed(bundle, { med: 0, atomicAggregate: undefined }));
