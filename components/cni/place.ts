/**
 * Where a cluster's nodes stand: their interfaces, segments and routes besides BGP. Shared by all CNIs, because it is a
 * fact of the machines, not of the CNI.
 */
import { crc32 } from "node:zlib";
import type { Interface, Segment, Speaker, StaticRoute } from "../bgp/network";
import { familyOf, parseAddress, type Address } from "../model/address";
import {
  containsAddress,
  hostPrefix,
  parseInterfaceAddress,
  parsePrefix,
  prefixLength,
  type Prefix,
} from "../model/prefix";
import type { Node } from "./objects";

/** What the objects do not tell about a node. Everything is optional where the objects suffice. */
export interface NodePlace {
  /** Address with the length of its network, "10.10.10.11/24", where no annotation gives it. */
  address?: string;
  address6?: string;
  /** The segment that the node's own address is on. Default: the one of `segments` whose prefix holds the address. */
  segment?: string;
  /** Name of the interface with the node's address. Default "eth0". */
  interface?: string;
  /** Further interfaces: a loopback, a second uplink. */
  interfaces?: Interface[];
  /** Default gateways: kernel routes to everything. */
  gateways?: string[];
  /** Router id, where no object and no IPv4 address tells it. */
  routerId?: string;
  /** Further routes of the node. */
  routes?: StaticRoute[];
  rack?: string;
}

/** What every reading takes. */
export interface CniOptions {
  /** Of the CNI: "3.32", "1.19", "0.16". A patch level may follow. */
  version?: string;
  /** Name of the cluster, for reports. */
  cluster?: string;
  /** Put before each node's name to make the speaker's: for clusters whose node names repeat. */
  prefix?: string;
  segments?: readonly Segment[];
  nodes?: Readonly<Record<string, NodePlace>>;
  /** Node label that names the rack. Default "rack", then "topology.kubernetes.io/rack". */
  rackLabel?: string;
}

/** A node's own addresses, canonical, each with its network's length where that is known. */
export interface NodeAddresses {
  ipv4?: { address: Address; length?: number };
  ipv6?: { address: Address; length?: number };
}

/** "10.10.10.11/24" or "10.10.10.11"; undefined for what is no address. */
export function readNodeAddress(text: string): { address: Address; length?: number } | undefined {
  const withLength = parseInterfaceAddress(text.trim());
  if (withLength.ok) return { address: withLength.value.address, length: withLength.value.length };
  const bare = parseAddress(text.trim());
  return bare.ok ? { address: bare.value } : undefined;
}

/** From the options, else from the node's InternalIP addresses, the first of each family. */
export function machineAddresses(node: Node, place: NodePlace | undefined): NodeAddresses {
  const found: NodeAddresses = {};
  const given = [place?.address, place?.address6].filter((text) => text !== undefined);
  const internal = (node.status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map((one) => one.address);
  for (const text of [...given, ...internal]) {
    const read = readNodeAddress(text);
    if (read !== undefined) found[familyOf(read.address)] ??= read;
  }
  return found;
}

export interface Standing {
  interfaces: Interface[];
  routes: StaticRoute[];
  place: NonNullable<Speaker["place"]>;
  /** Segments, or further prefixes of known ones, made of the networks of the addresses. */
  segments: Segment[];
  /** Addresses whose network nobody told: nothing can be said about what is on the link. */
  adrift: Address[];
}

export function standing(node: Node, addresses: NodeAddresses, options: CniOptions): Standing {
  const given = options.nodes?.[node.metadata.name] ?? {};
  const name = given.interface ?? "eth0";
  const own: Interface = { name, addresses: [] };
  const segments: Segment[] = [];
  const adrift: Address[] = [];
  const both = [addresses.ipv4, addresses.ipv6].flatMap((one) => {
    if (one === undefined) return [];
    const found = segmentOf(one.address, given.segment, options.segments ?? []);
    const length = one.length ?? (found?.prefix === undefined ? undefined : prefixLength(found.prefix));
    if (length === undefined) adrift.push(one.address);
    own.addresses.push(length === undefined ? hostPrefix(one.address) : `${one.address}/${length}`);
    const network = length === undefined ? undefined : parsePrefix(`${one.address}/${length}`);
    return network?.ok === true ? [{ found, network: network.value }] : [];
  });
  // One interface is on one segment, whose prefixes are those of both families.
  const known = both.find(({ found }) => found !== undefined)?.found?.name;
  if (known !== undefined || given.interfaces?.some((other) => other.name === name) !== true) {
    const segment = known ?? both[0]?.network;
    if (segment !== undefined) own.segment = segment;
    for (const { found, network } of both) {
      const isThere = found?.name === segment && found?.prefix !== undefined;
      if (segment !== undefined && !isThere) segments.push({ name: segment, prefixes: [network] });
    }
  }
  const gateways = (given.gateways ?? []).map((gateway): StaticRoute => ({
    prefix: familyOf(gateway) === "ipv4" ? "0.0.0.0/0" : "::/0",
    via: [gateway],
    source: "kernel",
  }));
  return {
    interfaces: [...(own.addresses.length > 0 ? [own] : []), ...(given.interfaces ?? [])],
    routes: [...gateways, ...(given.routes ?? [])],
    place: placeOf(node, given, options),
    segments,
    adrift,
  };
}

/** Adds a piece of a segment to what is known of it. */
export function addSegment(segments: Map<string, Segment>, { name, prefixes }: Segment): void {
  segments.set(name, { name, prefixes: [...new Set([...(segments.get(name)?.prefixes ?? []), ...prefixes])] });
}

function segmentOf(
  address: Address,
  named: string | undefined,
  segments: readonly Segment[],
): { name: string; prefix?: Prefix } | undefined {
  const holds = (segment: Segment): Prefix | undefined => {
    for (const text of segment.prefixes) {
      const prefix = parsePrefix(text);
      if (prefix.ok && containsAddress(prefix.value, address)) return prefix.value;
    }
    return undefined;
  };
  for (const segment of segments) {
    if (named !== undefined && segment.name !== named) continue;
    const prefix = holds(segment);
    if (prefix !== undefined) return { name: segment.name, prefix };
  }
  return named === undefined ? undefined : { name: named };
}

function placeOf(node: Node, given: NodePlace, options: CniOptions): NonNullable<Speaker["place"]> {
  const labels = node.metadata.labels ?? {};
  const rack =
    given.rack ??
    (options.rackLabel === undefined
      ? (labels["rack"] ?? labels["topology.kubernetes.io/rack"])
      : labels[options.rackLabel]);
  return {
    ...(rack === undefined ? {} : { rack }),
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    labels,
  };
}

/** A node's router id where a daemon makes one of what no object tells: some number, so that the rest can be computed. */
export function madeRouterId(name: string): string {
  const hash = crc32(name);
  return [24, 16, 8, 0].map((shift) => (hash >>> shift) & 255).join(".");
}

export function speakerName(node: Node, options: CniOptions): string {
  return `${options.prefix ?? ""}${node.metadata.name}`;
}
