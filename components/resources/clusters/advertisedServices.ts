/** Announces the cluster addresses or external addresses of a cluster's services. */
import * as pulumi from "@pulumi/pulumi";
import { type AdvertisedSpec, planAdvertised } from "../../plan/advertised";
import type { NetworkPart } from "../../plan/part";
import type { ClusterHandle, Part } from "../handles";
import { ownObjects } from "./customResource";

export type AdvertisedServicesArgs = AdvertisedSpec<ClusterHandle>;

/**
 * Creates the advertisement's object where the CNI has one (Cilium). With Calico and kube-router the ranges stand in what
 * the whole cluster shares, which is LiveNetwork's.
 * @example new AdvertisedServices("services", { cluster, clusterIPs: true, externalIPs: ["10.0.50.0/24"] })
 */
export class AdvertisedServices extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  /** The prefixes that nodes announce. */
  readonly ranges: readonly string[];

  constructor(name: string, args: AdvertisedServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planAdvertised(name, args);
    super("bgpfabric:index:AdvertisedServices", name, {}, opts);
    this.network = plan.network;
    this.ranges = plan.ranges;
    ownObjects(`${name}-advertisement`, plan.objects, { parent: this, provider: args.cluster.kubernetes });
    this.resources = [this];
    this.registerOutputs({ ranges: this.ranges });
  }
}
