/**
 * From an intent to Cilium's v2 objects: a peer configuration a peering, an address pool and its advertisement a pool,
 * and, shared by all parts, one cluster configuration for each set of nodes. Checked by reading the objects back.
 */
import { ok, type Fault, type Result } from "../../model/errors";
import type { CniSettings, NodeMark, WriteOptions, Written } from "../cni";
import type { Advertise, Announcing, ClusterIntent, NodeSet, Peering, Pool } from "../intent";
import { intentFaults, pathsUnder } from "../intentFaults";
import { labelSelectorOf } from "../nodeSets";
import { nameOf, type Resource } from "../objects";
import { faultsOf } from "../readBack";
import { USUAL } from "./versions";
import { ciliumFaults } from "./cannot";
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

/**
 * The label by which peer configurations find advertisements. Its value is the peering's name, or this one: a peer
 * configuration selects both, and so depends on no other part.
 */
const LABEL = "advertise";
const TO_ALL = "all";

export function writeCilium(intent: ClusterIntent, options: WriteOptions = {}): Result<Written> {
  const at = pathsUnder(options.path);
  const version = options.version ?? USUAL;
  const settings: CniSettings = options.settings ?? {};
  const asn = intent.asn ?? options.asn;
  const faults: Fault[] = [...intentFaults(intent, options), ...ciliumFaults(intent, { at, asn, part: options.part })];
  if (faults.length > 0) return { ok: false, faults };
  const names = new Map<string, string>();
  const own: Resource<object>[] = [];
  const shared: Resource<object>[] = [];
  const add = <Spec extends object>(list: Resource<object>[], object: Resource<Spec>, argument: string) => {
    names.set(nameOf(object), at(argument));
    list.push(object);
  };
  const { peerings = [], pools = [], advertise = [] } = intent;
  peerings.forEach((peering, i) =>
    add(own, resource("CiliumBGPPeerConfig", peering.name, peerConfig(peering)), `peerings[${i}]`),
  );
  pools.forEach((pool, i) => {
    const path = `pools[${i}]`;
    add(own, resource("CiliumLoadBalancerIPPool", pool.name, poolSpec(pool)), path);
    if (pool.advertise === undefined) return;
    const advert = serviceAdvert("LoadBalancerIP", pool, pool.advertise);
    for (const one of advertisements(pool.name, advert, pool.advertise)) add(own, one, `${path}.advertise`);
  });
  advertise.forEach((one, i) => {
    for (const made of advertisements(one.name, advertOf(one), one)) add(own, made, `advertise[${i}]`);
  });
  const groups = groupsOf(peerings);
  for (const group of groups) {
    add(shared, resource("CiliumBGPClusterConfig", group.name, clusterConfig(group, intent, asn)), group.argument);
  }
  for (const [node, wanted] of Object.entries(intent.nodes ?? {})) {
    const { asn: own = undefined, routerId, listenPort, sources = {} } = wanted;
    if (own === undefined && routerId === undefined && listenPort === undefined && Object.keys(sources).length === 0) {
      continue;
    }
    const spec = overrideSpec(wanted, groups, asn);
    add(shared, resource("CiliumBGPNodeConfigOverride", node, spec), `nodes.${node}`);
  }
  const { findings } = readCilium({ nodes: [], resources: [...own, ...shared] }, { ...settings, version });
  const refused = faultsOf(findings, names);
  if (refused.length > 0) return { ok: false, faults: refused };
  const nodes = Object.entries(intent.nodes ?? {}).flatMap(([name, { labels = {} }]): NodeMark[] =>
    Object.keys(labels).length === 0 ? [] : [{ name, labels, annotations: {} }],
  );
  return ok({ own, shared, nodes, sharedNodes: [], settings });
}

function resource<Spec extends object>(kind: string, name: string, spec: Spec): Resource<Spec> {
  return { apiVersion: "cilium.io/v2", kind, metadata: { name }, spec };
}

/** Peerings of one set of nodes: Cilium gives a node one cluster configuration, and an instance for each ASN in it. */
interface Group {
  name: string;
  nodes: NodeSet | undefined;
  peerings: readonly Peering[];
  argument: string;
}

