/**
 * The plan of several sites: racks under spines in each, a link between the spines of the same number, a block of ASNs a
 * site. What crosses the links is crossing.ts's.
 */
import { type AddressFamily, familyOf } from "../model/address";
import { allocatePrefixes } from "../model/allocate";
import { isNobodys } from "../model/asn";
import { UserError } from "../model/errors";
import { type Prefix, overlaps, prefixLength, subnets } from "../model/prefix";
import { Arguments } from "./arguments";
import { type Border, type Crossing, borderOf } from "./crossing";
import type { Planned } from "./facts";
import { type EachFamily, both, eachPrefix, hostAt, titleOf } from "./families";
import { type LeafPlan, type LeafSpec, type LeafSpinePlan, planLeafSpine, withSpeaker } from "./leafSpine";
import type { RouterPlan, RouterPort } from "./router";
import { type OwnSegment, gatewayOf, ownSegment, prefixesOf } from "./segment";

export interface SiteSpec {
  /** Name of the site. @example "east" */
  name: string;
  /** ASN of the spines and first of the site's block; leaves that name none take the following ones. @example 64510 */
  asn: number;
  /** Number of spines; the n-th has a link to the n-th of each other site. @default 2 */
  spines?: number;
  /** The racks. Their names are the whole network's: "east-rack". */
  leaves: readonly LeafSpec[];
  /** Prefixes that stand for the site elsewhere; nothing more specific leaves it. @example ["10.244.0.0/17", "10.96.0.0/17"] */
  summaries: readonly string[];
}

export interface MultiSiteSpec {
  /** The sites, two or more; appending one changes no address of the others. */
  sites: readonly SiteSpec[];
  /** ASNs in a site's block, from its `asn` on; blocks lie apart. @default 10 */
  block?: number;
  /** Prefixes that several sites announce, and the longer ones in them: the nearest site answers. @default none @example ["10.97.0.0/28"] */
  anycast?: readonly string[];
  /** The site that others should take for anycast: every other site prepends its ASN. `prepend`: how often. @default none @example { site: "west", prepend: 3 } */
  prefer?: { site: string; prepend?: number };
  /**
   * Range of all links, IPv4 of length 20 or shorter, and an IPv6 one of 56 or shorter where racks have IPv6: a sixteenth
   * for each site, the last one between sites. @default "198.18.0.0/16", and "fd00:198:10::/44" where racks have IPv6
   */
  linkRange?: EachFamily;
}

export interface SitePlan extends LeafSpinePlan {
  readonly name: string;
  readonly asn: number;
}

export interface MultiSitePlan extends Planned {
  /** Between the sites. */
  readonly links: readonly OwnSegment[];
  readonly sites: readonly SitePlan[];
}

const BLOCK = 10;
const PREPEND = 3;
const LINK_LENGTHS: Readonly<Record<AddressFamily, number>> = { ipv4: 29, ipv6: 64 };
const LINK_RANGES: Readonly<Record<AddressFamily, string>> = { ipv4: "198.18.0.0/16", ipv6: "fd00:198:10::/44" };
/** A sixteenth of it still has room for links. */
const LONGEST_RANGE: Readonly<Record<AddressFamily, number>> = { ipv4: 20, ipv6: 56 };
/** A range has sixteen parts: fifteen sites, and what lies between them. */
const PARTS = 16;

