/** A node as kube-router sees it: its addresses, of which the primary one carries its sessions, and its annotations. */
import type { Address } from "../../model/address";
import type { Node } from "../objects";
import { machineAddresses, readNodeAddress, type NodeAddresses } from "../place";
import type { Report } from "../reading";
import { readAnnotations, type NodeAnnotations } from "./annotations";
import type { KubeRouterOptions } from "./options";

export interface RouterNode {
  node: Node;
  name: string;
  addresses: NodeAddresses;
  /** The primary one. */
  address: Address | undefined;
  annotations: NodeAnnotations;
  asn: number | undefined;
}

export function routerNode(node: Node, options: KubeRouterOptions, report: Report): RouterNode {
  const addresses = machineAddresses(node, options.nodes?.[node.metadata.name]);
  const annotations = readAnnotations(node, report);
  const asn = options.fullMesh === false ? annotations.asn : (options.clusterAsn ?? 64512);
  return { node, name: node.metadata.name, addresses, address: primary(node, addresses), annotations, asn };
}

/** The first InternalIP, whatever its family (GetPrimaryNodeIP, 2.11). */
function primary({ status }: Node, { ipv4, ipv6 }: NodeAddresses): Address | undefined {
  const first = status?.addresses?.find(({ type }) => type === "InternalIP");
  const six = first !== undefined && readNodeAddress(first.address)?.address.includes(":") === true;
  return (six ? ipv6?.address : undefined) ?? ipv4?.address ?? ipv6?.address;
}

/** The node's own address of the family that is wanted: next hop of its routes of that family. */
export function addressOf({ addresses }: Pick<RouterNode, "addresses">, v6: boolean): Address | undefined {
  return (v6 ? addresses.ipv6 : addresses.ipv4)?.address;
}
