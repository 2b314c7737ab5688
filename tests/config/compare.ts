/**
 * Speakers brought to one form for comparison: without the lines they were read from, without what says nothing (empty
 * lists, a default), and with parts whose order means nothing in a fixed one.
 */
import type { FamilySettings, Neighbor, NeighborSettings, Segment, Speaker } from "../../components/bgp/network";

export interface Defaults {
  bgp: Partial<Record<keyof Speaker["bgp"], unknown>>;
  /** Are numbers of community and AS-path lists kept? EOS has none. */
  numberedLists: boolean;
}

export function comparable(speaker: Speaker, defaults: Defaults): unknown {
  const bgp = Object.fromEntries(
    Object.entries(speaker.bgp).filter(([key, value]) => defaults.bgp[key as keyof Speaker["bgp"]] !== value),
  );
  const renumbered = (lists: Record<string, { seq?: number }[]> = {}): unknown =>
    Object.fromEntries(
      Object.entries(lists).map(([name, entries]) => [
        name,
        defaults.numberedLists ? entries : entries.map((entry, index) => ({ ...entry, seq: index })),
      ]),
    );
  return bare({
    ...speaker,
    bgp,
    communityLists: renumbered(speaker.communityLists),
    asPathLists: renumbered(speaker.asPathLists),
    interfaces: sorted(speaker.interfaces),
    originate: sorted(speaker.originate ?? []),
    routes: sorted(speaker.routes ?? []),
    groups: Object.fromEntries(
      Object.entries(speaker.groups ?? {}).map(([name, settings]) => [name, session(speaker, settings, undefined)]),
    ),
    neighbors: speaker.neighbors.map((neighbor) =>
      session(speaker, neighbor, neighbor.group === undefined ? undefined : speaker.groups?.[neighbor.group]),
    ),
  });
}

export const comparableSegments = (segments: Segment[]): unknown => bare(sorted(segments));

const REPEATED = [
  "importPolicy",
  "exportPolicy",
  "importPrefixList",
  "exportPrefixList",
  "importAsPathList",
  "exportAsPathList",
] as const;

/** What a member has from its group anyway, and "active" where it says what holds anyway, are left out. */
function session<T extends NeighborSettings | Neighbor>(
  speaker: Speaker,
  settings: T,
  group: NeighborSettings | undefined,
): T {
  const families: Record<string, FamilySettings> = {};
  for (const family of ["ipv4", "ipv6"] as const) {
    const own = settings.families?.[family];
    if (own === undefined) continue;
    const anyway = group?.families?.[family]?.active ?? (family === "ipv4" && (speaker.bgp.defaultIpv4Unicast ?? true));
    const kept: FamilySettings = { ...own };
    if (own.active === anyway) delete kept.active;
    // A route server's client gets next hops as they came, which FRR prints as a line of its own.
    if (own.routeServerClient === true) delete kept.nextHopUnchanged;
    const inherited = group?.families?.[family];
    for (const field of REPEATED) if (inherited !== undefined && own[field] === inherited[field]) delete kept[field];
    if (own.addPath !== undefined && speaker.dialect.system === "frr") {
      kept.addPath = { ...own.addPath };
      if (own.addPath.send === inherited?.addPath?.send) delete kept.addPath.send;
      if (own.addPath.receive === inherited?.addPath?.receive) delete kept.addPath.receive;
    }
    families[family] = kept;
  }
  return { ...settings, families };
}

const sorted = <T>(values: T[]): T[] =>
  [...values].sort((a, b) => (JSON.stringify(bare(a)) < JSON.stringify(bare(b)) ? -1 : 1));

/** Without sources and empty things, keys in order. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value)
    .filter(([key]) => key !== "source")
    .map(([key, field]) => [key, key === "set" && Array.isArray(field) ? field : bare(field)] as const)
    .filter(([key, field]) => !(isEmpty(field) && !(key === "set" || key === "prefixes")));
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
