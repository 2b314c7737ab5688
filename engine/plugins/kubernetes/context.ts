/** What every operation on a resource works with once the provider is configured. */
import type { Cluster } from "./cluster";
import type { Definitions } from "./scope";
import type { Settings } from "./settings";
import { kindFromObject } from "./object";
import type { Values } from "../values";

export interface Context {
  readonly settings: Settings;
  /** Undefined where the cluster cannot be reached; then `unreachable` says why. */
  readonly cluster: Cluster | undefined;
  readonly unreachable: string;
  /** For objects of namespaced kinds that name none. */
  readonly namespace: string;
  readonly definitions: Definitions;
}

/** The cluster, or the error for an operation that needs one. */
export function reachable({ cluster, unreachable }: Context): Cluster {
  if (!cluster) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
  return cluster;
}

export const kindExists = async (context: Context, object: Values): Promise<boolean> =>
  context.cluster !== undefined && (await context.cluster.exists(kindFromObject(object)));
