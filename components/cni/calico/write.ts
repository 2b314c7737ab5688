/**
 * From an intent to Calico's objects: a BGPPeer and, where it filters, a BGPFilter a peering, IPPools, the one
 * BGPConfiguration, and what nodes must carry. Checked by the schemas that the reading knows, all faults at once.
 */
import { ok, type Fault, type Result } from "../../model/errors";
import type { CniSettings, NodeMark, WriteOptions, Written } from "../cni";
import { bgpConfigurationSpec, bgpFilterSpec, bgpPeerSpec, ipPoolSpec } from "../crds/calico";
import { checkSchema, type Schema } from "../crds/schema";
import type { ClusterIntent, NodeSet, Peering, Pool, Reflectors } from "../intent";
import { intentFaults, pathsUnder, shown } from "../intentFaults";
import { HOSTNAME_LABEL } from "../nodeSets";
import type { Resource } from "../objects";
import { USUAL } from "./versions";
import { calicoFaults, eachAddress, ipPoolFaults } from "./cannot";
import {
  ANNOTATION,
  type BgpConfigurationSpec,
  type BgpFilterSpec,
  type BgpPeerSpec,
  type FilterRule,
  type IpPoolSpec,
} from "./types";

/** Names of the BGPPeers that reflectors need; the field's usual ones. */
export const REFLECTOR_PEERS = { clients: "peer-with-route-reflectors", mesh: "rr-mesh" } as const;
const NO_SETTINGS: CniSettings = {};

export function writeCalico(intent: ClusterIntent, options: WriteOptions = {}): Result<Written> {
  const version = options.version ?? USUAL;
  const at = pathsUnder(options.path);
  const faults: Fault[] = [...intentFaults(intent, options), ...calicoFaults(intent, at)];
  const own: Resource<object>[] = [];
  const add = <Spec extends object>(kind: string, name: string, spec: Spec, schema: Schema, path: string) => {
    faults.push(...schemaFaults(schema, spec, path, version));
    own.push(resource(kind, name, spec));
  };
  (intent.peerings ?? []).forEach((peering, i) => {
    const path = at(`peerings[${i}]`);
    const filter = filterSpec(peering);
    add("BGPPeer", peering.name, peerSpec(peering, filter !== undefined), bgpPeerSpec, path);
    if (filter !== undefined) add("BGPFilter", peering.name, filter, bgpFilterSpec, path);
  });
  for (const { name, spec } of reflectorPeers(intent.reflectors)) {
    add("BGPPeer", name, spec, bgpPeerSpec, at("reflectors"));
  }
  (intent.pools ?? []).forEach((pool, i) => {
    pool.ranges.forEach((cidr, j) => {
      const spec = poolSpec(pool, cidr);
      faults.push(...ipPoolFaults(pool, spec, at(`pools[${i}]`)));
      add("IPPool", j === 0 ? pool.name : `${pool.name}-${j + 1}`, spec, ipPoolSpec, at(`pools[${i}]`));
    });
  });
  const configuration = configurationOf(intent);
  faults.push(...schemaFaults(bgpConfigurationSpec, configuration, at("configuration"), version));
  if (faults.length > 0) return { ok: false, faults };
  return ok({
    own,
    shared: [resource("BGPConfiguration", "default", configuration)],
    nodes: marksOf(intent),
    sharedNodes: [],
    settings: NO_SETTINGS,
  });
}

/** ASNs are checked before, with a way out; the schema would only say that they are out of range. */
function schemaFaults(schema: Schema, spec: object, path: string, version: string): Fault[] {
  const others = { ...spec, asNumber: undefined, localASNumber: undefined };
  return checkSchema(schema, others, "", version).map((violation) => ({
    path: violation.path === "" ? path : `${path} (${violation.path})`,
    found: valueAt(spec, violation.path),
    expected: violation.sentence,
    fix: violation.fix,
  }));
}

function valueAt(spec: object, path: string): string {
  let value: unknown = spec;
  for (const part of path.split(/[.[\]]+/).filter((one) => one !== "")) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return value === undefined ? "" : shown(value);
}

function resource<Spec extends object>(kind: string, name: string, spec: Spec): Resource<Spec> {
  return { apiVersion: "projectcalico.org/v3", kind, metadata: { name }, spec };
}

function configurationOf(intent: ClusterIntent): BgpConfigurationSpec {
  const { pools = [], advertise = [] } = intent;
  const announced = pools.filter((pool) => pool.advertise !== undefined);
  const services = announced.flatMap(({ ranges }) => ranges);
  const of = (addresses: "cluster" | "external") =>
    advertise.filter((one) => one.addresses === addresses).flatMap(({ ranges = [] }) => ranges);
  const blocks = (field: string, ranges: readonly string[]) =>
    ranges.length === 0 ? {} : { [field]: [...new Set(ranges)].map((cidr) => ({ cidr })) };
  const tagged = [
    ...announced.map(({ ranges, advertise: how }) => ({ ranges, communities: how?.communities ?? [] })),
    ...advertise.map(({ ranges = [], communities = [] }) => ({ ranges, communities })),
  ].filter(({ communities }) => communities.length > 0);
  return {
    logSeverityScreen: "Info",
    ...(intent.asn === undefined ? {} : { asNumber: intent.asn }),
    ...(intent.mesh === undefined ? {} : { nodeToNodeMeshEnabled: intent.mesh }),
    ...(intent.listenPort === undefined ? {} : { listenPort: intent.listenPort }),
    ...blocks("serviceClusterIPs", of("cluster")),
    ...blocks("serviceExternalIPs", of("external")),
    ...blocks("serviceLoadBalancerIPs", services),
    ...(announced.some(eachAddress) ? { serviceLoadBalancerAggregation: "Disabled" as const } : {}),
    ...(tagged.length === 0
      ? {}
      : {
          prefixAdvertisements: tagged.flatMap(({ ranges, communities }) =>
            ranges.map((cidr) => ({ cidr, communities: [...communities] })),
          ),
        }),
  };
}

