/**
 * What a plan asks about the routers, racks and clusters that are given to it, as plain values. Plans have these facts
 * themselves, and so have the handles of running things: a plan works on both.
 */
import type { System } from "../bgp/network";
import type { CniChoice } from "../cni/choice";
import type { Daemon, NetworkPart } from "./part";
import type { PlannedCheck } from "./plannedCheck";

/** A piece of the whole, and the routers and clusters in it. */
export interface Planned {
  readonly network: NetworkPart;
  readonly routers?: readonly RouterFacts[];
  readonly clusters?: readonly ClusterFacts[];
  /** Ways through the network that must be there, forecast before anything is made. */
  readonly checks?: readonly PlannedCheck[];
}

export interface RouterFacts {
  /** The speaker's name in the Network. */
  readonly name: string;
  readonly system: System;
  readonly asn: number;
  /** Its address on each segment, by the segment's name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Its IPv6 address beside an IPv4 one, by the segment's name. */
  readonly addresses6?: Readonly<Record<string, string>>;
  readonly neighbors: "listen" | "listed";
  /** Its loopback address, where it has one. */
  readonly loopback?: string;
  /** An IPv6 one beside an IPv4 one. */
  readonly loopback6?: string;
  /** Sessions with nodes that it bears; unknown where absent. */
  readonly peerLimit?: number;
  /** Whether it runs a BFD daemon. */
  readonly bfd?: boolean;
}

/** Segments that nodes can be placed on: a rack's, or one that stands alone. */
export interface SegmentFacts {
  readonly name: string;
  /** The rack that a node on one of them stands in. */
  readonly rack?: string;
  readonly segments: readonly {
    readonly name: string;
    readonly prefix: string;
    /** An IPv6 prefix beside an IPv4 one: nodes on it have an address of each. */
    readonly prefix6?: string;
    /** Addresses that no node may have: the router's and the gateway's. */
    readonly reserved: readonly string[];
    /** Where nodes on it send what they have no route for. Absent: they have no default route. */
    readonly defaultRoute?: string;
    /** The same for IPv6 beside IPv4. */
    readonly defaultRoute6?: string;
  }[];
}

export interface RackFacts extends SegmentFacts {
  readonly rack: string;
  readonly router: RouterFacts;
}

export interface NodeFacts {
  /** As the program names it: "worker". */
  readonly name: string;
  /** As Kubernetes and the Network name it: "k01-worker". */
  readonly fullName: string;
  readonly address: string;
  /** An IPv6 address beside an IPv4 one. */
  readonly address6?: string;
  readonly segment: string;
  /** The rack that it stands in, where it stands in one. */
  readonly rack?: string;
  /** Its block of the pod network, where that is known. */
  readonly podBlock?: string;
  /** An IPv6 block beside an IPv4 one. */
  readonly podBlock6?: string;
  /** Whether it runs the control plane, where that is known. */
  readonly controlPlane?: boolean;
}

export interface ClusterFacts {
  readonly name: string;
  readonly asn: number;
  readonly cni: Pick<CniChoice, "kind" | "version" | "settings">;
  /** What announces the services' addresses beside the CNI, where that is something else. */
  readonly balancer?: Pick<CniChoice, "kind" | "version" | "settings" | "asn">;
  readonly podNetwork: string;
  /** An IPv6 range beside an IPv4 one. */
  readonly podNetwork6?: string;
  readonly serviceNetwork: string;
  /** An IPv6 range beside an IPv4 one. */
  readonly serviceNetwork6?: string;
  readonly nodes: readonly NodeFacts[];
}

/** The node that a program means by "worker" or "k01-worker". */
export function nodeCalled<Node extends NodeFacts>(
  { nodes }: { readonly nodes: readonly Node[] },
  name: string,
): Node | undefined {
  return nodes.find((node) => node.name === name || node.fullName === name);
}

/** The daemon that announces services: the balancer where the cluster has one. */
export function serviceDaemon({ balancer }: Pick<ClusterFacts, "balancer">): Daemon {
  return balancer === undefined ? "cni" : "balancer";
}

/** The cluster with one of its daemons for the CNI: plans ask for `cni` and `asn` and get that daemon's. */
export function through<Cluster extends ClusterFacts>(cluster: Cluster, daemon: Daemon): Cluster {
  const { balancer } = cluster;
  return daemon === "cni" || balancer === undefined ? cluster : { ...cluster, cni: balancer, asn: balancer.asn };
}
