/** What a fabric asks of the sessions between nodes and their rack's router: each argument, and both ends of it. */
import type { Family, NeighborSettings } from "../bgp/network";
import type { Peering } from "../cni/intent";
import type { Fault } from "../model/errors";
import type { Arguments } from "./arguments";
import type { ClusterFacts, RouterFacts } from "./facts";

/** `Password` is the password's own type: plain text, or an input of the program. */
export interface SessionSpec<Password = string> {
  /** ASN of the nodes on the session; "rack": that of the rack's router, which makes it iBGP. @default the cluster's ASN */
  asn?: "rack" | number;
  /** Address of the router that the nodes dial: the one on their segment, or its loopback. @default "segment" */
  to?: "segment" | "loopback";
  /**
   * Families that have a session of their own, over addresses of that family. @default those of which router and nodes
   * have addresses @example ["ipv4"]
   */
  families?: readonly Family[];
  /** Password of the sessions (TCP MD5), 1 to 80 printable characters. @default none */
  password?: Password;
  /** Seconds of the nodes' end; keepalive and hold hold for the router's end as well. @default the daemons' own */
  timers?: { keepalive?: number; hold?: number; connectRetry?: number };
  /** BFD on the sessions: interval in milliseconds, and how many packets may be missed. @default false */
  bfd?: boolean | { interval?: number; multiplier?: number };
  /** Whether the router keeps a node's routes while the node's daemon restarts; seconds. @default as the CNI has it */
  gracefulRestart?: boolean | { restartTime?: number };
  /** TTL security (GTSM): the other end is at most so many hops away. @default off @example 1 */
  ttlSecurity?: number;
  /** TTL of the packets where the other end is further away than one hop. @default 1 with eBGP @example 2 */
  multihop?: number;
  /** Prefixes that the router takes over one session; one with more is closed. @default no limit @example 100 */
  maximumPrefixes?: number;
}

/** The name by which both ends know the password. */
export function passwordName(fabric: string): string {
  return `${fabric}-session`;
}

/** What is wrong with the arguments whatever the CNI. */
export function sessionFits(
  session: SessionSpec<unknown>,
  racks: readonly { router: RouterFacts }[],
  check: Arguments,
) {
  const { maximumPrefixes, bfd, to = "segment" } = session;
  if (maximumPrefixes !== undefined && !(Number.isInteger(maximumPrefixes) && maximumPrefixes >= 1)) {
    check.add({
      path: "session.maximumPrefixes",
      found: String(maximumPrefixes),
      expected: "a whole number, 1 or more",
    });
  }
  const routers = new Map(racks.map(({ router }) => [router.name, router]));
  for (const router of routers.values()) {
    if (to === "loopback" && router.loopback === undefined) {
      const fix = `give ${router.name} one, loopback: "10.0.0.1"`;
      check.add({ path: "session.to", found: to, expected: `"segment": ${router.name} has no loopback`, fix });
    }
    if (bfd !== undefined && bfd !== false && router.bfd !== true) {
      const fix = `start it with bfd: true on ${router.name}`;
      check.add({ path: "session.bfd", found: "set", expected: `nothing: ${router.name} runs no BFD daemon`, fix });
    }
  }
}

/** The nodes' end. */
export function nodeEnd(
  fabric: string,
  session: SessionSpec<unknown>,
  router: RouterFacts,
  cluster: ClusterFacts,
): Omit<Peering, "name" | "to" | "nodes"> {
  const { password, timers, bfd, gracefulRestart, ttlSecurity, multihop } = session;
  const own = nodesAsn(session, router, cluster);
  return {
    asn: router.asn,
    ...(own === cluster.asn ? {} : { localAsn: own }),
    ...(password === undefined ? {} : { password: { secret: passwordName(fabric) } }),
    ...(timers === undefined ? {} : { timers }),
    ...(bfd === undefined || bfd === false ? {} : { bfd: bfdOf(bfd) }),
    ...(gracefulRestart === undefined || gracefulRestart === false
      ? {}
      : { gracefulRestart: gracefulRestart === true ? {} : gracefulRestart }),
    ...(ttlSecurity === undefined ? {} : { ttlSecurity }),
    ...(multihop === undefined ? {} : { multihop }),
  };
}

function bfdOf(bfd: true | { interval?: number; multiplier?: number }): NonNullable<Peering["bfd"]> {
  if (bfd === true) return {};
  const { interval, multiplier } = bfd;
  return {
    ...(interval === undefined ? {} : { receive: interval, transmit: interval }),
    ...(multiplier === undefined ? {} : { multiplier }),
  };
}

/** The router's end, for all nodes at once. */
export function routerEnd(
  fabric: string,
  session: SessionSpec<unknown>,
  router: RouterFacts,
  cluster: ClusterFacts,
): NeighborSettings {
  const { password, timers = {}, bfd, ttlSecurity, multihop } = session;
  const { keepalive, hold } = timers;
  return {
    remoteAs: session.asn === "rack" ? "internal" : nodesAsn(session, router, cluster),
    ...(password === undefined ? {} : { password: passwordName(fabric) }),
    ...(keepalive === undefined && hold === undefined
      ? {}
      : {
          timers: { ...(keepalive === undefined ? {} : { keepalive }), ...(hold === undefined ? {} : { hold }) },
        }),
    ...(bfd === undefined || bfd === false
      ? {}
      : {
          bfd:
            bfd === true
              ? true
              : {
                  ...(bfd.interval === undefined ? {} : { minimumInterval: bfd.interval }),
                  ...(bfd.multiplier === undefined ? {} : { multiplier: bfd.multiplier }),
                },
        }),
    ...(ttlSecurity === undefined ? {} : { ttlSecurity }),
    ...(multihop === undefined ? {} : { multihop }),
  };
}

function nodesAsn({ asn }: SessionSpec<unknown>, router: RouterFacts, cluster: ClusterFacts): number {
  return asn === "rack" ? router.asn : (asn ?? cluster.asn);
}

/** A CNI's fault about a peering, under the name of the argument that made the peering. */
export function argumentOf(fault: Fault): Fault {
  const field = /^peerings\[\d+\]\.(.*)$/.exec(fault.path)?.[1];
  if (field === undefined) return fault;
  const [head = "", ...rest] = field.split(".");
  const named: Readonly<Record<string, string>> = {
    name: "peerName",
    nodes: "speakers.label",
    localAsn: "session.asn",
    asn: "racks (the router's asn)",
    to: "session.to",
    ownRoutesOnly: "ownRoutesOnly",
  };
  return { ...fault, path: named[head] ?? ["session", head, ...rest].join(".") };
}
