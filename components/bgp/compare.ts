/**
 * Two paths compared: the steps of the decision in the dialect's order, and the one that sets the two apart. Which of many
 * is best is decide.ts.
 */
import { compareAddresses } from "../model/address";
import { pathLength, type Bundle } from "./attributes";
import type { MultipathChoice } from "./dialects/dialect";
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
  choice: MultipathChoice;
  skipsSameNextHop: boolean;
  maximum: { ebgp: number; ibgp: number };
  showsMissingMed: boolean;
  floating: "order" | "distance";
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

export const firstAs = (bundle: Bundle): number | undefined => bundle.asPath[0];

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
export function compareNames(a: string, b: string): number {
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

/** As compareCandidates says, and as `stable` where age decides. */
export function better(w: Weighing, a: Candidate, b: Candidate): boolean {
  let aged = false;
  for (const step of w.order) {
    if (step === "older") aged = ageDecides(w, a, b);
    else if (!aged || TIE_BREAKERS.has(step)) {
      const result = compareAt(w, step, a, b);
      if (result !== 0) return result < 0;
    }
  }
  return a.pathId < b.pathId;
}
