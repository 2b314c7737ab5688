/**
 * From what a program wants to Cilium's v2 objects: one cluster configuration a group of nodes, a peer configuration a
 * peer, advertisements that exactly those peers select. Checked by reading the objects back.
 */
import { ok, type Result } from "../../model/errors";
import type { LabelSelector } from "../../model/labelSelector";
import { nameOf, type KubernetesObject, type Resource } from "../objects";
import { faultsOf } from "../intentCheck";
import { readCilium } from "./index";
import type {
  Advert,
  AdvertisementSpec,
  ClusterConfigSpec,
  OverrideSpec,
  Peer,
  PeerConfigSpec,
  PoolSpec,
} from "./types";

export interface CiliumIntent {
  groups: readonly CiliumGroup[];
  /** Addresses for services of type LoadBalancer: CIDRs or "first-last". */
  pools?: readonly { name: string; blocks: readonly string[]; services?: LabelSelector }[];
  /** What single nodes do otherwise; by node name. */
  nodes?: Readonly<
    Record<string, { asn?: number; routerId?: string; port?: number; sources?: Readonly<Record<string, string>> }>
  >;
}

/** Nodes that speak alike: a rack, most often. */
export interface CiliumGroup {
  name: string;
  /** Default: all nodes. */
  nodes?: LabelSelector;
  asn: number;
  /** Without one the nodes dial only. */
  port?: number;
  peers: readonly CiliumPeer[];
  advertise: CiliumAdvertise;
}

export interface CiliumPeer {
  name: string;
  /** Address of the peer, or else `gateway`: the node's default gateway of that family. */
  address?: string;
  gateway?: "ipv4" | "ipv6";
  /** Left out: any. */
  asn?: number;
  /** TTL towards an eBGP peer that is further away. */
  multihop?: number;
  port?: number;
  /** Secret with the key "password", in Cilium's namespace for secrets. */
  password?: string;
  sourceInterface?: string;
  timers?: { connectRetry?: number; hold?: number; keepalive?: number };
  /** Seconds to wait for a restarted agent. */
  restartTime?: number;
  /** Default: the family of the address. */
  families?: readonly ("ipv4" | "ipv6")[];
}

export interface CiliumAdvertise {
  pods?: boolean;
  podPools?: LabelSelector;
  services?: {
    /** {} is every service. */
    select: LabelSelector;
    addresses: readonly ("LoadBalancerIP" | "ClusterIP" | "ExternalIP")[];
    aggregate?: { ipv4?: number; ipv6?: number };
  };
  /** Addresses of this link, as host routes. Since 1.19. */
  interface?: string;
  communities?: { standard?: readonly string[]; wellKnown?: readonly string[]; large?: readonly string[] };
  /** iBGP alone. */
  localPreference?: number;
}

export interface CiliumManifests {
  clusterConfigs: Resource<ClusterConfigSpec>[];
  peerConfigs: Resource<PeerConfigSpec>[];
  advertisements: Resource<AdvertisementSpec>[];
  overrides: Resource<OverrideSpec>[];
  pools: Resource<PoolSpec>[];
}

/** The label by which a group's peers find its advertisements. */
const LABEL = "advertise";