/** A set of nodes in Calico's selector language. */
export function selectorOf(set: NodeSet): string {
  const quote = (text: string) => JSON.stringify(text);
  if ("names" in set) return `${HOSTNAME_LABEL} in { ${set.names.map(quote).join(", ")} }`;
  const { label, value, segment } = set;
  return `${label} == ${quote(value)}${segment === undefined ? "" : ` && segment == ${quote(segment)}`}`;
}

function peerSpec(peering: Peering, filtered: boolean): BgpPeerSpec {
  const { to, asn, password, nextHop, timers, gracefulRestart } = peering;
  return {
    ...(peering.nodes === undefined ? {} : { nodeSelector: selectorOf(peering.nodes) }),
    ...("nodes" in to ? { peerSelector: selectorOf(to.nodes) } : {}),
    ...("address" in to ? { peerIP: peerIp(to) } : {}),
    ...(typeof asn === "number" ? { asNumber: asn } : {}),
    ...(peering.localAsn === undefined ? {} : { localASNumber: peering.localAsn }),
    ...(nextHop === undefined ? {} : { nextHopMode: ({ self: "Self", keep: "Keep" } as const)[nextHop] }),
    ...(password === undefined
      ? {}
      : { password: { secretKeyRef: { name: password.secret, key: password.key ?? "password" } } }),
    ...(peering.source === "route" ? { sourceAddress: "None" as const } : {}),
    ...(gracefulRestart?.restartTime === undefined ? {} : { maxRestartTime: `${gracefulRestart.restartTime}s` }),
    ...(timers?.keepalive === undefined ? {} : { keepaliveTime: `${timers.keepalive}s` }),
    ...(peering.allowAsIn === undefined ? {} : { numAllowedLocalASNumbers: peering.allowAsIn }),
    ...(peering.ttlSecurity === undefined ? {} : { ttlSecurity: peering.ttlSecurity }),
    ...(peering.reachableBy === undefined ? {} : { reachableBy: peering.reachableBy }),
    ...(filtered ? { filters: [peering.name] } : {}),
  };
}

function peerIp({ address, port }: { address: string; port?: number }): string {
  if (port === undefined) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What comes in is named and the rest refused; what goes out is refused where it was learned. */
function filterSpec({ accept, ownRoutesOnly }: Peering): BgpFilterSpec | undefined {
  if (accept === undefined && ownRoutesOnly !== true) return undefined;
  const taken = (v6: boolean): FilterRule[] => [
    ...(accept ?? [])
      .filter((cidr) => cidr.includes(":") === v6)
      .map((cidr): FilterRule => ({ cidr, matchOperator: "In", action: "Accept" })),
    { action: "Reject" },
  ];
  const learned: FilterRule[] = [{ source: "RemotePeers", action: "Reject" }];
  return {
    ...(accept === undefined ? {} : { importV4: taken(false), importV6: taken(true) }),
    ...(ownRoutesOnly === true ? { exportV4: learned, exportV6: learned } : {}),
  };
}

function reflectorPeers(reflectors: Reflectors | undefined): { name: string; spec: BgpPeerSpec }[] {
  if (reflectors === undefined) return [];
  const label = reflectors.label ?? "route-reflector";
  const peerSelector = `${label} == 'true'`;
  return [
    { name: REFLECTOR_PEERS.clients, spec: { nodeSelector: `${label} != 'true'`, peerSelector } },
    { name: REFLECTOR_PEERS.mesh, spec: { nodeSelector: peerSelector, peerSelector } },
  ];
}

/** Everything is said: an API server that only has the CRDs fills nothing in (3.32). */
function poolSpec(pool: Pool, cidr: string): IpPoolSpec {
  const services = pool.for === "services";
  const length = Number(cidr.split("/")[1] ?? 0);
  const usual = cidr.includes(":") ? 122 : 26;
  const encapsulation = pool.encapsulation ?? "None";
  const mode = (name: "VXLAN" | "IPIP") =>
    encapsulation === name ? "Always" : encapsulation === `${name}CrossSubnet` ? "CrossSubnet" : "Never";
  return {
    cidr,
    blockSize: pool.blockSize ?? Math.max(usual, length),
    ipipMode: mode("IPIP"),
    vxlanMode: mode("VXLAN"),
    // The usual value for services, whose addresses no pod has.
    natOutgoing: pool.natOutgoing ?? services,
    disabled: pool.disabled ?? false,
    disableBGPExport: pool.hidden ?? false,
    nodeSelector: pool.nodes === undefined ? "all()" : selectorOf(pool.nodes),
    allowedUses: services ? ["LoadBalancer"] : ["Workload", "Tunnel"],
    assignmentMode: pool.autoAssign === false ? "Manual" : "Automatic",
  };
}

function marksOf(intent: ClusterIntent): NodeMark[] {
  const { reflectors, nodes = {} } = intent;
  const names = [...new Set([...Object.keys(nodes), ...(reflectors?.nodes ?? [])])].sort();
  return names.map((name) => {
    const { asn, labels = {} } = nodes[name] ?? {};
    const reflects = reflectors?.nodes.includes(name) === true ? reflectors : undefined;
    return {
      name,
      labels: { ...labels, ...(reflects === undefined ? {} : { [reflects.label ?? "route-reflector"]: "true" }) },
      annotations: {
        ...(asn === undefined ? {} : { [ANNOTATION.asn]: String(asn) }),
        ...(reflects === undefined ? {} : { [ANNOTATION.clusterId]: reflects.clusterId }),
      },
    };
  });
}
