/** A rack's plan: its segments, and the router that they share, its own or one that is given. */
import type { Address } from "../model/address";
import { type Prefix, overlaps } from "../model/prefix";
import { Arguments } from "./arguments";
import type { Planned, RackFacts, RouterFacts, SegmentFacts } from "./facts";
import { type EachFamily, both, eachAddress } from "./families";
import {
  type RouterPlan,
  type RouterPort,
  type RouterSettings,
  portFits,
  portOn,
  routerIdFits,
  routerPlan,
  settingsFit,
} from "./router";
import { type OwnSegment, gatewayOf, ownSegment, prefixesOf, segmentPrefixes } from "./segment";

export interface RackRouterSpec extends RouterSettings {
  /**
   * Its address on the rack's first segment, or one of each family. What is left out, and on further segments, it takes
   * the first address of the prefix. @example "10.10.10.1" @example ["10.10.10.1", "fd00:10::1"]
   */
  address: EachFamily;
  /** Name of the speaker. @default "RACK-tor" */
  name?: string;
}

export interface RackSpec<On extends SegmentFacts = SegmentFacts, Given extends RouterFacts = RouterFacts> {
  /**
   * The rack's segments: prefixes, each of which becomes a network of its own, or segments that stand alone. A segment of
   * both families is a list in the list. @example ["10.10.10.0/24"] @example [["10.10.10.0/24", "fd00:10::/64"]]
   */
  segments: readonly (EachFamily | On)[];
  /** The router that all segments share: one of the rack's own, or one that stands on them already. */
  router: RackRouterSpec | Given;
}

export interface RackPlan extends RackFacts, Planned {
  /** Segments that come with the rack. */
  readonly own: readonly OwnSegment[];
  /** The router, where it comes with the rack. */
  readonly ownRouter: RouterPlan | undefined;
}

/** One segment of the rack before its router is known. */
interface RackSegment {
  name: string;
  path: string;
  /** One, or an IPv4 and an IPv6 one. */
  prefixes: readonly Prefix[];
  /** Where it stands alone: addresses that are taken on it. */
  given?: readonly string[];
}

/** The rack's arguments as a plan, or everything that is wrong with them. */
export function planRack(name: string, args: RackSpec): RackPlan {
  const check = new Arguments(`new Rack("${name}")`);
  const segments = rackSegments(name, args.segments, check);
  const given = isGiven(args.router) ? args.router : undefined;
  const ports = isGiven(args.router)
    ? givenPorts(args.router, segments, check)
    : ownPorts(name, args.router, segments, check);
  check.done();

  const own = segments.flatMap(({ name, prefixes, given }): OwnSegment[] => {
    if (given !== undefined) return [];
    const port = ports.find(({ segment }) => segment === name);
    const routers = both(port?.address, port?.address6);
    const gateways = prefixes.map((prefix, index) => gatewayOf(prefix, routers[index]));
    return [ownSegment(name, prefixes, gateways, [...routers, ...gateways])];
  });
  const ownRouter = isGiven(args.router)
    ? undefined
    : routerPlan(args.router.name ?? `${name}-tor`, args.router, ports, name);
  const router = given ?? ownRouter;
  if (router === undefined) throw new Error(`the rack ${name} has no router`);
  return {
    name,
    rack: name,
    segments: segments.map(({ name, prefixes: [prefix = "", prefix6], given }) => ({
      name,
      prefix,
      ...(prefix6 === undefined ? {} : { prefix6 }),
      reserved: own.find((one) => one.name === name)?.reserved ?? [
        ...new Set([...(given ?? []), ...both(router.addresses[name] ?? "", router.addresses6?.[name])]),
      ],
    })),
    router,
    own,
    ownRouter,
    network: {
      segments: segments.map(({ name, prefixes }) => ({ name, prefixes: [...prefixes] })),
      speakers: ownRouter === undefined ? [] : [ownRouter.speaker],
    },
    routers: [router],
  };
}

function isGiven(router: RackSpec["router"]): router is RouterFacts {
  return "system" in router;
}

function rackSegments(rack: string, wanted: RackSpec["segments"], check: Arguments): RackSegment[] {
  if (wanted.length === 0) {
    check.add({ path: "segments", found: "", expected: "at least one prefix", fix: 'for example ["10.10.10.0/24"]' });
  }
  const segments: RackSegment[] = [];
  wanted.forEach((one, index) => {
    const path = `segments[${index}]`;
    if (isSegment(one)) {
      for (const segment of one.segments) {
        segments.push({ name: segment.name, path, prefixes: prefixesOf(segment), given: segment.reserved });
      }
      return;
    }
    const prefixes = segmentPrefixes(one, path, check);
    if (prefixes.length === 0) return;
    segments.push({ name: wanted.length === 1 ? rack : `${rack}-${index + 1}`, path, prefixes });
  });
  segments.forEach(({ path, prefixes }, index) => {
    for (const prefix of prefixes) {
      for (const earlier of segments.slice(0, index)) {
        const other = earlier.prefixes.find((one) => overlaps(one, prefix));
        if (other === undefined) continue;
        check.add({ path, found: prefix, expected: `a prefix apart from ${earlier.path}, ${other}` });
      }
    }
  });
  return segments;
}

function isSegment(one: EachFamily | SegmentFacts): one is SegmentFacts {
  return typeof one !== "string" && "segments" in one;
}

function ownPorts(
  rack: string,
  router: RackRouterSpec,
  segments: readonly RackSegment[],
  check: Arguments,
): RouterPort[] {
  const asked = eachAddress(router.address, "router.address", check);
  settingsFit(router, "router.", check);
  const ports = segments.flatMap(({ name, prefixes, path }): RouterPort[] => {
    const first = path === "segments[0]";
    if (first && asked.length === 0) return [];
    const port = portOn(name, prefixes, first ? asked : []);
    portFits(port, "router.address", check);
    return [port];
  });
  routerIdFits(router.name ?? `${rack}-tor`, router, ports, "router.routerId", check);
  return ports;
}

/** A router that is given stands on its segments already: its container cannot be put on more of them afterwards. */
function givenPorts(router: RouterFacts, segments: readonly RackSegment[], check: Arguments): RouterPort[] {
  return segments.flatMap(({ name, prefixes: [prefix, prefix6], path, given }): RouterPort[] => {
    const address = router.addresses[name];
    const address6 = router.addresses6?.[name];
    if (address !== undefined && prefix !== undefined) {
      const six = prefix6 === undefined || address6 === undefined ? {} : { prefix6, address6: address6 as Address };
      return [{ segment: name, prefix, address: address as Address, ...six }];
    }
    check.add({
      path,
      found: given === undefined ? (prefix ?? "") : name,
      expected: `a segment that ${router.name} stands on: ${Object.keys(router.addresses).join(", ") || "it has none"}`,
      fix: `make it with new Segment(...) and give it to ${router.name} and to the rack`,
    });
    return [];
  });
}
