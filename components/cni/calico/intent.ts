/**
 * From what a program wants to Calico's objects: BGPConfiguration, BGPPeers, IPPools, BGPFilters, and what nodes must
 * carry as labels and annotations. Checked by the same schemas and rules that the reading knows, all faults at once.
 */
import { ok, type Fault, type Result } from "../../model/errors";
import { bgpConfigurationSpec, bgpFilterSpec, bgpPeerSpec, ipPoolSpec } from "../crds/calico";
import { checkSchema, type Schema } from "../crds/schema";
import type { Resource } from "../objects";
import {
  asnFaults,
  filterFaults,
  overlapFaults,
  peerFaults,
  poolFaults,
  rangeFaults,
  uniqueNames,
} from "./intentFaults";
import type {
  CalicoIntent,
  PeerIntent,
  ReflectorIntent,
  PoolIntent,
  FilterIntent,
  CalicoManifests,
} from "./intentTypes";
import { ANNOTATION, type BgpConfigurationSpec, type BgpFilterSpec, type BgpPeerSpec, type IpPoolSpec } from "./types";

/** Names of the BGPPeers that reflectors need; the field's usual ones. */
export const REFLECTOR_PEERS = { clients: "peer-with-route-reflectors", mesh: "rr-mesh" } as const;

export function calicoObjects(
  intent: CalicoIntent,
  options: { version?: string; path?: string } = {},
): Result<CalicoManifests> {
  const version = options.version ?? "3.32";
  const faults: Fault[] = [];
  const peers = [...(intent.peers ?? []), ...reflectorPeers(intent.reflectors)];
  const at = (field: string) => (options.path === undefined ? field : `${options.path}.${field}`);
  const check = (schema: Schema, spec: object, path: string) => {
    for (const violation of checkSchema(schema, spec, "", version)) {
      faults.push({
        path: violation.path === "" ? path : `${path} (${violation.path})`,
        found: shown(spec, violation.path),
        expected: violation.sentence,
        fix: violation.fix,
      });
    }
  };

  faults.push(
    ...asnFaults(intent, at),
    ...uniqueNames({ ...intent, peers }, at),
    ...filterFaults(intent, at),
    ...rangeFaults(intent, at),
  );
  const configuration = configurationOf(intent);
  check(bgpConfigurationSpec, { ...configuration, asNumber: undefined }, at("configuration"));
  const bgpPeers = peers.map((peer, i) => {
    const path = at(`peers[${i}]`);
    faults.push(...peerFaults(peer, path));
    const spec = peerSpec(peer);
    check(bgpPeerSpec, { ...spec, asNumber: undefined, localASNumber: undefined }, path);
    return resource("BGPPeer", peer.name, spec);
  });
  const ipPools = (intent.pools ?? []).map((pool, i) => {
    const spec = poolSpec(pool);
    faults.push(...poolFaults(pool, spec, at(`pools[${i}]`)));
    check(ipPoolSpec, spec, at(`pools[${i}]`));
    return resource("IPPool", pool.name, spec);
  });
  faults.push(...overlapFaults(intent.pools ?? [], at));
  const bgpFilters = (intent.filters ?? []).map((filter, i) => {
    const spec = filterSpec(filter);
    check(bgpFilterSpec, spec, at(`filters[${i}]`));
    return resource("BGPFilter", filter.name, spec);
  });
  if (faults.length > 0) return { ok: false, faults };
  return ok({
    bgpConfiguration: resource("BGPConfiguration", "default", configuration),
    bgpPeers,
    ipPools,
    bgpFilters,
    nodes: nodesOf(intent),
  });
}

/**
 * What several parts want of one cluster, as one: lists are joined, and a single value that two parts want differently
 * is a fault. BGPConfiguration `default` exists once, so somebody must say it all.
 */
function resource<Spec>(kind: string, name: string, spec: Spec): Resource<Spec> {
  return { apiVersion: "projectcalico.org/v3", kind, metadata: { name }, spec };
}

