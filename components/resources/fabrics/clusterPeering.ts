/** Two clusters that peer with each other by their reflectors, so that pods and services of one reach those of the other. */
import * as pulumi from "@pulumi/pulumi";
import { type ClusterPeeringSpec, planClusterPeering } from "../../plan/clusterPeering";
import type { NetworkPart } from "../../plan/part";
import { customResource } from "../clusters/customResource";
import type { Part, ReflectorTierHandle } from "../handles";

export type ClusterPeeringArgs = ClusterPeeringSpec<ReflectorTierHandle>;

/**
 * Creates in each cluster
 * 1. the object of the peering with each reflector of the other cluster, once both tiers stand,
 * 2. the disabled pools that stand for the other cluster's pods and services, last of all.
 * Two reflectors on either side make four eBGP sessions, however many nodes the clusters have.
 */
export class ClusterPeering extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: ClusterPeeringArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planClusterPeering(name, args);
    super("bgpfabric:index:ClusterPeering", name, {}, opts);
    this.network = plan.network;
    const tiers = args.between.flatMap(({ before = [] }) => before);
    const register = (pools: boolean, dependsOn: pulumi.Resource[]) =>
      plan.sides.flatMap(({ cluster, objects }, index) => {
        const provider = args.between[index]?.cluster.kubernetes;
        return objects
          .filter(({ kind }) => (kind === "IPPool") === pools)
          .map((object) =>
            customResource(`${name}-${cluster}-${object.metadata.name}`, object, {
              parent: this,
              dependsOn,
              ...(provider === undefined ? {} : { provider }),
            }),
          );
      });
    const peerings = register(false, tiers);
    register(true, [...tiers, ...peerings]);
    this.resources = [this];
    this.registerOutputs({});
  }
}
