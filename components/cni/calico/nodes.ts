/**
 * What Calico knows of each node: addresses, ASN, cluster id, listening port, blocks. From the Node's annotations, as
 * with the Kubernetes datastore; values that are not valid are dropped there without a word.
 */
import type { Address } from "../../model/address";
import { v4ToInt } from "../../model/address";
import { parseAsn } from "../../model/asn";
import { parsePrefix, type Prefix } from "../../model/prefix";
import { EXCLUDE_LABEL } from "../../model/labels";
import type { Node } from "../objects";
import { machineAddresses, readNodeAddress, type CniOptions, type NodeAddresses } from "../place";
import type { Report } from "../reading";
import { ANNOTATION, DEFAULT_ASN, type CalicoObjects } from "./types";

export interface CalicoNode {
  name: string;
  labels: Record<string, string>;
  node: Node;
  addresses: NodeAddresses;
  ipv4?: Address;
  ipv6?: Address;
  /** Own ASN, or the cluster's. */
  asn: number;
  /** Empty: not a route reflector. */
  clusterId: string;
  port: number | undefined;
  /** The node's blocks that are confirmed. */
  blocks: Prefix[];
  /** Takes no part in advertising services. */
  excluded: boolean;
}

export function readNodes(
  nodes: readonly Node[],
  calico: CalicoObjects,
  options: CniOptions,
  report: Report,
): CalicoNode[] {
  const blocks = blocksByNode(nodes, calico, report);
  return [...nodes]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((node) => readNode(node, calico, blocks.get(node.metadata.name) ?? [], options, report));
}

function readNode(
  node: Node,
  calico: CalicoObjects,
  blocks: Prefix[],
  options: CniOptions,
  report: Report,
): CalicoNode {
  const { name, labels = {}, annotations = {} } = node.metadata;
  const drop = (key: string, what: string, fix: string) =>
    report(
      "annotation-dropped",
      "error",
      node,
      `metadata.annotations["${key}"]`,
      `"${annotations[key] ?? ""}" is not ${what}: Calico drops it without a word`,
      fix,
    );
  const machine = machineAddresses(node, options.nodes?.[name]);
  const addresses: NodeAddresses = {};
  for (const family of ["ipv4", "ipv6"] as const) {
    const key = ANNOTATION[family];
    const annotated = annotations[key];
    const read = annotated === undefined ? machine[family] : readNodeAddress(annotated);
    if (read === undefined) {
      if (annotated !== undefined) drop(key, "an address with its network's length", 'write it as "10.10.10.11/24"');
      continue;
    }
    // The annotation may lack the length that the machine's own address tells.
    const length = read.length ?? (machine[family]?.address === read.address ? machine[family]?.length : undefined);
    addresses[family] = { address: read.address, ...(length === undefined ? {} : { length }) };
  }
  const annotatedAsn = annotations[ANNOTATION.asn];
  const asn = annotatedAsn === undefined ? undefined : parseAsn(annotatedAsn);
  if (asn?.ok === false) drop(ANNOTATION.asn, "an ASN", 'write it plain, "4200000001", or dotted');
  let clusterId = annotations[ANNOTATION.clusterId] ?? "";
  if (clusterId !== "" && v4ToInt(clusterId) < 0) {
    drop(ANNOTATION.clusterId, "an IPv4 address", 'write it as "244.0.0.1"');
    clusterId = "";
  }
  const port = calico.perNode.get(name)?.spec.listenPort ?? calico.defaults.listenPort;
  const { ipv4, ipv6 } = addresses;
  return {
    name,
    labels,
    node,
    addresses,
    ...(ipv4 === undefined ? {} : { ipv4: ipv4.address }),
    ...(ipv6 === undefined ? {} : { ipv6: ipv6.address }),
    asn: asn?.ok === true ? asn.value : (calico.defaults.asNumber ?? DEFAULT_ASN),
    clusterId,
    port,
    blocks,
    excluded: labels[EXCLUDE_LABEL] === "true",
  };
}

/** From the block affinities; in a cluster without any, from the nodes' pod CIDRs, as host-local IPAM has it. */
function blocksByNode(nodes: readonly Node[], calico: CalicoObjects, report: Report): Map<string, Prefix[]> {
  const blocks = new Map<string, Prefix[]>();
  const add = (name: string, text: string): boolean => {
    const prefix = parsePrefix(text);
    if (!prefix.ok) return false;
    const known = blocks.get(name);
    if (known === undefined) blocks.set(name, [prefix.value]);
    else if (!known.includes(prefix.value)) known.push(prefix.value);
    return true;
  };
  const names = new Set(nodes.map((node) => node.metadata.name));
  for (const affinity of calico.affinities) {
    const { cidr, node, state, deleted } = affinity.spec;
    if (deleted === true || deleted === "true" || (state !== "" && state !== "confirmed")) continue;
    if (!names.has(node)) {
      report(
        "block-without-node",
        "warning",
        affinity,
        "spec.node",
        `the block ${cidr} belongs to ${node}, and there is no such node: nobody advertises it`,
        "delete the affinity of the node that is gone",
      );
    } else if (!add(node, cidr)) {
      report("refused", "error", affinity, "spec.cidr", `"${cidr}" is not a CIDR`, "correct the value");
    }
  }
  if (calico.affinities.length > 0) return blocks;
  for (const node of nodes) {
    const { podCIDR, podCIDRs } = node.spec ?? {};
    for (const text of podCIDRs ?? (podCIDR === undefined ? [] : [podCIDR])) {
      if (!add(node.metadata.name, text)) {
        report("pod-cidr", "error", node, "spec.podCIDRs", `"${text}" is not a CIDR`, "correct the value");
      }
    }
  }
  return blocks;
}
