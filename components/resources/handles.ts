/** What components ask of the routers and clusters that are given to them: a platform's own may stand in for ours. */
import type { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { Reach } from "../live/reach/reach";
import type { ClusterFacts, NodeFacts, Planned, RackFacts, RouterFacts, SegmentFacts } from "../plan/facts";
import type { NetworkPart } from "../plan/part";
import type { ReflectorTierFacts } from "../plan/reflectorTier";

export type { Reach } from "../live/reach/reach";

/** Something that LiveNetwork takes: its piece of the Network, what it brings, and the resources that carry it. */
export interface Part extends Planned {
  readonly network: NetworkPart;
  /** What carries it: whatever looks at the whole comes after these. */
  readonly resources: readonly pulumi.Resource[];
  /** Routers that LiveNetwork configures and asks. */
  readonly routers?: readonly RouterHandle[];
  /** Clusters whose shared objects LiveNetwork registers and whose nodes it asks. */
  readonly clusters?: readonly ClusterHandle[];
  /** Addresses that must answer once the network is as forecast. */
  readonly probes?: readonly Probe[];
  /** What the clusters' shared objects come after: sessions that are established before a mesh goes. */
  readonly before?: readonly pulumi.Resource[];
  /** Registers what comes after the clusters' shared objects. The gate waits for it. */
  readonly after?: (shared: readonly pulumi.Resource[]) => readonly pulumi.Resource[];
  /** Values of the passwords that the Network knows by these names. */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Something that must answer: a URL over HTTP, an address to a ping. */
export interface Probe {
  readonly url?: pulumi.Input<string>;
  readonly to?: pulumi.Input<string>;
  /** Of an address: whether it answers, or whether each hop is as forecast too. @default "ping" */
  readonly by?: "ping" | "path";
  /** The pod that asks, "NAMESPACE/NAME"; it runs on the node that `from` names. */
  readonly pod?: string;
  /** The check that this is, whose way is forecast. */
  readonly check?: string;
  /** Names of the routers or nodes that ask. @default every router */
  readonly from?: readonly string[];
}

/** A way's fields, each of which may become known later; which way it is is plain. */
export type Given<R> = { readonly [Field in keyof R]: Field extends "by" ? R[Field] : pulumi.Input<R[Field]> };
/** The same of one way or another. */
export type Each<R> = R extends unknown ? Given<R> : never;

/** The way to a router or a node; credentials are secrets of the program. */
export type ReachInputs = Each<Reach>;

/** A router that LiveNetwork can configure and ask. */
export interface RouterHandle extends RouterFacts {
  /** By Docker the whole configuration is the program's; by any other way its BGP alone. */
  readonly reach: ReachInputs;
  /** Of a router that exists: whether neighbors that it has and the program has not may go. @default false */
  readonly overwrite?: boolean;
}

/** A segment, or several, that nodes and routers can be put on. */
export interface SegmentHandle extends Part, SegmentFacts {
  /** Docker networks by segment name. */
  readonly networks: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Segments that nodes can stand on, and the router that they share. */
export interface RackHandle extends SegmentHandle, RackFacts {
  readonly rack: string;
  readonly router: RouterHandle;
}

/** A node of a cluster as other components see it. */
export interface NodeHandle extends NodeFacts {
  /** The way to it, where the program knows one. */
  readonly reach?: ReachInputs;
  /** Where its pods meet it. @default its own addresses */
  readonly podGateways?: readonly string[];
}

/** A DaemonSet whose container takes the CNI's settings as arguments. */
export interface FlagsIn {
  readonly namespace: string;
  readonly daemonSet: string;
  readonly container: string;
}

export interface ClusterHandle extends Part, ClusterFacts {
  readonly nodes: readonly NodeHandle[];
  readonly kubernetes: Provider;
  /** Namespace of the ConfigMap that the CNI's settings are read from. @default none: whoever installs the CNI sets them */
  readonly settingsIn?: string;
  /** The DaemonSet whose arguments are the CNI's settings. @default none */
  readonly flagsIn?: FlagsIn;
  /** The cluster has its CNI from somebody else: objects of which there is one are patched, and not made. */
  readonly preinstalled?: boolean;
  /** An administrator's way in. Secret. */
  readonly kubeconfig: pulumi.Input<string>;
}

/** Reflectors of a cluster as other components see them. */
export interface ReflectorTierHandle extends Part, ReflectorTierFacts {
  readonly cluster: ClusterHandle;
}
