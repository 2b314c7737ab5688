/**
 * The explicit peers of each node: what confd of Calico v3.31 to v3.33 makes of the BGPPeers (updatePeersV1). Three
 * passes over them, global, node by node, and in reverse; the first to claim a peer address for a node wins.
 */
import { parseAddress, type Address } from "../../model/address";
import { matchesCalicoSelector, parseCalicoSelector } from "./selector";
import type { KubernetesObject } from "../objects";
import type { CalicoNode } from "./nodes";
import { DEFAULT_ASN, type BgpPeer, type CalicoObjects, type SecretRef } from "./types";

export interface PeerEntry {
  address: Address;
  port?: number;
  asn: number;
  localAsn?: number;
  ttlSecurity?: number;
  reachableBy?: string;
  filters: string[];
  nextHop: "auto" | "self" | "keep" | "keep-ebgp";
  /** The peer is a node of this cluster, named by its address. */
  calicoNode: boolean;
  /** Cluster id of the peer, where it was chosen by a selector. */
  clusterId: string;
  password?: SecretRef;
  ownAddress: boolean;
  maxRestartTime?: string;
  keepaliveTime?: string;
  allowAsIn?: number;
  /** Who says so, and by which pass. */
  by: BgpPeer;
  pass: "global" | "node" | "reverse";
}

/** Two BGPPeers claimed one peer address for one node. */
export interface Collision {
  node: string | undefined;
  kept: PeerEntry;
  dropped: PeerEntry;
}

export interface Peers {
  global: PeerEntry[];
  /** By node name. */
  node: Map<string, PeerEntry[]>;
  collisions: Collision[];
  /** BGPPeers that peer with workloads on the node: which ones, only Felix knows. By node name. */
  workloads: Map<string, BgpPeer[]>;
  /** How many nodes each side of a BGPPeer chose. */
  chosen: Map<KubernetesObject, { local: number; remote: number | undefined }>;
}

/** "10.0.0.1", "10.0.0.1:1179", "[2001:db8::1]:179". */
export function splitPeer(text: string): { address: Address; port?: number } | undefined {
  const bare = parseAddress(text);
  if (bare.ok) return { address: bare.value };
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  const address = parseAddress(match?.[1] ?? match?.[2] ?? "");
  const port = Number(match?.[3]);
  return address.ok && port >= 1 && port <= 65535 ? { address: address.value, port } : undefined;
}

