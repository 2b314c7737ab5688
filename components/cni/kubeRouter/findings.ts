/** What kube-router would take without a word, and not do, or do otherwise than meant: findings about its nodes and flags. */
import { isPrivate } from "../../model/asn";
import { nameSome } from "../finding";
import type { Report } from "../reading";
import type { RouterNode } from "./nodes";
import type { KubeRouterOptions } from "./options";

export const MESH_LIMIT = 100;

export function checkNodes(nodes: readonly RouterNode[], options: KubeRouterOptions, report: Report): void {
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
  for (const { node, address, annotations } of nodes) {
    for (const peer of peerRouters.length > 0 ? peerRouters : annotations.peers) {
      const local = ("localAddress" in peer ? peer.localAddress : undefined) ?? address;
      if (local === undefined || local.includes(":") === peer.address.includes(":")) continue;
      const flags = peerRouters.length > 0;
      report(
        "peer-of-other-family",
        "error",
        node,
        flags ? "--peer-router-ips" : 'metadata.annotations["kube-router.io/peers"]',
        `the node dials ${peer.address} from ${local}, which is of the other family: kube-router has no session with it`,
        flags
          ? "say the peers in the nodes' annotations, with localip"
          : "give the entry a localip of the peer's family",
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
