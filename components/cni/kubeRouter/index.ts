/**
 * kube-router's reading of a cluster's objects: every node as a speaker, GoBGP with the internal and external peers,
 * policies and addresses that flags, node annotations and services of 2.8 to 2.11 make of it. Its own build could not be
 * run beside the forecast: docs/cni.md says what that means.
 */
import type { FamilySettings, Neighbor, Policy, Speaker, StaticRoute, Term } from "../../bgp/network";
import { isPrivate } from "../../model/asn";
import type { Address } from "../../model/address";
import { parseAnyCommunity } from "../../model/community";
import { containsAddress, makePrefix, type Prefix } from "../../model/prefix";
import { parseRange, type AddressRange } from "../../model/range";
import { nameSome, sortFindings, type ObjectFinding } from "../finding";
import { slicesByService, type ClusterObjects, type Node } from "../objects";
import { machineAddresses, speakerName, standing, type CniOptions, type NodeAddresses, addSegment } from "../place";
import { reporter, type CniReading, type Report } from "../reading";
import { readAnnotations, type ExternalPeer, type NodeAnnotations } from "./annotations";
import { vips, type VipOptions, type VipRanges } from "./services";

/** kube-router's flags, as far as BGP needs them. */
export interface KubeRouterOptions extends CniOptions, VipOptions {
  /** --cluster-asn. Default 64512. */
  clusterAsn?: number;
  /** --nodes-full-mesh. Default true; false: nodes of one node.asn peer with each other. */
  fullMesh?: boolean;
  /** --enable-ibgp. Default true. */
  ibgp?: boolean;
  /** --peer-router-ips and its fellows: peers of every node, in place of annotations. */
  peerRouters?: readonly { address: string; asn: number; port?: number; password?: string }[];
  /** --peer-router-multihop-ttl. Below 2 it is off. */
  multihopTtl?: number;
  /** --advertise-pod-cidr. Default true. */
  advertisePodCidr?: boolean;
  /** --override-nexthop. Default false. */
  overrideNextHop?: boolean;
  /** --bgp-port. Default 179. */
  port?: number;
  /** --bgp-holdtime, in seconds. Default 90. */
  holdTime?: number;
  /** --bgp-graceful-restart and its time in seconds. */
  gracefulRestart?: { restartTime?: number };
  /** --enable-overlay. Default true: nodes of other subnets are reached through tunnels. */
  overlay?: boolean;
  /** --strict-external-ip-validation. Default true since 2.10. */
  strictExternalIps?: boolean;
  /** --service-external-ip-range and --loadbalancer-ip-range. */
  externalIpRanges?: readonly string[];
  loadBalancerIpRanges?: readonly string[];
}

export const MESH_LIMIT = 100;

interface RouterNode {
  node: Node;
  name: string;
  addresses: NodeAddresses;
  /** The primary one: IPv4 where there is any. */
  address: Address | undefined;
  annotations: NodeAnnotations;
  asn: number | undefined;
}

export function readKubeRouter(objects: ClusterObjects, options: KubeRouterOptions = {}): CniReading {
  const findings: ObjectFinding[] = [];
  const report = reporter("kube-router", objects, findings);
  const nodes = [...objects.nodes]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((node): RouterNode => {
      const addresses = machineAddresses(node, options.nodes?.[node.metadata.name]);
      const annotations = readAnnotations(node, report);
      const asn = options.fullMesh === false ? annotations.asn : (options.clusterAsn ?? 64512);
      const address = addresses.ipv4?.address ?? addresses.ipv6?.address;
      return { node, name: node.metadata.name, addresses, address, annotations, asn };
    });
  const ranges = rangesOf(options, report);
  const slices = slicesByService(objects.endpointSlices ?? []);
  const segments = new Map<string, CniReading["segments"][number]>();
  const dropped = new Map<string, ReturnType<typeof vips>["dropped"][number]>();
  const speakers = nodes.flatMap((own): Speaker[] => {
    if (own.asn === undefined || own.address === undefined) return [];
    const stand = standing(own.node, own.addresses, options);
    for (const segment of stand.segments) addSegment(segments, segment);
    const services = vips(objects.services ?? [], slices, own.name, options, ranges);
    for (const one of services.dropped) dropped.set(`${one.service.metadata.name} ${one.address}`, one);
    return [speakerOf(own, nodes, services.advertised, stand, options)];
  });
  for (const { service, address, kind } of dropped.values()) {
    report(
      "address-outside-ranges",
      "warning",
      service,
      kind === "external" ? "spec.externalIPs" : "status.loadBalancer.ingress",
      `${address} is in no ${kind === "external" ? "--service-external-ip-range" : "--loadbalancer-ip-range"}: with strict validation (the default since 2.10) nobody advertises it`,
      "give the range, or --strict-external-ip-validation=false",
    );
  }
  checkNodes(nodes, options, report);
  return { speakers, segments: [...segments.values()], findings: sortFindings(findings) };
}

