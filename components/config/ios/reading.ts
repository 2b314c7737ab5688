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
  speaker: Speaker;
  segments: Segment[];
  faults: Fault[];
  unmodelled: Unmodelled[];
}

/** Gives equal passwords equal names, so that both ends of a session can be compared, and never shows a value. */
export type SecretNames = (value: string) => string;

export function secretNames(known: Readonly<Record<string, string>> = {}): SecretNames {
  const names = new Map(Object.entries(known).map(([name, value]) => [value, name]));
  return (value) => {
    const name = names.get(value) ?? `password-${names.size + 1}`;
    names.set(value, name);
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

export interface Build {
  file: string | undefined;
  name: string | undefined;
  hostname: string | undefined;
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
  /** As each address family says it; a speaker has one. */
  paths: Partial<Record<Family, NonNullable<BgpOptions["maximumPaths"]>>>;
  bfdProfiles: Map<string, { minimumInterval?: number; multiplier?: number }>;
  /** Lines that stand for every neighbor: folded in at the end. */
  firstAs?: Map<string, boolean>;
  defaultIpv6?: boolean;
  disableConnectedCheck?: boolean;
  restartTime?: number | undefined;
  zebraRouterId?: string | undefined;
  faults: Fault[];
  unmodelled: Unmodelled[];
}

export function build(options: ReadOptions, dialect: DialectRef): Build {
  return {
    file: options.file,
    name: options.name,
    hostname: undefined,
    dialect,
    secrets: options.secrets ?? secretNames(),
    asn: undefined,
    routerId: undefined,
    bgp: {},
    interfaces: new Map(),
    routes: [],
    groups: new Map(),
    neighbors: new Map(),
    listen: [],
    originate: [],
    policies: new Map(),
    prefixLists: new Map(),
    communityLists: new Map(),
    asPathLists: new Map(),
    paths: {},
    bfdProfiles: new Map(),
    faults: [],
    unmodelled: [],
  };
}

export function source(b: Build, line: Line): Source {
  return sourceOf(b.file, line);
}

export function fault(b: Build, line: Line, found: string, expected: string): void {
  b.faults.push(faultAt(b.file, line, b.name ?? b.hostname ?? "", found, expected));
}

/** Notes a line that no rule covers; what it touches says how far "not modelled" reaches. */
export function unknown(b: Build, line: Line, touches: { neighbor?: string; policy?: string } = {}): void {
  b.unmodelled.push({ what: printed(line), ...touches, source: source(b, line) });
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