export function groupsOf(peerings: readonly Peering[]): Group[] {
  const groups = new Map<string, Group>();
  peerings.forEach((peering, i) => {
    const key = JSON.stringify(peering.nodes ?? null);
    const known = groups.get(key);
    groups.set(key, {
      name: groupName(peering.nodes),
      nodes: peering.nodes,
      argument: known?.argument ?? `peerings[${i}]`,
      peerings: [...(known?.peerings ?? []), peering],
    });
  });
  return [...groups.values()];
}

/** "all-nodes", "rack-rack0", "nodes-a-b": the set alone makes the name, so that a further peering changes no object's. */
function groupName(nodes: NodeSet | undefined): string {
  if (nodes === undefined) return "all-nodes";
  const words =
    "names" in nodes
      ? ["nodes", ...nodes.names]
      : [nodes.label, nodes.value, ...(nodes.segment === undefined ? [] : [nodes.segment])];
  return words
    .join("-")
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, "-")
    .slice(0, 253)
    .replaceAll(/^[-.]+|[-.]+$/g, "");
}

const instanceName = (asn: number | undefined): string => `as${asn ?? 0}`;

function clusterConfig(group: Group, intent: ClusterIntent, asn: number | undefined): ClusterConfigSpec {
  const asns = [...new Set(group.peerings.map(({ localAsn }) => localAsn ?? asn))];
  return {
    ...(group.nodes === undefined ? {} : { nodeSelector: labelSelectorOf(group.nodes) }),
    bgpInstances: asns.map((localASN) => ({
      name: instanceName(localASN),
      ...(localASN === undefined ? {} : { localASN }),
      ...(intent.listenPort === undefined ? {} : { localPort: intent.listenPort }),
      peers: group.peerings
        .filter(({ localAsn }) => (localAsn ?? asn) === localASN)
        .map((one) => peerOf(one, localASN)),
    })),
  };
}

function peerOf({ name, to, asn }: Peering, localAsn: number | undefined): Peer {
  const peerAsn = asn === "internal" ? localAsn : asn;
  return {
    name,
    ...("address" in to ? { peerAddress: to.address } : {}),
    ...("gateway" in to
      ? { autoDiscovery: { mode: "DefaultGateway", defaultGateway: { addressFamily: to.gateway } } }
      : {}),
    ...(typeof peerAsn === "number" ? { peerASN: peerAsn } : {}),
    peerConfigRef: { name },
  };
}

function overrideSpec(
  { asn, routerId, listenPort, sources = {} }: NonNullable<ClusterIntent["nodes"]>[string],
  groups: readonly Group[],
  clusterAsn: number | undefined,
): OverrideSpec {
  const instances = new Map<string, Set<string>>();
  for (const { peerings } of groups) {
    for (const { name, localAsn } of peerings) {
      const instance = instanceName(localAsn ?? clusterAsn);
      const peers = instances.get(instance) ?? new Set<string>();
      instances.set(instance, sources[name] === undefined ? peers : peers.add(name));
    }
  }
  return {
    bgpInstances: [...instances].map(([name, peers]) => ({
      name,
      ...(routerId === undefined ? {} : { routerID: routerId }),
      ...(listenPort === undefined ? {} : { localPort: listenPort }),
      // An ASN that a peering names for itself stands; the node's own takes the cluster's place.
      ...(asn === undefined || name !== instanceName(clusterAsn) ? {} : { localASN: asn }),
      ...(peers.size === 0
        ? {}
        : { peers: [...peers].map((peer) => ({ name: peer, localAddress: sources[peer] ?? "" })) }),
    })),
  };
}