export function planMultiSite(name: string, args: MultiSiteSpec): MultiSitePlan {
  const check = new Arguments(`new MultiSiteFabric("${name}")`);
  sitesFit(args, check);
  const anycast = (args.anycast ?? []).flatMap((text, index) => check.prefix(text, `anycast[${index}]`) ?? []);
  const summaries = args.sites.map((site, at) =>
    site.summaries.flatMap((text, index) => check.prefix(text, `sites[${at}].summaries[${index}]`) ?? []),
  );
  rangesApart(args, summaries, anycast, check);
  const parts = rangeParts(args, check);
  const links = parts === undefined ? [] : linksBetween(args, parts[PARTS - 1] ?? [], check);
  const sites = args.sites.map((site, index) => {
    const beyond = (spine: string) => endsOf(links, spine).map(({ port }) => port);
    return sitePlan(site, { index, linkRange: parts?.[index], beyond }, check);
  });
  rackNamesApart(args, check);
  check.done();

  const borders = args.sites.map((site, index): Border => {
    const prepend = args.prefer === undefined || args.prefer.site === site.name ? 0 : (args.prefer.prepend ?? PREPEND);
    // The site's routers answer from their links: those cross as one summary more.
    const own = [...(summaries[index] ?? []), ...(parts?.[index] ?? [])];
    return { name: site.name, asn: site.asn, summaries: own, prepend };
  });
  const joined = sites.flatMap((plan, index): SitePlan[] => {
    const own = borders[index];
    return plan === undefined || own === undefined ? [] : [atBorder(plan, own, borders, links, anycast)];
  });
  return {
    links: links.map(({ segment }) => segment),
    sites: joined,
    routers: joined.flatMap(({ routers = [] }) => routers),
    network: {
      speakers: joined.flatMap(({ network }) => network.speakers ?? []),
      segments: [
        ...links.map(({ segment }) => ({ name: segment.name, prefixes: prefixesOf(segment) })),
        ...joined.flatMap(({ network }) => network.segments ?? []),
      ],
      shared: anycast,
    },
  };
}

/** A link between two spines of the same number. */
interface Link {
  segment: OwnSegment;
  ends: readonly { site: string; spine: string; port: RouterPort }[];
}

const spineName = (site: string, number: number): string => `${site}-spine-${number}`;

function linksBetween({ sites }: MultiSiteSpec, ranges: readonly Prefix[], check: Arguments): Link[] {
  const pairs = sites.flatMap((other, index) =>
    sites.slice(0, index).flatMap((one) =>
      Array.from({ length: Math.min(one.spines ?? 2, other.spines ?? 2) }, (_, at) => ({
        sites: [one.name, other.name],
        spines: [spineName(one.name, at + 1), spineName(other.name, at + 1)],
      })),
    ),
  );
  const names = pairs.map(({ spines }) => spines.join("--"));
  const allocated = ranges.map((range) =>
    check.take(allocatePrefixes(names, range, LINK_LENGTHS[familyOf(range)], { path: "linkRange" })),
  );
  if (allocated.some((prefixes) => prefixes === undefined)) return [];
  return pairs.map(({ sites, spines }, index): Link => {
    const name = names[index] ?? "";
    const own = allocated.flatMap((prefixes) => prefixes?.get(name) ?? []);
    const gateways = own.map((prefix) => gatewayOf(prefix));
    const segment = ownSegment(name, own, gateways, gateways);
    const { prefix, prefix6 } = segment;
    return {
      segment,
      ends: spines.map((spine, end) => {
        const six = prefix6 === undefined ? {} : { prefix6, address6: hostAt(prefix6, end + 1) };
        const port: RouterPort = { segment: name, prefix, address: hostAt(prefix, end + 1), ...six };
        return { site: sites[end] ?? "", spine, port };
      }),
    };
  });
}

/** A spine's ends of its links, and the far end of each. */
function endsOf(links: readonly Link[], spine: string) {
  return links.flatMap(({ ends }) => {
    const own = ends.find((end) => end.spine === spine);
    const far = ends.find((end) => end.spine !== spine);
    return own === undefined || far === undefined ? [] : [{ port: own.port, far }];
  });
}

interface Around {
  index: number;
  /** One of each family. */
  linkRange: readonly Prefix[] | undefined;
  beyond: (spine: string) => readonly RouterPort[];
}

function sitePlan(site: SiteSpec, { index, linkRange, beyond }: Around, check: Arguments): LeafSpinePlan | undefined {
  if (linkRange === undefined) return undefined;
  const spines = Array.from({ length: site.spines ?? 2 }, (_, at) => ({
    name: spineName(site.name, at + 1),
    os: "frr" as const,
    asn: site.asn,
  }));
  try {
    const { leaves } = site;
    return planLeafSpine(site.name, { spines, leaves, firstLeafAsn: site.asn + 1, linkRange, connected: true }, beyond);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const call = /^new LeafSpineFabric\("[^"]*"\): /;
    for (const fault of error.faults) check.add({ ...fault, path: `sites[${index}].${fault.path.replace(call, "")}` });
    return undefined;
  }
}

