/**
 * What an agent that runs in place of a CNI's own asks of a cluster with real kubelets, as data: namespaces, rights, and
 * the folders where its daemons answer. Runtimes and the agent read it and know no CNI.
 */
import type { Fault } from "../model/errors";

export interface AgentNeeds {
  /** Namespaces that an installation of the CNI has: passwords of its sessions stand in one of them. */
  namespaces: readonly string[];
  /**
   * What its part on each node may do besides a kubelet's requests. Secrets are not in it: they are read in the
   * passwords' namespace alone.
   */
  node: readonly AccessRule[];
  /** What its part beside the API server may do besides reading nodes, pods, services and endpoints. */
  cluster: readonly AccessRule[];
  /** What of a choice it does not run; `path` is the choice's argument. */
  faults?(
    this: void,
    path: string,
    choice: { readonly version: string; readonly settings: Readonly<Record<string, unknown>> },
  ): Fault[];
  /** Where its pods must stand; absent: in kube-system. */
  podsIn?: string;
  /** Folders of sockets, the same in the pod and on its node: the gate asks the daemons from the node. */
  sockets: readonly string[];
}

/** A rule of a ClusterRole. */
export interface AccessRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

export const READ = ["get", "list", "watch"];
/** Server-side apply of an object that may not be there yet needs both. */
export const APPLY = ["create", "patch"];