function peerConfig(peering: Peering): PeerConfigSpec {
  const { to, source, timers = {}, password, gracefulRestart, multihop } = peering;
  const port = "address" in to ? to.port : undefined;
  const link = typeof source === "object" ? source.interface : undefined;
  const v6 = "gateway" in to ? to.gateway === "ipv6" : "address" in to && to.address.includes(":");
  const families = peering.families ?? [v6 ? "ipv6" : "ipv4"];
  const advertisements = { matchExpressions: [{ key: LABEL, operator: "In", values: [TO_ALL, peering.name] }] };
  return {
    ...(port === undefined && link === undefined
      ? {}
      : {
          transport: {
            ...(port === undefined ? {} : { peerPort: port }),
            ...(link === undefined ? {} : { sourceInterface: link }),
          },
        }),
    ...(Object.keys(timers).length === 0
      ? {}
      : {
          timers: {
            ...(timers.connectRetry === undefined ? {} : { connectRetryTimeSeconds: timers.connectRetry }),
            ...(timers.hold === undefined ? {} : { holdTimeSeconds: timers.hold }),
            ...(timers.keepalive === undefined ? {} : { keepAliveTimeSeconds: timers.keepalive }),
          },
        }),
    ...(password === undefined ? {} : { authSecretRef: password.secret }),
    ...(gracefulRestart === undefined
      ? {}
      : {
          gracefulRestart: {
            enabled: true,
            ...(gracefulRestart.restartTime === undefined ? {} : { restartTimeSeconds: gracefulRestart.restartTime }),
          },
        }),
    ...(multihop === undefined ? {} : { ebgpMultihop: multihop }),
    families: families.map((afi) => ({ afi, safi: "unicast", advertisements })),
  };
}

function poolSpec({ ranges, services, disabled }: Pool): PoolSpec {
  return {
    blocks: ranges.map((text) => {
      const [start = "", stop] = text.split("-").map((part) => part.trim());
      return text.includes("/") ? { cidr: text } : { start, ...(stop === undefined ? {} : { stop }) };
    }),
    ...(services === undefined ? {} : { serviceSelector: services }),
    ...(disabled === true ? { disabled } : {}),
  };
}

/** One object for all peers, or one for each that is named. */
function advertisements(name: string, advert: Advert, { peers }: Announcing): Resource<AdvertisementSpec>[] {
  const spec = { advertisements: [advert] };
  const make = (own: string, to: string): Resource<AdvertisementSpec> => ({
    ...resource("CiliumBGPAdvertisement", own, spec),
    metadata: { name: own, labels: { [LABEL]: to } },
  });
  return peers === undefined ? [make(name, TO_ALL)] : peers.map((peer) => make(`${name}-${peer}`, peer));
}

function advertOf(one: Advertise): Advert {
  if (typeof one.addresses === "object") {
    return { advertisementType: "Interface", interface: { name: one.addresses.interface }, ...attributes(one) };
  }
  if (one.addresses === "pods") return { advertisementType: "PodCIDR", ...attributes(one) };
  return serviceAdvert(one.addresses === "cluster" ? "ClusterIP" : "ExternalIP", one, one);
}

function serviceAdvert(
  address: "LoadBalancerIP" | "ClusterIP" | "ExternalIP",
  { services = {} }: Pick<Pool, "services">,
  how: Announcing,
): Advert {
  const { ipv4, ipv6 } = how.lengths ?? {};
  return {
    advertisementType: "Service",
    service: {
      addresses: [address],
      // Full length is what Cilium does without one, and its field takes no such number.
      ...(ipv4 === undefined || ipv4 === 32 ? {} : { aggregationLengthIPv4: ipv4 }),
      ...(ipv6 === undefined || ipv6 === 128 ? {} : { aggregationLengthIPv6: ipv6 }),
    },
    selector: services,
    ...attributes(how),
  };
}

function attributes({ communities = [], localPreference }: Announcing): Pick<Advert, "attributes"> {
  const isLarge = (text: string) => text.split(":").length === 3;
  const standard = communities.filter((text) => !isLarge(text));
  const large = communities.filter(isLarge);
  const both = {
    ...(standard.length === 0 ? {} : { standard }),
    ...(large.length === 0 ? {} : { large }),
  };
  const made = {
    ...(communities.length === 0 ? {} : { communities: both }),
    ...(localPreference === undefined ? {} : { localPreference }),
  };
  return Object.keys(made).length === 0 ? {} : { attributes: made };
}
