/** Where a cluster's nodes stand, as the routers' configurations and the links file say together. */
import type { NetworkPiece } from "../components/bgp/combine";
import type { Segment, Speaker } from "../components/bgp/network";
import type { ClusterObjects } from "../components/cni/objects";
import type { NodePlace } from "../components/cni/place";
import type { Links } from "../components/config/lab/links";
import { parseInterfaceAddress } from "../components/model/prefix";

/** The routers' segments, each with the prefixes that stand on it: so that a node's address tells where it is. */
export function segmentsOf(parts: readonly NetworkPiece[]): Segment[] {
  const segments = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const segment of part.segments ?? []) {
      const prefixes = segments.get(segment.name) ?? new Set<string>();
      for (const prefix of segment.prefixes) prefixes.add(prefix);
      segments.set(segment.name, prefixes);
    }
  }
  for (const speaker of parts.flatMap((part) => part.speakers ?? [])) {
    for (const port of (speaker as Partial<Speaker>).interfaces ?? []) {
      const prefixes = port.segment === undefined ? undefined : segments.get(port.segment);
      for (const address of prefixes === undefined ? [] : port.addresses) {
        const parsed = parseInterfaceAddress(address);
        if (parsed.ok) prefixes?.add(parsed.value.prefix);
      }
    }
  }
  return [...segments].map(([name, prefixes]) => ({ name, prefixes: [...prefixes] }));
}

/** A node may be an end of a link like any router: "worker:eth0". */
export function nodePlaces(objects: ClusterObjects, links: Links): Record<string, NodePlace> {
  const names = new Set(objects.nodes.map((node) => node.metadata.name));
  const places: Record<string, NodePlace> = {};
  const placeOf = (end: string): { place: NodePlace; port: string } | undefined => {
    const colon = end.indexOf(":");
    const name = end.slice(0, colon);
    return names.has(name) ? { place: (places[name] ??= {}), port: end.slice(colon + 1) } : undefined;
  };
  for (const link of links.links) {
    for (const end of link.ends) {
      const found = placeOf(end);
      if (found !== undefined) Object.assign(found.place, { segment: link.name, interface: found.port });
    }
  }
  for (const [end, addresses] of links.addresses) {
    const found = placeOf(end);
    if (found === undefined) continue;
    for (const address of addresses) {
      if (address.includes(":")) found.place.address6 ??= address;
      else found.place.address ??= address;
    }
  }
  return places;
}
