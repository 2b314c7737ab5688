/** Specs of Cilium's objects as the reading sees them, after the schema has been checked. */
import type { LabelSelector } from "../../model/labelSelector";
import type { Resource } from "../objects";

export interface Peer {
  name: string;
  peerAddress?: string;
  peerASN?: number;
  autoDiscovery?: { mode: "DefaultGateway"; defaultGateway?: { addressFamily: "ipv4" | "ipv6" } };
  peerConfigRef?: { name: string };
}

export interface Instance {
  name: string;
  localASN?: number;
  localPort?: number;
  peers?: Peer[];
}

export interface ClusterConfigSpec {
  nodeSelector?: LabelSelector;
  bgpInstances: Instance[];
}

export interface PeerConfigSpec {
  transport?: { peerPort?: number; sourceInterface?: string };
  timers?: { connectRetryTimeSeconds?: number; holdTimeSeconds?: number; keepAliveTimeSeconds?: number };
  authSecretRef?: string;
  gracefulRestart?: { enabled: boolean; restartTimeSeconds?: number };
  ebgpMultihop?: number;
  families?: { afi: string; safi: string; advertisements?: LabelSelector }[];
}

export interface Communities {
  standard?: string[];
  wellKnown?: string[];
  large?: string[];
}

export type ServiceAddress = "LoadBalancerIP" | "ClusterIP" | "ExternalIP";

export interface Advert {
  advertisementType: "PodCIDR" | "CiliumPodIPPool" | "Service" | "Interface";
  service?: { addresses: ServiceAddress[]; aggregationLengthIPv4?: number; aggregationLengthIPv6?: number };
  interface?: { name: string };
  selector?: LabelSelector;
  attributes?: { communities?: Communities; localPreference?: number };
}

export interface AdvertisementSpec {
  advertisements: Advert[];
}

export interface OverrideSpec {
  bgpInstances: {
    name: string;
    routerID?: string;
    localPort?: number;
    localASN?: number;
    peers?: { name: string; localAddress?: string; localPort?: number }[];
  }[];
}

export interface PoolSpec {
  blocks?: { cidr?: string; start?: string; stop?: string }[];
  serviceSelector?: LabelSelector;
  disabled?: boolean;
}

export interface PolicyNeighbor {
  peerAddress: string;
  peerPort?: number;
  peerASN: number;
  authSecretRef?: string;
  eBGPMultihopTTL?: number;
  connectRetryTimeSeconds?: number;
  holdTimeSeconds?: number;
  keepAliveTimeSeconds?: number;
  gracefulRestart?: { enabled: boolean; restartTimeSeconds?: number };
  families?: { afi: string; safi: string }[];
  advertisedPathAttributes?: {
    selectorType: "PodCIDR" | "CiliumLoadBalancerIPPool" | "CiliumPodIPPool";
    selector?: LabelSelector;
    communities?: Communities;
    localPreference?: number;
  }[];
}

export interface PolicySpec {
  nodeSelector?: LabelSelector;
  virtualRouters: {
    localASN: number;
    exportPodCIDR?: boolean;
    podIPPoolSelector?: LabelSelector;
    serviceSelector?: LabelSelector;
    serviceAdvertisements?: ServiceAddress[];
    neighbors: PolicyNeighbor[];
  }[];
}

export interface CiliumNodeSpec {
  addresses?: { type?: string; ip?: string }[];
  ipam?: { podCIDRs?: string[]; pools?: { allocated?: { pool: string; cidrs?: string[] }[] } };
}

export type ClusterConfig = Resource<ClusterConfigSpec>;
export type PeerConfig = Resource<PeerConfigSpec>;
export type Advertisement = Resource<AdvertisementSpec>;
export type Override = Resource<OverrideSpec>;
export type LoadBalancerPool = Resource<PoolSpec>;
export type PeeringPolicy = Resource<PolicySpec>;
export type CiliumNode = Resource<CiliumNodeSpec>;

export interface CiliumObjects {
  clusterConfigs: ClusterConfig[];
  peerConfigs: Map<string, PeerConfig>;
  advertisements: Advertisement[];
  overrides: Map<string, Override>;
  pools: LoadBalancerPool[];
  podPools: Map<string, Resource<object>>;
  /** Nodes on which nothing runs, because two old policies select them. */
  excluded?: ReadonlySet<string>;
}