function atBorder(
  plan: LeafSpinePlan,
  own: Border,
  borders: readonly Border[],
  links: readonly Link[],
  anycast: readonly Prefix[],
): SitePlan {
  const inSite = (router: RouterPlan): RouterPlan =>
    withSpeaker(router, { place: { ...router.speaker.place, site: own.name } });
  const spines = plan.spines.map((spine) => {
    const crossings = endsOf(links, spine.name).flatMap(({ far }): Crossing[] => {
      const border = borders.find(({ name }) => name === far.site);
      const addresses = both(far.port.address, far.port.address6);
      return border === undefined ? [] : addresses.map((address) => ({ far: border, address, description: far.spine }));
    });
    return inSite(withSpeaker(spine, borderOf(own, crossings, anycast, spine.speaker)));
  });
  const racks = plan.racks.map((rack): LeafPlan => {
    const ownRouter = inSite(rack.ownRouter);
    return { ...rack, ownRouter, network: { ...rack.network, speakers: [ownRouter.speaker] } };
  });
  const routers = [...spines, ...racks.map(({ ownRouter }) => ownRouter)];
  // A leaf may serve several racks.
  const speakers = [...new Map(routers.map(({ name, speaker }) => [name, speaker])).values()];
  return { ...plan, name: own.name, asn: own.asn, spines, racks, network: { ...plan.network, speakers } };
}

function sitesFit({ sites, prefer, block = BLOCK }: MultiSiteSpec, check: Arguments): void {
  if (sites.length < 2) check.add({ path: "sites", found: String(sites.length), expected: "two sites or more" });
  if (sites.length >= PARTS) check.add({ path: "sites", found: String(sites.length), expected: "15 sites at most" });
  if (!Number.isInteger(block) || block < 1) {
    check.add({ path: "block", found: String(block), expected: "a whole number, 1 or more" });
  }
  sites.forEach((site, index) => {
    const at = `sites[${index}]`;
    const namesake = sites.findIndex(({ name }) => name === site.name);
    if (namesake < index) {
      check.add({ path: `${at}.name`, found: site.name, expected: `a name of its own: sites[${namesake}] has it` });
    }
    const { spines = 2 } = site;
    if (!Number.isInteger(spines) || spines < 1) {
      check.add({ path: `${at}.spines`, found: String(spines), expected: "a whole number, 1 or more" });
    }
    if (site.summaries.length === 0) {
      const fix = 'for example the pods of its clusters, ["10.244.0.0/17"]';
      check.add({
        path: `${at}.summaries`,
        found: "",
        expected: "at least one prefix: nothing else leaves a site",
        fix,
      });
    }
    blockFits(sites, index, block, check);
  });
  if (prefer === undefined) return;
  const { prepend = PREPEND } = prefer;
  if (!sites.some(({ name }) => name === prefer.site)) {
    const names = sites.map(({ name }) => name).join(", ");
    check.add({ path: "prefer.site", found: prefer.site, expected: `a site: ${names}` });
  }
  if (!Number.isInteger(prepend) || prepend < 1 || prepend > 10) {
    check.add({ path: "prefer.prepend", found: String(prepend), expected: "a whole number from 1 to 10" });
  }
}

