/**
 * What Calico takes without a word and does not do, or does otherwise than one would think (v3.31 to v3.33). Each check
 * looks at one thing; the numbers and names are in the sentence, the way out in the fix.
 */
import { isReserved } from "../../model/asn";
import { containsPrefix, parsePrefix } from "../../model/prefix";
import { nameSome } from "../finding";
import type { Report } from "../reading";
import type { Checked } from "./checked";
import { checkConfigurations } from "./configurationFindings";
import { checkCollisions, checkPeer } from "./peerFindings";
import { checkFilters } from "./policies";
import { checkPools } from "./poolFindings";
import { checkReflectors } from "./reflectors";
import { ANNOTATION } from "./types";

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

/** Two BGPPeers for one neighbor: said once for each pair. */
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
