/** Which paths share the traffic with the best one: those that are equal to it, as many as the router takes. */
import type { Bundle } from "./attributes";
import {
  better,
  compareAt,
  compareCandidates,
  compareNames,
  hopOf,
  TIE_BREAKERS,
  type Candidate,
  type Weighing,
} from "./compare";

/** The paths that share the traffic, and nothing else of a decision: for whoever asks very many. */
export function multipathOf(w: Weighing, held: { candidates: Candidate[]; best: Candidate }): Candidate[] {
  return held.candidates.length === 1 ? [held.best] : share(w, held.best, equalTo(w, held)).multipath;
}

/** Where these paths lead: where all of them fit in, nothing has to be sorted. */
export function hopsShared(w: Weighing, held: { candidates: Candidate[]; best: Candidate }): Set<string> {
  const { candidates, best } = held;
  const equal = candidates.length === 1 ? [] : equalTo(w, held);
  if (equal.length < maximumAt(w, best)) return new Set([best, ...equal].map(hopOf));
  if (w.choice === "merged-next-hops") return new Set(mergedHops([best, ...equal], maximumAt(w, best)));
  // Each of the equal paths is tried as the best one: they are sorted once for all of them.
  let sorted = sortedEquals.get(candidates);
  if (sorted?.size !== equal.length + 1 || ![best, ...equal].every((each) => sorted?.has(each))) {
    sortedEquals.set(candidates, (sorted = new Set(inTurn(w, [best, ...equal]))));
  }
  const turn = [...sorted].filter((each) => each !== best);
  return new Set(shareSorted(w, best, turn).multipath.map(hopOf));
}

const sortedEquals = new WeakMap<readonly Candidate[], ReadonlySet<Candidate>>();

/** The order in which equal paths are taken in. */
const inTurn = (w: Weighing, equal: readonly Candidate[]): Candidate[] =>
  [...equal].sort((a, b) => (w.choice === "lowest-next-hop" ? compareHops(a, b) : better(w, a, b) ? -1 : 1));

const compareHops = (a: Candidate, b: Candidate): number =>
  compareNames(hopOf(a), hopOf(b)) || compareNames(a.address, b.address);

const equalTo = (w: Weighing, { candidates, best }: { candidates: Candidate[]; best: Candidate }): Candidate[] =>
  candidates.filter((each) => each !== best && each.valid && best.valid && mayShare(w, best, each));

const maximumAt = (w: Weighing, best: Candidate): number => (isInternal(best) ? w.maximum.ibgp : w.maximum.ebgp);

/** Everything before the tie-breakers is equal, and the AS paths are alike enough. */
export function mayShare(w: Weighing, best: Candidate, other: Candidate): boolean {
  if (best.kind === "local" || other.kind === "local") return false;
  if (alikeButForSender(best, other)) return true;
  for (const step of w.order) {
    if (TIE_BREAKERS.has(step)) break;
    if (compareAt(w, step, best, other) !== 0) return false;
  }
  switch (w.multipathRule) {
    case "any-path":
      return true;
    case "same-path":
      return samePath(best.bundle, other.bundle);
    case "same-neighbor-as":
      return isInternal(best) ? samePath(best.bundle, other.bundle) : best.peerAsn === other.peerAsn;
  }
}

/** Nothing that any step before the tie-breakers looks at differs: so it is with what one neighbor sends by ADD-PATH. */
const alikeButForSender = (a: Candidate, b: Candidate): boolean =>
  a.bundle === b.bundle &&
  a.kind === b.kind &&
  a.confed === b.confed &&
  a.valid === b.valid &&
  a.igpMetric === b.igpMetric &&
  a.peerAsn === b.peerAsn;

const isInternal = ({ kind, confed }: Candidate): boolean => kind === "ibgp" && confed !== true;

function samePath(a: Bundle, b: Bundle): boolean {
  return (
    (a.confederation ?? []).join() === (b.confederation ?? []).join() &&
    a.asPath.length === b.asPath.length &&
    a.asPath.every((asn, index) => asn === b.asPath[index]) &&
    (a.asSet ?? []).join() === (b.asSet ?? []).join()
  );
}

export interface Shared {
  multipath: Candidate[];
  /** Equal paths that were left out although which ones are left out depends on who is best. */
  truncated: boolean;
  /** Which of the equal paths share hangs on who came first, or on addresses that nobody wrote down. */
  sharersTie: boolean;
}

/**
 * BIRD's kernel protocol (rt_export_merged, nexthop_merge, 1.6 and 2) merges next hops, not paths: one that many
 * neighbors name counts once, the lowest addresses stay, and the best path's may be among those that do not.
 */
function merged(equal: readonly Candidate[], most: number): Shared {
  const kept = new Set(mergedHops(equal, most));
  const multipath = equal.filter((each) => kept.has(hopOf(each)));
  // Which link-local addresses are the lowest is not known.
  const hidden = multipath.length < equal.length && equal.some((each) => hopOf(each).startsWith("interface%"));
  return { multipath, truncated: false, sharersTie: hidden };
}

const mergedHops = (equal: readonly Candidate[], most: number): string[] =>
  [...new Set(equal.map(hopOf))].sort(compareNames).slice(0, most);

export const share = (w: Weighing, best: Candidate, equal: readonly Candidate[]): Shared =>
  shareSorted(w, best, equal.length === 0 || maximumAt(w, best) <= 1 ? equal : inTurn(w, equal));

function shareSorted(w: Weighing, best: Candidate, sorted: readonly Candidate[]): Shared {
  const most = maximumAt(w, best);
  const chosen: Candidate[] = [best];
  if (most <= 1 || sorted.length === 0) return { multipath: chosen, truncated: sorted.length > 0, sharersTie: false };
  if (w.choice === "merged-next-hops") return merged([best, ...sorted], most);
  const byHop = w.choice === "lowest-next-hop";
  let truncated = false;
  let last = hopOf(best);
  for (const each of sorted) {
    if (w.skipsSameNextHop && (hopOf(each) === hopOf(best) || hopOf(each) === last)) continue;
    if (chosen.length >= most) {
      truncated = true;
      break;
    }
    chosen.push(each);
    last = hopOf(each);
  }
  // A neighbor's several paths by one next hop (ADD-PATH) stand in the order in which they came.
  const alike = (a: Candidate, b: Candidate): boolean => {
    if (byHop) return compareHops(a, b) === 0;
    const { step } = compareCandidates(w, a, b);
    return step === "older" || step === "add-path-id";
  };
  const hidden = byHop && truncated && sorted.some((each) => each.nextHop.startsWith("interface%"));
  const sharersTie =
    hidden ||
    sorted.some((a, at) => {
      const b = sorted[at + 1];
      return b !== undefined && chosen.includes(a) !== chosen.includes(b) && alike(a, b);
    });
  return { multipath: chosen, truncated, sharersTie };
}
