/** A pool's plan: addresses for Services of type LoadBalancer, and how the nodes announce them. */
import { cniOf } from "../cni";
import type { Announcing, Pool, TrafficPolicy } from "../cni/intent";
import type { Resource } from "../cni/objects";
import type { Fault } from "../model/errors";
import { hostPrefix, maximumLength, parsePrefix } from "../model/prefix";
import { parseRange, rangeOf, rangePrefixes, rangesOverlap } from "../model/range";
import { type Address, familyOf } from "../model/address";
import { Arguments } from "./arguments";
import { type ClusterFacts, type Planned, nodeCalled, serviceDaemon, through } from "./facts";
import { type EachFamily, both, eachFamily, titleOf } from "./families";
import { intentFor } from "./part";

export interface PoolSpec<Cluster extends ClusterFacts = ClusterFacts> {
  /** The cluster whose Services take addresses from it. */
  cluster: Cluster;
  /**
   * The pool, or one of each family; or several under `ranges`. @example "172.16.0.240/28"
   * @example ["172.16.0.240/28", "fd00:172:16::/124"]
   */
  cidr?: EachFamily;
  /**
   * Prefixes or ranges from first to last address, in place of `cidr`. Calico's pools are prefixes alone.
   * @example ["10.0.50.0/27", "10.0.50.100-10.0.50.120"]
   */
  ranges?: readonly string[];
  /** Whether nodes announce it to their peers. @default true */
  advertise?: boolean;
  /**
   * true: the prefix as a whole. false: each address in use by itself.
   * @default what the CNI does: Calico announces the prefix, Cilium and MetalLB each address
   */
  aggregate?: boolean;
  /** The nodes that announce it, as the program names them. Not Calico. @default all with a session @example ["worker"] */
  nodes?: readonly string[];
  /**
   * The peerings over which it is announced, by the names of their objects (`peerName` of a fabric). Not Calico.
   * @default all @example ["rack-a"]
   */
  peers?: readonly string[];
  /** Communities that it is announced with, large ones too. @default none @example ["64512:100"] */
  communities?: readonly string[];
  /** Read by iBGP peers alone. Not Calico. @default the daemon's, 100 @example 200 */
  localPreference?: number;
  /**
   * externalTrafficPolicy of the services that take its addresses: a service with another one is refused.
   * @default each service's own @example "Local"
   */
  externalTrafficPolicy?: TrafficPolicy;
  /** Name of the pool's object. @default "loadbalancer-ip-pool" */
  poolName?: string;
}

export interface PoolPlan extends Planned {
  /** As the program has them: prefixes, and ranges from first to last. */
  readonly ranges: readonly string[];
  readonly objects: readonly Resource<object>[];
}

export function planPool(name: string, args: PoolSpec): PoolPlan {
  const { cluster } = args;
  const check = new Arguments(`new LoadBalancerPool("${name}")`);
  const ranges = rangesFrom(args, check);
  const announcing = announcingFrom(args, ranges, check);
  const pool: Pool = {
    name: args.poolName ?? "loadbalancer-ip-pool",
    for: "services",
    ranges,
    ...(args.externalTrafficPolicy === undefined ? {} : { trafficPolicy: args.externalTrafficPolicy }),
    ...(announcing === undefined ? {} : { advertise: announcing }),
  };
  const daemon = serviceDaemon(cluster);
  const { cni, asn } = through(cluster, daemon);
  // A range that is none is told once, by its own name.
  const written = ranges.length === 0 ? undefined : cniOf(cni).write({ pools: [pool] }, { ...cni, asn, part: true });
  const faults = written === undefined || written.ok ? [] : written.faults;
  for (const fault of faults) check.add(named(fault, args));
  check.done();
  return {
    ranges,
    objects: written?.ok === true ? written.value.own : [],
    network: {
      clusters: [
        {
          cluster: cluster.name,
          ...intentFor(daemon, { pools: [pool] }),
          announced: announcing === undefined ? [] : ranges.flatMap(prefixesOf),
        },
      ],
    },
  };
}

