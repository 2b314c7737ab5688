/** A pool's plan: addresses for Services of type LoadBalancer, and whether the nodes announce them. */
import { cniOf } from "../cni";
import type { Pool } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { overlaps, parsePrefix } from "../model/prefix";
import { Arguments } from "./arguments";
import { type ClusterFacts, type Planned, serviceDaemon, through } from "./facts";
import { intentFor } from "./part";

export interface PoolSpec<Cluster extends ClusterFacts = ClusterFacts> {
  /** The cluster whose Services take addresses from it. */
  cluster: Cluster;
  /** The pool, IPv4. @example "172.16.0.240/28" */
  cidr: string;
  /** Whether nodes announce it to their peers. @default true */
  advertise?: boolean;
  /** Name of the pool's object. @default "loadbalancer-ip-pool" */
  poolName?: string;
}

export interface PoolPlan extends Planned {
  readonly cidr: string;
  readonly objects: readonly Resource<object>[];
}

export function planPool(name: string, args: PoolSpec): PoolPlan {
  const { cluster } = args;
  const check = new Arguments(`new LoadBalancerPool("${name}")`);
  const cidr = check.prefix(args.cidr, "cidr");
  if (cidr?.includes(":") === true) check.add({ path: "cidr", found: cidr, expected: "an IPv4 prefix" });
  for (const [what, text] of Object.entries({
    "the pods'": cluster.podNetwork,
    "the services'": cluster.serviceNetwork,
  })) {
    const other = parsePrefix(text);
    if (cidr !== undefined && other.ok && overlaps(cidr, other.value)) {
      check.add({ path: "cidr", found: cidr, expected: `a prefix apart from ${what} ${other.value}` });
    }
  }
  const advertised = args.advertise ?? true;
  const pool: Pool = {
    name: args.poolName ?? "loadbalancer-ip-pool",
    for: "services",
    ranges: [args.cidr],
    ...(advertised ? { advertise: {} } : {}),
  };
  const daemon = serviceDaemon(cluster);
  const { cni, asn } = through(cluster, daemon);
  // A prefix that is none is told once, by its own name.
  const told =
    cidr === undefined ? undefined : check.take(cniOf(cni).write({ pools: [pool] }, { ...cni, asn, part: true }));
  check.done();
  return {
    cidr: args.cidr,
    objects: told?.own ?? [],
    network: {
      clusters: [
        {
          cluster: cluster.name,
          ...intentFor(daemon, { pools: [pool] }),
          announced: advertised ? [args.cidr] : [],
        },
      ],
    },
  };
}
