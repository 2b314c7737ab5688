/** A router's plan: the speaker before anybody is its neighbor, and where it stands. Its neighbors come from other parts. */
import type { Interface, Speaker } from "../bgp/network";
import { type Address, familyOf, v4ToInt } from "../model/address";
import { type Prefix, containsAddress, hostPrefix, maximumLength, prefixLength } from "../model/prefix";
import { rangeOf } from "../model/range";
import { Arguments } from "./arguments";
import { CONTAINERS, type ContainerSystem } from "./containers";
import type { Planned, RouterFacts, SegmentFacts } from "./facts";
import { type EachFamily, both, eachAddress } from "./families";
import { firstAddress, prefixesOf } from "./segment";

/** What every router takes, a rack's own and one that stands alone. */
export interface RouterSettings {
  /** The router's system. A container runs it; "eos" is cEOS, with an image of your own, and privileged. @example "frr" */
  os: ContainerSystem;
  /** Its AS number, 1 to 4294967294 without the reserved ones. @example 65001 */
  asn: number;
  /**
   * How nodes become neighbors. "listen": whoever dials from the segment, up to `peerLimit`, so that a label on a node is
   * enough; "listed": one by one, so that a node which the program does not know is refused. @default "listen"
   */
  neighbors?: "listen" | "listed";
  /** Next hops that one prefix may have. @default 1 @example 4 */
  maximumPaths?: number;
  /** Sessions that the router bears; more of them are refused, and what the forecast counts beyond is a finding. @default 64 */
  peerLimit?: number;
  /**
   * Loopback address, reachable over any of its links, or one of each family. @default none @example "10.0.0.1"
   * @example ["10.0.0.1", "fd00::1"]
   */
  loopback?: EachFamily;
  /** Whether its BFD daemon runs. @default false */
  bfd?: boolean;
  /**
   * Router id, four numbers like an IPv4 address. A router with IPv6 alone has to be given one. @default the IPv4
   * loopback, else the first IPv4 address @example "10.0.0.1"
   */
  routerId?: string;
  /** Version of the system: the lab's image holds FRR 8.4 alone, an image of cEOS is your own. @default "8.4", of EOS "4.32" */
  version?: string;
}

/** A segment, and the router's address on it. */
export interface RouterPlace<On extends SegmentFacts = SegmentFacts> {
  /** A segment that stands alone. */
  segment: On;
  /** The router's address, or one of each family. @default the first one of each prefix @example "10.10.10.1" */
  address?: EachFamily;
}

export interface RouterSpec<On extends SegmentFacts = SegmentFacts> extends RouterSettings {
  /** The segments that it stands on. @example [{ segment: lan, address: "10.10.10.1" }] */
  segments: readonly RouterPlace<On>[];
}

/** One interface of a router. */
export interface RouterPort {
  readonly segment: string;
  readonly prefix: Prefix;
  readonly address: Address;
  /** An IPv6 prefix beside an IPv4 one, and the router's address of it. */
  readonly prefix6?: Prefix;
  readonly address6?: Address;
  /** Its address is Docker's alone: the interface has none but its link-local one. */
  readonly unnumbered?: true;
}

export interface RouterPlan extends RouterFacts, Planned {
  readonly system: ContainerSystem;
  /** How it is called elsewhere. */
  readonly facts: RouterFacts;
  readonly ports: readonly RouterPort[];
  readonly speaker: Speaker;
}

export function planRouter(name: string, args: RouterSpec): RouterPlan {
  const check = new Arguments(`new Router("${name}")`);
  if (args.segments.length === 0) check.add({ path: "segments", found: "", expected: "at least one segment" });
  const ports = args.segments.flatMap(({ segment: on, address: asked }, index) => {
    const earlier = args.segments.slice(0, index).findIndex((one) => one.segment.name === on.name);
    if (earlier >= 0) {
      const expected = `another than segments[${earlier}]: a router stands once on a segment`;
      check.add({ path: `segments[${index}].segment`, found: on.name, expected });
    }
    const path = `segments[${index}].address`;
    const addresses = asked === undefined ? [] : eachAddress(asked, path, check);
    if (asked !== undefined && on.segments.length > 1) {
      const expected = `no address: ${on.name} has ${on.segments.length} segments`;
      check.add({ path, found: [asked].flat().join(", "), expected });
    }
    return on.segments.map((segment): RouterPort => {
      const port = portOn(segment.name, prefixesOf(segment), addresses);
      portFits(port, path, check);
      for (const taken of both(port.address, port.address6)) {
        if (!segment.reserved.includes(taken)) continue;
        check.add({ path, found: taken, expected: `an address that nothing else of ${segment.name} has` });
      }
      return port;
    });
  });
  settingsFit(args, "", check);
  routerIdFits(name, args, ports, "routerId", check);
  check.done();
  return routerPlan(name, args, ports);
}