export function ciliumObjects(intent: CiliumIntent, options: { version?: string } = {}): Result<CiliumManifests> {
  const made: CiliumManifests = { clusterConfigs: [], peerConfigs: [], advertisements: [], overrides: [], pools: [] };
  const names = new Map<string, string>();
  const add = <Spec>(list: Resource<Spec>[], object: Resource<Spec>, argument: string) => {
    list.push(object);
    names.set(nameOf(object), argument);
  };
  intent.groups.forEach((group, i) => {
    const { name, nodes, asn, port } = group;
    const peers = group.peers.map((peer, j): Peer => {
      const config = `${name}-${peer.name}`;
      add(
        made.peerConfigs,
        resource("CiliumBGPPeerConfig", config, peerConfig(peer, name)),
        `groups[${i}].peers[${j}]`,
      );
      return {
        name: peer.name,
        ...(peer.address === undefined ? {} : { peerAddress: peer.address }),
        ...(peer.gateway === undefined
          ? {}
          : { autoDiscovery: { mode: "DefaultGateway", defaultGateway: { addressFamily: peer.gateway } } }),
        ...(peer.asn === undefined ? {} : { peerASN: peer.asn }),
        peerConfigRef: { name: config },
      };
    });
    const spec: ClusterConfigSpec = {
      ...(nodes === undefined ? {} : { nodeSelector: nodes }),
      bgpInstances: [{ name, localASN: asn, ...(port === undefined ? {} : { localPort: port }), peers }],
    };
    add(made.clusterConfigs, resource("CiliumBGPClusterConfig", name, spec), `groups[${i}]`);
    const advertisements = advertsOf(group.advertise);
    if (advertisements.length === 0) return;
    const advertisement = resource<AdvertisementSpec>("CiliumBGPAdvertisement", name, { advertisements });
    const labelled = { ...advertisement, metadata: { name, labels: { [LABEL]: name } } };
    add(made.advertisements, labelled, `groups[${i}].advertise`);
  });
  for (const [node, own] of Object.entries(intent.nodes ?? {})) {
    const peers = Object.entries(own.sources ?? {}).map(([name, localAddress]) => ({ name, localAddress }));
    const spec: OverrideSpec = {
      bgpInstances: intent.groups.map(({ name }) => ({
        name,
        ...(own.routerId === undefined ? {} : { routerID: own.routerId }),
        ...(own.port === undefined ? {} : { localPort: own.port }),
        ...(own.asn === undefined ? {} : { localASN: own.asn }),
        ...(peers.length === 0 ? {} : { peers }),
      })),
    };
    add(made.overrides, resource("CiliumBGPNodeConfigOverride", node, spec), `nodes.${node}`);
  }
  (intent.pools ?? []).forEach(({ name, blocks, services }, i) => {
    const spec: PoolSpec = {
      blocks: blocks.map((text) => {
        const [start = "", stop] = text.split("-").map((part) => part.trim());
        return text.includes("/") ? { cidr: text } : { start, ...(stop === undefined ? {} : { stop }) };
      }),
      ...(services === undefined ? {} : { serviceSelector: services }),
    };
    add(made.pools, resource("CiliumLoadBalancerIPPool", name, spec), `pools[${i}]`);
  });
  const resources: KubernetesObject[] = Object.values(made).flat() as KubernetesObject[];
  const { findings } = readCilium({ nodes: [], resources }, options);
  const faults = faultsOf(findings, names);
  return faults.length > 0 ? { ok: false, faults } : ok(made);
}

function resource<Spec>(kind: string, name: string, spec: Spec): Resource<Spec> {
  return { apiVersion: "cilium.io/v2", kind, metadata: { name }, spec };
}

function peerConfig(peer: CiliumPeer, group: string): PeerConfigSpec {
  const { port, sourceInterface, timers, password, restartTime, multihop } = peer;
  const families = peer.families ?? [peer.gateway ?? (peer.address?.includes(":") === true ? "ipv6" : "ipv4")];
  return {
    ...(port === undefined && sourceInterface === undefined
      ? {}
      : {
          transport: {
            ...(port === undefined ? {} : { peerPort: port }),
            ...(sourceInterface === undefined ? {} : { sourceInterface }),
          },
        }),
    ...(timers === undefined
      ? {}
      : {
          timers: {
            ...(timers.connectRetry === undefined ? {} : { connectRetryTimeSeconds: timers.connectRetry }),
            ...(timers.hold === undefined ? {} : { holdTimeSeconds: timers.hold }),
            ...(timers.keepalive === undefined ? {} : { keepAliveTimeSeconds: timers.keepalive }),
          },
        }),
    ...(password === undefined ? {} : { authSecretRef: password }),
    ...(restartTime === undefined ? {} : { gracefulRestart: { enabled: true, restartTimeSeconds: restartTime } }),
    ...(multihop === undefined ? {} : { ebgpMultihop: multihop }),
    families: families.map((afi) => ({ afi, safi: "unicast", advertisements: { matchLabels: { [LABEL]: group } } })),
  };
}

function advertsOf(advertise: CiliumAdvertise): Advert[] {
  const { communities, localPreference, services } = advertise;
  const attributes: NonNullable<Advert["attributes"]> = {
    ...(communities === undefined
      ? {}
      : {
          communities: Object.fromEntries(
            Object.entries(communities).map(([kind, list]: [string, readonly string[]]) => [kind, [...list]]),
          ),
        }),
    ...(localPreference === undefined ? {} : { localPreference }),
  };
  const extra = Object.keys(attributes).length === 0 ? {} : { attributes };
  return [
    ...(advertise.pods === true ? [{ advertisementType: "PodCIDR" as const, ...extra }] : []),
    ...(advertise.podPools === undefined
      ? []
      : [{ advertisementType: "CiliumPodIPPool" as const, selector: advertise.podPools, ...extra }]),
    ...(services === undefined
      ? []
      : [
          {
            advertisementType: "Service" as const,
            service: {
              addresses: [...services.addresses],
              ...(services.aggregate?.ipv4 === undefined ? {} : { aggregationLengthIPv4: services.aggregate.ipv4 }),
              ...(services.aggregate?.ipv6 === undefined ? {} : { aggregationLengthIPv6: services.aggregate.ipv6 }),
            },
            selector: services.select,
            ...extra,
          },
        ]),
    ...(advertise.interface === undefined
      ? []
      : [{ advertisementType: "Interface" as const, interface: { name: advertise.interface }, ...extra }]),
  ];
}
