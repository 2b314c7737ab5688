/**
 * When a cluster's CNI is there, and what a node leaves behind in its API. Asked from outside of the cluster: no kubelet
 * of a node that left the program can say anything any more.
 */
import { type Api, type ApiObject, isNotFound } from "./api";
import { PATHS } from "./objects";

const KINDS = ["bgpconfigurations", "bgppeers", "bgpfilters", "ippools", "blockaffinities"];

/** The CNI's kinds that the API server does not serve yet. */
export async function missingKinds(api: Api): Promise<string[]> {
  const served = await api.get<{ resources: { name: string }[] }>(PATHS.calico).catch((error: unknown) => {
    if (isNotFound(error)) return { resources: [] };
    throw error;
  });
  const missing = KINDS.filter((kind) => !served.resources.some(({ name }) => name === kind));
  return missing.map((kind) => `${kind}.projectcalico.org`);
}

/** Takes a node away that is no longer in the program, and what the CNI keeps of it. */
export async function forgetNode(api: Api, name: string): Promise<void> {
  await api.delete(`${PATHS.nodes}/${name}`).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
  const { items } = await api.get<{ items: (ApiObject & { spec: { node: string } })[] }>(
    `${PATHS.calico}/blockaffinities`,
  );
  for (const { metadata, spec } of items) {
    if (spec.node === name) await api.delete(`${PATHS.calico}/blockaffinities/${metadata.name}`);
  }
}
