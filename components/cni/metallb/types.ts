/** Specs of MetalLB's objects as the reading sees them, and what of them each node gets. */
import type { LabelSelector } from "../../model/labelSelector";
import type { AddressRange } from "../../model/range";
import type { KubernetesObject, Resource } from "../objects";

export interface PeerSpec {
  myASN: number;
  peerASN?: number;
  dynamicASN?: "internal" | "external";
  localASN?: number;
  peerAddress?: string;
  interface?: string;
  sourceAddress?: string;
  peerPort?: number;
  holdTime?: string;
  keepaliveTime?: string;
  connectTime?: string;
  routerID?: string;
  nodeSelectors?: LabelSelector[];
  password?: string;
  passwordSecret?: { name?: string; namespace?: string };
  bfdProfile?: string;
  enableGracefulRestart?: boolean;
  ebgpMultiHop?: boolean;
  vrf?: string;
  disableMP?: boolean;
  dualStackAddressFamily?: boolean;
}

export interface PoolSpec {
  addresses: string[];
  autoAssign?: boolean;
  serviceAllocation?: {
    priority?: number;
    namespaces?: string[];
    namespaceSelectors?: LabelSelector[];
    serviceSelectors?: LabelSelector[];
  };
}

export interface AdvertisementSpec {
  aggregationLength?: number;
  aggregationLengthV6?: number;
  localPref?: number;
  communities?: string[];
  ipAddressPools?: string[];
  ipAddressPoolSelectors?: LabelSelector[];
  nodeSelectors?: LabelSelector[];
  peers?: string[];
  serviceSelectors?: LabelSelector[];
}

export interface BfdSpec {
  receiveInterval?: number;
  transmitInterval?: number;
  detectMultiplier?: number;
  echoMode?: boolean;
}

export type Peer = Resource<PeerSpec>;
export type Pool = Resource<PoolSpec>;
export type Advertisement = Resource<AdvertisementSpec>;
export type BfdProfile = Resource<BfdSpec>;
export type CommunityAliases = Resource<{ communities?: { name?: string; value?: string }[] }>;

/** How the speaker runs BGP: METALLB_BGP_TYPE. */
export type Mode = "native" | "frr" | "frr-k8s";

export interface MetallbObjects {
  peers: Peer[];
  pools: {
    pool: Pool;
    ranges: AddressRange[];
    entries: AddressRange[][];
    /** Entries that are no range. */
    unread: { text: string; at: number }[];
  }[];
  communities: CommunityAliases[];
  advertisements: Advertisement[];
  l2: KubernetesObject[];
  profiles: Map<string, BfdProfile>;
  aliases: Map<string, string>;
}

/** Why MetalLB does not take an object. */
export interface Refusal {
  object: KubernetesObject;
  path: string;
  sentence: string;
  fix: string;
  rule: string;
  /** Retried until what is missing appears. */
  transient?: true;
}
