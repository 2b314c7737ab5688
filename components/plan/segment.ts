/** A segment's plan: its prefix, and the address that Docker takes on it. */
import { type Address, v4FromInt } from "../model/address";
import { type Prefix, containsAddress, prefixLength, v4Bounds } from "../model/prefix";
import { Arguments } from "./arguments";
import type { Planned, SegmentFacts } from "./facts";

export interface SegmentSpec {
  /** Prefix of the segment, IPv4. @example "172.28.0.0/16" */
  prefix: string;
  /** Address that Docker takes on it. @default the last one of the prefix */
  gateway?: string;
}

/** A segment as a Docker network is made of it. */
export interface OwnSegment {
  readonly name: string;
  readonly prefix: Prefix;
  readonly gateway: Address;
  readonly reserved: readonly string[];
}

export interface SegmentPlan extends Planned, SegmentFacts {
  readonly own: OwnSegment;
}

export function planSegment(name: string, args: SegmentSpec): SegmentPlan {
  const check = new Arguments(`new Segment("${name}")`);
  const prefix = segmentPrefix(args.prefix, "prefix", check);
  const asked = args.gateway === undefined ? undefined : check.address(args.gateway, "gateway");
  if (prefix !== undefined && asked !== undefined && !containsAddress(prefix, asked)) {
    check.add({ path: "gateway", found: asked, expected: `an address of the segment ${prefix}` });
  }
  check.done();
  const known = prefix as Prefix;
  const gateway = asked ?? gatewayOf(known);
  const own: OwnSegment = { name, prefix: known, gateway, reserved: [gateway] };
  return { name, segments: [own], own, network: { segments: [{ name, prefixes: [known] }] } };
}

/** A prefix with room for nodes, router and gateway. */
export function segmentPrefix(text: string, path: string, check: Arguments): Prefix | undefined {
  const prefix = check.prefix(text, path);
  if (prefix === undefined) return undefined;
  if (v4Bounds(prefix) !== undefined && prefixLength(prefix) <= 29) return prefix;
  check.add({
    path,
    found: prefix,
    expected: "an IPv4 prefix of length 29 or shorter, for nodes, router and gateway",
  });
  return undefined;
}

/** Docker wants an address of its own on each network, and takes the first one unless told otherwise: the router's. */
export function gatewayOf(prefix: Prefix, router?: Address): Address {
  const last = v4Bounds(prefix)?.last ?? 0;
  const highest = v4FromInt(last - 1);
  return highest === router ? v4FromInt(last - 2) : highest;
}

/** The address that a router takes unless told otherwise. */
export function firstAddress(prefix: Prefix): Address {
  return v4FromInt((v4Bounds(prefix)?.first ?? 0) + 1);
}
