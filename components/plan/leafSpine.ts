/**
 * The plan of racks under spines: a link between each leaf and each spine, eBGP over it, an ASN a rack, and the nodes'
 * default route through their leaf. Each leaf is a rack that fabrics and clusters take like any other.
 */
import type { Speaker } from "../bgp/network";
import { type AddressFamily, familyOf } from "../model/address";
import { allocatePrefixes } from "../model/allocate";
import { isNobodys } from "../model/asn";
import { UserError } from "../model/errors";
import { type Prefix, hostPrefix, parsePrefix } from "../model/prefix";
import { Arguments } from "./arguments";
import type { Planned, RackFacts } from "./facts";
import { type EachFamily, both, eachPrefix, hostAt, titleOf } from "./families";
import { byInterface, overLinks } from "./linkSessions";
import { type RackPlan, type RackRouterSpec, planRack } from "./rack";
import { type RouterPlan, type RouterPort, type RouterSettings, loopbacksOf, routerPlan, settingsFit } from "./router";
import { type OwnSegment, firstAddress, gatewayOf, ownSegment, prefixesOf } from "./segment";

export interface SpineSpec extends RouterSettings {
  /** Name of the speaker. @example "spine1" */
  name: string;
  /** Whether it announces a default route to the leaves. There is no outside behind it: the route only exists. @default false */
  originateDefault?: boolean;
  /** Prefixes that it drops where nothing more specific is known. @default none @example ["10.0.0.0/8"] */
  blackhole?: readonly string[];
}

export interface LeafRouterSpec extends Omit<RackRouterSpec, "asn"> {
  /** Its AS number. @default the next one of the fabric's `firstLeafAsn` */
  asn?: number;
}

export interface LeafSpec {
  /** Name of the rack. @example "rack0" */
  name: string;
  /**
   * Prefixes of the rack's segments; a segment of both families is a list in the list.
   * @example ["10.0.1.0/24", "10.0.2.0/24"] @example [["10.0.1.0/24", "fd00:1::/64"]]
   */
  segments: readonly EachFamily[];
  /** The leaf: the router that the rack's segments share. */
  router: LeafRouterSpec;
  /** Further racks that the same leaf serves; it has the first address on their segments. @default none @example [{ name: "rack0b", segments: ["10.0.9.0/24"] }] */
  racks?: readonly { name: string; segments: readonly EachFamily[] }[];
}

export interface LeafSpineSpec {
  /** The routers above the racks; one alone may be the border router. */
  spines: readonly SpineSpec[];
  /** The racks, in order; appending one changes no other link and no other ASN. */
  leaves: readonly LeafSpec[];
  /** ASN of the first leaf that names none; the next ones follow. RFC 6996 keeps 64512 to 65534 for this. @default 64601 */
  firstLeafAsn?: number;
  /**
   * Range of the links' prefixes, a /29 or a /64 for each: Docker takes an address on every network.
   * @default "198.18.0.0/16" and "fd00:198:18::/48", of the families that the racks' segments have
   */
  linkRange?: EachFamily;
  /**
   * "numbered": each link has a prefix, and a session of each family. "unnumbered": links have no prefix; one session over
   * the IPv6 link-local addresses carries both families, IPv4 routes with IPv6 next hops (RFC 8950). FRR alone; each spine
   * has a loopback with IPv4 or a router id. Docker still takes an IPv4 prefix of `linkRange` for each link, which the
   * routers drop. @default "numbered"
   */
  links?: "numbered" | "unnumbered";
  /**
   * Whether routers announce every prefix that they stand on, links too; without it the racks' segments and the loopbacks
   * alone. What a router sends then has an address that the other racks can answer. @default false
   */
  connected?: boolean;
}

export interface LeafPlan extends RackPlan {
  readonly ownRouter: RouterPlan;
}

export interface LeafSpinePlan extends Planned {
  readonly links: readonly OwnSegment[];
  readonly spines: readonly RouterPlan[];
  readonly racks: readonly LeafPlan[];
}

const FIRST_LEAF_ASN = 64601;
const LINK_LENGTHS: Readonly<Record<AddressFamily, number>> = { ipv4: 29, ipv6: 64 };
const LINK_RANGES: Readonly<Record<AddressFamily, string>> = { ipv4: "198.18.0.0/16", ipv6: "fd00:198:18::/48" };