/** The ranges that are right; what is wrong with the others is told. */
function rangesFrom({ cidr, ranges, cluster }: PoolSpec, check: Arguments): string[] {
  if ((cidr === undefined) === (ranges === undefined)) {
    const found = cidr === undefined ? "neither cidr nor ranges" : "cidr and ranges";
    check.add({ path: "cidr", found, expected: 'one of the two: cidr: "172.16.0.240/28", or several under ranges' });
    return [];
  }
  if (ranges?.length === 0) check.add({ path: "ranges", found: "[]", expected: "one range or more" });
  const all =
    ranges === undefined
      ? eachFamily(cidr ?? "", "cidr", check)
      : ranges.map((text, index) => ({ text, path: `ranges[${index}]` }));
  return all.flatMap(({ text, path }) => {
    const range =
      ranges === undefined || text.includes("/") ? check.prefix(text, path) : check.take(parseRange(text, path));
    if (range === undefined) return [];
    const bounds = typeof range === "string" ? rangeOf(range) : range;
    const family = familyOf(bounds.first);
    // A platform's own cluster may not tell its services' range.
    const services = both(cluster.serviceNetwork, cluster.serviceNetwork6).filter((one) => one !== "");
    if (services.length > 0 && !services.some((one) => familyOf(one) === family)) {
      const expected = `a ${text.includes("/") ? "prefix" : "range"} of a family that services of ${cluster.name} have: they have no ${titleOf(family)} addresses`;
      const fix = `give the cluster ${titleOf(family)} prefixes under pods and services`;
      check.add({ path, found: text, expected, fix });
      return [];
    }
    const taken = [
      ...both(cluster.podNetwork, cluster.podNetwork6).map((one) => ["the pods'", one] as const),
      ...services.map((one) => ["the services'", one] as const),
      ...cluster.nodes.flatMap((node) =>
        both(node.address, node.address6).map(
          (one) => [`the address of ${node.name},`, hostPrefix(one as Address)] as const,
        ),
      ),
    ];
    for (const [whose, range] of taken) {
      const other = parsePrefix(range);
      if (!other.ok || !rangesOverlap(bounds, rangeOf(other.value))) continue;
      check.add({
        path,
        found: text,
        expected: `a ${text.includes("/") ? "prefix" : "range"} apart from ${whose} ${other.value}`,
      });
    }
    return [text];
  });
}

/** Undefined where nothing is announced. */
function announcingFrom(args: PoolSpec, ranges: readonly string[], check: Arguments): Announcing | undefined {
  const { advertise = true, aggregate, peers, communities, localPreference, cluster } = args;
  if (!advertise) {
    const idle = (["aggregate", "nodes", "peers", "communities", "localPreference"] as const).filter(
      (field) => args[field] !== undefined,
    );
    for (const path of idle) {
      check.add({ path, found: JSON.stringify(args[path]), expected: "nothing: advertise is false" });
    }
    return undefined;
  }
  const names = args.nodes?.flatMap((given, index) => {
    const node = nodeCalled(cluster, given);
    if (node !== undefined) return [node.fullName];
    const known = cluster.nodes.map((one) => one.name).join(", ");
    check.add({ path: `nodes[${index}]`, found: given, expected: `a node of ${cluster.name}: ${known}` });
    return [];
  });
  return {
    ...(aggregate === undefined ? {} : lengthsFor(aggregate, ranges, check)),
    ...(names === undefined ? {} : { nodes: { names } }),
    ...(peers === undefined ? {} : { peers }),
    ...(communities === undefined ? {} : { communities }),
    ...(localPreference === undefined ? {} : { localPreference }),
  };
}

/** One length for each family of the ranges. */
function lengthsFor(aggregate: boolean, ranges: readonly string[], check: Arguments): Pick<Announcing, "lengths"> {
  const lengths: { ipv4?: number; ipv6?: number } = {};
  for (const family of ["ipv4", "ipv6"] as const) {
    const own = ranges.filter((text) => familyOf(text) === family);
    // With no range at all the faults are the ranges'.
    if (own.length === 0 && (family === "ipv6" || aggregate || ranges.length > 0)) continue;
    const all = new Set(own.map((text) => (text.includes("/") ? Number(text.split("/")[1]) : undefined)));
    const [length] = all;
    if (!aggregate) lengths[family] = maximumLength(family);
    else if (length !== undefined && all.size === 1) lengths[family] = length;
    else {
      check.add({
        path: "aggregate",
        found: "true",
        expected: "false, or ranges that are prefixes of one length: a pool is announced with one length",
      });
    }
  }
  return Object.keys(lengths).length === 0 ? {} : { lengths };
}

/** What routers let in: a range from first to last is the fewest prefixes that cover it. */
function prefixesOf(text: string): string[] {
  if (text.includes("/")) return [text];
  const range = parseRange(text);
  return range.ok ? rangePrefixes(range.value) : [];
}

/** The fault by the argument's own name, in place of the intent's. */
function named(fault: Fault, { ranges, cidr }: PoolSpec): Fault {
  const path = fault.path
    .replace(/^pools\[0\]\.ranges\[(\d+)\]/, (_, index: string) =>
      ranges !== undefined ? `ranges[${index}]` : typeof cidr === "string" ? "cidr" : `cidr[${index}]`,
    )
    .replace(/^pools\[0\]\.advertise\.lengths.*/, "aggregate")
    .replace(/^pools\[0\]\.advertise\./, "")
    .replace(/^pools\[0\]\.name/, "poolName");
  return { ...fault, path };
}
