/**
 * When a cluster's CNI is there, and what a node leaves behind in its API. Asked from outside of the cluster: no kubelet
 * of a node that left the program can say anything any more.
 */
import { type Api, type ApiObject, isNotFound } from "./api";
import { PATHS } from "./objects";

type Definition = ApiObject & {
  spec: { group: string; names: { plural: string }; versions: { name: string; served: boolean }[] };
};

/** Custom kinds that are defined and not served yet. A Node is ready after its CNI's kinds are defined. */
export async function missingKinds(api: Api): Promise<string[]> {
  const { items } = await api.get<{ items: Definition[] }>(PATHS.crds);
  const served = new Map<string, Promise<Set<string>>>();
  const missing: string[] = [];
  for (const { metadata, spec } of items) {
    for (const { name } of spec.versions.filter((version) => version.served)) {
      const path = `/apis/${spec.group}/${name}`;
      const there = served.get(path) ?? servedAt(api, path);
      served.set(path, there);
      if (!(await there).has(spec.names.plural)) missing.push(metadata.name);
    }
  }
  return [...new Set(missing)];
}

async function servedAt(api: Api, path: string): Promise<Set<string>> {
  const { resources } = await api
    .get<{ resources: { name: string }[] }>(path)
    .catch((error: unknown): { resources: { name: string }[] } => {
      if (isNotFound(error)) return { resources: [] };
      throw error;
    });
  return new Set(resources.map(({ name }) => name));
}

/** Takes a node away that is no longer in the program; what its CNI keeps of it, the cluster's part of the agent takes. */
export async function forgetNode(api: Api, name: string): Promise<void> {
  await api.delete(`${PATHS.nodes}/${name}`).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}
