/** Sets of nodes in the words of Kubernetes' label selectors, and which of known nodes are in one. */
import type { LabelSelector } from "../model/labelSelector";
import type { NodeSet } from "./intent";
import type { Node } from "./objects";

export const HOSTNAME_LABEL = "kubernetes.io/hostname";

export function labelSelectorOf(set: NodeSet): LabelSelector {
  if ("names" in set) return { matchExpressions: [{ key: HOSTNAME_LABEL, operator: "In", values: [...set.names] }] };
  const { label, value, segment } = set;
  return { matchLabels: { [label]: value, ...(segment === undefined ? {} : { segment }) } };
}

export function holdsNode(set: NodeSet | undefined, { metadata }: Node): boolean {
  if (set === undefined) return true;
  if ("names" in set) return set.names.includes(metadata.name);
  const { labels = {} } = metadata;
  return labels[set.label] === set.value && (set.segment === undefined || labels["segment"] === set.segment);
}
