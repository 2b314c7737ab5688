/** Where objects stand in Kubernetes' API, by the definitions of their kinds. */
import type { CustomResourceDefinition } from "../cni/crds/crd";
import type { Resource } from "../cni/objects";

export function apiPaths(objects: readonly Resource<object>[], kinds: readonly CustomResourceDefinition[]): string[] {
  return objects.flatMap(({ apiVersion, kind, metadata: { namespace, name } }) => {
    const group = apiVersion.split("/")[0];
    const plural = kinds.find(({ spec }) => spec.group === group && spec.names.kind === kind)?.spec.names.plural;
    if (plural === undefined) return [];
    return [`/apis/${apiVersion}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}/${name}`];
  });
}
