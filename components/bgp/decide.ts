/**
 * The decision: which of the paths to a prefix is best, at which step the others lost, and which share its traffic.
 * The steps and their order come from the dialect; each comparison says which step set the two apart.
 */
import { compareAddresses } from "../model/address";
import { pathLength, type Bundle } from "./attributes";
import type { CompiledSpeaker } from "./compile";
import type { DecisionStep } from "./solution";

/** A path as a speaker weighs it. */
export interface Candidate {
  bundle: Bundle;
  nextHop: string;
  /** Where packets go instead: the neighbor's own address, whose link-local one came beside the next hop. */
  through?: string;
  /** Index of the channel it came by; -1 for own routes. */
  channel: number;
  kind: "local" | "ebgp" | "ibgp";
  /** It came from another member of the confederation; of kind "ibgp". */
  confed?: true;
  local?: "network" | "connected" | "static" | "kernel" | "aggregate" | "default";
  valid: boolean;
  igpMetric: number;
  /** The prefix of the route that its next hop stands on, where BGP learned that. */
  overBgp?: string;
  /** Of the neighbor: its router id, its address, and its ASN. */
  routerId: string;
  address: string;
  peerAsn: number;
  pathId: number;
  /** Own routes: an address given by the route itself, and whether neighbors hear of it. */
  announced?: boolean;
  /** Own routes: metric and outgoing interface, for export policies that look at them. */
  metric?: number;
  interface?: string;
  /** Own routes: neighbors' paths of this kind have a better distance; "bgp": of either kind. */
  floats?: "ebgp" | "bgp";
}

export const hopOf = ({ nextHop, through }: Pick<Candidate, "nextHop" | "through">): string => through ?? nextHop;

/** The knobs of one speaker's decision. */
export interface Weighing {
  order: readonly DecisionStep[];
  defaultLocalPreference: number;
  alwaysCompareMed: boolean;
  deterministicMed: boolean;
  medMissingAsWorst: boolean;
  asPathIgnore: boolean;
  countConfederation: boolean;
  compareRouterId: boolean;
  comparesOriginator: boolean;
  ranksIpv6Neighbors: boolean;
  invalidCompetes: boolean;
  equalClusterLength: boolean;
  multipathRule: "any-path" | "same-neighbor-as" | "same-path";
  choice: "lowest-next-hop" | "preference-order";
  skipsSameNextHop: boolean;
  maximum: { ebgp: number; ibgp: number };
  showsMissingMed: boolean;
  floating: "order" | "distance";
}

export function weighing(speaker: CompiledSpeaker): Weighing {
  const { dialect } = speaker;
  const { bgp } = speaker.speaker;
  const relax = bgp.multipathRelax;
  const medMissingAsWorst = bgp.medMissingAsWorst ?? dialect.medMissingAsWorst;
  return {
    showsMissingMed: dialect.showsMissingMed && medMissingAsWorst,
    order: dialect.order,
    floating: dialect.floating,
    defaultLocalPreference: bgp.defaultLocalPreference ?? dialect.defaultLocalPreference,
    alwaysCompareMed: bgp.alwaysCompareMed ?? dialect.alwaysCompareMed,
    deterministicMed: bgp.deterministicMed ?? dialect.deterministicMed,
    medMissingAsWorst,
    asPathIgnore: bgp.asPathIgnore ?? false,
    countConfederation: bgp.countConfederation ?? false,
    compareRouterId: bgp.compareRouterId ?? dialect.compareRouterId,
    comparesOriginator: dialect.comparesOriginator,
    ranksIpv6Neighbors: dialect.ranksIpv6Neighbors,
    invalidCompetes: dialect.nextHops !== "tracked",
    equalClusterLength: bgp.maximumPaths?.ibgpEqualClusterLength ?? false,
    multipathRule:
      relax === undefined ? dialect.multipath.rule : relax ? "any-path" : strictRule(dialect.multipath.rule),
    choice: dialect.multipath.choice,
    skipsSameNextHop: dialect.multipath.skipsSameNextHop,
    maximum: {
      ebgp: bgp.maximumPaths?.ebgp ?? dialect.multipath.ebgp,
      ibgp: bgp.maximumPaths?.ibgp ?? dialect.multipath.ibgp,
    },
  };
}

