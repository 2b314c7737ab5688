/**
 * What Calico takes without a word and does not do, or does otherwise than one would think (v3.31 to v3.33). Each check
 * looks at one thing; the numbers and names are in the sentence, the way out in the fix.
 */
import { keysMatchedByAbsence, parseCalicoSelector } from "../../model/calicoSelector";
import { isReserved } from "../../model/asn";
import { containsAddress, containsPrefix, overlaps, parsePrefix, prefixLength } from "../../model/prefix";
import { parseAddress } from "../../model/address";
import { durationSeconds } from "../duration";
import { nameSome } from "../finding";
import type { ClusterObjects, KubernetesObject } from "../objects";
import type { Report } from "../reading";
import type { CalicoNode } from "./nodes";
import { sameSettings, splitPeer, type Collision, type Peers } from "./peers";
import { checkFilters } from "./policies";
import { checkReflectors } from "./reflectors";
import type { ServiceRanges } from "./services";
import { secretState, type NodeSession, type SessionInputs } from "./sessions";
import { ANNOTATION, type BgpPeer, type CalicoObjects, type SecretRef, type Version } from "./types";

export interface Checked {
  objects: ClusterObjects;
  calico: CalicoObjects;
  version: Version;
  nodes: CalicoNode[];
  peers: Peers;
  sessions: Map<CalicoNode, NodeSession[]>;
  ranges: ServiceRanges;
  inputs: SessionInputs;
}

/** Beyond this many nodes a full mesh costs more than it gives: Calico's own advice. */
export const MESH_LIMIT = 100;

export function checkCalico(checked: Checked, report: Report): void {
  checkConfigurations(checked, report);
  for (const peer of checked.calico.peers) checkPeer(peer, checked, report);
  checkCollisions(checked, report);
  checkMesh(checked, report);
  checkReflectors(checked, report);
  checkFilters(checked.calico, report);
  checkPools(checked, report);
  checkNodes(checked, report);
}

const DEFAULT_ONLY = [
  "nodeToNodeMeshEnabled",
  "asNumber",
  "serviceClusterIPs",
  "serviceExternalIPs",
  "serviceLoadBalancerIPs",
  "serviceLoadBalancerAggregation",
  "nodeMeshPassword",
  "nodeMeshMaxRestartTime",
  "bindMode",
  "ignoredInterfaces",
  "programClusterRoutes",
] as const;

function checkConfigurations({ calico, nodes, inputs }: Checked, report: Report): void {
  for (const object of calico.resources.filter(({ kind }) => kind === "BGPConfiguration")) {
    const { name } = object.metadata;
    if (name === "default") continue;
    const node = name.startsWith("node.") ? name.slice("node.".length) : undefined;
    if (node === undefined) {
      report(
        "configuration-ignored",
        "error",
        object,
        "metadata.name",
        `Calico reads BGPConfiguration "default" and "node.<name>" alone: ${name} has no effect`,
        "move what it says to default",
      );
    } else if (!nodes.some((one) => one.name === node)) {
      report(
        "configuration-ignored",
        "warning",
        object,
        "metadata.name",
        `there is no node ${node}`,
        "name it node.<name> of a node that exists",
      );
    }
    const spec = (object as KubernetesObject & { spec: Record<string, unknown> }).spec;
    for (const field of DEFAULT_ONLY.filter((one) => spec[one] !== undefined)) {
      report(
        "default-only",
        "error",
        object,
        `spec.${field}`,
        `${field} is read from BGPConfiguration default alone: here it has no effect`,
        field === "asNumber" && node !== undefined
          ? `annotate the node: projectcalico.org/ASNumber=${String(spec["asNumber"])}`
          : "move it to default",
      );
    }
  }
  const { defaults, defaultConfiguration: own = "BGPConfiguration/default" } = calico;
  if (defaults.asNumber !== undefined && isReserved(defaults.asNumber)) {
    report(
      "asn-reserved",
      "error",
      own,
      "spec.asNumber",
      `no speaker may use ${defaults.asNumber}`,
      "use a private ASN",
    );
  }
  checkSecret(defaults.nodeMeshPassword, own, "spec.nodeMeshPassword", inputs, report);
  checkDuration(defaults.nodeMeshMaxRestartTime, own, "spec.nodeMeshMaxRestartTime", report);
  for (const configuration of [calico.defaultConfiguration, ...calico.perNode.values()]) {
    if (configuration === undefined) continue;
    const { prefixAdvertisements = [], communities = [] } = configuration.spec;
    prefixAdvertisements.forEach(({ communities: named = [] }, i) => {
      for (const text of named) {
        if (/^\d+:\d+(:\d+)?$/.test(text) || communities.some(({ name }) => name === text)) continue;
        report(
          "community-undefined",
          "error",
          configuration,
          `spec.prefixAdvertisements[${i}].communities`,
          `no community is named ${text} in this object: nothing is added`,
          "define it under spec.communities of the same object",
        );
      }
    });
  }
}