/** A router's port on a segment: the asked address of each family, else the prefix's first one. */
export function portOn(
  segment: string,
  [prefix, prefix6]: readonly Prefix[],
  asked: readonly { address: Address }[],
): RouterPort {
  if (prefix === undefined) throw new Error(`the segment ${segment} has no prefix`);
  const own = [prefix, prefix6].flatMap((one) => (one === undefined ? [] : [familyOf(one)]));
  const of = (one: Prefix) => asked.find(({ address }) => familyOf(address) === familyOf(one))?.address;
  // An address of a family that the segment has not is a wrong one, and none left out.
  const unlike = asked.find(({ address }) => !own.includes(familyOf(address)))?.address;
  const address = unlike ?? of(prefix) ?? firstAddress(prefix);
  if (prefix6 === undefined) return { segment, prefix, address };
  return { segment, prefix, address, prefix6, address6: of(prefix6) ?? firstAddress(prefix6) };
}

export function portFits({ prefix, address, prefix6, address6 }: RouterPort, path: string, check: Arguments): void {
  addressFits(prefix, address, path, check);
  if (prefix6 !== undefined && address6 !== undefined) addressFits(prefix6, address6, path, check);
}

function addressFits(prefix: Prefix, address: Address, path: string, check: Arguments): void {
  const { first, last } = rangeOf(prefix);
  // A prefix of two addresses has neither a network's own nor one for all.
  const taken = prefixLength(prefix) < maximumLength(familyOf(prefix)) - 1 && [first, last].includes(address);
  if (containsAddress(prefix, address) && !taken) return;
  check.add({
    path,
    found: address,
    expected: `an address of the segment ${prefix}`,
    fix: `for example ${firstAddress(prefix)}`,
  });
}

/** `at` stands before each argument's name: "router.". */
export function settingsFit(args: RouterSettings, at: string, check: Arguments): void {
  check.asn(args.asn, `${at}asn`);
  if (args.routerId !== undefined && v4ToInt(args.routerId) < 0) {
    const expected = 'four numbers like an IPv4 address, "10.0.0.1"';
    check.add({ path: `${at}routerId`, found: args.routerId, expected });
  }
  if (args.loopback !== undefined) eachAddress(args.loopback, `${at}loopback`, check);
  versionFits(args, `${at}version`, check);
  for (const [field, value] of Object.entries({ maximumPaths: args.maximumPaths, peerLimit: args.peerLimit })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= 5000)) continue;
    check.add({ path: `${at}${field}`, found: String(value), expected: "a whole number from 1 to 5000" });
  }
}

/** A speaker has a number of 32 bits, which a router with IPv6 alone has to be given. */
export function routerIdFits(
  name: string,
  args: Pick<RouterSettings, "routerId" | "loopback">,
  ports: readonly RouterPort[],
  path: string,
  check: Arguments,
): void {
  // Of an address that does not fit, that is the fault.
  if (ports.length === 0 || ports.some(({ prefix }) => familyOf(prefix) === "ipv4")) return;
  if (routerIdOf(args, ports) !== undefined) return;
  const expected = `four numbers like an IPv4 address: ${name} has no IPv4 address to take it from`;
  check.add({ path, found: "", expected, fix: 'for example routerId: "10.0.0.1"' });
}

function routerIdOf(
  { routerId, loopback }: Pick<RouterSettings, "routerId" | "loopback">,
  ports: readonly RouterPort[],
): string | undefined {
  const numbered = ports.filter(({ unnumbered }) => unnumbered !== true);
  const own = [...loopbacksOf(loopback), ...numbered.map(({ address }) => address)];
  return routerId ?? own.find((address) => v4ToInt(address) >= 0);
}

