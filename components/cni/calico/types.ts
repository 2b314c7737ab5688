/** Specs of Calico's own objects as the readings see them, after the schema has been checked. */
import type { KubernetesObject, Resource } from "../objects";

export interface SecretRef {
  secretKeyRef?: { name?: string; key: string; optional?: boolean };
}

export interface BgpConfigurationSpec {
  logSeverityScreen?: string;
  nodeToNodeMeshEnabled?: boolean;
  asNumber?: number;
  serviceLoadBalancerIPs?: { cidr?: string }[];
  serviceExternalIPs?: { cidr?: string }[];
  serviceClusterIPs?: { cidr?: string }[];
  serviceLoadBalancerAggregation?: "Enabled" | "Disabled";
  communities?: { name?: string; value?: string }[];
  prefixAdvertisements?: { cidr?: string; communities?: string[] }[];
  listenPort?: number;
  nodeMeshPassword?: SecretRef;
  nodeMeshMaxRestartTime?: string;
  bindMode?: "None" | "NodeIP";
  ignoredInterfaces?: string[];
  localWorkloadPeeringIPV4?: string;
  localWorkloadPeeringIPV6?: string;
  programClusterRoutes?: "Enabled" | "Disabled" | "EnabledIPIPOnly" | "EnabledNoEncapOnly";
  ipv4NormalRoutePriority?: number;
  ipv6NormalRoutePriority?: number;
}

export interface BgpPeerSpec {
  node?: string;
  nodeSelector?: string;
  peerIP?: string;
  asNumber?: number;
  localASNumber?: number;
  peerSelector?: string;
  keepOriginalNextHop?: boolean;
  nextHopMode?: "Auto" | "Self" | "Keep";
  password?: SecretRef;
  sourceAddress?: "UseNodeIP" | "None";
  maxRestartTime?: string;
  keepaliveTime?: string;
  numAllowedLocalASNumbers?: number;
  ttlSecurity?: number;
  reachableBy?: string;
  filters?: string[];
  localWorkloadSelector?: string;
  reversePeering?: "Auto" | "Manual";
}

export interface FilterRule {
  cidr?: string;
  matchOperator?: "Equal" | "NotEqual" | "In" | "NotIn";
  prefixLength?: { min?: number; max?: number };
  source?: "RemotePeers";
  interface?: string;
  action: "Accept" | "Reject";
  peerType?: "eBGP" | "iBGP";
  communities?: { values: string[] };
  asPathPrefix?: number[];
  priority?: number;
  operations?: {
    addCommunity?: { value: string };
    prependASPath?: { prefix: number[] };
    setPriority?: { value: number };
  }[];
}

export interface BgpFilterSpec {
  exportV4?: FilterRule[];
  importV4?: FilterRule[];
  exportV6?: FilterRule[];
  importV6?: FilterRule[];
}

export interface IpPoolSpec {
  cidr: string;
  blockSize?: number;
  ipipMode?: "Never" | "Always" | "CrossSubnet";
  vxlanMode?: "Never" | "Always" | "CrossSubnet";
  natOutgoing?: boolean;
  disabled?: boolean;
  disableBGPExport?: boolean;
  nodeSelector?: string;
  namespaceSelector?: string;
  allowedUses?: ("Workload" | "Tunnel" | "LoadBalancer")[];
  assignmentMode?: "Automatic" | "Manual";
}

export interface BlockAffinitySpec {
  cidr: string;
  node: string;
  state: string;
  deleted?: boolean | string;
  type?: string;
}

export type BgpConfiguration = Resource<BgpConfigurationSpec>;
export type BgpPeer = Resource<BgpPeerSpec>;
export type BgpFilter = Resource<BgpFilterSpec>;
export type IpPool = Resource<IpPoolSpec>;
export type BlockAffinity = Resource<BlockAffinitySpec>;

export const ANNOTATION = {
  ipv4: "projectcalico.org/IPv4Address",
  ipv6: "projectcalico.org/IPv6Address",
  asn: "projectcalico.org/ASNumber",
  clusterId: "projectcalico.org/RouteReflectorClusterID",
  wireguard: "projectcalico.org/IPv4WireguardInterfaceAddr",
} as const;

export const DEFAULT_ASN = 64512;
/** Route metrics become local preferences by subtracting from this, since 3.32. */
export const MAXIMUM_PREFERENCE = 2147483647;
export const DEFAULT_PRIORITY = 1024;

export type Version = "3.31" | "3.32" | "3.33";

/** What the rest of the reading works on: objects that the API took, sorted into kinds. */
export interface CalicoObjects {
  resources: KubernetesObject[];
  /** The configuration named `default`; empty when there is none. */
  defaults: BgpConfigurationSpec;
  defaultConfiguration: BgpConfiguration | undefined;
  /** By node name, of the configurations named node.<name>. */
  perNode: Map<string, BgpConfiguration>;
  peers: BgpPeer[];
  filters: Map<string, BgpFilter>;
  pools: IpPool[];
  affinities: BlockAffinity[];
}

/** Where calico-node runs, and looks for the secrets of its sessions, as the operator has it. */
export const SECRETS_NAMESPACE = "calico-system";
