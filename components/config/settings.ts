/**
 * What a neighbor's settings come to: its own over its group's, family by family. For targets that know no groups, and
 * for questions about a neighbor as a whole.
 */
import type { Family, FamilySettings, Neighbor, NeighborSettings, Speaker } from "../bgp/network";

export function effective(speaker: Speaker, neighbor: Neighbor): Neighbor {
  const group = neighbor.group === undefined ? undefined : speaker.groups?.[neighbor.group];
  if (group === undefined) return neighbor;
  const families: NonNullable<NeighborSettings["families"]> = {};
  for (const family of ["ipv4", "ipv6"] as const) {
    const merged = { ...group.families?.[family], ...neighbor.families?.[family] };
    if (Object.keys(merged).length > 0) families[family] = merged;
  }
  return { ...group, ...neighbor, ...(Object.keys(families).length > 0 ? { families } : {}) };
}

export function familySettings(neighbor: NeighborSettings, family: Family): FamilySettings {
  return neighbor.families?.[family] ?? {};
}

/** Is the family carried? By default IPv4 is where the speaker activates it, and IPv6 is not. */
export function isActive(speaker: Speaker, neighbor: NeighborSettings, family: Family): boolean {
  return neighbor.families?.[family]?.active ?? (family === "ipv4" && (speaker.bgp.defaultIpv4Unicast ?? true));
}
