/** A router's plan: the speaker before anybody is its neighbor, and where it stands. Its neighbors come from other parts. */
import type { Interface, Speaker } from "../bgp/network";
import { type Address, familyOf } from "../model/address";
import { type Prefix, containsAddress, maximumLength, prefixLength } from "../model/prefix";
import { rangeOf } from "../model/range";
import { Arguments } from "./arguments";
import { CONTAINERS, type ContainerSystem } from "./containers";
import type { Planned, RouterFacts, SegmentFacts } from "./facts";
import { firstAddress } from "./segment";

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
  /** Loopback address, IPv4: reachable over any of its links. @default none @example "10.0.0.1" */
  loopback?: string;
  /** Whether its BFD daemon runs. @default false */
  bfd?: boolean;
  /** Router id. @default the loopback, else the first address */
  routerId?: string;
  /** Version of the system: the lab's image holds FRR 8.4 alone, an image of cEOS is your own. @default "8.4", of EOS "4.32" */
  version?: string;
}

/** A segment, and the router's address on it. */
export interface RouterPlace<On extends SegmentFacts = SegmentFacts> {
  /** A segment that stands alone. */
  segment: On;
  /** The router's address. @default the first one of the prefix @example "10.10.10.1" */
  address?: string;
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
    const address = asked === undefined ? undefined : check.address(asked, `segments[${index}].address`);
    if (asked !== undefined && on.segments.length > 1) {
      check.add({
        path: `segments[${index}].address`,
        found: asked,
        expected: `no address: ${on.name} has ${on.segments.length} segments`,
      });
    }
    return on.segments.map(({ name, prefix, reserved }): RouterPort => {
      const port = { segment: name, prefix: prefix as Prefix, address: address ?? firstAddress(prefix as Prefix) };
      portFits(port, `segments[${index}].address`, check);
      if (reserved.includes(port.address)) {
        check.add({
          path: `segments[${index}].address`,
          found: port.address,
          expected: `an address that nothing else of ${name} has`,
        });
      }
      return port;
    });
  });
  settingsFit(args, "", check);
  check.done();
  return routerPlan(name, args, ports);
}

export function portFits({ prefix, address }: RouterPort, path: string, check: Arguments): void {
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
  if (args.routerId !== undefined) check.address(args.routerId, `${at}routerId`);
  if (args.loopback !== undefined) check.address(args.loopback, `${at}loopback`);
  versionFits(args, `${at}version`, check);
  for (const [field, value] of Object.entries({ maximumPaths: args.maximumPaths, peerLimit: args.peerLimit })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= 5000)) continue;
    check.add({ path: `${at}${field}`, found: String(value), expected: "a whole number from 1 to 5000" });
  }
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
    routerId: args.routerId ?? args.loopback ?? ports[0]?.address ?? "",
    interfaces: [
      ...(args.loopback === undefined ? [] : [{ name: names?.loopback ?? "lo", addresses: [`${args.loopback}/32`] }]),
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
    addresses: Object.fromEntries(ports.map(({ segment, address }) => [segment, address])),
    neighbors: args.neighbors ?? "listen",
    peerLimit: args.peerLimit ?? 64,
    ...(args.loopback === undefined ? {} : { loopback: args.loopback }),
    ...(args.bfd === undefined ? {} : { bfd: args.bfd }),
  };
  return { ...facts, facts, system: args.os, ports, speaker, network: { speakers: [speaker] }, routers: [facts] };
}

/** The kernel takes 15 characters for an interface's name. */
const NAME_LENGTH = 15;

/** Interfaces named after their segments; where the names agree in what the kernel takes, a number keeps them apart. */
function interfacesOf(ports: readonly RouterPort[]): Interface[] {
  const short = ports.map(({ segment }) => segment.slice(0, NAME_LENGTH));
  return ports.map(({ segment, address, prefix }, index) => {
    const shared = short.filter((name) => name === short[index]).length > 1;
    const name = shared ? `${segment.slice(0, NAME_LENGTH - 4)}-${index + 1}` : (short[index] ?? "");
    return { name, segment, addresses: [`${address}/${prefixLength(prefix)}`] };
  });
}
