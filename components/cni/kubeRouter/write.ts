/**
 * From an intent to what kube-router reads: annotations of each node for its peers, its ASN and its place among the
 * reflectors (2.8 to 2.11), and flags for all that every node has alike. It has no objects of its own.
 */
import { stringify } from "yaml";
import { familyOf } from "../../model/address";
import { ok, type Fault, type Result } from "../../model/errors";
import type { CniSettings, NodeMark, WriteOptions, Written } from "../cni";
import type { ClusterIntent, Peering } from "../intent";
import { intentFaults, pathsUnder } from "../intentFaults";
import { markNodes } from "../marks";
import { holdsNode } from "../nodeSets";
import type { Node } from "../objects";
import { faultsOf } from "../readBack";
import { USUAL } from "./versions";
import { PREFIX } from "./annotations";
import { kubeRouterFaults } from "./cannot";
import { readKubeRouter, type KubeRouterOptions } from "./index";

export function writeKubeRouter(intent: ClusterIntent, options: WriteOptions = {}): Result<Written> {
  const at = pathsUnder(options.path);
  const nodes = options.nodes ?? [];
  const asn = intent.asn ?? options.asn;
  const faults: Fault[] = [...intentFaults(intent, options), ...kubeRouterFaults(intent, at)];
  if (options.part !== true && nodes.length === 0 && (intent.peerings ?? []).length > 0) {
    const expected = "the cluster's nodes: each carries its peers as an annotation";
    faults.push({ path: at("peerings"), found: "no nodes", expected });
  }
  if (faults.length > 0) return { ok: false, faults };
  const own = nodes.length === 0 ? marksOfNamed(intent) : nodes.map((node) => ownMark(node, intent));
  // Every node has one, of most without a mark: a mark that goes is then a change of it, and not the last thing of all.
  const sharedNodes = nodes.map((node) => sharedMark(node, intent, asn));
  const settings: CniSettings = { ...options.settings, ...flagsOf(intent, asn) };
  if (options.part !== true) {
    const marked = markNodes(nodes, [...own, ...sharedNodes]);
    const { findings } = readKubeRouter({ nodes: marked }, { ...settings, version: options.version ?? USUAL });
    const names = new Map([
      ["kube-router", at("asn")],
      ...nodes.map(({ metadata }) => [`Node/${metadata.name}`, at(`nodes.${metadata.name}`)] as const),
    ]);
    const refused = faultsOf(findings, names);
    if (refused.length > 0) return { ok: false, faults: refused };
  }
  return ok({ own: [], shared: [], nodes: own.filter(isMark), sharedNodes, settings });
}

function isMark({ labels, annotations }: NodeMark): boolean {
  return Object.keys(labels).length + Object.keys(annotations).length > 0;
}

/** A part that knows no nodes still marks those it names. */
function marksOfNamed(intent: ClusterIntent): NodeMark[] {
  return Object.keys(intent.nodes ?? {}).map((name) => ({
    name,
    labels: intent.nodes?.[name]?.labels ?? {},
    annotations: {},
  }));
}

/** Labels, and what makes a node a reflector. */
function ownMark({ metadata: { name } }: Node, { nodes = {}, reflectors }: ClusterIntent): NodeMark {
  const { labels = {} } = nodes[name] ?? {};
  if (reflectors?.nodes.includes(name) !== true) return { name, labels, annotations: {} };
  return {
    name,
    labels: { ...labels, [reflectors.label ?? "route-reflector"]: "true" },
    annotations: { [`${PREFIX}rr.server`]: reflectors.clusterId },
  };
}

/**
 * All peers of a node stand in one annotation, whichever part wants them. The mark of a client takes a node out of the
 * mesh, as a flag does it elsewhere: it comes when the reflectors reflect, and goes before they do.
 */
