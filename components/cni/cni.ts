/**
 * The one interface that a CNI has for the rest of the house: an intent to its objects, objects to speakers, and the kinds
 * of its API. A new CNI is a folder that exports one of these, and a line in index.ts.
 */
import type { Result } from "../model/errors";
import type { AgentNeeds } from "./agentNeeds";
import type { CustomResourceDefinition } from "./crds/crd";
import type { Schema } from "./crds/schema";
import type { CniImages } from "./images";
import type { ClusterIntent } from "./intent";
import type { ClusterObjects, Node, Resource } from "./objects";
import type { Installed } from "./installed";
import type { CniOptions, NodeAddresses } from "./place";
import type { PeerTable } from "./peerTable";
import type { CniReading } from "./reading";

/** What stands in no object: flags, Helm values, modes; by the names that the reading and a settings file take. */
export type CniSettings = Readonly<Record<string, unknown>>;

export interface WriteOptions {
  /** Of the CNI. Default: the usual one. */
  version?: string;
  settings?: CniSettings;
  /** ASN of the cluster, for the share of a part that does not say it. */
  asn?: number;
  /** Put before the paths of faults. */
  path?: string;
  /** The intent is one part's share: names that it uses may stand in another part's. */
  part?: boolean;
  /** The cluster's nodes, for what is written on each of them by itself. */
  nodes?: readonly Node[];
}

/** Labels and annotations for a node that exists. */
export interface NodeMark {
  name: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

export interface Written {
  /** The law: own of several parts together is what each has by itself. A part may register its own. */
  own: Resource<object>[];
  /** Objects that exist once a cluster, made of what all parts want. */
  shared: Resource<object>[];
  /** Marks that each part has by itself, as own. */
  nodes: NodeMark[];
  /** Marks made of what all parts want. */
  sharedNodes: NodeMark[];
  /** What the CNI must be started with; for `read`, and for whoever installs it. */
  settings: CniSettings;
}

export interface Cni {
  /** As people write it: "Calico". */
  title: string;
  /** Under which its API groups, labels and annotations stand: "projectcalico.org". */
  domain: string;
  versions: readonly [usual: string, ...others: string[]];
  /** Does it carry pods' packets? MetalLB stands beside a CNI that does. */
  carriesPods: boolean;
  /** What its routes to a pool are: the pool's ranges as they stand, or each address that a Service has. */
  announces: "ranges" | "addresses";
  /** What a settings file may hold, by name. */
  settings: Readonly<Record<string, Schema>>;
  write(intent: ClusterIntent, options?: WriteOptions): Result<Written>;
  read(objects: ClusterObjects, options?: CniOptions & CniSettings): CniReading;
  /** In a cluster that others set up. */
  installed: Installed;
  /** What an agent in its place needs among real kubelets; absent: there it runs by its own images alone. */
  agent?: AgentNeeds;
  /** Its settings as flags of its daemon, where they stand in no object. */
  flags?: (settings: CniSettings) => string[];
  /** As its makers ship it, where its images can be had. */
  images: CniImages;
  /** The version that runs, where an export of its objects says so. */
  versionIn?(text: string): string | undefined;
  /** CustomResourceDefinitions of a version, for an API server that runs without the CNI. */
  kinds(version?: string): CustomResourceDefinition[];
  /** Namespace in which it looks for the passwords of sessions; undefined where it reads none from a Secret. */
  secretsNamespace(settings: CniSettings): string | undefined;
  /** The type that such a Secret must have. Default: any. */
  secretType?: string;
  /** Whether it checks all its objects as one: a single one that it refuses, left behind, stops every session. */
  checksAsOne?: true;
  /** Whether its objects hold the router id of a node with IPv6 alone; of other CNIs the runtime tells it to the node. */
  takesRouterIds?: true;
  /** Annotations of a Service that asks for an address of a pool. */
  addressRequest(addresses: readonly string[]): Readonly<Record<string, string>>;
  /** How its own daemon is asked for its sessions. Default: as the system that its nodes speak (`dialect.system`). */
  peers?: PeerTable;
  /** What a node carries so that the CNI knows the node's own address. */
  addressMarks(addresses: NodeAddresses): Readonly<Record<string, string>>;
}
