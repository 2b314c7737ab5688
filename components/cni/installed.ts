/**
 * A CNI in a cluster that others set up, as data: how it shows its version, what of it is compared with a program, and
 * what the program's user must be allowed. The preflight (live/existingCluster.ts) reads it and knows no CNI.
 */
export interface Installed {
  /** Objects that show its version, by the names of its own manifests and charts; the first one that is there counts. */
  shown: readonly Shown[];
  /** What a program does there with the CNI's kinds. */
  rights: readonly Right[];
  /** Objects that are there already and get fields of ours: "/apis/GROUP/VERSION/PLURAL/NAME". */
  shared: readonly string[];
  /** Pools of pods' addresses that must be what the program says. */
  pools?: ComparedPools;
}

export interface Shown {
  path: string;
  /** A field of its spec; without one the tag of its containers' image. */
  field?: string;
}

export interface Right {
  group: string;
  resource: string;
  verb: string;
}

export interface ComparedPools {
  /** The kind as the program writes it. */
  kind: string;
  /** Where the cluster lists them. */
  path: string;
  /** Values of fields that say nothing; no other field is compared. */
  defaults: Readonly<Record<string, unknown>>;
}

export function daemonSet(namespace: string, name: string): Shown {
  return { path: `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}` };
}

export function rights(group: string, resources: readonly string[], verbs: readonly string[]): Right[] {
  return resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })));
}

/** What a program does with objects that are its own. */
export const OWN: readonly string[] = ["get", "create", "patch", "delete"];
