/**
 * From what a program wants to MetalLB's objects: BGPPeers, IPAddressPools, BGPAdvertisements, BFDProfiles. Checked by
 * reading them back: MetalLB refuses everything for one object that is wrong.
 */
import { ok, type Result } from "../../model/errors";
import type { LabelSelector } from "../../model/labelSelector";
import { faultsOf } from "../intentCheck";
import { nameOf, type Resource } from "../objects";
import { readMetallb } from "./index";
import type { AdvertisementSpec, BfdSpec, Mode, PeerSpec, PoolSpec } from "./types";

export interface MetallbIntent {
  /** The nodes' ASN. */
  asn: number;
  peers: readonly MetallbPeer[];
  pools: readonly { name: string; addresses: readonly string[]; autoAssign?: boolean }[];
  /** Default: every pool to every peer from every node. */
  advertisements?: readonly MetallbAdvertisement[];
  /** Milliseconds and count. FRR backends alone. */
  bfd?: readonly { name: string; receiveInterval?: number; transmitInterval?: number; detectMultiplier?: number }[];
}

export interface MetallbPeer {
  name: string;
  /** Of the peer; or else `interface`, for an unnumbered session. */
  address?: string;
  interface?: string;
  asn: number | "internal" | "external";
  /** Any of these; default all nodes. */
  nodes?: readonly LabelSelector[];
  port?: number;
  /** Secret of type kubernetes.io/basic-auth with the key "password". */
  password?: string;
  /** Seconds. */
  hold?: number;
  keepalive?: number;
  multihop?: boolean;
  bfd?: string;
  gracefulRestart?: boolean;
}

export interface MetallbAdvertisement {
  name: string;
  pools?: readonly string[];
  peers?: readonly string[];
  nodes?: readonly LabelSelector[];
  services?: readonly LabelSelector[];
  aggregate?: { ipv4?: number; ipv6?: number };
  localPreference?: number;
  /** "64512:100" or "large:64512:1:1". */
  communities?: readonly string[];
}

export interface MetallbManifests {
  peers: Resource<PeerSpec>[];
  pools: Resource<PoolSpec>[];
  advertisements: Resource<AdvertisementSpec>[];
  bfdProfiles: Resource<BfdSpec>[];
}

export interface MetallbIntentOptions {
  version?: string;
  mode?: Mode;
  namespace?: string;
}

export function metallbObjects(intent: MetallbIntent, options: MetallbIntentOptions = {}): Result<MetallbManifests> {
  const namespace = options.namespace ?? "metallb-system";
  const names = new Map<string, string>();
  const make = <Spec>(kind: string, name: string, spec: Spec, argument: string): Resource<Spec> => {
    const version = kind === "BGPPeer" ? "v1beta2" : "v1beta1";
    const object = { apiVersion: `metallb.io/${version}`, kind, metadata: { name, namespace }, spec };
    names.set(nameOf(object), argument);
    return object;
  };
  const advertisements = intent.advertisements ?? [{ name: "all" }];
  const made: MetallbManifests = {
    peers: intent.peers.map((peer, i) => make("BGPPeer", peer.name, peerSpec(intent.asn, peer), `peers[${i}]`)),
    pools: intent.pools.map(({ name, addresses, autoAssign }, i) =>
      make(
        "IPAddressPool",
        name,
        { addresses: [...addresses], ...(autoAssign === undefined ? {} : { autoAssign }) },
        `pools[${i}]`,
      ),
    ),
    advertisements: advertisements.map((one, i) =>
      make("BGPAdvertisement", one.name, advertisementSpec(one), `advertisements[${i}]`),
    ),
    bfdProfiles: (intent.bfd ?? []).map(({ name, ...spec }, i) => make("BFDProfile", name, spec, `bfd[${i}]`)),
  };
  const resources = [...made.peers, ...made.pools, ...made.advertisements, ...made.bfdProfiles];
  const { findings } = readMetallb({ nodes: [], resources }, { ...options, namespace });
  // A name that stands for nothing is a mistake here, where all names are at hand.
  const missing = findings.map((one) =>
    one.id === "metallb/reference-missing" ? { ...one, severity: "error" as const } : one,
  );
  const faults = faultsOf(missing, names);
  return faults.length > 0 ? { ok: false, faults } : ok(made);
}

function peerSpec(asn: number, peer: MetallbPeer): PeerSpec {
  return {
    myASN: asn,
    ...(typeof peer.asn === "number" ? { peerASN: peer.asn } : { dynamicASN: peer.asn }),
    ...(peer.address === undefined ? {} : { peerAddress: peer.address }),
    ...(peer.interface === undefined ? {} : { interface: peer.interface }),
    ...(peer.nodes === undefined ? {} : { nodeSelectors: [...peer.nodes] }),
    ...(peer.port === undefined ? {} : { peerPort: peer.port }),
    ...(peer.password === undefined ? {} : { passwordSecret: { name: peer.password } }),
    ...(peer.hold === undefined ? {} : { holdTime: `${peer.hold}s` }),
    ...(peer.keepalive === undefined ? {} : { keepaliveTime: `${peer.keepalive}s` }),
    ...(peer.multihop === undefined ? {} : { ebgpMultiHop: peer.multihop }),
    ...(peer.bfd === undefined ? {} : { bfdProfile: peer.bfd }),
    ...(peer.gracefulRestart === undefined ? {} : { enableGracefulRestart: peer.gracefulRestart }),
  };
}

function advertisementSpec(one: MetallbAdvertisement): AdvertisementSpec {
  return {
    ...(one.aggregate?.ipv4 === undefined ? {} : { aggregationLength: one.aggregate.ipv4 }),
    ...(one.aggregate?.ipv6 === undefined ? {} : { aggregationLengthV6: one.aggregate.ipv6 }),
    ...(one.localPreference === undefined ? {} : { localPref: one.localPreference }),
    ...(one.communities === undefined ? {} : { communities: [...one.communities] }),
    ...(one.pools === undefined ? {} : { ipAddressPools: [...one.pools] }),
    ...(one.nodes === undefined ? {} : { nodeSelectors: [...one.nodes] }),
    ...(one.peers === undefined ? {} : { peers: [...one.peers] }),
    ...(one.services === undefined ? {} : { serviceSelectors: [...one.services] }),
  };
}
