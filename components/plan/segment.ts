/** A segment's plan: its prefix, and the address that Docker takes on it. */
import { type Address, familyOf } from "../model/address";
import { type Prefix, containsAddress, maximumLength, prefixLength } from "../model/prefix";
import { Arguments } from "./arguments";
import type { Planned, SegmentFacts } from "./facts";
import { type EachFamily, both, eachAddress, eachFamily, hostAt, titleOf } from "./families";

export interface SegmentSpec {
  /** Prefix of the segment, or one of each family. @example "172.28.0.0/16" @example ["172.28.0.0/16", "fd00:28::/64"] */
  prefix: EachFamily;
  /** Address that Docker takes on it, or one of each family. @default the last one of each prefix */
  gateway?: EachFamily;
}

/** A segment as a Docker network is made of it. */
export interface OwnSegment {
  readonly name: string;
  readonly prefix: Prefix;
  readonly gateway: Address;
  /** An IPv6 prefix beside an IPv4 one, and Docker's address on it. */
  readonly prefix6?: Prefix;
  readonly gateway6?: Address;
  readonly reserved: readonly string[];
}

export interface SegmentPlan extends Planned, SegmentFacts {
  readonly own: OwnSegment;
}

export function planSegment(name: string, args: SegmentSpec): SegmentPlan {
  const check = new Arguments(`new Segment("${name}")`);
  const prefixes = segmentPrefixes(args.prefix, "prefix", check);
  const asked = args.gateway === undefined ? [] : eachAddress(args.gateway, "gateway", check);
  for (const { address, path } of asked) {
    if (prefixes.length === 0 || prefixes.some((prefix) => containsAddress(prefix, address))) continue;
    check.add({ path, found: address, expected: `an address of the segment ${prefixes.join(", ")}` });
  }
  check.done();
  const gateways = prefixes.map((prefix) => inside(prefix, asked) ?? gatewayOf(prefix));
  const own = ownSegment(name, prefixes, gateways, gateways);
  return { name, segments: [own], own, network: { segments: [{ name, prefixes: [...prefixes] }] } };
}

/** Of prefixes that fit, in the order of the families. */
export function ownSegment(
  name: string,
  [prefix, prefix6]: readonly Prefix[],
  [gateway, gateway6]: readonly Address[],
  reserved: readonly string[],
): OwnSegment {
  if (prefix === undefined || gateway === undefined) throw new Error(`the segment ${name} has no prefix`);
  const beside = prefix6 === undefined || gateway6 === undefined ? {} : { prefix6, gateway6 };
  return { name, prefix, gateway, ...beside, reserved };
}

/** The prefixes of a segment, IPv4 first, as the Network has them. */
export function prefixesOf({ prefix, prefix6 }: SegmentFacts["segments"][number]): Prefix[] {
  return both(prefix, prefix6) as Prefix[];
}

/** Prefixes with room for nodes, router and gateway, IPv4 first. */
export function segmentPrefixes(given: EachFamily, path: string, check: Arguments): Prefix[] {
  return eachFamily(given, path, check).flatMap((one) => segmentPrefix(one.text, one.path, check) ?? []);
}

/** A prefix with room for nodes, router and gateway. */
export function segmentPrefix(text: string, path: string, check: Arguments): Prefix | undefined {
  const prefix = check.prefix(text, path);
  if (prefix === undefined) return undefined;
  const family = familyOf(prefix);
  const longest = maximumLength(family) - 3;
  if (prefixLength(prefix) <= longest) return prefix;
  check.add({
    path,
    found: prefix,
    expected: `an ${titleOf(family)} prefix of length ${longest} or shorter, for nodes, router and gateway`,
  });
  return undefined;
}

/** Docker wants an address of its own on each network, and takes the first one unless told otherwise: the router's. */
export function gatewayOf(prefix: Prefix, router?: Address): Address {
  const highest = hostAt(prefix, -1);
  return highest === router ? hostAt(prefix, -2) : highest;
}

/** The address that a router takes unless told otherwise. */
export function firstAddress(prefix: Prefix): Address {
  return hostAt(prefix, 1);
}

/** The one of the addresses that lies in the prefix. */
export function inside(prefix: Prefix, all: readonly { address: Address }[]): Address | undefined {
  return all.find(({ address }) => containsAddress(prefix, address))?.address;
}
