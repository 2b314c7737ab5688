/** The decision: which of the paths to a prefix is best, at which step the others lost, and which share its traffic. */
import { better, compareCandidates, compareNames, firstAs, type Candidate, type Weighing } from "./compare";
import { mayShare, share, type Shared } from "./multipath";
import type { DecisionStep } from "./solution";

/** What a decision comes to. */
export interface Outcome extends Shared {
  best: Candidate | undefined;
  /** Others that could be best, did they come first. */
  tied: Candidate[];
}

export interface Decision extends Outcome {
  /** The best first, then by preference; those that cannot win at the end. */
  order: Candidate[];
  /** Where each candidate lost; for the best, where it beat the next. */
  steps: Map<Candidate, DecisionStep>;
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
    return { order: candidates, steps, ...UNDECIDED };
  }
  const outcome = outcomeOf(w, candidates, best, steps);
  const rest = able.filter((each) => each !== best);
  rest.sort((a, b) => (better(w, a, b) ? -1 : 1));
  const runner = rest[0];
  steps.set(best, runner === undefined ? "only-path" : compareCandidates(w, best, runner).step);
  const invalid = w.invalidCompetes ? [] : candidates.filter((each) => !each.valid);
  return { order: [best, ...rest, ...invalid], steps, ...outcome };
}

/** A decision without the order of what lost and the step of each, which cost most of it. */
export function outcome(w: Weighing, candidates: Candidate[]): Outcome {
  const best = chooseBest(w, w.invalidCompetes ? candidates : candidates.filter((each) => each.valid));
  return best === undefined ? UNDECIDED : outcomeOf(w, candidates, best);
}

const UNDECIDED: Outcome = { best: undefined, multipath: [], tied: [], truncated: false, sharersTie: false };

function outcomeOf(
  w: Weighing,
  candidates: readonly Candidate[],
  best: Candidate,
  steps?: Map<Candidate, DecisionStep>,
): Outcome {
  const tied: Candidate[] = [];
  const equal: Candidate[] = [];
  for (const each of candidates) {
    if (each === best) continue;
    if (!w.invalidCompetes && !each.valid) {
      steps?.set(each, "not-valid");
      continue;
    }
    const { step } = compareCandidates(w, best, each);
    steps?.set(each, step);
    // Equal in everything: FRR keeps the one that came first, BIRD the one it has.
    if (step === "older" || step === "add-path-id") tied.push(each);
    if (each.valid && best.valid && mayShare(w, best, each)) equal.push(each);
  }
  return { best, tied, ...share(w, best, equal) };
}
