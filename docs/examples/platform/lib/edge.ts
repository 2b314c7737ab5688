/** The platform's own component: what every cluster of this company gets at its edge, in one word. */
import * as pulumi from "@pulumi/pulumi";
import { type ClusterHandle, LoadBalancerPool, type Part, type RackHandle, SelectiveBgpFabric } from "bgpfabric";

export interface EdgeArgs {
  cluster: ClusterHandle;
  rack: RackHandle;
  /** Addresses for Services of type LoadBalancer. */
  services: string;
  /** Nodes that speak for the cluster. */
  speakers: string[];
}

export class Edge extends pulumi.ComponentResource {
  /** For LiveNetwork, which puts the pieces together. */
  readonly parts: Part[];

  constructor(name: string, { cluster, rack, services, speakers }: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Edge", name, {}, opts);
    if (speakers.length < 2)
      throw new Error(`${name}: this company wants two speakers or more, found ${speakers.length}`);
    const options = { parent: this };
    // The clusters keep their mesh: pods of one node reach those of another through it.
    const fabric = new SelectiveBgpFabric(
      `${name}-fabric`,
      { cluster, racks: [rack], speakers: { label: "platform/edge", nodes: speakers }, mesh: true },
      options,
    );
    const pool = new LoadBalancerPool(`${name}-services`, { cluster, cidr: services }, options);
    this.parts = [fabric, pool];
    this.registerOutputs();
  }
}