/** The node's interface to its pods. */
const PODS = "kube-bridge";

function speakerOf(
  own: RouterNode,
  nodes: readonly RouterNode[],
  advertised: readonly Prefix[],
  stand: ReturnType<typeof standing>,
  options: KubeRouterOptions,
): Speaker {
  const { annotations, asn = 0, address = "" } = own;
  const isServer = annotations.server !== undefined;
  const policies: Record<string, Policy> = {};
  if (!isServer) {
    policies["import"] = importPolicy(advertised, annotations);
    policies["export-internal"] = exportPolicy(annotations.podCidrs, {});
    policies["export-external"] = exportPolicy(
      [...advertised, ...((options.advertisePodCidr ?? true) ? annotations.podCidrs : [])],
      externalSettings(annotations, options),
    );
  }
  // A route-reflector server has no policy at all: everything in, everything out, to external peers too.
  const family = (name: string, extra: FamilySettings = {}): FamilySettings =>
    isServer ? { active: true, ...extra } : { active: true, importPolicy: "import", exportPolicy: name, ...extra };
  const v6 = address.includes(":");
  const both = (settings: FamilySettings, peer: string): NonNullable<Neighbor["families"]> => ({
    ipv4: peer.includes(":") ? { active: false } : settings,
    ipv6: peer.includes(":") ? settings : { active: false },
  });
  const common = {
    timers: { hold: options.holdTime ?? 90 },
    ...(options.gracefulRestart === undefined
      ? {}
      : { gracefulRestart: { mode: "restarter" as const, restartTime: options.gracefulRestart.restartTime ?? 90 } }),
  };
  const internal = (options.ibgp ?? true) ? internalPeers(own, nodes, options) : [];
  const far = internal.filter((peer) => !isNear(own.addresses, peer.address ?? ""));
  const neighbors = [
    ...internal.map((peer): Neighbor => {
      const client = isServer && peer.annotations.client !== undefined;
      const to = peer.address ?? "";
      return {
        address: to,
        description: peer.name,
        role: client ? "reflector client" : "mesh",
        remoteAs: asn,
        localAddress: address,
        ...(options.port === undefined ? {} : { port: options.port }),
        ...common,
        families: both(family("export-internal", client ? { reflectorClient: true } : {}), to),
        source: { field: `Node/${peer.name}` },
      };
    }),
    ...externalPeers(own, options).map((peer): Neighbor => ({
      address: peer.address,
      description: `external ${peer.address}`,
      role: "tor",
      remoteAs: peer.asn,
      ...(peer.localAddress === undefined ? {} : { localAddress: peer.localAddress }),
      ...(peer.port === undefined ? {} : { port: peer.port }),
      ...(peer.secret === undefined ? {} : { password: peer.secret }),
      ...((options.multihopTtl ?? 0) >= 2 && peer.asn !== asn ? { multihop: options.multihopTtl ?? 0 } : {}),
      ...(peer.bfd === undefined ? {} : { bfd: peer.bfd }),
      ...common,
      families: both(family("export-external"), peer.address),
      source: { field: `Node/${own.name} metadata.annotations` },
    })),
  ];
  const unmodelled = [
    ...(far.length > 0 && (options.overlay ?? true)
      ? [{ what: `the tunnels to ${far.length} nodes of other subnets (overlay)` }]
      : []),
    ...stand.adrift.map((one) => ({ what: `the network of ${one}, whose length nobody tells` })),
  ];
  const podRoutes = annotations.podCidrs.map((prefix): StaticRoute => ({ prefix, interface: PODS, source: "kernel" }));
  const clusterId = annotations.server;
  const originated = [...new Set([...annotations.podCidrs, ...advertised])];
  return {
    name: speakerName(own.node, options),
    dialect: { system: "gobgp", version: "3" },
    role: "node",
    place: stand.place,
    asn,
    routerId: v6 ? "0.0.0.0" : address,
    interfaces: [...stand.interfaces, ...(podRoutes.length === 0 ? [] : [{ name: PODS, addresses: [] }])],
    routes: [...podRoutes, ...stand.routes],
    bgp: {
      installs: true,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(clusterId === undefined ? {} : { clusterId }),
    },
    neighbors,
    originate: originated.map((prefix) => ({ kind: "network", prefix })),
    ...(Object.keys(policies).length === 0 ? {} : { policies }),
    ...(unmodelled.length === 0 ? {} : { unmodelled }),
  };
}

