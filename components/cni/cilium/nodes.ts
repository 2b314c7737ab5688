/**
 * Which BGP instance each node runs: what Cilium's operator makes of the cluster configurations and overrides (1.18 to
 * 1.20). The first cluster configuration that selects a node keeps it.
 */
import { parseAddress, type Address } from "../../model/address";
import { parsePrefix, type Prefix } from "../../model/prefix";
import { selects } from "../labels";
import type { Node, Resource } from "../objects";
import { machineAddresses, madeRouterId, readNodeAddress, type CniOptions, type NodeAddresses } from "../place";
import type { Report } from "../reading";
import type { CiliumNode, CiliumObjects, ClusterConfig, Instance, OverrideSpec, Peer } from "./types";

export interface NodeFacts {
  name: string;
  node: Node;
  labels: Record<string, string>;
  addresses: NodeAddresses;
  podCidrs: Prefix[];
  /** Blocks of multi-pool IPAM, by the pool's name. */
  podPools: Map<string, Prefix[]>;
}

export interface NodePeer extends Peer {
  localAddress?: string;
}

export interface NodeInstance {
  facts: NodeFacts;
  config: ClusterConfig;
  instance: Instance;
  localAsn: number;
  localPort?: number;
  routerId: string;
  /** Is the router id a stand-in for one that Cilium makes of what no object tells? */
  routerIdMade: boolean;
  peers: NodePeer[];
  /** Several instances run on the node: each is a speaker of its own at the node's addresses. */
  shared: boolean;
}

export function readFacts(
  nodes: readonly Node[],
  ciliumNodes: readonly CiliumNode[],
  options: CniOptions,
): NodeFacts[] {
  const byName = new Map(ciliumNodes.map((one) => [one.metadata.name, one]));
  return [...nodes]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((node) => {
      const { name } = node.metadata;
      const own = byName.get(name);
      const addresses = machineAddresses(node, options.nodes?.[name]);
      for (const { type, ip } of own?.spec.addresses ?? []) {
        const read = type === "InternalIP" ? readNodeAddress(ip ?? "") : undefined;
        if (read !== undefined) addresses[read.address.includes(":") ? "ipv6" : "ipv4"] ??= read;
      }
      const { podCIDR, podCIDRs } = node.spec ?? {};
      return {
        name,
        node,
        labels: own?.metadata.labels ?? node.metadata.labels ?? {},
        addresses,
        podCidrs: prefixes(own?.spec.ipam?.podCIDRs ?? podCIDRs ?? (podCIDR === undefined ? [] : [podCIDR])),
        podPools: new Map(
          (own?.spec.ipam?.pools?.allocated ?? []).map(({ pool, cidrs = [] }) => [pool, prefixes(cidrs)]),
        ),
      };
    });
}

function prefixes(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix.ok ? [prefix.value] : [];
  });
}

export function nodeInstances(
  facts: readonly NodeFacts[],
  cilium: CiliumObjects,
  options: CniOptions,
  report: Report,
): NodeInstance[] {
  const instances: NodeInstance[] = [];
  const owner = new Map<string, ClusterConfig>();
  for (const config of cilium.clusterConfigs) {
    const { nodeSelector } = config.spec;
    const chosen = facts.filter(({ labels }) => nodeSelector === undefined || selects(nodeSelector, labels));
    if (chosen.length === 0 && facts.length > 0) {
      report(
        "selector-matches-nothing",
        "warning",
        config,
        "spec.nodeSelector",
        `it matches none of the ${facts.length} nodes (condition cilium.io/NoMatchingNode)`,
        "label the nodes, or correct the selector",
      );
    }
    const taken = chosen.filter(({ name }) => owner.has(name) && cilium.excluded?.has(name) !== true);
    if (taken.length > 0) {
      const other = owner.get(taken[0]?.name ?? "")?.metadata.name ?? "";
      report(
        "conflicting-cluster-config",
        "error",
        config,
        "spec.nodeSelector",
        `${taken.map(({ name }) => name).join(", ")}: selected by CiliumBGPClusterConfig ${other} already. The first to be seen keeps a node, and which that is is not in the objects`,
        "let every node be selected by one of them",
      );
    }
    for (const one of chosen) {
      if (owner.has(one.name) || cilium.excluded?.has(one.name) === true) continue;
      owner.set(one.name, config);
      for (const instance of config.spec.bgpInstances) {
        const built = instanceOf(one, config, instance, cilium.overrides.get(one.name), options, report);
        if (built !== undefined) instances.push(built);
      }
    }
  }
  return instances.sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1));
}

function instanceOf(
  facts: NodeFacts,
  config: ClusterConfig,
  instance: Instance,
  override: Resource<OverrideSpec> | undefined,
  options: CniOptions,
  report: Report,
): NodeInstance | undefined {
  const own = override?.spec.bgpInstances.find(({ name }) => name === instance.name);
  const localAsn = own?.localASN ?? instance.localASN;
  if (localAsn === undefined) {
    report(
      "instance-without-asn",
      "error",
      config,
      `spec.bgpInstances[${config.spec.bgpInstances.indexOf(instance)}].localASN`,
      `the instance ${instance.name} has no ASN on ${facts.name}: it does not start there`,
      "set localASN, here or in the node's CiliumBGPNodeConfigOverride",
    );
    return undefined;
  }
  const localPort = own?.localPort ?? instance.localPort;
  const gateways = options.nodes?.[facts.name]?.gateways ?? [];
  return {
    facts,
    config,
    instance,
    localAsn,
    ...(localPort === undefined ? {} : { localPort }),
    ...routerIdOf(
      own?.routerID ?? options.nodes?.[facts.name]?.routerId ?? facts.addresses.ipv4?.address,
      facts,
      report,
    ),
    peers: (instance.peers ?? []).map((peer) => {
      const local = own?.peers?.find(({ name }) => name === peer.name)?.localAddress;
      const found = peer.peerAddress ?? discovered(peer, gateways);
      return {
        ...peer,
        ...(found === undefined ? {} : { peerAddress: found }),
        ...(local === undefined ? {} : { localAddress: local }),
      };
    }),
    shared: config.spec.bgpInstances.length > 1,
  };
}

/** Without an IPv4 address Cilium takes the low 32 bits of the MAC address of cilium_host. */
function routerIdOf(
  known: string | undefined,
  { name, node }: NodeFacts,
  report: Report,
): Pick<NodeInstance, "routerId" | "routerIdMade"> {
  if (known !== undefined) return { routerId: known, routerIdMade: false };
  report(
    "router-id",
    "warning",
    node,
    "status.addresses",
    "it has no IPv4 address, so that Cilium makes its router id of the MAC address of cilium_host: it may change when the node is set up anew",
    `set routerID in CiliumBGPNodeConfigOverride ${name}, or tell it to the reading: nodes.${name}.routerId`,
  );
  return { routerId: madeRouterId(name), routerIdMade: true };
}

/** The default gateway of the wanted family, as the node's place tells it; link-local ones do not count. */
function discovered(peer: Peer, gateways: readonly string[]): Address | undefined {
  const family = peer.autoDiscovery?.defaultGateway?.addressFamily;
  if (family === undefined) return undefined;
  for (const text of gateways) {
    const address = parseAddress(text);
    if (!address.ok || address.value.startsWith("fe80")) continue;
    if ((family === "ipv6") === address.value.includes(":")) return address.value;
  }
  return undefined;
}