export function computePeers(nodes: readonly CalicoNode[], calico: CalicoObjects): Peers {
  const global = new Map<string, PeerEntry>();
  const perNode = new Map<string, Map<string, PeerEntry>>();
  const result: Peers = {
    global: [],
    node: new Map(),
    collisions: [],
    workloads: new Map(),
    chosen: new Map(),
  };
  const select = selection(nodes);
  const byAddress = nodesByAddress(nodes);
  const globalAsn = calico.defaults.asNumber ?? DEFAULT_ASN;
  const globalPort = calico.defaults.listenPort;
  const emit = emitter(global, perNode, result.collisions);

  const nodesAt = (address: Address, asn: number, port: number | undefined): CalicoNode[] =>
    (byAddress.get(address) ?? []).filter((node) => {
      if (node.asn !== (asn === 0 ? globalAsn : asn)) return false;
      if (port === undefined) return true;
      const own = calico.perNode.get(node.name)?.spec.listenPort;
      // As confd has it: a node with a port of its own is still held to the cluster's.
      return (own === undefined || own === port) && (globalPort === undefined || globalPort === port);
    });

  for (const pass of ["global", "node"] as const) {
    for (const peer of calico.peers) {
      const { spec } = peer;
      const isGlobal = (spec.nodeSelector ?? "") === "" && (spec.node ?? "") === "";
      if ((pass === "global") !== isGlobal) continue;
      const local = isGlobal ? nodes : localNodes(peer, nodes, select);
      if ((spec.localWorkloadSelector ?? "") !== "") {
        result.chosen.set(peer, { local: local.length, remote: undefined });
        for (const node of local) append(result.workloads, node.name, peer);
        continue;
      }
      let entries: PeerEntry[];
      if ((spec.peerSelector ?? "") !== "") {
        const remote = select(spec.peerSelector ?? "");
        result.chosen.set(peer, { local: local.length, remote: remote.length });
        entries = remote.flatMap((node) => asPeers(node, peer, true, true, pass));
      } else {
        result.chosen.set(peer, { local: local.length, remote: undefined });
        const entry = byPeerIp(peer, pass, nodesAt, byAddress);
        entries = entry === undefined ? [] : [entry];
      }
      for (const entry of entries) {
        if (isGlobal) emit(undefined, entry);
        else for (const node of local) emit(node.name, entry);
      }
    }
  }

  for (const peer of calico.peers) {
    const { spec } = peer;
    if (spec.reversePeering === "Manual" || (spec.localWorkloadSelector ?? "") !== "") continue;
    const target = splitPeer(spec.peerIP ?? "");
    const bySelector = (spec.peerSelector ?? "") !== "";
    const far = bySelector
      ? select(spec.peerSelector ?? "")
      : target === undefined
        ? []
        : nodesAt(target.address, spec.asNumber ?? 0, target.port);
    if (far.length === 0) continue;
    const v6 = target?.address.includes(":") === true;
    const near = (spec.nodeSelector ?? "") === "" && (spec.node ?? "") === "" ? nodes : localNodes(peer, nodes, select);
    const entries = near.flatMap((node) => asPeers(node, peer, bySelector || !v6, bySelector || v6, "reverse"));
    for (const node of far) for (const entry of entries) emit(node.name, entry);
  }

  result.global = [...global.values()];
  for (const [name, entries] of perNode) result.node.set(name, [...entries.values()]);
  return result;
}

function emitter(
  global: Map<string, PeerEntry>,
  perNode: Map<string, Map<string, PeerEntry>>,
  collisions: Collision[],
): (node: string | undefined, entry: PeerEntry) => void {
  const keyOf = ({ address, port }: PeerEntry) => `${address} ${port ?? 0}`;
  return (node, entry) => {
    const key = keyOf(entry);
    const own = node === undefined ? global : (perNode.get(node) ?? new Map<string, PeerEntry>());
    const kept = own.get(key) ?? (node === undefined ? undefined : global.get(key));
    if (kept !== undefined) {
      if (kept.by !== entry.by) collisions.push({ node, kept, dropped: entry });
      return;
    }
    own.set(key, entry);
    if (node !== undefined) perNode.set(node, own);
  };
}

function byPeerIp(
  peer: BgpPeer,
  pass: "global" | "node",
  nodesAt: (address: Address, asn: number, port: number | undefined) => CalicoNode[],
  byAddress: Map<string, CalicoNode[]>,
): PeerEntry | undefined {
  const { spec } = peer;
  const target = splitPeer(spec.peerIP ?? "");
  if (target === undefined) return undefined;
  const { address } = target;
  const v6 = address.includes(":");
  // BIRD refuses a whole configuration that has a neighbor without an ASN.
  if (spec.asNumber === undefined || spec.asNumber === 0) return undefined;
  if (spec.reachableBy !== undefined && spec.reachableBy !== "") {
    const gateway = parseAddress(spec.reachableBy);
    // A malformed gateway, or one of the other family, makes confd leave the peer out.
    if (!gateway.ok || gateway.value.includes(":") !== v6) return undefined;
  }
  const port = target.port ?? nodesAt(address, spec.asNumber, undefined)[0]?.port;
  return {
    ...common(peer, pass),
    address,
    ...(port === undefined ? {} : { port }),
    asn: spec.asNumber,
    ...(spec.localASNumber === undefined || spec.localASNumber === 0 ? {} : { localAsn: spec.localASNumber }),
    calicoNode: byAddress.has(address),
    clusterId: "",
    ...(spec.numAllowedLocalASNumbers === undefined || spec.numAllowedLocalASNumbers === 0
      ? {}
      : { allowAsIn: spec.numAllowedLocalASNumbers }),
  };
}

