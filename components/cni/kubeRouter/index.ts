/**
 * kube-router's reading of a cluster's objects: every node as a speaker, GoBGP with the internal and external peers,
 * policies and addresses that flags, node annotations and services of 2.8 to 2.11 make of it. Its own build could not be
 * run beside the forecast: docs/cni.md says what that means.
 */
import type { FamilySettings, Neighbor, Policy, Speaker, StaticRoute, Term } from "../../bgp/network";
import type { Address } from "../../model/address";
import { parseAnyCommunity } from "../../model/community";
import { containsAddress, makePrefix, type Prefix } from "../../model/prefix";
import { parseRange, type AddressRange } from "../../model/range";
import { sortFindings, type ObjectFinding } from "../finding";
import { slicesByService, type ClusterObjects } from "../objects";
import { speakerName, standing, type NodeAddresses, addSegment } from "../place";
import { reporter, type CniReading, type Report } from "../reading";
import type { ExternalPeer, NodeAnnotations } from "./annotations";
import { checkNodes } from "./findings";
import { addressOf, routerNode, type RouterNode } from "./nodes";
import type { KubeRouterOptions } from "./options";
import { vips, type VipRanges } from "./services";

export type { KubeRouterOptions } from "./options";

export function readKubeRouter(objects: ClusterObjects, options: KubeRouterOptions = {}): CniReading {
  const findings: ObjectFinding[] = [];
  const report = reporter("kube-router", objects, findings);
  const nodes = [...objects.nodes]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((node) => routerNode(node, options, report));
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
  const external = externalPeers(own, options).filter(({ address: to, localAddress }) =>
    canDial(to, localAddress ?? address),
  );
  const policies = policiesOf(own, advertised, external, options);
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
        families: familiesOf(own, peer, to, "export-internal", client ? { reflectorClient: true } : {}),
        source: { field: `Node/${peer.name}` },
      };
    }),
    ...external.map((peer): Neighbor => ({
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
      families: familiesOf(own, own, peer.address, "export-external"),
      source: { field: `Node/${own.name} metadata.annotations` },
    })),
  ];
  const unmodelled = [
    ...(far.length > 0 && (options.overlay ?? true)
      ? [{ what: `the tunnels to ${far.length} nodes of other subnets (overlay)` }]
      : []),
    ...stand.adrift.map((one) => ({ what: `the network of ${one}, whose length is not given` })),
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
    routerId: isV6(address) ? "0.0.0.0" : address,
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
    return isV6(peer.address) === isV6(own.address ?? "");
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

/** The local address is the node's primary one unless the entry names another; it must be of the peer's family. */
function canDial(to: string, from: string): boolean {
  return isV6(to) === isV6(from);
}

function isNear({ ipv4, ipv6 }: NodeAddresses, text: string): boolean {
  const own = isV6(text) ? ipv6 : ipv4;
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

/** A reflector server has no policy at all: everything in, everything out, to external peers too. */
function policiesOf(
  own: RouterNode,
  advertised: readonly Prefix[],
  external: readonly { address: string }[],
  options: KubeRouterOptions,
): Record<string, Policy> {
  const { annotations, address = "" } = own;
  const v6 = isV6(address);
  if (annotations.server !== undefined) {
    const all = [...advertised, ...annotations.podCidrs];
    return hasBoth(own)
      ? {
          [NEXT_HOPS]: {
            terms: [...ownNextHops(all, {}, own, true), ...ownNextHops(all, {}, own, false)],
            otherwise: "accept",
          },
        }
      : {};
  }
  const announced = [...advertised, ...((options.advertisePodCidr ?? true) ? annotations.podCidrs : [])];
  const set = externalSettings(annotations, options);
  const crosses = external.some(({ address: to }) => isV6(to) !== v6);
  return {
    import: importPolicy(advertised, annotations),
    "export-internal": exportPolicy(annotations.podCidrs, {}, own, v6),
    "export-external": exportPolicy(announced, set, own, v6),
    ...(crosses ? { [otherFamily("export-external")]: exportPolicy(announced, set, own, !v6) } : {}),
  };
}

/**
 * A session carries each family of which both nodes have an address (2.11; 2.6.3 does with graceful restart alone); towards
 * an external peer the node's own count.
 */
function familiesOf(
  own: RouterNode,
  peer: Pick<RouterNode, "addresses">,
  to: string,
  policy: string,
  extra: FamilySettings = {},
): NonNullable<Neighbor["families"]> {
  const exportPolicy = isV6(to) === isV6(own.address ?? "") ? policy : otherFamily(policy);
  const settings: FamilySettings =
    own.annotations.server === undefined
      ? { active: true, importPolicy: "import", exportPolicy, ...extra }
      : { active: true, ...(hasBoth(own) ? { exportPolicy: NEXT_HOPS } : {}), ...extra };
  const family = (v6: boolean) =>
    isV6(to) === v6 || (addressOf(own, v6) !== undefined && addressOf(peer, v6) !== undefined)
      ? settings
      : { active: false };
  return { ipv4: family(false), ipv6: family(true) };
}

const isV6 = (text: string): boolean => text.includes(":");

/** Of a reflector server with both families, which changes nothing but the next hops of its own routes. */
const NEXT_HOPS = "next-hops";

function hasBoth(own: RouterNode): boolean {
  return addressOf(own, false) !== undefined && addressOf(own, true) !== undefined;
}

/** The name of a policy for sessions of the other family than the node's primary address. */
function otherFamily(name: string): string {
  return `${name}-other-family`;
}

/** For sessions over IPv6, or over IPv4. */
function exportPolicy(
  prefixes: readonly Prefix[],
  set: NonNullable<Term["set"]>,
  own: RouterNode,
  v6: boolean,
): Policy {
  const same = prefixes.filter((prefix) => isV6(prefix) === v6);
  return { terms: [...termsOf(same, set), ...ownNextHops(prefixes, set, own, !v6)], otherwise: "reject" };
}

/**
 * Routes of one family. kube-router originates each with the node's address of that family for its next hop, whatever the
 * session's family (2.11).
 */
function ownNextHops(prefixes: readonly Prefix[], set: NonNullable<Term["set"]>, own: RouterNode, v6: boolean): Term[] {
  const hop = addressOf(own, v6);
  const mine = prefixes.filter((prefix) => isV6(prefix) === v6);
  return termsOf(mine, { ...(hop === undefined ? {} : { nextHop: hop }), ...set });
}

function termsOf(prefixes: readonly Prefix[], set: NonNullable<Term["set"]>): Term[] {
  if (prefixes.length === 0) return [];
  const match = { prefixes: prefixes.map((prefix) => ({ prefix })) };
  return [{ match, ...(Object.keys(set).length === 0 ? {} : { set }), action: "accept" }];
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