/** Loopback addresses that fit, IPv4 first. */
export function loopbacksOf(given: EachFamily | undefined): Address[] {
  return given === undefined ? [] : eachAddress(given, "loopback", new Arguments("")).map(({ address }) => address);
}

/** The lab's image has the versions that it has; an image of the user's own any. */
function versionFits({ os, version }: RouterSettings, path: string, check: Arguments): void {
  const { versions, usersImage } = CONTAINERS[os];
  if (version === undefined || versions.includes(version)) return;
  if (usersImage !== undefined && /^[0-9]+\.[0-9]+$/.test(version)) return;
  const expected =
    usersImage === undefined
      ? `${versions.join(" or ")}: the image has no other version of ${os}`
      : `two numbers, "${versions[0]}"`;
  check.add({ path, found: version, expected });
}

/** The plan of settings and ports that fit. */
export function routerPlan(
  name: string,
  args: RouterSettings,
  ports: readonly RouterPort[],
  rack?: string,
): RouterPlan {
  const { versions, names } = CONTAINERS[args.os];
  const loopbacks = loopbacksOf(args.loopback);
  const [loopback, loopback6] = loopbacks;
  const numbered = ports.filter(({ unnumbered }) => unnumbered !== true);
  const beside = numbered.flatMap(({ segment, address6 }) => (address6 === undefined ? [] : [[segment, address6]]));
  const speaker: Speaker = {
    name,
    dialect: {
      system: args.os,
      version: args.version ?? versions[0],
      ...(args.os === "frr" ? { profile: "datacenter" as const } : {}),
    },
    role: "router",
    ...(rack === undefined ? {} : { place: { rack } }),
    asn: args.asn,
    routerId: routerIdOf(args, ports) ?? "",
    interfaces: [
      ...(loopbacks.length === 0 ? [] : [{ name: names?.loopback ?? "lo", addresses: loopbacks.map(hostPrefix) }]),
      ...interfacesOf(ports).map((own, index) => (names === undefined ? own : { ...own, name: names.port(index) })),
    ],
    bgp: {
      ebgpRequiresPolicy: true,
      // Without it the oldest path wins, and what is installed depends on who came first.
      compareRouterId: true,
      listenLimit: args.peerLimit ?? 64,
      maximumPaths: { ebgp: args.maximumPaths ?? 1 },
    },
    neighbors: [],
    limits: { peers: args.peerLimit ?? 64 },
  };
  const facts: RouterFacts = {
    name,
    system: args.os,
    asn: args.asn,
    addresses: Object.fromEntries(numbered.map(({ segment, address }) => [segment, address])),
    neighbors: args.neighbors ?? "listen",
    peerLimit: args.peerLimit ?? 64,
    ...(beside.length === 0 ? {} : { addresses6: Object.fromEntries(beside) as Record<string, string> }),
    ...(loopback === undefined ? {} : { loopback }),
    ...(loopback6 === undefined ? {} : { loopback6 }),
    ...(args.bfd === undefined ? {} : { bfd: args.bfd }),
  };
  return { ...facts, facts, system: args.os, ports, speaker, network: { speakers: [speaker] }, routers: [facts] };
}

/** The kernel takes 15 characters for an interface's name. */
const NAME_LENGTH = 15;

/** With the lengths of their prefixes. */
export function portAddresses({
  address,
  prefix,
  address6,
  prefix6,
  unnumbered,
}: Omit<RouterPort, "segment">): string[] {
  if (unnumbered === true) return [];
  const six = prefix6 === undefined || address6 === undefined ? [] : [`${address6}/${prefixLength(prefix6)}`];
  return [`${address}/${prefixLength(prefix)}`, ...six];
}

/** Interfaces named after their segments; where the names agree in what the kernel takes, a number keeps them apart. */
function interfacesOf(ports: readonly RouterPort[]): Interface[] {
  const short = ports.map(({ segment }) => segment.slice(0, NAME_LENGTH));
  return ports.map(({ segment, ...port }, index) => {
    const shared = short.filter((name) => name === short[index]).length > 1;
    const name = shared ? `${segment.slice(0, NAME_LENGTH - 4)}-${index + 1}` : (short[index] ?? "");
    return { name, segment, addresses: portAddresses(port) };
  });
}
