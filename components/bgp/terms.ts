/** The terms of a policy in the order in which a route meets them: by number where they have one. */
import type { Term } from "./network";

export function inOrder(terms: readonly Term[]): readonly Term[] {
  for (let i = 1; i < terms.length; i++) {
    if ((terms[i - 1]?.seq ?? 0) > (terms[i]?.seq ?? 0)) return [...terms].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  }
  return terms;
}