function checkPeer(peer: BgpPeer, checked: Checked, report: Report): void {
  const { spec } = peer;
  const { calico, nodes, peers, inputs } = checked;
  const chosen = peers.chosen.get(peer);
  checkSelector(peer, "nodeSelector", spec.nodeSelector, nodes, chosen?.local, report);
  checkSelector(peer, "peerSelector", spec.peerSelector, nodes, chosen?.remote, report);
  const { node = "" } = spec;
  if (node !== "" && !nodes.some(({ name }) => name === node)) {
    report("selector-matches-nothing", "error", peer, "spec.node", `there is no node ${node}`, "correct the name");
  }
  const peerIp = spec.peerIP ?? "";
  const target = splitPeer(peerIp);
  if (peerIp !== "" && target === undefined) {
    report(
      "peer-address",
      "error",
      peer,
      "spec.peerIP",
      `"${peerIp}" is not an address: no session comes of it`,
      'write "10.0.0.1", "10.0.0.1:1179" or "[2001:db8::1]:179"',
    );
  }
  if (peerIp !== "" && (spec.asNumber ?? 0) === 0) {
    report(
      "peer-without-asn",
      "error",
      peer,
      "spec.asNumber",
      "BIRD refuses its whole configuration for a neighbor without an ASN: every node that this peer reaches keeps the old one",
      "set asNumber",
    );
  } else if (spec.asNumber !== undefined && isReserved(spec.asNumber) && spec.asNumber !== 0) {
    report("asn-reserved", "error", peer, "spec.asNumber", `no speaker may use ${spec.asNumber}`, "correct the ASN");
  }
  if (peerIp === "" && (spec.peerSelector ?? "") === "" && (spec.localWorkloadSelector ?? "") === "") {
    report("peer-without-target", "error", peer, "spec", "it names no peer", "set peerIP or peerSelector");
  }
  if ((spec.localWorkloadSelector ?? "") !== "") {
    report(
      "workload-peers",
      "info",
      peer,
      "spec.localWorkloadSelector",
      "sessions with workloads depend on which pods run where: they are not forecast",
      "look at them on the nodes",
    );
  }
  if (spec.reachableBy !== undefined && spec.reachableBy !== "") {
    const gateway = parseAddress(spec.reachableBy);
    if (!gateway.ok || target === undefined || gateway.value.includes(":") !== target.address.includes(":")) {
      report(
        "reachable-by",
        "error",
        peer,
        "spec.reachableBy",
        "it must be an address of the family of peerIP: Calico leaves the peer out",
        "correct the gateway's address",
      );
    }
  }
  if (spec.keepOriginalNextHop === true && spec.nextHopMode !== undefined) {
    report(
      "next-hop-twice",
      "error",
      peer,
      "spec.keepOriginalNextHop",
      "keepOriginalNextHop and nextHopMode exclude each other; nextHopMode holds",
      "remove keepOriginalNextHop",
    );
  } else if (spec.keepOriginalNextHop !== undefined) {
    report(
      "deprecated",
      "info",
      peer,
      "spec.keepOriginalNextHop",
      "keepOriginalNextHop is deprecated, and works for eBGP alone",
      "use nextHopMode: Keep",
    );
  }
  for (const field of ["localASNumber", "numAllowedLocalASNumbers"] as const) {
    if (spec[field] === undefined || (spec.peerSelector ?? "") === "") continue;
    report(
      "peer-field-ignored",
      "error",
      peer,
      `spec.${field}`,
      `${field} has no effect with peerSelector`,
      "remove it",
    );
  }
  (spec.filters ?? []).forEach((name, i) => {
    if (calico.filters.has(name)) return;
    report(
      "filter-missing",
      "error",
      peer,
      `spec.filters[${i}]`,
      `there is no BGPFilter ${name}: the session works without it, and nothing is filtered`,
      "create the filter before the peer, or correct its name",
    );
  });
  checkSecret(spec.password, peer, "spec.password", inputs, report);
  checkDuration(spec.maxRestartTime, peer, "spec.maxRestartTime", report);
  checkDuration(spec.keepaliveTime, peer, "spec.keepaliveTime", report);
}