function configurationOf(intent: CalicoIntent): BgpConfigurationSpec {
  const blocks = (ranges: readonly string[] | undefined) => (ranges ?? []).map((cidr) => ({ cidr }));
  const { serviceClusterIPs, serviceExternalIPs, serviceLoadBalancerIPs, communities = [] } = intent;
  return {
    logSeverityScreen: "Info",
    ...(intent.asn === undefined ? {} : { asNumber: intent.asn }),
    ...(intent.mesh === undefined ? {} : { nodeToNodeMeshEnabled: intent.mesh }),
    ...(intent.listenPort === undefined ? {} : { listenPort: intent.listenPort }),
    ...(serviceClusterIPs === undefined ? {} : { serviceClusterIPs: blocks(serviceClusterIPs) }),
    ...(serviceExternalIPs === undefined ? {} : { serviceExternalIPs: blocks(serviceExternalIPs) }),
    ...(serviceLoadBalancerIPs === undefined ? {} : { serviceLoadBalancerIPs: blocks(serviceLoadBalancerIPs) }),
    ...(communities.length === 0
      ? {}
      : { prefixAdvertisements: communities.map(({ within, add }) => ({ cidr: within, communities: [...add] })) }),
  };
}

function peerSpec(peer: PeerIntent): BgpPeerSpec {
  const { password, nextHop, filters = [] } = peer;
  return {
    ...(peer.nodes === undefined ? {} : { nodeSelector: peer.nodes }),
    ...(peer.toNodes === undefined ? {} : { peerSelector: peer.toNodes }),
    ...(peer.address === undefined ? {} : { peerIP: peer.address }),
    ...(peer.asn === undefined ? {} : { asNumber: peer.asn }),
    ...(peer.localAsn === undefined ? {} : { localASNumber: peer.localAsn }),
    ...(nextHop === undefined ? {} : { nextHopMode: ({ auto: "Auto", self: "Self", keep: "Keep" } as const)[nextHop] }),
    ...(password === undefined
      ? {}
      : { password: { secretKeyRef: { name: password.secret, key: password.key ?? "password" } } }),
    ...(peer.anySource === true ? { sourceAddress: "None" as const } : {}),
    ...(peer.maxRestartTime === undefined ? {} : { maxRestartTime: `${peer.maxRestartTime}s` }),
    ...(peer.keepaliveTime === undefined ? {} : { keepaliveTime: `${peer.keepaliveTime}s` }),
    ...(peer.allowAsIn === undefined ? {} : { numAllowedLocalASNumbers: peer.allowAsIn }),
    ...(peer.ttlSecurity === undefined ? {} : { ttlSecurity: peer.ttlSecurity }),
    ...(peer.reachableBy === undefined ? {} : { reachableBy: peer.reachableBy }),
    ...(filters.length === 0 ? {} : { filters: [...filters] }),
  };
}

function reflectorPeers(reflectors: ReflectorIntent | undefined): PeerIntent[] {
  if (reflectors === undefined) return [];
  const label = reflectors.label ?? "route-reflector";
  return [
    { name: REFLECTOR_PEERS.clients, nodes: `${label} != 'true'`, toNodes: `${label} == 'true'` },
    { name: REFLECTOR_PEERS.mesh, nodes: `${label} == 'true'`, toNodes: `${label} == 'true'` },
  ];
}

/** Everything is said: an API server that only has the CRDs fills nothing in (3.32). */
function poolSpec(pool: PoolIntent): IpPoolSpec {
  const services = pool.for === "services";
  const length = Number(pool.cidr.split("/")[1] ?? 0);
  const usual = pool.cidr.includes(":") ? 122 : 26;
  const encapsulation = pool.encapsulation ?? "None";
  const mode = (name: "VXLAN" | "IPIP") =>
    encapsulation === name ? "Always" : encapsulation === `${name}CrossSubnet` ? "CrossSubnet" : "Never";
  return {
    cidr: pool.cidr,
    blockSize: pool.blockSize ?? Math.max(usual, length),
    ipipMode: mode("IPIP"),
    vxlanMode: mode("VXLAN"),
    natOutgoing: pool.natOutgoing ?? false,
    disabled: pool.disabled ?? false,
    disableBGPExport: pool.hidden ?? false,
    nodeSelector: pool.nodes ?? "all()",
    allowedUses: services ? ["LoadBalancer"] : ["Workload", "Tunnel"],
    assignmentMode: "Automatic",
  };
}

function filterSpec(filter: FilterIntent): BgpFilterSpec {
  return {
    ...(filter.import === undefined ? {} : { importV4: [...filter.import] }),
    ...(filter.export === undefined ? {} : { exportV4: [...filter.export] }),
    ...(filter.import6 === undefined ? {} : { importV6: [...filter.import6] }),
    ...(filter.export6 === undefined ? {} : { exportV6: [...filter.export6] }),
  };
}

function nodesOf(intent: CalicoIntent): CalicoManifests["nodes"] {
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

function shown(spec: object, path: string): string {
  let value: unknown = spec;
  for (const part of path.split(/[.[\]]+/).filter((one) => one !== "")) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return value === undefined ? "" : typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