/** A node as somebody's peer: never with localASNumber or numAllowedLocalASNumbers. */
function asPeers(node: CalicoNode, peer: BgpPeer, v4: boolean, v6: boolean, pass: PeerEntry["pass"]): PeerEntry[] {
  return [v4 ? node.ipv4 : undefined, v6 ? node.ipv6 : undefined]
    .filter((address) => address !== undefined)
    .map((address) => ({
      ...common(peer, pass),
      address,
      ...(node.port === undefined ? {} : { port: node.port }),
      asn: node.asn,
      calicoNode: false,
      clusterId: node.clusterId,
    }));
}

function common(peer: BgpPeer, pass: PeerEntry["pass"]) {
  const { spec } = peer;
  return {
    by: peer,
    pass,
    filters: spec.filters ?? [],
    nextHop:
      // A mode holds whatever the older field says, and so does Auto.
      spec.nextHopMode !== undefined
        ? ({ Self: "self", Keep: "keep", Auto: "auto" } as const)[spec.nextHopMode]
        : spec.keepOriginalNextHop === true
          ? ("keep-ebgp" as const)
          : ("auto" as const),
    ownAddress: (spec.sourceAddress ?? "UseNodeIP") === "UseNodeIP",
    ...(spec.ttlSecurity === undefined || spec.ttlSecurity === 0 ? {} : { ttlSecurity: spec.ttlSecurity }),
    ...(spec.reachableBy === undefined || spec.reachableBy === "" ? {} : { reachableBy: spec.reachableBy }),
    ...(spec.password === undefined ? {} : { password: spec.password }),
    ...(spec.maxRestartTime === undefined ? {} : { maxRestartTime: spec.maxRestartTime }),
    ...(spec.keepaliveTime === undefined ? {} : { keepaliveTime: spec.keepaliveTime }),
  };
}

function localNodes(
  peer: BgpPeer,
  nodes: readonly CalicoNode[],
  select: (selector: string) => readonly CalicoNode[],
): readonly CalicoNode[] {
  const { nodeSelector = "", node } = peer.spec;
  return nodeSelector === "" ? nodes.filter(({ name }) => name === node) : select(nodeSelector);
}

/** Each selector is evaluated once; one that cannot be parsed selects nothing (it is reported elsewhere). */
function selection(nodes: readonly CalicoNode[]): (selector: string) => readonly CalicoNode[] {
  const known = new Map<string, readonly CalicoNode[]>();
  return (text) => {
    let chosen = known.get(text);
    if (chosen === undefined) {
      const selector = parseCalicoSelector(text);
      chosen = selector.ok ? nodes.filter((node) => matchesCalicoSelector(selector.value, node.labels)) : [];
      known.set(text, chosen);
    }
    return chosen;
  };
}

function nodesByAddress(nodes: readonly CalicoNode[]): Map<string, CalicoNode[]> {
  const byAddress = new Map<string, CalicoNode[]>();
  for (const node of nodes) {
    for (const address of [node.ipv4, node.ipv6]) if (address !== undefined) append(byAddress, address, node);
  }
  return byAddress;
}

export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** Do two entries tell BIRD the same, whoever made them? */
export function sameSettings(a: PeerEntry, b: PeerEntry): boolean {
  const settings = (entry: PeerEntry) =>
    JSON.stringify([
      entry.address,
      entry.port,
      entry.asn,
      entry.localAsn,
      entry.ttlSecurity,
      entry.reachableBy,
      entry.filters,
      entry.nextHop,
      entry.password,
      entry.ownAddress,
      entry.maxRestartTime,
      entry.keepaliveTime,
      entry.allowAsIn,
    ]);
  return settings(a) === settings(b);
}
