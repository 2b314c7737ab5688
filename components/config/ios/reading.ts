/**
 * A speaker in the reading: what the lines of a router's configuration have said so far. The readers of FRR and EOS fill
 * one; what follows from the whole (router id, segments, what a list touches) is worked out at its end.
 */
import { parseAddress } from "../../model/address";
import { parseAsn } from "../../model/asn";
import type { Fault, Result } from "../../model/errors";
import { parsePrefix } from "../../model/prefix";
import type {
  AsPathListEntry,
  BgpOptions,
  CommunityListEntry,
  DialectRef,
  Family,
  FamilySettings,
  Interface,
  ListenRange,
  NeighborSettings,
  Origination,
  PrefixListEntry,
  Segment,
  Source,
  Speaker,
  StaticRoute,
  Term,
  Unmodelled,
} from "../../bgp/network";
import { faultAt, printed, sourceOf, type Line } from "./lines";
import { LineClasses, type LineClass } from "./classes";
import type { Links } from "../lab/links";

export interface ReadOptions {
  /** The speaker's name; by default the configuration's hostname. */
  name?: string;
  /** Its file, for sources and faults. */
  file?: string;
  /** Which rules apply where the text does not say. */
  version?: string;
  profile?: "traditional" | "datacenter";
  /** Names a password by its value; see secretNames. */
  secrets?: SecretNames;
  /** Where the interfaces lead, and addresses that the configuration lacks. */
  links?: Links;
}

export interface Reading {
  /** The device, or the first of its VRFs where BGP runs in VRFs alone. */
  speaker: Speaker;
  /** The device and each of its VRFs that speak BGP: "tor1", "tor1 vrf RED". */
  speakers: Speaker[];
  segments: Segment[];
  faults: Fault[];
  unmodelled: Unmodelled[];
  /** What became of each line: understood, without effect (and why), not modelled, or a fault. */
  lines: LineClass[];
}

/** Gives equal passwords equal names, so that both ends of a session can be compared, and never shows a value. */
export type SecretNames = (value: string) => string;

/**
 * A value that `known` names keeps that name; any other is password-N, the Nth that is met. Whoever gives another value
 * for password-N means that place, so such names are never told by their value.
 */
export function secretNames(known: Readonly<Record<string, string>> = {}): SecretNames {
  const named = Object.entries(known).filter(([name]) => !/^password-[0-9]+$/.test(name));
  const names = new Map(named.map(([name, value]) => [value, name]));
  const met = new Map<string, string>();
  return (value) => {
    const name = met.get(value) ?? names.get(value) ?? `password-${met.size + 1}`;
    met.set(value, name);
    return name;
  };
}

export interface NeighborReading extends NeighborSettings {
  address?: string;
  interface?: string;
  group?: string;
  description?: string;
  source: Source;
}

export interface PolicyReading {
  terms: Map<number, Term>;
  source: Source;
}

/** What the instances of one device share: its file, its lists and policies, and what is said of its lines. */
export interface Device {
  file: string | undefined;
  name: string | undefined;
  hostname: string | undefined;
  dialect: DialectRef;
  secrets: SecretNames;
  policies: Map<string, PolicyReading>;
  prefixLists: Map<string, Map<Family, PrefixListEntry[]>>;
  communityLists: Map<string, CommunityListEntry[]>;
  asPathLists: Map<string, AsPathListEntry[]>;
  bfdProfiles: Map<string, { minimumInterval?: number; multiplier?: number }>;
  faults: Fault[];
  lines: LineClasses;
}

/**
 * A line of one address family touches nothing where no neighbor carries that; one of an interior routing protocol
 * touches nothing where no session, next hop or announced prefix depends on its routes.
 */
export type Condition = { family: Family } | { igp: string } | { touches: "routes beside own ones" };

/** One routing table of a device, with the BGP instance in it. */
export interface Build {
  device: Device;
  /** The VRF's name; undefined for the device's own table. */
  vrf: string | undefined;
  file: string | undefined;
  dialect: DialectRef;
  secrets: SecretNames;
  asn: number | undefined;
  routerId: string | undefined;
  bgp: BgpOptions;
  interfaces: Map<string, Interface>;
  routes: StaticRoute[];
  groups: Map<string, NeighborSettings>;
  neighbors: Map<string, NeighborReading>;
  listen: ListenRange[];
  originate: Origination[];
  policies: Map<string, PolicyReading>;
  prefixLists: Map<string, Map<Family, PrefixListEntry[]>>;
  communityLists: Map<string, CommunityListEntry[]>;
  asPathLists: Map<string, AsPathListEntry[]>;
  bfdProfiles: Map<string, { minimumInterval?: number; multiplier?: number }>;
  /** As each address family says it; a speaker has one. */
  paths: Partial<Record<Family, NonNullable<BgpOptions["maximumPaths"]>>>;
  /** Lines that stand for every neighbor: folded in at the end. */
  firstAs?: Map<string, boolean>;
  defaultIpv6?: boolean;
  disableConnectedCheck?: boolean;
  restartTime?: number | undefined;
  confederation?: { identifier?: number; members: number[] };
  timers?: { keepalive: number; hold: number } | undefined;
  zebraRouterId?: string | undefined;
  /** Lines that no rule covers and that may turn out to touch nothing, once all is read. */
  conditions: Map<Unmodelled, Condition>;
  faults: Fault[];
  unmodelled: Unmodelled[];
}

