/** Addresses for Services of type LoadBalancer, and whether the nodes announce them. */
import * as pulumi from "@pulumi/pulumi";
import type { IpPoolSpec } from "../../cni/calico/types";
import { calicoObjects } from "../../cni/calico/intent";
import type { PoolIntent } from "../../cni/calico/intentTypes";
import type { Resource } from "../../cni/objects";
import { overlaps, parsePrefix } from "../../model/prefix";
import { Arguments } from "../../plan/arguments";
import { customResource } from "./customResource";
import type { ClusterHandle } from "../handles";
import type { NetworkPart } from "../../plan/part";

export interface LoadBalancerPoolArgs {
  /** The cluster whose Services take addresses from it. */
  cluster: ClusterHandle;
  /** The pool, IPv4. @example "172.16.0.240/28" */
  cidr: string;
  /** Whether nodes announce it to their peers. @default true */
  advertise?: boolean;
  /** Name of the IPPool. @default "loadbalancer-ip-pool" */
  poolName?: string;
}

/** Creates an IPPool for load balancers; what is announced is a field of the cluster's one BGPConfiguration, LiveNetwork's. */
export class LoadBalancerPool extends pulumi.ComponentResource {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  readonly cidr: string;

  constructor(name: string, args: LoadBalancerPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const pools = planPool(name, args);
    super("bgpfabric:index:LoadBalancerPool", name, {}, opts);
    this.cidr = args.cidr;
    const advertised = args.advertise ?? true;
    this.network = {
      clusters: [
        {
          cluster: args.cluster.name,
          intent: { pools: [poolIntent(args)], ...(advertised ? { serviceLoadBalancerIPs: [args.cidr] } : {}) },
          announced: advertised ? [args.cidr] : [],
        },
      ],
    };
    for (const pool of pools) customResource(`${name}-pool`, pool, { parent: this, provider: args.cluster.kubernetes });
    this.resources = [this];
    this.registerOutputs({ cidr: this.cidr });
  }
}

function planPool(name: string, args: LoadBalancerPoolArgs): Resource<IpPoolSpec>[] {
  const check = new Arguments(`new LoadBalancerPool("${name}")`);
  const cidr = check.prefix(args.cidr, "cidr");
  if (cidr?.includes(":") === true) check.add({ path: "cidr", found: cidr, expected: "an IPv4 prefix" });
  for (const [what, text] of Object.entries({
    "the pods'": args.cluster.podNetwork,
    "the services'": args.cluster.serviceNetwork,
  })) {
    const other = parsePrefix(text);
    if (cidr !== undefined && other.ok && overlaps(cidr, other.value)) {
      check.add({ path: "cidr", found: cidr, expected: `a prefix apart from ${what} ${other.value}` });
    }
  }
  const objects = check.take(calicoObjects({ pools: [poolIntent(args)] }));
  check.done();
  return objects?.ipPools ?? [];
}

function poolIntent(args: LoadBalancerPoolArgs): PoolIntent {
  return { name: args.poolName ?? "loadbalancer-ip-pool", cidr: args.cidr, natOutgoing: true, for: "services" };
}