function checkSelector(
  peer: BgpPeer,
  field: "nodeSelector" | "peerSelector",
  text: string | undefined,
  nodes: readonly CalicoNode[],
  chosen: number | undefined,
  report: Report,
): void {
  if (text === undefined || text === "") return;
  const path = `spec.${field}`;
  const selector = parseCalicoSelector(text);
  if (!selector.ok) {
    const { expected = "", column, fix } = selector.faults[0] ?? {};
    const at = column === undefined ? "" : ` at character ${column}`;
    report(
      "selector-syntax",
      "error",
      peer,
      path,
      `"${text}" cannot be read${at}: expected ${expected}; no session comes of it`,
      fix ?? "correct the selector",
    );
    return;
  }
  if (nodes.length === 0) return;
  if (chosen === 0) {
    report(
      "selector-matches-nothing",
      "warning",
      peer,
      path,
      `${text} matches none of the ${nodes.length} nodes: no session comes of it`,
      "label the nodes, or correct the selector",
    );
    return;
  }
  const absent = keysMatchedByAbsence(selector.value).filter((key) =>
    nodes.every(({ labels }) => labels[key] === undefined),
  );
  if (absent.length > 0) {
    report(
      "selector-holds-by-absence",
      "info",
      peer,
      path,
      `no node has the label ${nameSome(absent)}: ${text} holds because it is missing`,
      "nothing, if that is meant: !=, not in and !has hold for nodes without the label",
    );
  }
}

function checkSecret(
  ref: SecretRef | undefined,
  object: KubernetesObject | string,
  path: string,
  inputs: SessionInputs,
  report: Report,
): void {
  if (secretState(ref, inputs) !== "missing") return;
  const { name = "", key = "" } = ref?.secretKeyRef ?? {};
  report(
    "secret-missing",
    "error",
    object,
    path,
    `there is no secret ${name} with the key ${key} in ${inputs.secretsNamespace}: the session is dialled without a password`,
    `create it in ${inputs.secretsNamespace}, where calico-node runs`,
  );
}

function checkDuration(
  text: string | undefined,
  object: KubernetesObject | string,
  path: string,
  report: Report,
): void {
  if (text === undefined || durationSeconds(text) !== undefined) return;
  report("duration", "error", object, path, `"${text}" is not a duration`, 'write it as "120s"');
}

