/**
 * The custom resources of every CNI we read, as CustomResourceDefinitions of ours: minimal and strict, so that an API
 * server without the CNI refuses what the CNI would refuse. Not for a cluster that runs the CNI: that one brings its own.
 */
import { crdOf, type CrdKind, type CustomResourceDefinition } from "./crd";
import { isCurrent } from "./schema";

export type { CustomResourceDefinition } from "./crd";

/** The kinds that a version of the CNI has. */
export function definitions(kinds: readonly CrdKind[], version: string): CustomResourceDefinition[] {
  return kinds
    .filter(({ since, until }) =>
      isCurrent(
        { type: "object", ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
        version,
      ),
    )
    .map((kind) => crdOf(kind, version));
}
