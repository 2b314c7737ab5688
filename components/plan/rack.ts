/** A rack's plan: its segments, and the router that they share, its own or one that is given. */
import type { Address } from "../model/address";
import { type Prefix, overlaps } from "../model/prefix";
import { Arguments } from "./arguments";
import type { Planned, RackFacts, RouterFacts, SegmentFacts } from "./facts";
import { type RouterPlan, type RouterPort, type RouterSettings, portFits, routerPlan, settingsFit } from "./router";
import { type OwnSegment, firstAddress, gatewayOf, segmentPrefix } from "./segment";

export interface RackRouterSpec extends RouterSettings {
  /** Its address on the rack's first segment; on further segments it takes the first address. @example "10.10.10.1" */
  address: string;
  /** Name of the speaker. @default "RACK-tor" */
  name?: string;
}

export interface RackSpec<On extends SegmentFacts = SegmentFacts, Given extends RouterFacts = RouterFacts> {
  /**
   * The rack's segments: prefixes, IPv4, each of which becomes a network of its own, or segments that stand alone.
   * @example ["10.10.10.0/24"]
   */
  segments: readonly (string | On)[];
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
  prefix: Prefix;
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
    : ownPorts(args.router, segments, check);
  check.done();

  const own = segments.flatMap(({ name, prefix, given }): OwnSegment[] => {
    if (given !== undefined) return [];
    const router = ports.find(({ segment }) => segment === name)?.address;
    const gateway = gatewayOf(prefix, router);
    return [{ name, prefix, gateway, reserved: router === undefined ? [gateway] : [router, gateway] }];
  });
  const ownRouter = isGiven(args.router)
    ? undefined
    : routerPlan(args.router.name ?? `${name}-tor`, args.router, ports, name);
  const router = given ?? ownRouter;
  if (router === undefined) throw new Error(`the rack ${name} has no router`);
  return {
    name,
    rack: name,
    segments: segments.map(({ name, prefix, given }) => ({
      name,
      prefix,
      reserved: own.find((one) => one.name === name)?.reserved ?? [
        ...new Set([...(given ?? []), router.addresses[name] ?? ""]),
      ],
    })),
    router,
    own,
    ownRouter,
    network: {
      segments: segments.map(({ name, prefix }) => ({ name, prefixes: [prefix] })),
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
    if (typeof one !== "string") {
      for (const { name, prefix, reserved } of one.segments) {
        segments.push({ name, path, prefix: prefix as Prefix, given: reserved });
      }
      return;
    }
    const prefix = segmentPrefix(one, path, check);
    if (prefix === undefined) return;
    segments.push({ name: wanted.length === 1 ? rack : `${rack}-${index + 1}`, path, prefix });
  });
  segments.forEach(({ path, prefix }, index) => {
    const other = segments.slice(0, index).find((earlier) => overlaps(earlier.prefix, prefix));
    if (other === undefined) return;
    check.add({ path, found: prefix, expected: `a prefix apart from ${other.path}, ${other.prefix}` });
  });
  return segments;
}

function ownPorts(router: RackRouterSpec, segments: readonly RackSegment[], check: Arguments): RouterPort[] {
  const address: Address | undefined = check.address(router.address, "router.address");
  settingsFit(router, "router.", check);
  return segments.flatMap(({ name, prefix, path }): RouterPort[] => {
    const first = path === "segments[0]";
    const own = first ? address : firstAddress(prefix);
    if (own === undefined) return [];
    const port = { segment: name, prefix, address: own };
    portFits(port, "router.address", check);
    return [port];
  });
}

/** A router that is given stands on its segments already: its container cannot be put on more of them afterwards. */
function givenPorts(router: RouterFacts, segments: readonly RackSegment[], check: Arguments): RouterPort[] {
  return segments.flatMap(({ name, prefix, path, given }): RouterPort[] => {
    const address = router.addresses[name];
    if (address !== undefined) return [{ segment: name, prefix, address: address as Address }];
    check.add({
      path,
      found: given === undefined ? prefix : name,
      expected: `a segment that ${router.name} stands on: ${Object.keys(router.addresses).join(", ") || "it has none"}`,
      fix: `make it with new Segment(...) and give it to ${router.name} and to the rack`,
    });
    return [];
  });
}
