/**
 * The custom resources of every CNI we read, as CustomResourceDefinitions of ours: minimal and strict, so that an API
 * server without the CNI refuses what the CNI would refuse. Not for a cluster that runs the CNI: that one brings its own.
 */
import { calicoKinds } from "./calico";
import { ciliumKinds } from "./cilium";
import { metallbKinds } from "./metallb";
import { crdOf, type CrdKind, type CustomResourceDefinition } from "./crd";
import { isCurrent } from "./schema";

export type { CustomResourceDefinition } from "./crd";

export function calicoCrds(version = "3.32"): CustomResourceDefinition[] {
  return crds(calicoKinds, version);
}

export function ciliumCrds(version = "1.19"): CustomResourceDefinition[] {
  return crds(ciliumKinds, version);
}

export function metallbCrds(version = "0.16"): CustomResourceDefinition[] {
  return crds(metallbKinds, version);
}

function crds(kinds: readonly CrdKind[], version: string): CustomResourceDefinition[] {
  return kinds
    .filter(({ since, until }) =>
      isCurrent(
        { type: "object", ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
        version,
      ),
    )
    .map((kind) => crdOf(kind, version));
}