/** Every other node, but: a client peers with servers alone, and without the mesh only equal ASNs meet. */
function internalPeers(own: RouterNode, nodes: readonly RouterNode[], options: KubeRouterOptions): RouterNode[] {
  return nodes.filter((peer) => {
    if (peer === own || peer.address === undefined) return false;
    if (own.annotations.client !== undefined && peer.annotations.server === undefined) return false;
    if (options.fullMesh === false && peer.annotations.asn !== own.asn) return false;
    return peer.address.includes(":") === own.address?.includes(":");
  });
}

/** The flags' peers are every node's; then annotations do not count. */
function externalPeers(
  own: RouterNode,
  options: KubeRouterOptions,
): (Omit<ExternalPeer, "password" | "address"> & { address: string; secret?: string })[] {
  const { peerRouters = [] } = options;
  if (peerRouters.length > 0) {
    return peerRouters.map(({ address, asn, port, password }) => ({
      address,
      asn,
      ...(port === undefined || port === 179 ? {} : { port }),
      ...(password === undefined ? {} : { secret: password }),
    }));
  }
  return own.annotations.peers.map(({ password, ...peer }) => ({
    ...peer,
    ...(password ? { secret: `Node/${own.name} ${peer.address}` } : {}),
  }));
}

function isNear({ ipv4, ipv6 }: NodeAddresses, text: string): boolean {
  const own = text.includes(":") ? ipv6 : ipv4;
  if (own?.length === undefined) return true;
  return containsAddress(makePrefix(own.address, own.length), text as Address);
}

function externalSettings(annotations: NodeAnnotations, options: KubeRouterOptions): NonNullable<Term["set"]> {
  const communities = annotations.communities.flatMap((text) => {
    const parsed = parseAnyCommunity(text);
    return parsed.ok && parsed.value.kind === "standard" ? [parsed.value.community] : [];
  });
  return {
    ...(annotations.prepend.length === 0 ? {} : { prepend: annotations.prepend }),
    ...(communities.length === 0 ? {} : { communities: { add: communities } }),
    ...(options.overrideNextHop === true ? { nextHop: "self" } : {}),
  };
}

function exportPolicy(prefixes: readonly Prefix[], set: NonNullable<Term["set"]>): Policy {
  const match = { prefixes: prefixes.map((prefix) => ({ prefix })) };
  const term: Term = { match, ...(Object.keys(set).length === 0 ? {} : { set }), action: "accept" };
  return { terms: prefixes.length === 0 ? [] : [term], otherwise: "reject" };
}

/** Own service addresses, default routes and what an annotation names stay out; the rest comes in. */
function importPolicy(advertised: readonly Prefix[], { importReject }: NodeAnnotations): Policy {
  const refused = [
    ...advertised.map((prefix) => ({ prefix })),
    { prefix: "0.0.0.0/0" },
    { prefix: "::/0" },
    ...importReject.map((prefix) => ({ prefix, le: prefix.includes(":") ? 128 : 32 })),
  ];
  return { terms: [{ match: { prefixes: refused }, action: "reject" }], otherwise: "accept" };
}