/** Two BGPPeers for one neighbor: said once for each pair. */
function checkCollisions({ peers }: Checked, report: Report): void {
  const pairs = new Map<string, { collision: Collision; nodes: string[] }>();
  for (const collision of peers.collisions) {
    const { kept, dropped } = collision;
    // What the reverse pass leaves out because a BGPPeer says it outright is how it should be.
    if (dropped.pass === "reverse" && sameSettings(kept, dropped)) continue;
    const key = [kept.by.metadata.name, dropped.by.metadata.name].sort().join(" ");
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, { collision, nodes: [collision.node ?? "every node"] });
    else if (!known.nodes.includes(collision.node ?? "every node")) known.nodes.push(collision.node ?? "every node");
  }
  for (const { collision, nodes } of pairs.values()) {
    const { kept, dropped } = collision;
    const where = `${kept.address} on ${nameSome(nodes)}`;
    const object = dropped.by;
    const other = kept.by.metadata.name;
    const alike = sameSettings(kept, dropped);
    if (kept.pass === dropped.pass && !alike) {
      report(
        "two-peers-for-one-neighbor",
        "error",
        object,
        "spec",
        `it and BGPPeer ${other} both name ${where} and differ: which of them holds is random`,
        "keep one of them, or select different nodes",
      );
    } else {
      report(
        "two-peers-for-one-neighbor",
        alike ? "info" : "warning",
        object,
        "spec",
        alike
          ? `it and BGPPeer ${other} both name ${where}, with the same settings`
          : `BGPPeer ${other} names ${where} too and comes first: what this one says of it has no effect`,
        "keep one of them, or select different nodes",
      );
    }
  }
}

function checkMesh({ calico, nodes, sessions }: Checked, report: Report): void {
  const own = calico.defaultConfiguration ?? "BGPConfiguration/default";
  const both = new Map<string, string[]>();
  for (const [node, list] of sessions) {
    const mesh = new Set(
      list.filter(({ neighbor }) => neighbor.role === "mesh").map(({ neighbor }) => neighbor.address),
    );
    for (const { neighbor } of list) {
      if (neighbor.role === "mesh" || !mesh.has(neighbor.address)) continue;
      const by = neighbor.source?.field?.split(" ")[0] ?? "BGPPeer";
      both.set(by, [...(both.get(by) ?? []), `${node.name} to ${neighbor.address ?? ""}`]);
    }
  }
  for (const [by, where] of both) {
    report(
      "mesh-and-peer",
      "error",
      by,
      "spec",
      `the mesh has these sessions already: ${nameSome(where)}. Two protocols dial one address, and one session of the two wins`,
      "switch the mesh off first, or let the peer choose route reflectors and outsiders alone",
    );
  }
  const meshed = nodes.filter(({ clusterId }) => clusterId === "").length;
  if (calico.defaults.nodeToNodeMeshEnabled !== false && meshed > MESH_LIMIT) {
    report(
      "full-mesh-at-scale",
      "warning",
      own,
      "spec.nodeToNodeMeshEnabled",
      `a full mesh of ${meshed} nodes is ${(meshed * (meshed - 1)) / 2} sessions`,
      "let two or three route reflectors over failure domains take its place",
    );
  }
}

