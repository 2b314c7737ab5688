/**
 * The one interface that a CNI has in the agent: the kinds that the API server must hold, a part that runs once a cluster
 * beside the API server, and a part on every node. A new CNI is a folder that exports one of these and a line in index.ts.
 */
import type { AccessRule } from "../../cni/agentNeeds";
import type { Api, ApiObject } from "../api";
import type { Node, Service } from "../objects";
import type { InstalledCni, NodeSettings, ProgramAccess } from "../settings";
import type { Store } from "../store";

export interface AgentCni {
  /** In the reason of the node's condition NetworkUnavailable: "Calico" gives "CalicoIsUp". */
  title: string;
  /** CustomResourceDefinitions that stand in the API server before nodes and users come. */
  kinds(version: string): ApiObject[] | Promise<ApiObject[]>;
  /** Namespaces that an installation of the CNI has: secrets of its sessions stand in one of them. */
  namespaces?: readonly string[];
  /** What a node's part asks of the API server besides a kubelet's requests. */
  access?: readonly AccessRule[];
  cluster(view: ClusterView): ClusterPart;
  node(view: NodeView): NodePart;
}

/** What the cluster's part works with. */
export interface ClusterView {
  readonly api: Api;
  readonly settings: NodeSettings;
  /** For programs of the CNI's own. */
  readonly access: ProgramAccess;
  readonly cni: InstalledCni;
  readonly nodes: Store<Node>;
  readonly services: Store<Service>;
  /** Objects at a path of the API; each change of them starts a round. */
  watch<T extends ApiObject>(path: string): Store<T>;
  /** What the node's part is to run. A node whose answer stays the same is not touched. */
  give(node: string, answer: Readonly<Record<string, string>>): Promise<void>;
  /** Logs a line when it is new. */
  say(line: string): void;
}

export interface ClusterPart {
  /** Done in this order when something changed and all that is watched is known; the names are for the log. */
  steps: Readonly<Record<string, () => Promise<void>>>;
  stop?(): Promise<void>;
}

/** What a node's part works with. */
export interface NodeView {
  readonly api: Api;
  readonly settings: NodeSettings;
  /** For programs of the CNI's own. */
  readonly access: ProgramAccess;
  readonly cni: InstalledCni;
}

export interface NodePart {
  /** Why the node is not ready yet, or undefined. */
  unready(): string | undefined;
  stop(): Promise<void>;
}
