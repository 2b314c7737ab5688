/**
 * Route reflectors of a Calico cluster: a cluster id takes a node out of the mesh at once, on both sides and whatever the
 * peers say. So what matters is who is left without a way to the others.
 */
import { nameSome } from "../finding";
import type { Report } from "../reading";
import type { Checked } from "./checked";
import { ANNOTATION } from "./types";

export function checkReflectors({ calico, nodes, peers, sessions }: Checked, report: Report): void {
  const mesh = calico.defaults.nodeToNodeMeshEnabled !== false;
  const byAddress = new Map(nodes.flatMap((node) => [node.ipv4, node.ipv6].map((address) => [address, node] as const)));
  const reaches = (node: (typeof nodes)[number]) =>
    new Set(
      (sessions.get(node) ?? []).flatMap(({ neighbor }) => {
        const far = byAddress.get(neighbor.address as never);
        return far === undefined ? [] : [far];
      }),
    );
  const reflectors = nodes.filter(({ clusterId }) => clusterId !== "");
  const clients = nodes.filter(({ clusterId }) => clusterId === "");

  for (const reflector of reflectors) {
    const without = clients.filter((client) => !reaches(client).has(reflector) && !reaches(reflector).has(client));
    if (clients.length > 0 && without.length === clients.length) {
      report(
        "cluster-id-before-sessions",
        "error",
        reflector.node,
        `metadata.annotations["${ANNOTATION.clusterId}"]`,
        `it has a cluster id and no session with any of the ${clients.length} other nodes: it left the mesh the moment the id was set, and its pods' routes with it`,
        "first make the BGPPeer from the other nodes to the reflectors and wait for its sessions, then set the cluster id",
      );
    } else if (mesh && without.length > 0) {
      report(
        "cluster-id-before-sessions",
        "error",
        reflector.node,
        `metadata.annotations["${ANNOTATION.clusterId}"]`,
        `it left the mesh by its cluster id, and ${nameSome(without.map(({ name }) => name))} have no session with it: they no longer know each other's pods unless another reflector tells them`,
        "let the BGPPeer to the reflectors select every other node",
      );
    }
  }
  if (mesh || nodes.length < 2) return;

  const own = calico.defaultConfiguration ?? "BGPConfiguration/default";
  const alone = nodes.filter((node) => (sessions.get(node) ?? []).length === 0);
  if (alone.length === nodes.length) {
    // Sessions with workloads are there, only which ones nobody outside the nodes knows.
    if (peers.workloads.size > 0) return;
    report(
      "no-sessions",
      "warning",
      own,
      "spec.nodeToNodeMeshEnabled",
      "the mesh is off and no BGPPeer selects a node: there is no BGP session at all",
      "add BGPPeers, or switch the mesh on",
    );
  } else if (reflectors.length > 0) {
    const cut = clients.filter((client) => !reflectors.some((reflector) => reaches(client).has(reflector)));
    if (cut.length > 0) {
      report(
        "node-without-reflector",
        "error",
        own,
        "spec.nodeToNodeMeshEnabled",
        `the mesh is off, and ${nameSome(cut.map(({ name }) => name))} have no session with a route reflector`,
        "let the BGPPeer to the reflectors select every other node",
      );
    }
    if (reflectors.length === 1) {
      report(
        "single-reflector",
        "warning",
        reflectors[0]?.node ?? own,
        `metadata.annotations["${ANNOTATION.clusterId}"]`,
        "it is the only route reflector: when it goes, the nodes lose each other's routes",
        "make a second one, in another failure domain",
      );
    }
  }
  const excess = reflectors.filter((reflector) => {
    const others = reflectors.filter((other) => other !== reflector);
    return others.length > 0 && !others.some((other) => reaches(reflector).has(other) || reaches(other).has(reflector));
  });
  if (excess.length > 0) {
    report(
      "reflectors-apart",
      "warning",
      excess[0]?.node ?? own,
      `metadata.annotations["${ANNOTATION.clusterId}"]`,
      `${nameSome(excess.map(({ name }) => name))} have no session with another reflector: what one of them knows, the clients of the others learn only if they are its clients too`,
      "add a BGPPeer from the reflectors to the reflectors",
    );
  }
}