function checkPools({ objects, calico, nodes, ranges }: Checked, report: Report): void {
  const pools = calico.pools.flatMap((pool) => {
    const prefix = parsePrefix(pool.spec.cidr, "", { strict: true });
    if (prefix.ok) return [{ pool, prefix: prefix.value }];
    report(
      "pool-cidr",
      "error",
      pool,
      "spec.cidr",
      `"${pool.spec.cidr}": ${prefix.faults[0]?.expected ?? ""} is expected`,
      prefix.faults[0]?.fix ?? "correct the CIDR",
    );
    return [];
  });
  pools.forEach(({ pool, prefix }, i) => {
    for (const other of pools.slice(i + 1)) {
      if (!overlaps(prefix, other.prefix)) continue;
      report(
        "pools-overlap",
        "error",
        other.pool,
        "spec.cidr",
        `${other.prefix} overlaps ${prefix} of IPPool ${pool.metadata.name}: Calico refuses the second, a bare API server takes both`,
        "give each pool a range of its own",
      );
    }
    const covered = nodes.filter(({ ipv4, ipv6 }) =>
      [ipv4, ipv6].some((address) => address !== undefined && containsAddress(prefix, address)),
    );
    if (covered.length > 0) {
      report(
        "pool-covers-nodes",
        "error",
        pool,
        "spec.cidr",
        `${prefix} holds the addresses of ${nameSome(covered.map(({ name }) => name))}: nodes then pass on every learned route within it, those of routers included`,
        "keep the nodes' networks out of every pool",
      );
    }
    const { allowedUses = ["Workload", "Tunnel"], blockSize, disabled } = pool.spec;
    const size = blockSize ?? (prefix.includes(":") ? 122 : 26);
    if (disabled !== true && prefixLength(prefix) > size) {
      report(
        "pool-smaller-than-block",
        "error",
        pool,
        "spec.blockSize",
        `${prefix} is smaller than one block of /${size}: no address can be given out`,
        `set blockSize to ${prefixLength(prefix)} or more`,
      );
    }
    if (!allowedUses.includes("LoadBalancer")) return;
    if (pool.spec.disableBGPExport === true) {
      report(
        "pool-load-balancer",
        "error",
        pool,
        "spec.disableBGPExport",
        "a LoadBalancer pool may not be kept from BGP",
        "remove disableBGPExport",
      );
    }
    if (!ranges.loadBalancerIps.some((range) => overlaps(range, prefix))) {
      report(
        "pool-not-advertised",
        "warning",
        pool,
        "spec.cidr",
        `services get addresses of ${prefix}, and no node advertises them`,
        `add ${prefix} to serviceLoadBalancerIPs of BGPConfiguration default`,
      );
    }
  });
  for (const service of objects.services ?? []) {
    if (service.spec.type !== "LoadBalancer" || ranges.loadBalancerIps.length === 0) continue;
    for (const { ip } of service.status?.loadBalancer?.ingress ?? []) {
      const address = parseAddress(ip ?? "");
      if (!address.ok || ranges.loadBalancerIps.some((range) => containsAddress(range, address.value))) continue;
      report(
        "service-outside-ranges",
        "warning",
        service,
        "status.loadBalancer.ingress",
        `${address.value} is in no range of serviceLoadBalancerIPs: no node advertises it`,
        "add its range to BGPConfiguration default",
      );
    }
  }
}

function checkNodes({ nodes, calico }: Checked, report: Report): void {
  const byAddress = new Map<string, string>();
  for (const node of nodes) {
    if (node.ipv4 === undefined) {
      report(
        "node-without-address",
        node.ipv6 === undefined ? "error" : "warning",
        node.node,
        `metadata.annotations["${ANNOTATION.ipv4}"]`,
        "the node has no IPv4 address: it takes no part in BGP for IPv4",
        "annotate its address with the network's length",
      );
    }
    for (const address of [node.ipv4, node.ipv6]) {
      if (address === undefined) continue;
      const other = byAddress.get(address);
      if (other !== undefined) {
        report(
          "address-twice",
          "error",
          node.node,
          "status.addresses",
          `${address} is ${other}'s address too`,
          "give each node its own",
        );
      }
      byAddress.set(address, node.name);
    }
    if (isReserved(node.asn) && node.node.metadata.annotations?.[ANNOTATION.asn] !== undefined) {
      report(
        "asn-reserved",
        "error",
        node.node,
        `metadata.annotations["${ANNOTATION.asn}"]`,
        `no speaker may use ${node.asn}`,
        "use a private ASN",
      );
    }
    if (node.node.metadata.annotations?.[ANNOTATION.wireguard] !== undefined) {
      report(
        "wireguard",
        "info",
        node.node,
        `metadata.annotations["${ANNOTATION.wireguard}"]`,
        "routes through WireGuard are not modelled",
        "nothing",
      );
    }
    const pools = calico.pools.flatMap(({ spec }) => {
      const prefix = parsePrefix(spec.cidr);
      return prefix.ok ? [prefix.value] : [];
    });
    if (pools.length === 0) continue;
    for (const block of node.blocks) {
      if (pools.some((pool) => containsPrefix(pool, block))) continue;
      report(
        "block-outside-pools",
        "warning",
        node.node,
        "spec.podCIDRs",
        `the block ${block} is in no IPPool: this node advertises it, and no other node passes it on`,
        "add an IPPool for the range",
      );
    }
  }
}