const strictRule = (rule: Weighing["multipathRule"]): Weighing["multipathRule"] =>
  rule === "any-path" ? "same-path" : rule;

export interface Decision {
  /** The best first, then by preference; those that cannot win at the end. */
  order: Candidate[];
  best: Candidate | undefined;
  multipath: Candidate[];
  /** Where each candidate lost; for the best, where it beat the next. */
  steps: Map<Candidate, DecisionStep>;
  /** Others that could be best, did they come first. */
  tied: Candidate[];
  /** Equal paths that were left out although which ones are left out depends on who is best. */
  truncated: boolean;
  /** Which of the equal paths share hangs on who came first, or on addresses that nobody wrote down. */
  sharersTie: boolean;
}

/** What sets equal paths apart: from here on it counts who sent a path, and when. */
export const TIE_BREAKERS: ReadonlySet<DecisionStep> = new Set([
  "older",
  "originator-or-router-id",
  "cluster-length",
  "neighbor-address",
  "add-path-id",
]);

const numbers = new Map<string, number>();

/** Router ids are compared as numbers. */
function idNumber(id: string): number {
  let value = numbers.get(id);
  if (value === undefined) {
    value = id.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    numbers.set(id, value);
  }
  return value;
}

export interface Comparison {
  /** Negative: a is better. */
  result: number;
  step: DecisionStep;
}

const firstAs = (bundle: Bundle): number | undefined => bundle.asPath[0];

export function compareAt(w: Weighing, step: DecisionStep, a: Candidate, b: Candidate): number {
  const x = a.bundle;
  const y = b.bundle;
  switch (step) {
    case "weight":
      return y.weight - x.weight;
    case "preference":
      return y.preference - x.preference;
    case "not-valid":
      return (a.valid ? 0 : 1) - (b.valid ? 0 : 1);
    case "local-preference":
      return (y.localPreference ?? w.defaultLocalPreference) - (x.localPreference ?? w.defaultLocalPreference);
    case "local-origin":
      return (a.kind === "local" ? 0 : 1) - (b.kind === "local" ? 0 : 1);
    case "as-path-length":
      return w.asPathIgnore ? 0 : lengthOf(w, x) - lengthOf(w, y);
    case "origin":
      return originRank(x) - originRank(y);
    case "med":
      return comparableMed(w, a, b) ? medOf(w, x) - medOf(w, y) : 0;
    case "ebgp-over-ibgp":
      return (a.kind === "ibgp" ? 1 : 0) - (b.kind === "ibgp" ? 1 : 0);
    case "igp-metric":
      return a.igpMetric - b.igpMetric;
    case "cluster-length-equal":
      return w.equalClusterLength && a.kind === "ibgp" && b.kind === "ibgp"
        ? x.clusterList.length - y.clusterList.length
        : 0;
    case "confederation":
      return (a.confed === true ? 0 : 1) - (b.confed === true ? 0 : 1);
    case "older":
      return 0;
    case "originator-or-router-id":
      return w.comparesOriginator
        ? idNumber(x.originatorId ?? a.routerId) - idNumber(y.originatorId ?? b.routerId)
        : idNumber(a.routerId) - idNumber(b.routerId);
    case "cluster-length":
      return x.clusterList.length - y.clusterList.length;
    case "neighbor-address":
      return rankedByAddress(w, a.address, b.address) ? compareNames(a.address, b.address) : 0;
    case "add-path-id":
      return a.pathId - b.pathId;
    case "only-path":
      return 0;
  }
}

/** Between neighbors on unnumbered links the hardware's addresses would decide, which nobody wrote down. */
export function rankedByAddress(w: Weighing, a: string, b: string): boolean {
  if (a === b || a.startsWith("interface%") || b.startsWith("interface%")) return false;
  return w.ranksIpv6Neighbors || !a.includes(":");
}