/** `beyond`: where a spine stands besides its links to the leaves. */
export function planLeafSpine(
  name: string,
  args: LeafSpineSpec,
  beyond: (spine: string) => readonly RouterPort[] = () => [],
): LeafSpinePlan {
  const check = new Arguments(`new LeafSpineFabric("${name}")`);
  const { spines, leaves } = args;
  if (spines.length === 0) check.add({ path: "spines", found: "", expected: "at least one spine" });
  if (leaves.length === 0) check.add({ path: "leaves", found: "", expected: "at least one rack" });
  spines.forEach((spine, index) => {
    settingsFit(spine, `spines[${index}].`, check);
    (spine.blackhole ?? []).forEach((prefix, i) => check.prefix(prefix, `spines[${index}].blackhole[${i}]`));
  });
  namesFit(args, check);
  const asns = leafAsns(args, check);
  const served = leaves.map((leaf, index): RackPlan[] => servedBy(leaf, index, asns[index] ?? 0, check));
  // A name that two racks have is told by itself.
  const linkNames = [...new Set(leaves.flatMap((leaf) => spines.map((spine) => linkName(leaf.name, spine.name))))];
  const families = familiesOf(served.flat());
  const unnumbered = args.links === "unnumbered";
  const usual = unnumbered ? LINK_RANGES.ipv4 : families.map((family) => LINK_RANGES[family]);
  const ranges = eachPrefix(args.linkRange ?? usual, "linkRange", check);
  const prefixes = ranges.map((range) =>
    check.take(allocatePrefixes(linkNames, range, LINK_LENGTHS[familyOf(range)], { path: "linkRange" })),
  );
  linksFit(args, ranges, families, check);
  routerIdsFit(args, unnumbered ? [] : ranges, check);
  check.done();

  const links = linkNames.map((link): OwnSegment => {
    const own = prefixes.flatMap((all) => all?.get(link) ?? []);
    const gateways = own.map((prefix) => gatewayOf(prefix));
    return ownSegment(link, own, gateways, gateways);
  });
  const end = (leaf: string, spine: string, which: "spine" | "leaf"): RouterPort => {
    const link = links.find((one) => one.name === linkName(leaf, spine));
    if (link === undefined) throw new Error(`no link between ${leaf} and ${spine}`);
    const host = which === "spine" ? 1 : 2;
    const { name: segment, prefix, prefix6 } = link;
    if (unnumbered) return { segment, prefix, address: hostAt(prefix, host), unnumbered };
    const six = prefix6 === undefined ? {} : { prefix6, address6: hostAt(prefix6, host) };
    return { segment, prefix, address: hostAt(prefix, host), ...six };
  };
  const leafPlans = served.map((racks, index) => leafPlan(racks, asns[index] ?? 0, args, { end, families }));
  const spinePlans = spines.map((spine) => spinePlan(spine, args, { end, families }, beyond(spine.name)));
  const racks = leafPlans.flat();
  const routers = [...spinePlans, ...leafPlans.flatMap(([first]) => first?.ownRouter ?? [])];
  return {
    links,
    spines: spinePlans,
    racks,
    routers: routers.map(({ facts }) => facts),
    network: {
      speakers: routers.map(({ speaker }) => speaker),
      segments: [
        ...links.map((link) => ({ name: link.name, prefixes: unnumbered ? [] : prefixesOf(link) })),
        ...racks.flatMap(({ network }) => network.segments ?? []),
      ],
    },
  };
}

/** The leaf's own rack, and the further ones as if the leaf stood in each. */
function servedBy({ name, segments, router, racks = [] }: LeafSpec, index: number, asn: number, check: Arguments) {
  const all = [
    { name, segments, address: router.address, at: `leaves[${index}]` },
    ...racks.map((one, at) => ({ ...one, address: firstOf(one.segments), at: `leaves[${index}].racks[${at}]` })),
  ];
  return all.flatMap(({ at, address, ...rack }): RackPlan[] => {
    try {
      return [planRack(rack.name, { segments: rack.segments, router: { ...router, asn, address } })];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const fault of error.faults) check.add({ ...fault, path: `${at}: ${fault.path}` });
      return [];
    }
  });
}

/** Of a prefix that is none, the fault is the segment's. */
function firstOf([segment = ""]: readonly EachFamily[]): string {
  const prefix = parsePrefix([segment].flat()[0] ?? "");
  return prefix.ok ? firstAddress(prefix.value) : "0.0.0.0";
}

