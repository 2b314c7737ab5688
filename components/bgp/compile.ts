/**
 * The Network as the solver walks it: dialects chosen, groups folded into neighbors, addresses parsed and indexed. One
 * compiled speaker depends on its own Speaker and on its segments being up, so that a change recompiles what it touched.
 */
import { familyOf, type Address } from "../model/address";
import { containsAddress, makePrefix, prefixLength, type Prefix } from "../model/prefix";
import { canonicalPrefix, PrefixMap } from "./bits";
import { withoutCalls } from "./calls";
import { dialectOf, type Dialect, type DialectOverrides } from "./dialects";
import type {
  Family,
  FamilySettings,
  Neighbor,
  NeighborSettings,
  Network,
  Segment,
  Speaker,
  StaticRoute,
} from "./network";

export interface PortAddress {
  address: Address;
  prefix: Prefix;
}

export interface Port {
  name: string;
  segment?: string;
  addresses: PortAddress[];
  up: boolean;
}

/** A route that the speaker has besides BGP: what it stands on when BGP has said nothing yet. */
export interface OwnRoute {
  prefix: Prefix;
  source: "connected" | "static" | "kernel";
  distance: number;
  metric: number;
  tag?: number;
  via: string[];
  interface?: string;
  blackhole?: boolean;
}

export interface CompiledSpeaker {
  index: number;
  /** With policies that call no other. */
  speaker: Speaker;
  /** As the Network has it. */
  given: Speaker;
  dialect: Dialect;
  up: boolean;
  ports: Port[];
  /** Own addresses, on ports that are up. */
  own: Set<string>;
  /** Connected, static and kernel routes; the best by distance first. */
  routes: PrefixMap<OwnRoute[]>;
  /** The connected network around each address that was asked for; "" for none. */
  networks: Map<string, string>;
  neighbors: CompiledNeighbor[];
  requiresPolicy: boolean;
  resolveViaDefault: boolean;
}

export interface CompiledNeighbor extends Neighbor {
  index: number;
}

/** A port by its numbers: as true of a speaker that is down as of one that is up. */
export interface PortRef {
  speaker: number;
  port: number;
}

export interface Compiled {
  network: Network;
  speakers: CompiledSpeaker[];
  byName: ReadonlyMap<string, number>;
  /** Who has an address; loopbacks and host addresses alike. */
  owners: ReadonlyMap<string, PortRef[]>;
  /** The ports on a segment. */
  attached: ReadonlyMap<string, PortRef[]>;
  segments: ReadonlyMap<string, Segment>;
  rules: DialectOverrides;
}

export function compile(network: Network, rules: DialectOverrides, previous?: Compiled): Compiled {
  const before = previous?.rules === rules ? previous : undefined;
  const cut = before === undefined ? undefined : changedSegments(before.network.segments, network.segments);
  const segments =
    cut?.size === 0 && before !== undefined
      ? before.segments
      : new Map(network.segments.map((segment) => [segment.name, segment]));
  let laidOut = before?.speakers.length === network.speakers.length;
  const speakers = network.speakers.map((speaker, index) => {
    const was = before?.speakers[index];
    if (was === undefined) return compileSpeaker(speaker, index, segments, rules);
    const told = same(was.given, speaker);
    if (told && cut !== undefined && (cut.size === 0 || !was.ports.some((port) => cut.has(port.segment ?? "")))) {
      return was;
    }
    laidOut &&= told || (was.speaker.name === speaker.name && same(was.speaker.interfaces, speaker.interfaces));
    return compileSpeaker(speaker, index, segments, rules);
  });
  if (before !== undefined && laidOut) {
    const { byName, owners, attached } = before;
    return { network, speakers, byName, owners, attached, segments, rules };
  }
  return { network, speakers, ...layOut(speakers), segments, rules };
}

function layOut(speakers: readonly CompiledSpeaker[]): Pick<Compiled, "byName" | "owners" | "attached"> {
  const owners = new Map<string, PortRef[]>();
  const attached = new Map<string, PortRef[]>();
  for (const each of speakers) {
    each.ports.forEach(({ addresses, segment }, port) => {
      const place = { speaker: each.index, port };
      for (const { address } of addresses) push(owners, address, place);
      if (segment !== undefined) push(attached, segment, place);
    });
  }
  return { byName: new Map(speakers.map(({ speaker, index }) => [speaker.name, index])), owners, attached };
}