/** Link-local neighbors have addresses that nobody wrote down: their names stand in. */
function compareNames(a: string, b: string): number {
  if (a.startsWith("interface%") || b.startsWith("interface%")) return a < b ? -1 : a > b ? 1 : 0;
  return compareAddresses(a, b);
}

const lengthOf = (w: Weighing, bundle: Bundle): number =>
  pathLength(bundle) + (w.countConfederation ? (bundle.confederation?.length ?? 0) : 0);

function originRank(bundle: Bundle): number {
  return bundle.origin === "igp" ? 0 : bundle.origin === "egp" ? 1 : 2;
}

function medOf(w: Weighing, bundle: Bundle): number {
  return bundle.med ?? (w.medMissingAsWorst ? 4294967295 : 0);
}

function comparableMed(w: Weighing, a: Candidate, b: Candidate): boolean {
  if (w.alwaysCompareMed) return true;
  const left = firstAs(a.bundle);
  const right = firstAs(b.bundle);
  if (left === undefined && right === undefined) return true;
  const [member] = a.bundle.confederation ?? [];
  if (member !== undefined && member === b.bundle.confederation?.[0]) return true;
  return left !== undefined && left === right;
}

/** Do age and arrival decide between these two, everything before being equal? */
function ageDecides(w: Weighing, a: Candidate, b: Candidate): boolean {
  return !w.compareRouterId && a.kind === "ebgp" && b.kind === "ebgp";
}

export function compareCandidates(w: Weighing, a: Candidate, b: Candidate): Comparison {
  for (const step of w.order) {
    if (step === "older") {
      if (ageDecides(w, a, b)) return { result: 0, step };
      continue;
    }
    const result = compareAt(w, step, a, b);
    if (result !== 0) return { result, step };
  }
  const result = a.pathId - b.pathId;
  return { result, step: "add-path-id" };
}

/** What breaks a tie of age so that the answer stays the same from run to run: it is reported as ambiguous anyway. */
export function stable(w: Weighing, a: Candidate, b: Candidate): number {
  for (const step of w.order) {
    if (!TIE_BREAKERS.has(step) || step === "older") continue;
    const result = compareAt(w, step, a, b);
    if (result !== 0) return result;
  }
  return a.pathId - b.pathId;
}

function better(w: Weighing, a: Candidate, b: Candidate): boolean {
  const { result, step } = compareCandidates(w, a, b);
  return step === "older" ? stable(w, a, b) < 0 : result < 0;
}

/** Has another path a better distance than a floating route? */
export const displaces = ({ floats }: Candidate, other: Candidate | undefined): boolean =>
  other !== undefined && other.valid && other.kind !== "local" && (floats === "bgp" || other.kind === floats);

/** RFC 4271 with MED is no total order: FRR walks its list, so the candidates come in a fixed order here too. */
export function chooseBest(w: Weighing, candidates: Candidate[]): Candidate | undefined {
  // One order for all of them, so that the answer does not hang on the way that led here; rivals are told apart.
  return bestInOrder(w, candidates.length > 2 && medsDiffer(w, candidates) ? inPlace(candidates) : candidates);
}

/** By who sent them: own routes first. */
export function inPlace(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) =>
    a.channel - b.channel === 0 ? a.pathId - b.pathId : compareNames(a.address, b.address) || a.pathId - b.pathId,
  );
}

export const medsDiffer = (w: Weighing, paths: readonly Candidate[]): boolean =>
  !w.alwaysCompareMed && paths.some(({ bundle }) => (bundle.med ?? 0) !== (paths[0]?.bundle.med ?? 0));