/** The families of the racks' segments; IPv4 where no segment could be read. */
function familiesOf(racks: readonly RackPlan[]): AddressFamily[] {
  const there = new Set(racks.flatMap(({ segments }) => segments.flatMap(prefixesOf)).map(familyOf));
  return there.size === 0 ? ["ipv4"] : [...there].sort();
}

/** Links carry what the racks have. */
function linksFit(
  { links, linkRange, spines, leaves }: LeafSpineSpec,
  ranges: readonly Prefix[],
  families: readonly AddressFamily[],
  check: Arguments,
): void {
  const found = [linkRange ?? []].flat().join(", ");
  if (links === "unnumbered") {
    if (ranges.some((range) => familyOf(range) === "ipv6")) {
      check.add({ path: "linkRange", found, expected: "an IPv4 prefix alone: Docker gives each network one" });
    }
    const routers = [
      ...spines.map(({ os }, index) => ({ os, path: `spines[${index}].os` })),
      ...leaves.map(({ router }, index) => ({ os: router.os, path: `leaves[${index}].router.os` })),
    ];
    for (const { os, path } of routers.filter(({ os }) => os !== "frr")) {
      check.add({ path, found: os, expected: '"frr": unnumbered links are written for FRR alone' });
    }
    return;
  }
  for (const family of families) {
    if (ranges.length === 0 || ranges.some((range) => familyOf(range) === family)) continue;
    const expected = `a range of ${titleOf(family)} too: racks have ${titleOf(family)} segments`;
    check.add({
      path: "linkRange",
      found,
      expected,
      fix: `for example ["${LINK_RANGES.ipv4}", "${LINK_RANGES.ipv6}"]`,
    });
  }
}

/** A spine stands on links alone: over IPv6 ones, or unnumbered ones, it has to be given a number. */
function routerIdsFit({ spines, links }: LeafSpineSpec, ranges: readonly Prefix[], check: Arguments): void {
  if (ranges.length === 0 && links !== "unnumbered") return;
  if (ranges.some((range) => familyOf(range) === "ipv4")) return;
  spines.forEach(({ name, routerId, loopback }, index) => {
    if (routerId !== undefined || loopbacksOf(loopback).some((one) => familyOf(one) === "ipv4")) return;
    const expected = `four numbers like an IPv4 address: ${name} has no IPv4 address to take it from`;
    check.add({ path: `spines[${index}].routerId`, found: "", expected, fix: 'for example routerId: "10.0.0.1"' });
  });
}

interface Links {
  /** The spine's or the leaf's port on the link between them. */
  end: (leaf: string, spine: string, which: "spine" | "leaf") => RouterPort;
  /** What is carried over them. */
  families: readonly AddressFamily[];
}

const linkName = (leaf: string, spine: string): string => `${leaf}--${spine}`;

function namesFit({ spines, leaves }: LeafSpineSpec, check: Arguments): void {
  const names = [
    ...spines.map(({ name }, at) => ({ name, path: `spines[${at}].name` })),
    ...leaves.map(({ name }, at) => ({ name, path: `leaves[${at}].name` })),
    ...leaves.flatMap(({ racks = [] }, at) =>
      racks.map(({ name }, index) => ({ name, path: `leaves[${at}].racks[${index}].name` })),
    ),
  ];
  names.forEach(({ name, path }, index) => {
    if (names.findIndex((one) => one.name === name) === index) return;
    check.add({ path, found: name, expected: "a name that no other spine or rack has" });
  });
}

/** Every leaf an ASN of its own: two leaves with one would refuse each other's routes as loops. */
function leafAsns({ spines, leaves, firstLeafAsn = FIRST_LEAF_ASN }: LeafSpineSpec, check: Arguments): number[] {
  const asns = leaves.map(({ router }, index) => router.asn ?? firstLeafAsn + index);
  asns.forEach((asn, index) => {
    const path = `leaves[${index}].router.asn`;
    const spine = spines.find((one) => one.asn === asn);
    const other = leaves[asns.indexOf(asn)];
    if (spine !== undefined) {
      check.add({ path, found: String(asn), expected: `an ASN other than ${spine.name}'s: leaf and spine speak eBGP` });
    } else if (leaves[index]?.router.asn === undefined && !isNobodys(asn)) {
      const fix = "begin at a smaller firstLeafAsn, or give the leaves their ASNs";
      check.add({ path, found: `${asn}, by firstLeafAsn`, expected: "a private ASN (RFC 6996): 64512 to 65534", fix });
    } else if (asns.indexOf(asn) < index) {
      check.add({ path, found: String(asn), expected: `an ASN of its own: ${other?.name ?? ""} has it` });
    }
  });
  return asns;
}