export function device(options: ReadOptions, dialect: DialectRef): Device {
  return {
    file: options.file,
    name: options.name,
    hostname: undefined,
    dialect,
    secrets: options.secrets ?? secretNames(),
    policies: new Map(),
    prefixLists: new Map(),
    communityLists: new Map(),
    asPathLists: new Map(),
    bfdProfiles: new Map(),
    faults: [],
    lines: new LineClasses(),
  };
}

/** An empty table of the device. Lists and policies are the device's; EOS's peer groups too. */
export function build(device: Device, vrf?: string, groups = new Map<string, NeighborSettings>()): Build {
  const { file, dialect, secrets, policies, prefixLists, communityLists, asPathLists, bfdProfiles, faults } = device;
  return {
    device,
    vrf,
    file,
    dialect,
    secrets,
    asn: undefined,
    routerId: undefined,
    bgp: {},
    interfaces: new Map(),
    routes: [],
    groups,
    neighbors: new Map(),
    listen: [],
    originate: [],
    policies,
    prefixLists,
    communityLists,
    asPathLists,
    bfdProfiles,
    paths: {},
    faults,
    unmodelled: [],
    conditions: new Map(),
  };
}

export const deviceName = (device: Device): string => device.name ?? device.hostname ?? "router";

export function speakerName({ device, vrf }: Build): string {
  return vrf === undefined ? deviceName(device) : `${deviceName(device)} vrf ${vrf}`;
}

export function source(b: Build, line: Line): Source {
  return sourceOf(b.file, line);
}

export function fault(b: Build, line: Line, found: string, expected: string): void {
  const { name, hostname, lines } = b.device;
  b.faults.push(faultAt(b.file, line, name ?? hostname ?? "", found, expected));
  lines.is(line, "fault");
}

/** Notes a line that no rule covers; what it touches says how far "not modelled" reaches. */
export function unknown(b: Build, line: Line, touches: { neighbor?: string; policy?: string } = {}): void {
  note(b, line, printed(line), touches);
}

/** As `unknown`, in words of its own; with a condition it may be dropped at the end. */
export function note(
  b: Build,
  line: Line,
  what: string,
  touches: { neighbor?: string; policy?: string } = {},
  condition?: Condition,
): void {
  const one: Unmodelled = { what, ...touches, source: source(b, line) };
  b.unmodelled.push(one);
  if (condition !== undefined) b.conditions.set(one, condition);
  b.device.lines.is(line, "not modelled");
}

/** A line without effect on sessions and unicast routes: `why` says what it is about instead. */
export function harmless(b: Build, line: Line, why: string): true {
  b.device.lines.is(line, "harmless", why);
  return true;
}

/** The value, or a fault of this line. */
export function take<T>(b: Build, line: Line, result: Result<T>): T | undefined {
  if (result.ok) return result.value;
  for (const one of result.faults) fault(b, line, one.found, one.expected);
  return undefined;
}

export const takeAddress = (b: Build, line: Line, text: string): string | undefined =>
  take<string>(b, line, parseAddress(text));
export const takePrefix = (b: Build, line: Line, text: string): string | undefined =>
  take<string>(b, line, parsePrefix(text));
export const takeAsn = (b: Build, line: Line, text: string): number | undefined =>
  take<number>(b, line, parseAsn(text));

export function takeNumber(
  b: Build,
  line: Line,
  text: string | undefined,
  least = 0,
  most = 4294967295,
): number | undefined {
  if (text !== undefined && /^[0-9]{1,10}$/.test(text)) {
    const value = Number(text);
    if (value >= least && value <= most) return value;
  }
  fault(b, line, text ?? "", `a number from ${least} to ${most}`);
  return undefined;
}

export function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^[0-9]{1,10}$/.test(text);
}

export function family(settings: NeighborSettings, family: Family): FamilySettings {
  settings.families ??= {};
  return (settings.families[family] ??= {});
}

/** Sets a field, or with "no" takes it away. */
export function put<T extends object, K extends keyof T>(
  target: T,
  key: K,
  value: T[K] | undefined,
  no: boolean,
): void {
  if (no || value === undefined) delete target[key];
  else target[key] = value;
}
