/**
 * One link, told by its IPv4 network at one end and by its IPv6 network at the other, is one segment. Segments that a
 * links file or an argument named stay as they are.
 */
import { parseInterfaceAddress, parsePrefix } from "../../model/prefix";
import type { Network } from "../../bgp/network";

export function joinFamilies(network: Network): Network {
  const named = new Map(network.segments.map(({ name }) => [name, name]));
  const nameOf = (name: string): string => {
    const next = named.get(name);
    return next === undefined || next === name ? name : nameOf(next);
  };
  const isNetwork = (name: string): boolean => named.has(name) && parsePrefix(name).ok;
  for (const { interfaces } of network.speakers) {
    for (const { segment, addresses } of interfaces) {
      if (segment === undefined || !isNetwork(segment)) continue;
      for (const text of addresses) {
        const parsed = parseInterfaceAddress(text);
        const other = parsed.ok ? parsed.value.prefix : undefined;
        if (other === undefined || !isNetwork(other) || nameOf(other) === nameOf(segment)) continue;
        // The IPv4 network's name stays, as with an interface that has both.
        const [kept, gone] = [nameOf(segment), nameOf(other)].sort(
          (a, b) => Number(a.includes(":")) - Number(b.includes(":")),
        );
        if (kept !== undefined && gone !== undefined) named.set(gone, kept);
      }
    }
  }
  if ([...named].every(([name, other]) => name === other)) return network;
  const prefixes = new Map<string, Set<string>>();
  for (const { name, prefixes: own } of network.segments) {
    const all = prefixes.get(nameOf(name)) ?? new Set();
    for (const prefix of own) all.add(prefix);
    prefixes.set(nameOf(name), all);
  }
  return {
    ...network,
    segments: network.segments
      .filter(({ name }) => nameOf(name) === name)
      .map((segment) => ({ ...segment, prefixes: [...(prefixes.get(segment.name) ?? [])] })),
    speakers: network.speakers.map((speaker) => ({
      ...speaker,
      interfaces: speaker.interfaces.map((port) =>
        port.segment === undefined ? port : { ...port, segment: nameOf(port.segment) },
      ),
    })),
  };
}
