/**
 * The BGP sessions of one node: the mesh and its explicit peers, each with what BIRD is told about it (confd's
 * bgp_processor, v3.31 to v3.33). The order is BIRD's: by the protocol's name.
 */
import type { FamilySettings, Neighbor } from "../../bgp/network";
import { durationSeconds } from "../duration";
import { sourceOf } from "../reading";
import type { ClusterObjects } from "../objects";
import type { CalicoNode } from "./nodes";
import type { PeerEntry } from "./peers";
import type { SessionKind } from "./policies";
import type { CalicoObjects, SecretRef, Version } from "./types";

export interface SessionInputs {
  objects: ClusterObjects;
  calico: CalicoObjects;
  version: Version;
  secretsNamespace: string;
}

export interface NodeSession {
  neighbor: Neighbor;
  kind: SessionKind;
}

/** BIRD's `multihop;` without a number. */
const HOPS = 64;

export function meshSessions(node: CalicoNode, nodes: readonly CalicoNode[], inputs: SessionInputs): NodeSession[] {
  const { calico, version } = inputs;
  if (node.clusterId !== "" || calico.defaults.nodeToNodeMeshEnabled === false) return [];
  const password = passwordName(calico.defaults.nodeMeshPassword, inputs);
  const restart = calico.defaults.nodeMeshMaxRestartTime;
  const sessions: NodeSession[] = [];
  for (const peer of nodes) {
    if (peer === node || peer.clusterId !== "") continue;
    for (const [own, address] of [
      [node.ipv4, peer.ipv4],
      [node.ipv6, peer.ipv6],
    ]) {
      if (own === undefined || address === undefined || own === address) continue;
      const internal = peer.asn === node.asn;
      sessions.push({
        // The mesh renders the filter's internal branch for every node, whatever its ASN.
        kind: { v6: address.includes(":"), internal: true, filters: [] },
        neighbor: {
          address,
          description: protocolName("Mesh", address),
          role: "mesh",
          remoteAs: peer.asn,
          localAddress: own,
          ...(peer.port === undefined ? {} : { port: peer.port }),
          // Compared as text, by confd: "10.0.0.9" is greater than "10.0.0.10".
          ...(address > own ? { passive: true } : {}),
          // The mesh says multihop since 3.33; before, BIRD's default makes it so within one ASN alone, and eBGP is direct.
          ...(version === "3.33" ? { multihop: HOPS } : internal ? {} : { multihop: 1 }),
          ...(password === undefined ? {} : { password }),
          ...restartTime(restart),
          source: { field: "BGPConfiguration/default spec.nodeToNodeMeshEnabled" },
        },
      });
    }
  }
  return sessions;
}

export function peerSessions(node: CalicoNode, entries: readonly PeerEntry[], inputs: SessionInputs): NodeSession[] {
  return entries.flatMap((entry) => {
    const v6 = entry.address.includes(":");
    const own = v6 ? node.ipv6 : node.ipv4;
    // Without an address of the family there is no BGP of that family on the node.
    if (own === undefined || entry.address === own) return [];
    const asn = entry.localAsn ?? node.asn;
    const internal = entry.asn === asn;
    const client = internal && node.clusterId !== "" && entry.clusterId !== node.clusterId;
    const keep = entry.nextHop === "keep" || (entry.nextHop === "keep-ebgp" && !internal);
    const family: FamilySettings = {
      ...(entry.nextHop === "self" ? { nextHopSelf: "force" as const } : {}),
      ...(keep ? { nextHopUnchanged: true } : {}),
      ...(client ? { reflectorClient: true } : {}),
      ...(entry.allowAsIn === undefined ? {} : { allowAsIn: entry.allowAsIn }),
    };
    const password = passwordName(entry.password, inputs);
    const keepalive = entry.keepaliveTime === undefined ? undefined : durationSeconds(entry.keepaliveTime);
    const isGlobal = entry.pass === "global";
    const { objects } = inputs;
    const field = entry.by.spec.peerIP === undefined ? "spec.peerSelector" : "spec.peerIP";
    return [
      {
        kind: { v6, internal, filters: entry.filters },
        neighbor: {
          address: entry.address,
          description: protocolName(isGlobal ? "Global" : "Node", entry.address, entry.port),
          role: client ? "reflector client" : isGlobal ? "global" : "node",
          remoteAs: entry.asn,
          // The session's own ASN takes the node's place entirely: BIRD knows no other one on it.
          ...(entry.localAsn === undefined || entry.localAsn === node.asn
            ? {}
            : { localAs: { asn: entry.localAsn, noPrepend: true, replaceAs: true } }),
          ...(entry.ownAddress ? { localAddress: own } : {}),
          ...(entry.port === undefined ? {} : { port: entry.port }),
          ...(isGlobal && entry.calicoNode && entry.address > own ? { passive: true } : {}),
          ...(entry.ttlSecurity === undefined ? { multihop: HOPS } : { ttlSecurity: entry.ttlSecurity }),
          ...(password === undefined ? {} : { password }),
          ...(keepalive === undefined ? {} : { timers: { keepalive: Math.round(keepalive) } }),
          ...restartTime(entry.maxRestartTime),
          ...(Object.keys(family).length === 0 ? {} : { families: v6 ? { ipv6: family } : { ipv4: family } }),
          source: sourceOf(objects, entry.by, entry.pass === "reverse" ? `${field}, in reverse` : field),
        },
      },
    ];
  });
}

function protocolName(prefix: string, address: string, port?: number): string {
  const name = `${prefix}_${address.replace(/[.:]/g, "_")}`;
  return port === undefined ? name : `${name}_port_${port}`;
}

function restartTime(text: string | undefined): Pick<Neighbor, "gracefulRestart"> {
  const seconds = text === undefined ? undefined : durationSeconds(text);
  return seconds === undefined ? {} : { gracefulRestart: { mode: "restarter", restartTime: Math.round(seconds) } };
}

/**
 * The secret's name, with the key where that is not "password": two ends name one password alike. A secret that is
 * known not to exist leaves the session without a password, as confd does.
 */
export function passwordName(ref: SecretRef | undefined, inputs: SessionInputs): string | undefined {
  const key = ref?.secretKeyRef;
  if (key === undefined || secretState(ref, inputs) === "missing") return undefined;
  const name = key.name ?? "";
  return key.key === "password" ? name : `${name}/${key.key}`;
}

export function secretState(ref: SecretRef | undefined, inputs: SessionInputs): "there" | "missing" | "unknown" {
  const { secrets } = inputs.objects;
  const key = ref?.secretKeyRef;
  if (key === undefined || secrets === undefined) return "unknown";
  const secret = secrets.find((one) => one.name === key.name && one.namespace === inputs.secretsNamespace);
  return secret?.keys.includes(key.key) === true ? "there" : "missing";
}