function sharedMark(node: Node, intent: ClusterIntent, asn: number | undefined): NodeMark {
  const { name } = node.metadata;
  const { reflectors } = intent;
  const wanted = intent.nodes?.[name] ?? {};
  const peers = (intent.peerings ?? [])
    .filter((peering) => holdsNode(peering.nodes, labelled(node, ownMark(node, intent))))
    .map((peering) =>
      peerEntry(peering, wanted.asn ?? asn, wanted.sources?.[peering.name] ?? sourceFor(peering, node)),
    );
  const ownAsn = hasOwnAsns(intent) ? (wanted.asn ?? asn) : undefined;
  return {
    name,
    labels: {},
    annotations: {
      ...(reflectors === undefined || reflectors.nodes.includes(name)
        ? {}
        : { [`${PREFIX}rr.client`]: reflectors.clusterId }),
      ...(ownAsn === undefined ? {} : { [`${PREFIX}node.asn`]: String(ownAsn) }),
      ...(peers.length === 0 ? {} : { [`${PREFIX}peers`]: stringify(peers) }),
    },
  };
}

/** It dials from its primary address; a peer of the other family needs another. */
function sourceFor({ to }: Peering, { status }: Node): string | undefined {
  const [first = "", ...others] = (status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP")
    .map(({ address }) => address);
  if (!("address" in to) || familyOf(first) === familyOf(to.address)) return undefined;
  return others.find((address) => familyOf(address) === familyOf(to.address));
}

/** A label that the intent gives a node chooses it for a peering as one that it has already. */
function labelled(node: Node, { labels }: NodeMark): Node {
  return { ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...labels } } };
}

function peerEntry({ to, asn, bfd }: Peering, own: number | undefined, source: string | undefined): object {
  const address = "address" in to ? to : undefined;
  return {
    remoteip: address?.address,
    remoteasn: asn === "internal" ? own : asn,
    ...(address?.port === undefined ? {} : { port: address.port }),
    ...(source === undefined ? {} : { localip: source }),
    ...(bfd === undefined
      ? {}
      : {
          bfd: {
            enabled: true,
            ...(bfd.receive === undefined ? {} : { required_min_rx_interval: bfd.receive }),
            ...(bfd.multiplier === undefined ? {} : { detection_multiplier: bfd.multiplier }),
          },
        }),
  };
}

function hasOwnAsns({ nodes = {} }: ClusterIntent): boolean {
  return Object.values(nodes).some(({ asn }) => asn !== undefined);
}

/** What every node has alike is a flag of the DaemonSet. */
function flagsOf(intent: ClusterIntent, asn: number | undefined): KubeRouterOptions {
  const { peerings = [], pools = [], advertise = [] } = intent;
  const announced = pools.filter((pool) => pool.advertise !== undefined);
  const of = (addresses: "pods" | "cluster" | "external") => advertise.filter((one) => one.addresses === addresses);
  const external = of("external").flatMap(({ ranges = [] }) => ranges);
  const [hold] = peerings.flatMap(({ timers }) => timers?.hold ?? []);
  const [restart] = peerings.flatMap(({ gracefulRestart }) => gracefulRestart ?? []);
  const [hops] = peerings.flatMap(({ multihop }) => multihop ?? []);
  return {
    ...(asn === undefined ? {} : { clusterAsn: asn }),
    ...(hasOwnAsns(intent) ? { fullMesh: false } : {}),
    // Without reflectors "no mesh" is no session between nodes at all; with them only clients keep from each other.
    ...(intent.mesh === false && intent.reflectors === undefined ? { ibgp: false } : {}),
    ...(intent.listenPort === undefined ? {} : { port: intent.listenPort }),
    ...(hold === undefined ? {} : { holdTime: hold }),
    ...(restart === undefined ? {} : { gracefulRestart: restart }),
    ...(hops === undefined ? {} : { multihopTtl: hops }),
    ...(peerings.some(({ nextHop }) => nextHop === "self") ? { overrideNextHop: true } : {}),
    advertisePodCidr: of("pods").length > 0,
    ...(of("cluster").length === 0 ? {} : { advertiseClusterIp: true }),
    ...(external.length === 0 ? {} : { advertiseExternalIp: true, externalIpRanges: external }),
    ...(announced.length === 0 ? {} : { advertiseLoadBalancerIp: true }),
    ...(pools.length === 0 ? {} : { loadBalancerIpRanges: pools.flatMap(({ ranges }) => ranges) }),
  };
}
