/** Addresses for Services of type LoadBalancer, and how the nodes announce them. */
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPart } from "../../plan/part";
import { type PoolSpec, planPool } from "../../plan/pool";
import type { ClusterHandle, Part } from "../handles";
import { ownObjects } from "./customResource";

export type LoadBalancerPoolArgs = PoolSpec<ClusterHandle>;

/** Creates the pool's object, and its advertisement where the CNI has it as an object by itself; what is announced is in the cluster's shared objects, LiveNetwork's. */
export class LoadBalancerPool extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  /** As the program has them: prefixes, and ranges from first to last. */
  readonly ranges: readonly string[];

  constructor(name: string, args: LoadBalancerPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planPool(name, args);
    super("bgpfabric:index:LoadBalancerPool", name, {}, opts);
    this.ranges = plan.ranges;
    this.network = plan.network;
    ownObjects(`${name}-pool`, plan.objects, { parent: this, provider: args.cluster.kubernetes });
    this.resources = [this];
    // One prefix is called as the argument is.
    this.registerOutputs(args.cidr === undefined ? { ranges: this.ranges } : { cidr: args.cidr });
  }
}