export function bestInOrder(w: Weighing, candidates: Candidate[]): Candidate | undefined {
  let field = candidates;
  if (w.deterministicMed) {
    const groups = new Map<number | undefined, Candidate>();
    for (const each of candidates) {
      const group = each.bundle.confederation?.[0] ?? firstAs(each.bundle);
      const now = groups.get(group);
      if (now === undefined || better(w, each, now)) groups.set(group, each);
    }
    field = [...groups.values()];
  }
  let best: Candidate | undefined;
  for (const each of field) if (best === undefined || better(w, each, best)) best = each;
  return best;
}

/** `chosen` is best where age or arrival has decided so. */
export function decide(w: Weighing, candidates: Candidate[], chosen?: Candidate): Decision {
  const able = w.invalidCompetes ? candidates : candidates.filter((each) => each.valid);
  const steps = new Map<Candidate, DecisionStep>();
  const best = chosen ?? chooseBest(w, able);
  if (best === undefined) {
    for (const each of candidates) steps.set(each, "not-valid");
    return { order: candidates, best, multipath: [], steps, tied: [], truncated: false, sharersTie: false };
  }
  const tied: Candidate[] = [];
  const equal: Candidate[] = [];
  for (const each of candidates) {
    if (each === best) continue;
    if (!w.invalidCompetes && !each.valid) {
      steps.set(each, "not-valid");
      continue;
    }
    const { step } = compareCandidates(w, best, each);
    steps.set(each, step);
    // Equal in everything: FRR keeps the one that came first, BIRD the one it has.
    if (step === "older" || step === "add-path-id") tied.push(each);
    if (each.valid && best.valid && mayShare(w, best, each)) equal.push(each);
  }
  const rest = able.filter((each) => each !== best);
  rest.sort((a, b) => (better(w, a, b) ? -1 : 1));
  const runner = rest[0];
  steps.set(best, runner === undefined ? "only-path" : compareCandidates(w, best, runner).step);
  const shared = share(w, best, equal);
  const invalid = w.invalidCompetes ? [] : candidates.filter((each) => !each.valid);
  return { order: [best, ...rest, ...invalid], best, steps, tied, ...shared };
}

/** The paths that share the traffic, and nothing else of a decision: for whoever asks very many. */
export function multipathOf(
  w: Weighing,
  { candidates, best }: { candidates: Candidate[]; best: Candidate },
): Candidate[] {
  if (candidates.length === 1) return [best];
  const equal = candidates.filter((each) => each !== best && each.valid && best.valid && mayShare(w, best, each));
  return share(w, best, equal).multipath;
}

/** Everything before the tie-breakers is equal, and the AS paths are alike enough. */
function mayShare(w: Weighing, best: Candidate, other: Candidate): boolean {
  if (best.kind === "local" || other.kind === "local") return false;
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

const isInternal = ({ kind, confed }: Candidate): boolean => kind === "ibgp" && confed !== true;

function samePath(a: Bundle, b: Bundle): boolean {
  return (
    (a.confederation ?? []).join() === (b.confederation ?? []).join() &&
    a.asPath.length === b.asPath.length &&
    a.asPath.every((asn, index) => asn === b.asPath[index]) &&
    (a.asSet ?? []).join() === (b.asSet ?? []).join()
  );
}

type Shared = Pick<Decision, "multipath" | "truncated" | "sharersTie">;

function share(w: Weighing, best: Candidate, equal: Candidate[]): Shared {
  const most = isInternal(best) ? w.maximum.ibgp : w.maximum.ebgp;
  const chosen: Candidate[] = [best];
  if (most <= 1 || equal.length === 0) return { multipath: chosen, truncated: equal.length > 0, sharersTie: false };
  const byHop = w.choice === "lowest-next-hop";
  const inTurn = (a: Candidate, b: Candidate): number =>
    compareHops(hopOf(a), hopOf(b)) || compareHops(a.address, b.address);
  const sorted = [...equal].sort((a, b) => (byHop ? inTurn(a, b) : better(w, a, b) ? -1 : 1));
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
    if (byHop) return inTurn(a, b) === 0;
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

function compareHops(a: string, b: string): number {
  return compareNames(a, b);
}