/** One ASN in two sites: each would refuse the other's routes as its own. */
function blockFits(sites: readonly SiteSpec[], index: number, block: number, check: Arguments): void {
  const site = sites[index];
  if (site === undefined) return;
  const last = site.asn + block - 1;
  const found = `${site.asn} to ${last}`;
  const path = `sites[${index}].asn`;
  if (!Array.from({ length: block }, (_, at) => site.asn + at).every(isNobodys)) {
    check.add({ path, found, expected: "a block of private ASNs (RFC 6996): 64512 to 65534" });
  }
  const other = sites.slice(0, index).find(({ asn }) => Math.abs(asn - site.asn) < block);
  if (other !== undefined) {
    const fix = `for example ${other.asn + block}`;
    check.add({ path, found, expected: `a block apart from that of ${other.name}, ${other.asn} on`, fix });
  }
  site.leaves.forEach(({ router }, at) => {
    const asn = router.asn ?? site.asn + 1 + at;
    if (asn > site.asn && asn <= last) return;
    const expected = `an ASN of the site's block, ${site.asn + 1} to ${last}`;
    check.add({ path: `sites[${index}].leaves[${at}].router.asn`, found: String(asn), expected });
  });
}

/** Of two sites with one prefix a packet takes either, whoever has the address. */
function rangesApart(
  { sites }: MultiSiteSpec,
  summaries: readonly (readonly Prefix[])[],
  anycast: readonly Prefix[],
  check: Arguments,
): void {
  const ranges = [
    ...summaries.flatMap((own, at) =>
      own.map((prefix, index) => ({ path: `sites[${at}].summaries[${index}]`, whose: sites[at]?.name ?? "", prefix })),
    ),
    ...anycast.map((prefix, index) => ({ path: `anycast[${index}]`, whose: "anycast", prefix })),
  ];
  ranges.forEach(({ path, prefix }, index) => {
    const other = ranges.slice(0, index).find((one) => overlaps(one.prefix, prefix));
    if (other === undefined) return;
    check.add({ path, found: prefix, expected: `a prefix apart from ${other.whose}'s ${other.prefix}` });
  });
}

/** The sixteenths, each of every family that there is. */
function rangeParts({ linkRange, sites }: MultiSiteSpec, check: Arguments): Prefix[][] | undefined {
  const texts = sites.flatMap(({ leaves }) =>
    leaves.flatMap(({ segments, racks = [] }) => [segments, ...racks.map((rack) => rack.segments)].flat(2)),
  );
  const hasIpv6 = texts.some((text) => familyOf(text) === "ipv6");
  const ranges = eachPrefix(
    linkRange ?? [LINK_RANGES.ipv4, ...(hasIpv6 ? [LINK_RANGES.ipv6] : [])],
    "linkRange",
    check,
  );
  const tooLong = ranges.filter((range) => prefixLength(range) > LONGEST_RANGE[familyOf(range)]);
  for (const range of tooLong) {
    const expected = `an ${titleOf(familyOf(range))} prefix of length ${LONGEST_RANGE[familyOf(range)]} or shorter`;
    check.add({ path: "linkRange", found: range, expected });
  }
  const ipv4 = ranges.some((range) => familyOf(range) === "ipv4");
  // Of a range that is none, that is the fault.
  if (!ipv4 && ranges.length > 0) {
    const expected = "an IPv4 prefix: spines are numbered by it";
    const fix = `for example ["${LINK_RANGES.ipv4}", "${ranges[0] ?? ""}"]`;
    check.add({ path: "linkRange", found: ranges.join(", "), expected, fix });
  }
  if (!ipv4 || tooLong.length > 0) return undefined;
  const parts = ranges.map((range) => [...subnets(range, prefixLength(range) + 4)]);
  return Array.from({ length: PARTS }, (_, index) => parts.flatMap((all) => all[index] ?? []));
}

/** Racks and segments of all sites stand in one network. */
function rackNamesApart({ sites }: MultiSiteSpec, check: Arguments): void {
  const all = sites.flatMap(({ leaves, name: site }, at) =>
    leaves.flatMap(({ name, racks = [] }, index) => [
      { name, site, path: `sites[${at}].leaves[${index}].name` },
      ...racks.map((one, rack) => ({ ...one, site, path: `sites[${at}].leaves[${index}].racks[${rack}].name` })),
    ]),
  );
  all.forEach(({ name, site, path }, index) => {
    const other = all.slice(0, index).find((one) => one.name === name && one.site !== site);
    if (other === undefined) return;
    check.add({
      path,
      found: name,
      expected: `a name of its own: a rack of ${other.site} has it`,
      fix: `${site}-${name}`,
    });
  });
}