export function withSpeaker(plan: RouterPlan, more: Partial<Speaker>): RouterPlan {
  const speaker: Speaker = {
    ...plan.speaker,
    ...more,
    ...(more.neighbors === undefined ? {} : { neighbors: byInterface(more.neighbors, plan.speaker.interfaces) }),
    // Paths over several spines, or by several leaves, differ in their ASNs and are equally long.
    bgp: { ...plan.speaker.bgp, multipathRelax: true },
  };
  return { ...plan, speaker, network: { speakers: [speaker] } };
}

/** The leaf's racks, with the one router that they share. */
function leafPlan(
  served: readonly RackPlan[],
  asn: number,
  { spines, leaves, connected }: LeafSpineSpec,
  { end, families }: Links,
): LeafPlan[] {
  const [first] = served;
  const settings = leaves.find(({ name }) => name === first?.name)?.router;
  if (first?.ownRouter === undefined || settings === undefined) throw new Error("a leaf without a rack");
  const ports = served.flatMap(({ ownRouter }) => ownRouter?.ports ?? []);
  const uplinks = spines.map(({ name }) => end(first.name, name, "leaf"));
  const wanted = { ...settings, asn, maximumPaths: settings.maximumPaths ?? spines.length };
  const own = routerPlan(first.ownRouter.name, wanted, [...ports, ...uplinks], first.name);
  const facts = { ...own.facts, peerLimit: (own.facts.peerLimit ?? 0) - spines.length };
  const prefixes = served.flatMap(({ segments }) => segments.flatMap(prefixesOf));
  const ownRouter = withSpeaker(
    { ...own, facts },
    {
      ...overLinks(
        "spines",
        {},
        spines.map(({ name }) => ({
          own: end(first.name, name, "leaf"),
          far: end(first.name, name, "spine"),
          description: name,
        })),
        families,
      ),
      originate: originated(connected, [...prefixes, ...loopbackOf(settings)], own.ports),
    },
  );
  return served.map((rack): LeafPlan => {
    const segments: RackFacts["segments"] = rack.segments.map((segment) => {
      const defaultRoute = own.addresses[segment.name];
      const defaultRoute6 = own.facts.addresses6?.[segment.name];
      return {
        ...segment,
        ...(defaultRoute === undefined ? {} : { defaultRoute }),
        ...(defaultRoute6 === undefined ? {} : { defaultRoute6 }),
      };
    });
    const network = { ...rack.network, speakers: [ownRouter.speaker] };
    return { ...rack, segments, router: facts, ownRouter, routers: [facts], network };
  });
}

function spinePlan(
  spine: SpineSpec,
  { leaves, connected }: LeafSpineSpec,
  { end, families }: Links,
  beyond: readonly RouterPort[],
): RouterPlan {
  const ports = [...leaves.map(({ name }) => end(name, spine.name, "spine")), ...beyond];
  const plan = routerPlan(spine.name, { ...spine, maximumPaths: spine.maximumPaths ?? leaves.length }, ports);
  const defaultOriginate = spine.originateDefault === true ? { defaultOriginate: true } : {};
  return withSpeaker(plan, {
    ...overLinks(
      "leaves",
      defaultOriginate,
      leaves.map(({ name }) => ({
        own: end(name, spine.name, "spine"),
        far: end(name, spine.name, "leaf"),
        description: name,
      })),
      families,
    ),
    routes: (spine.blackhole ?? []).map((prefix) => ({ prefix, blackhole: true })),
    originate: originated(connected, loopbackOf(spine), ports),
  });
}

function loopbackOf({ loopback }: RouterSettings | LeafRouterSpec): string[] {
  return loopbacksOf(loopback).map(hostPrefix);
}

function originated(
  connected: boolean | undefined,
  prefixes: readonly string[],
  ports: readonly RouterPort[],
): NonNullable<Speaker["originate"]> {
  if (connected !== true) return prefixes.map((prefix) => ({ kind: "network", prefix }));
  const families = new Set(ports.flatMap(({ address, address6 }) => both(address, address6)).map(familyOf));
  return [...families].sort().map((family) => ({ kind: "redistribute", from: "connected", family }));
}
