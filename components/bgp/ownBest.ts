/**
 * Own routes that no received path can displace: FRR gives them a weight, BIRD a preference, that no neighbor's path has. A
 * speaker with such a route, and nothing to pass on, announces the same whatever it receives, so the search can skip its
 * inputs.
 */
import type { CompiledSpeaker } from "./compile";
import type { Candidate, Weighing } from "./compare";

export function ownAlwaysBest(speaker: CompiledSpeaker, w: Weighing, own: readonly Candidate[]): boolean {
  const [first] = w.order;
  if (first !== "weight" && first !== "preference") return false;
  const stands = ({ valid, bundle, floats }: Candidate): boolean =>
    valid &&
    (floats === undefined || w.floating === "order") &&
    (first === "weight" ? bundle.weight > 0 : bundle.preference > HEARD);
  return own.some(stands) && !lifts(speaker);
}

/** The preference that a path has when it comes in. */
const HEARD = 100;

const known = new WeakMap<CompiledSpeaker, boolean>();

/** May a path that comes in be given a weight or a preference? */
function lifts(compiled: CompiledSpeaker): boolean {
  let answer = known.get(compiled);
  if (answer === undefined) {
    const { speaker, neighbors } = compiled;
    answer =
      [...neighbors, ...Object.values(speaker.groups ?? {})].some(
        ({ families }) => (families?.ipv4?.weight ?? families?.ipv6?.weight) !== undefined,
      ) ||
      Object.values(speaker.policies ?? {}).some(({ terms }) =>
        terms.some(({ set }) => (set?.weight ?? set?.preference) !== undefined),
      );
    known.set(compiled, answer);
  }
  return answer;
}