function rangesOf(options: KubeRouterOptions, report: Report): VipRanges {
  const parse = (texts: readonly string[] | undefined, flag: string): AddressRange[] =>
    (texts ?? []).flatMap((text) => {
      const range = parseRange(text);
      if (!range.ok) report("flag", "error", "kube-router", flag, `"${text}" is not a CIDR`, "correct it");
      return range.ok ? [range.value] : [];
    });
  return {
    strict: options.strictExternalIps ?? true,
    externalIps: parse(options.externalIpRanges, "--service-external-ip-range"),
    loadBalancerIps: parse(options.loadBalancerIpRanges, "--loadbalancer-ip-range"),
  };
}

function checkNodes(nodes: readonly RouterNode[], options: KubeRouterOptions, report: Report): void {
  const { clusterAsn = 64512, fullMesh = true, ibgp = true, peerRouters = [] } = options;
  const inRange =
    (clusterAsn >= 64512 && clusterAsn <= 65535) || (clusterAsn >= 4200000000 && clusterAsn <= 4294967294);
  if (!inRange || (clusterAsn !== 65535 && !isPrivate(clusterAsn))) {
    report(
      "flag",
      "error",
      "kube-router",
      "--cluster-asn",
      `${clusterAsn} is not a private ASN: kube-router refuses to start`,
      "use 64512-65534 or 4200000000-4294967294",
    );
  }
  for (const { node, asn, address } of nodes) {
    if (asn === undefined) {
      report(
        "node-without-asn",
        "error",
        node,
        'metadata.annotations["kube-router.io/node.asn"]',
        "without the full mesh every node needs an ASN of its own: BGP never starts on it",
        "annotate it",
      );
    }
    if (address === undefined) {
      report("node-without-address", "error", node, "status.addresses", "the node has no InternalIP", "give it one");
    } else if (address.includes(":")) {
      report(
        "router-id",
        "error",
        node,
        "status.addresses",
        "with an IPv6 primary address BGP does not start unless --router-id is given",
        "set --router-id=generate",
      );
    }
  }
  const meshed = nodes.filter(({ annotations }) => annotations.client === undefined);
  if (fullMesh && ibgp && meshed.length > MESH_LIMIT) {
    report(
      "full-mesh-at-scale",
      "warning",
      "kube-router",
      "--nodes-full-mesh",
      `a full mesh of ${meshed.length} nodes is ${(meshed.length * (meshed.length - 1)) / 2} sessions`,
      "annotate route reflectors (rr.server) and clients (rr.client)",
    );
  }
  const servers = nodes.filter(({ annotations }) => annotations.server !== undefined);
  const clients = nodes.filter(({ annotations }) => annotations.client !== undefined);
  if (clients.length > 0 && servers.length === 0) {
    report(
      "client-without-server",
      "error",
      clients[0]?.node ?? "Node",
      'metadata.annotations["kube-router.io/rr.client"]',
      `${nameSome(clients.map(({ name }) => name))} are reflector clients and no node is a server: they have no internal session`,
      "annotate two servers with rr.server",
    );
  }
  const ids = new Set(servers.map(({ annotations }) => annotations.server));
  const strangers = clients.filter(({ annotations }) => !ids.has(annotations.client));
  if (servers.length > 0 && strangers.length > 0) {
    report(
      "cluster-ids-differ",
      "warning",
      strangers[0]?.node ?? "Node",
      'metadata.annotations["kube-router.io/rr.client"]',
      `${nameSome(strangers.map(({ name }) => name))} name a cluster id that no server has; kube-router does not compare them and peers all the same`,
      "give servers and clients one id",
    );
  }
  for (const { node, annotations } of servers) {
    if (annotations.peers.length === 0 && peerRouters.length === 0) continue;
    report(
      "server-without-policy",
      "warning",
      node,
      'metadata.annotations["kube-router.io/rr.server"]',
      "a reflector server has no policy at all: its external peers get every route, and theirs come in unfiltered",
      "peer externally from other nodes, or filter on the router",
    );
  }
  if (peerRouters.length > 0) {
    const annotated = nodes.filter(({ annotations }) => annotations.peers.length > 0);
    if (annotated.length > 0) {
      report(
        "annotations-ignored",
        "warning",
        annotated[0]?.node ?? "Node",
        'metadata.annotations["kube-router.io/peers"]',
        "--peer-router-ips is given: the peers in annotations do not count",
        "say peers in one place",
      );
    }
  }
}