export function portAt({ speakers }: Compiled, { speaker, port }: PortRef): Port {
  return speakers[speaker]?.ports[port] as Port;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Names of segments that are otherwise than before; undefined where they are not the same ones in the same order. */
function changedSegments(before: readonly Segment[], now: readonly Segment[]): Set<string> | undefined {
  const changed = new Set<string>();
  if (before === now) return changed;
  if (before.length !== now.length) return undefined;
  for (let at = 0; at < now.length; at++) {
    const [was, is] = [before[at] as Segment, now[at] as Segment];
    if (was.name !== is.name) return undefined;
    if (!same(was, is)) changed.add(is.name);
  }
  return changed;
}

/** Structural equality that stops at shared references: an unchanged speaker is usually the same object. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each, index) => same(each, b[index]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]));
}

function compileSpeaker(
  given: Speaker,
  index: number,
  segments: ReadonlyMap<string, Segment>,
  rules: DialectOverrides,
): CompiledSpeaker {
  const speaker = withoutCalls(given);
  const dialect = dialectOf(speaker.dialect, rules);
  const up = speaker.down !== true;
  const ports = speaker.interfaces.map((each): Port => {
    const carrier = each.segment === undefined || segments.get(each.segment)?.down !== true;
    return {
      name: each.name,
      ...(each.segment === undefined ? {} : { segment: each.segment }),
      addresses: each.addresses.map((text) => {
        const slash = text.indexOf("/");
        const address = (slash < 0 ? text : text.slice(0, slash)) as Address;
        const length = slash < 0 ? (familyOf(address) === "ipv4" ? 32 : 128) : Number(text.slice(slash + 1));
        return { address, prefix: makePrefix(address, length) };
      }),
      up: up && each.down !== true && carrier,
    };
  });
  const own = new Set<string>();
  for (const port of ports) if (port.up) for (const { address } of port.addresses) own.add(address);
  return {
    index,
    speaker,
    given,
    dialect,
    up,
    ports,
    own,
    routes: ownRoutes(speaker, ports),
    networks: new Map(),
    neighbors: speaker.neighbors.map((neighbor, at) => ({ ...folded(speaker, neighbor), index: at })),
    requiresPolicy: speaker.bgp.ebgpRequiresPolicy ?? dialect.requiresPolicy,
    resolveViaDefault: speaker.bgp.resolveViaDefault ?? dialect.resolveViaDefault,
  };
}

/** A neighbor with what its group says where it says nothing itself. */
export function folded<T extends NeighborSettings & { group?: string }>(speaker: Speaker, neighbor: T): T {
  const group = neighbor.group === undefined ? undefined : speaker.groups?.[neighbor.group];
  if (group === undefined) return neighbor;
  const merged: T = { ...group, ...neighbor };
  const families: { ipv4?: FamilySettings; ipv6?: FamilySettings } = {};
  for (const family of ["ipv4", "ipv6"] as const) {
    const settings = { ...group.families?.[family], ...neighbor.families?.[family] };
    if (group.families?.[family] !== undefined || neighbor.families?.[family] !== undefined)
      families[family] = settings;
  }
  if (Object.keys(families).length > 0) merged.families = families;
  return merged;
}

function ownRoutes(speaker: Speaker, ports: Port[]): PrefixMap<OwnRoute[]> {
  const routes = new PrefixMap<OwnRoute[]>();
  const add = (route: OwnRoute): void => {
    const list = routes.get(route.prefix);
    if (list === undefined) routes.set(route.prefix, [route]);
    else {
      list.push(route);
      list.sort((a, b) => a.distance - b.distance || a.metric - b.metric);
    }
  };
  for (const port of ports) {
    if (!port.up) continue;
    for (const { prefix } of port.addresses) {
      add({ prefix, source: "connected", distance: 0, metric: 0, via: [], interface: port.name });
    }
  }
  if (speaker.down === true) return routes;
  // A static route lives while one of its next hops can be reached: directly, or over a static route that lives.
  let waiting = (speaker.routes ?? []).slice();
  for (let progress = true; progress && waiting.length > 0;) {
    progress = false;
    waiting = waiting.filter((route) => {
      const via = (route.via ?? []).filter((address) => resolves(routes, address as Address));
      if (!alive(route, via, ports)) return true;
      add(compileStatic(route, via));
      progress = true;
      return false;
    });
  }
  return routes;
}

function resolves(routes: PrefixMap<OwnRoute[]>, address: Address): boolean {
  return routes.around(address).some(([prefix]) => prefixLength(prefix) > 0);
}

function alive(route: StaticRoute, via: string[], ports: Port[]): boolean {
  if (route.blackhole === true || via.length > 0) return true;
  if (route.interface === undefined || (route.via?.length ?? 0) > 0) return false;
  return ports.some((port) => port.name === route.interface && port.up);
}

function compileStatic(route: StaticRoute, via: string[]): OwnRoute {
  const source = route.source ?? "static";
  return {
    prefix: canonicalPrefix(route.prefix),
    source,
    distance: route.distance ?? (source === "kernel" ? 0 : 1),
    metric: route.metric ?? 0,
    ...(route.tag === undefined ? {} : { tag: route.tag }),
    via,
    ...(route.interface === undefined ? {} : { interface: route.interface }),
    ...(route.blackhole === true ? { blackhole: true } : {}),
  };
}

/** The port whose connected network holds the address: the longest one, as a kernel would choose. */
export function portTowards(speaker: CompiledSpeaker, address: string): Port | undefined {
  let best: Port | undefined;
  let length = -1;
  for (const port of speaker.ports) {
    if (!port.up) continue;
    for (const { prefix } of port.addresses) {
      const own = prefixLength(prefix);
      if (own > length && containsAddress(prefix, address as Address)) {
        best = port;
        length = own;
      }
    }
  }
  return best;
}

export function addressOn(port: Port, family: Family, towards?: string): string | undefined {
  const fitting = port.addresses.filter((each) => familyOf(each.address) === family);
  const near =
    towards === undefined ? undefined : fitting.find((each) => containsAddress(each.prefix, towards as Address));
  return (near ?? fitting[0])?.address;
}
