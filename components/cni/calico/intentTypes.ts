/** What a program may want of Calico, and the objects that come of it. */
import type { Resource } from "../objects";
import type { BgpConfigurationSpec, BgpFilterSpec, BgpPeerSpec, FilterRule, IpPoolSpec } from "./types";

export interface CalicoIntent {
  /** The cluster's ASN. Calico's field holds at most 2147483647; beyond that give each node its own under `nodes`. */
  asn?: number;
  /** Every node to every other. Default: as Calico has it, on. */
  mesh?: boolean;
  listenPort?: number;
  peers?: readonly PeerIntent[];
  /** Nodes that reflect routes to all others, which peer with them. */
  reflectors?: ReflectorIntent;
  pools?: readonly PoolIntent[];
  serviceClusterIPs?: readonly string[];
  serviceExternalIPs?: readonly string[];
  serviceLoadBalancerIPs?: readonly string[];
  /** Communities put on what is advertised within a prefix: "64512:100", "64512:1:1". */
  communities?: readonly { within: string; add: readonly string[] }[];
  filters?: readonly FilterIntent[];
  /** What single nodes carry besides. */
  nodes?: Readonly<Record<string, { asn?: number; labels?: Readonly<Record<string, string>> }>>;
}

export interface PeerIntent {
  name: string;
  /** Of the peer: "10.10.10.1", or with a port. Or else `toNodes`. */
  address?: string;
  asn?: number;
  /** Peers that are nodes of the cluster: a Calico selector. */
  toNodes?: string;
  /** Which nodes have the session: a Calico selector. Default: all. */
  nodes?: string;
  /** Secret that holds the password, and the key in it. Default key "password". */
  password?: { secret: string; key?: string };
  nextHop?: "auto" | "self" | "keep";
  filters?: readonly string[];
  /** GTSM: the peer is at most so many hops away. */
  ttlSecurity?: number;
  localAsn?: number;
  allowAsIn?: number;
  /** Seconds. */
  maxRestartTime?: number;
  /** Seconds, since 3.32. */
  keepaliveTime?: number;
  /** Gateway over which the peer is reached. */
  reachableBy?: string;
  /** Let the route decide the source address, instead of the node's own. */
  anySource?: boolean;
}

export interface ReflectorIntent {
  nodes: readonly string[];
  clusterId: string;
  /** Label that marks them, with the value "true". Default "route-reflector". */
  label?: string;
}

export interface PoolIntent {
  name: string;
  cidr: string;
  /** Default: 26 for IPv4, 122 for IPv6, and the pool's own length where that is longer. */
  blockSize?: number;
  /** Default "None": routes carry pods' packets as they are. */
  encapsulation?: "None" | "VXLAN" | "VXLANCrossSubnet" | "IPIP" | "IPIPCrossSubnet";
  natOutgoing?: boolean;
  /** No addresses are given out of it: it stands for a range elsewhere that may be passed on. */
  disabled?: boolean;
  /** Kept from every BGP peer. */
  hidden?: boolean;
  /** Default "pods". */
  for?: "pods" | "services";
  nodes?: string;
}

export interface FilterIntent {
  name: string;
  import?: readonly FilterRule[];
  export?: readonly FilterRule[];
  import6?: readonly FilterRule[];
  export6?: readonly FilterRule[];
}

export interface CalicoManifests {
  bgpConfiguration: Resource<BgpConfigurationSpec>;
  bgpPeers: Resource<BgpPeerSpec>[];
  ipPools: Resource<IpPoolSpec>[];
  bgpFilters: Resource<BgpFilterSpec>[];
  /** Labels and annotations to put on nodes that exist. */
  nodes: { name: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}
