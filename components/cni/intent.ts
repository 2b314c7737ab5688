/**
 * What a program wants of a cluster's BGP, in words that no CNI owns. Parts of a program each bring a share, mergeIntents
 * joins them, and each CNI writes its own objects of it or says which argument it cannot follow.
 */
import type { LabelSelector } from "../model/labelSelector";

/** Nodes as data: those that carry a label, on one segment or anywhere, or those named. */
export type NodeSet =
  | { label: string; value: string; segment?: string }
  /** As Kubernetes names them. */
  | { names: readonly string[] };

export type Family = "ipv4" | "ipv6";

/** externalTrafficPolicy of a Service. */
export type TrafficPolicy = "Cluster" | "Local";

export interface ClusterIntent {
  /** ASN of the cluster's nodes. */
  asn?: number;
  /** Whether every node peers with every other. Default: as the CNI has it. */
  mesh?: boolean;
  /** Port that the nodes listen on. Default: as the CNI has it. */
  listenPort?: number;
  peerings?: readonly Peering[];
  /** Nodes that reflect routes to all others, which peer with them. */
  reflectors?: Reflectors;
  pools?: readonly Pool[];
  /** What is announced besides the pools. */
  advertise?: readonly Advertise[];
  /** What single nodes do besides, by their names in Kubernetes. */
  nodes?: Readonly<Record<string, NodeIntent>>;
}

/** A session of some nodes with one router, or with other nodes of the cluster. */
export interface Peering {
  name: string;
  /** Which nodes have the session. Default: all. */
  nodes?: NodeSet;
  /** The far side: an address, the node's default gateway, whatever is on the link, or nodes of the same cluster. */
  to: { address: string; port?: number } | { gateway: Family } | { interface: string } | { nodes: NodeSet };
  /** ASN of the far side. "internal": the nodes' own; "external": any other; "any": not checked. */
  asn?: number | "internal" | "external" | "any";
  /** ASN of the nodes on this session, in place of the cluster's. */
  localAsn?: number;
  /** Where the source address comes from: the route to the peer, or this link. Default: the node's own address. */
  source?: "route" | { interface: string };
  /** Secret that holds the password, by name, and the key in it. Default key "password". */
  password?: { secret: string; key?: string };
  /** Seconds. */
  timers?: { hold?: number; keepalive?: number; connectRetry?: number };
  /** Milliseconds and a count; {} is on with the daemon's defaults. */
  bfd?: { receive?: number; transmit?: number; multiplier?: number };
  /** Keeps routes while the speaker restarts; seconds. */
  gracefulRestart?: { restartTime?: number };
  /** GTSM: the peer is at most so many hops away. */
  ttlSecurity?: number;
  /** The peer is so many hops away. */
  multihop?: number;
  nextHop?: "self" | "keep";
  /** How often the own ASN may stand in a path that comes in. */
  allowAsIn?: number;
  /** Gateway over which the peer is reached. */
  reachableBy?: string;
  /** Default: the family of the address. */
  families?: readonly Family[];
  /** Prefixes that are taken from the peer, with everything inside them. Default: as the CNI has it. */
  accept?: readonly string[];
  /** Announce only what comes from the node itself, nothing that it learned from others. */
  ownRoutesOnly?: boolean;
}

export interface Reflectors {
  /** As Kubernetes names them. */
  nodes: readonly string[];
  clusterId: string;
  /** Label that marks them, with the value "true". Default "route-reflector". */
  label?: string;
}

/** A range of addresses that pods or services get, or that stands for a range elsewhere. */
export interface Pool {
  name: string;
  for: "pods" | "services";
  /** "172.16.0.240/28", or "172.16.0.10-172.16.0.20" where the CNI has such ranges. */
  ranges: readonly string[];
  /** Length of the blocks that nodes get. */
  blockSize?: number;
  /** Default "None": routes carry pods' packets as they are. */
  encapsulation?: "None" | "VXLAN" | "VXLANCrossSubnet" | "IPIP" | "IPIPCrossSubnet";
  natOutgoing?: boolean;
  /** No addresses are given out of it: it stands for a range elsewhere that may be passed on. */
  disabled?: boolean;
  /** Kept from every BGP peer. */
  hidden?: boolean;
  /** Nodes that take blocks of it. Default: all. */
  nodes?: NodeSet;
  /** Whether a service gets an address of it without asking for the pool. Default true. */
  autoAssign?: boolean;
  /** The services that may take its addresses. Default: all. */
  services?: LabelSelector;
  /** What its services do with packets from outside; "Local" sends them to pods of the same node alone. Default: either. */
  trafficPolicy?: TrafficPolicy;
  /** How a services' pool is announced; left out, it is not. {} announces it to every peer. */
  advertise?: Announcing;
}

export interface Announcing {
  /** Length of what is announced: 32 and 128 are each address by itself. Default: as the CNI has it. */
  lengths?: { ipv4?: number; ipv6?: number };
  /** The nodes that announce it. Default: all with a session. */
  nodes?: NodeSet;
  /** Names of the peerings that get it. Default: all. */
  peers?: readonly string[];
  /** "64512:100", or large ones, "64512:1:1". */
  communities?: readonly string[];
  /** Read by iBGP peers alone. */
  localPreference?: number;
}

export interface Advertise extends Announcing {
  name: string;
  /** Pods' blocks, services' cluster or external addresses, or the addresses of a link. */
  addresses: "pods" | "cluster" | "external" | { interface: string };
  /** Where they lie. Calico and kube-router announce by range, Cilium by service. */
  ranges?: readonly string[];
  /** Which services. Default: all. */
  services?: LabelSelector;
}

export interface NodeIntent {
  asn?: number;
  labels?: Readonly<Record<string, string>>;
  routerId?: string;
  /** Port that the node listens on. */
  listenPort?: number;
  /** Source address by the name of the peering. */
  sources?: Readonly<Record<string, string>>;
}
