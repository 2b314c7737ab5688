/**
 * The plan of racks under spines: a link between each leaf and each spine, eBGP over it, an ASN a rack, and the nodes'
 * default route through their leaf. Each leaf is a rack that fabrics and clusters take like any other.
 */
import type { NeighborSettings, Policy, Speaker } from "../bgp/network";
import type { Address } from "../model/address";
import { v4FromInt } from "../model/address";
import { allocatePrefixes } from "../model/allocate";
import { isNobodys } from "../model/asn";
import { UserError } from "../model/errors";
import { type Prefix, hostPrefix, parsePrefix, v4Bounds } from "../model/prefix";
import { Arguments } from "./arguments";
import type { Planned, RackFacts } from "./facts";
import { type RackPlan, type RackRouterSpec, planRack } from "./rack";
import { type RouterPlan, type RouterPort, type RouterSettings, routerPlan, settingsFit } from "./router";
import { type OwnSegment, firstAddress, gatewayOf } from "./segment";

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
  /** Prefixes of the rack's segments, IPv4. @example ["10.0.1.0/24", "10.0.2.0/24"] */
  segments: readonly string[];
  /** The leaf: the router that the rack's segments share. */
  router: LeafRouterSpec;
  /** Further racks that the same leaf serves; it has the first address on their segments. @default none @example [{ name: "rack0b", segments: ["10.0.9.0/24"] }] */
  racks?: readonly { name: string; segments: readonly string[] }[];
}

export interface LeafSpineSpec {
  /** The routers above the racks; one alone may be the border router. */
  spines: readonly SpineSpec[];
  /** The racks, in order; appending one changes no other link and no other ASN. */
  leaves: readonly LeafSpec[];
  /** ASN of the first leaf that names none; the next ones follow. RFC 6996 keeps 64512 to 65534 for this. @default 64601 */
  firstLeafAsn?: number;
  /** Range of the links' prefixes, a /29 for each: Docker takes an address on every network. @default "198.18.0.0/16" */
  linkRange?: string;
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

/** What crosses the fabric's own sessions is filtered where it comes in from nodes. */
const POLICY = "fabric";
const ACCEPT_ALL: Policy = { terms: [{ seq: 10, action: "accept" }] };
const FIRST_LEAF_ASN = 64601;
const LINK_LENGTH = 29;

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
  const range = check.prefix(args.linkRange ?? "198.18.0.0/16", "linkRange");
  const prefixes =
    range === undefined
      ? undefined
      : check.take(allocatePrefixes(linkNames, range, LINK_LENGTH, { path: "linkRange" }));
  check.done();

  const links = linkNames.map((link): OwnSegment => {
    const prefix = prefixes?.get(link) as Prefix;
    const gateway = gatewayOf(prefix);
    return { name: link, prefix, gateway, reserved: [gateway] };
  });
  const end = (leaf: string, spine: string, which: "spine" | "leaf"): RouterPort => {
    const link = links.find((one) => one.name === linkName(leaf, spine));
    if (link === undefined) throw new Error(`no link between ${leaf} and ${spine}`);
    return { segment: link.name, prefix: link.prefix, address: hostOf(link.prefix, which === "spine" ? 1 : 2) };
  };
  const leafPlans = served.map((racks, index) => leafPlan(racks, asns[index] ?? 0, args, end));
  const spinePlans = spines.map((spine) => spinePlan(spine, args, end, beyond(spine.name)));
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
        ...links.map((link) => ({ name: link.name, prefixes: [link.prefix] })),
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
function firstOf([segment = ""]: readonly string[]): string {
  const prefix = parsePrefix(segment);
  return prefix.ok && v4Bounds(prefix.value) !== undefined ? firstAddress(prefix.value) : "0.0.0.0";
}

type End = (leaf: string, spine: string, which: "spine" | "leaf") => RouterPort;

const linkName = (leaf: string, spine: string): string => `${leaf}--${spine}`;

function hostOf(prefix: Prefix, host: number): Address {
  return v4FromInt((v4Bounds(prefix)?.first ?? 0) + host);
}

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

/** Sessions over links, with one group for all of them. */
function overLinks(group: string, settings: NeighborSettings, ends: { address: string; description: string }[]) {
  const ipv4 = { ...settings.families?.ipv4, importPolicy: POLICY, exportPolicy: POLICY };
  return {
    groups: { [group]: { ...settings, remoteAs: "external" as const, families: { ipv4 } } },
    neighbors: ends.map((one) => ({ ...one, group })),
    policies: { [POLICY]: ACCEPT_ALL },
  };
}

export function withSpeaker(plan: RouterPlan, more: Partial<Speaker>): RouterPlan {
  const speaker: Speaker = {
    ...plan.speaker,
    ...more,
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
  end: End,
): LeafPlan[] {
  const [first] = served;
  const settings = leaves.find(({ name }) => name === first?.name)?.router;
  if (first?.ownRouter === undefined || settings === undefined) throw new Error("a leaf without a rack");
  const ports = served.flatMap(({ ownRouter }) => ownRouter?.ports ?? []);
  const uplinks = spines.map(({ name }) => end(first.name, name, "leaf"));
  const wanted = { ...settings, asn, maximumPaths: settings.maximumPaths ?? spines.length };
  const own = routerPlan(first.ownRouter.name, wanted, [...ports, ...uplinks], first.name);
  const facts = { ...own.facts, peerLimit: (own.facts.peerLimit ?? 0) - spines.length };
  const prefixes = served.flatMap(({ segments }) => segments.map(({ prefix }) => prefix));
  const ownRouter = withSpeaker(
    { ...own, facts },
    {
      ...overLinks(
        "spines",
        {},
        spines.map(({ name }) => ({ address: end(first.name, name, "spine").address, description: name })),
      ),
      originate: originated(connected, [...prefixes, ...loopbackOf(settings)]),
    },
  );
  return served.map((rack): LeafPlan => {
    const segments: RackFacts["segments"] = rack.segments.map((segment) => {
      const defaultRoute = own.addresses[segment.name];
      return { ...segment, ...(defaultRoute === undefined ? {} : { defaultRoute }) };
    });
    const network = { ...rack.network, speakers: [ownRouter.speaker] };
    return { ...rack, segments, router: facts, ownRouter, routers: [facts], network };
  });
}

function spinePlan(
  spine: SpineSpec,
  { leaves, connected }: LeafSpineSpec,
  end: End,
  beyond: readonly RouterPort[],
): RouterPlan {
  const ports = [...leaves.map(({ name }) => end(name, spine.name, "spine")), ...beyond];
  const plan = routerPlan(spine.name, { ...spine, maximumPaths: spine.maximumPaths ?? leaves.length }, ports);
  const defaultOriginate = spine.originateDefault === true ? { defaultOriginate: true } : {};
  return withSpeaker(plan, {
    ...overLinks(
      "leaves",
      { families: { ipv4: defaultOriginate } },
      leaves.map(({ name }) => ({ address: end(name, spine.name, "leaf").address, description: name })),
    ),
    routes: (spine.blackhole ?? []).map((prefix) => ({ prefix, blackhole: true })),
    originate: originated(connected, loopbackOf(spine)),
  });
}

function loopbackOf({ loopback }: RouterSettings | LeafRouterSpec): string[] {
  return loopback === undefined ? [] : [hostPrefix(loopback as Address)];
}

function originated(connected: boolean | undefined, prefixes: readonly string[]): NonNullable<Speaker["originate"]> {
  if (connected === true) return [{ kind: "redistribute", from: "connected", family: "ipv4" }];
  return prefixes.map((prefix) => ({ kind: "network", prefix }));
}
