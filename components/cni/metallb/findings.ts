/** What MetalLB takes and does not do: selectors and references that meet nothing, nodes that announce nothing. */
import { isReserved } from "../../model/asn";
import { nameSome } from "../finding";
import { EXCLUDE_LABEL } from "../../model/labels";
import { type ClusterObjects, type Node } from "../objects";
import type { Report } from "../reading";
import type { MetallbOptions } from "./options";
import { isDialled, isOn } from "./peers";
import { checkCommunities } from "./preferences";
import { addressesOf, announces, boundPools } from "./services";
import type { MetallbObjects, Mode } from "./types";

interface Checked {
  objects: ClusterObjects;
  metallb: MetallbObjects;
  nodes: Node[];
  mode: Mode;
  version: string;
  options: MetallbOptions;
}

export function checkMetallb(checked: Checked, report: Report): void {
  checkPeers(checked, report);
  checkAdvertisements(checked, report);
  checkCommunities(checked.metallb, checked.nodes, checked.mode, report);
  checkPools(checked, report);
  checkNodes(checked, report);
}

function checkPeers({ metallb, nodes, mode }: Checked, report: Report): void {
  for (const peer of metallb.peers) {
    const { spec } = peer;
    if (nodes.length > 0 && !nodes.some((node) => isOn(peer, node))) {
      report(
        "selector-matches-nothing",
        "warning",
        peer,
        "spec.nodeSelectors",
        `it matches none of the ${nodes.length} nodes: no session comes of it`,
        "label the nodes, or correct the selectors",
      );
    }
    for (const field of ["myASN", "peerASN"] as const) {
      const asn = spec[field];
      if (asn === undefined || asn === 0 || !isReserved(asn)) continue;
      report("asn-reserved", "error", peer, `spec.${field}`, `no speaker may use ${asn}`, "correct the ASN");
    }
    if (mode === "frr-k8s") {
      for (const field of ["sourceAddress", "localASN"] as const) {
        if (spec[field] === undefined) continue;
        report(
          "not-passed-to-frr-k8s",
          "error",
          peer,
          `spec.${field}`,
          `${field} does not reach FRR in the FRR-K8s mode (0.16.1): the session goes on without it`,
          "use the FRR mode, or an FRRConfiguration of your own",
        );
      }
    }
    if (!isDialled(peer, mode)) {
      report(
        "not-dialled",
        "error",
        peer,
        "spec.peerAddress",
        "the native speaker dials no IPv6 address (0.15.2): no session comes of it",
        "run the FRR or FRR-K8s backend, or name an IPv4 address",
      );
    }
    if (mode === "native" && spec.ebgpMultiHop === true) {
      report(
        "without-effect",
        "info",
        peer,
        "spec.ebgpMultiHop",
        "the native speaker needs no ebgpMultiHop: its packets have the usual TTL",
        "nothing",
      );
    }
    if (spec.password !== undefined) {
      report(
        "password-in-object",
        "warning",
        peer,
        "spec.password",
        "the password stands in the object for all to read",
        "use passwordSecret",
      );
    }
  }
}

function checkAdvertisements({ metallb, nodes }: Checked, report: Report): void {
  const pools = new Set(metallb.pools.map(({ pool }) => pool.metadata.name));
  const peers = new Set(metallb.peers.map(({ metadata }) => metadata.name));
  for (const advertisement of metallb.advertisements) {
    const { spec } = advertisement;
    const missing = (names: readonly string[] | undefined, known: Set<string>, field: string, kind: string) =>
      (names ?? []).forEach((name, i) => {
        if (known.has(name)) return;
        report(
          "reference-missing",
          "warning",
          advertisement,
          `spec.${field}[${i}]`,
          `there is no ${kind} ${name}: the name has no effect`,
          "correct it",
        );
      });
    missing(spec.ipAddressPools, pools, "ipAddressPools", "IPAddressPool");
    missing(spec.peers, peers, "peers", "BGPPeer");
    if (boundPools(advertisement, metallb.pools).length === 0 && metallb.pools.length > 0) {
      report(
        "advertisement-selects-nothing",
        "warning",
        advertisement,
        "spec",
        "it selects no IPAddressPool: nothing is announced by it",
        "name a pool that exists",
      );
    }
    const { nodeSelectors = [], peers: named = [] } = spec;
    const asPeer = { ...advertisement, spec: { myASN: 0, nodeSelectors } };
    if (nodes.length > 0 && !nodes.some((node) => isOn(asPeer, node))) {
      report(
        "selector-matches-nothing",
        "warning",
        advertisement,
        "spec.nodeSelectors",
        "it matches no node: nothing is announced by it",
        "label the nodes, or correct the selectors",
      );
      continue;
    }
    const speaking = nodes
      .filter((node) => isOn(asPeer, node))
      .filter((node) =>
        metallb.peers.some((peer) => isOn(peer, node) && (named.length === 0 || named.includes(peer.metadata.name))),
      );
    if (nodes.length > 0 && metallb.peers.length > 0 && speaking.length === 0) {
      report(
        "advertisement-without-session",
        "warning",
        advertisement,
        "spec.nodeSelectors",
        "no node that it selects has a session with a peer that it names",
        "let BGPPeers select these nodes too",
      );
    }
  }
}

function checkPools({ objects, metallb, options }: Checked, report: Report): void {
  for (const { pool } of metallb.pools) {
    const advertised = metallb.advertisements.some((one) =>
      boundPools(one, metallb.pools).some((each) => each.pool === pool),
    );
    const byL2 = metallb.l2.some((one) => boundPools(one as never, metallb.pools).some((each) => each.pool === pool));
    if (advertised || byL2) continue;
    report(
      "pool-not-advertised",
      "warning",
      pool,
      undefined,
      "no BGPAdvertisement takes its addresses: services get them and nobody can reach them",
      "add a BGPAdvertisement",
    );
  }
  for (const service of objects.services ?? []) {
    const { addresses, pool } = addressesOf(service, metallb, options);
    if (addresses.length === 0 || pool !== undefined) continue;
    report(
      "service-outside-pools",
      "warning",
      service,
      "status.loadBalancer.ingress",
      `${addresses.join(", ")} belong to no single IPAddressPool: nobody announces them`,
      "add a pool, or let MetalLB choose the address",
    );
  }
}

function checkNodes({ metallb, nodes, options }: Checked, report: Report): void {
  const silent = nodes.filter((node) => metallb.peers.some((peer) => isOn(peer, node)) && !announces(node, options));
  const labelled = silent.filter(({ metadata }) => metadata.labels?.[EXCLUDE_LABEL] !== undefined);
  if (labelled.length === 0) return;
  report(
    "node-excluded",
    labelled.length === nodes.length ? "error" : "info",
    labelled[0] ?? "Node",
    `metadata.labels["${EXCLUDE_LABEL}"]`,
    `${nameSome(labelled.map(({ metadata }) => metadata.name))} keep the session and announce nothing: the label takes them out of load balancing (control planes of kubeadm and kind carry it)`,
    "remove the label, or run the speaker with --ignore-exclude-lb",
  );
}
