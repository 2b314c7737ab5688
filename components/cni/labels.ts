/** Kubernetes label selectors in objects that a schema has checked: one that is not valid selects nothing. */
import { matchesRequirements, parseLabelSelector, type LabelSelector } from "../model/labelSelector";
import type { Labels } from "../model/labels";

export function selects(selector: LabelSelector, labels: Labels): boolean {
  const requirements = parseLabelSelector(selector);
  return requirements.ok && matchesRequirements(requirements.value, labels);
}

/** What is wrong with a selector, in a sentence; undefined when nothing is. */
export function selectorFault(selector: LabelSelector | undefined): string | undefined {
  if (selector === undefined) return undefined;
  const requirements = parseLabelSelector(selector);
  const [fault] = requirements.ok ? [] : requirements.faults;
  return fault === undefined ? undefined : `${fault.path}: found "${fault.found}", expected ${fault.expected}`;
}
