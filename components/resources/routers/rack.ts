/** A rack: its segments as Docker networks, and the router that they share. */
import * as pulumi from "@pulumi/pulumi";
import { type RackSpec, planRack } from "../../plan/rack";
import type { NetworkPart } from "../../plan/part";
import type { RackHandle, RouterHandle, SegmentHandle } from "../handles";
import { mustHaveImage, routerContainer } from "./container";
import { preflight, segmentNetwork } from "./network";

export interface RackArgs extends RackSpec<SegmentHandle, RouterHandle> {
  /** Image of the router's container. @default the lab's image */
  image?: pulumi.Input<string>;
}

/**
 * Creates
 * 1. a preflight: neither another network of Docker nor a route of the host holds the prefixes,
 * 2. a Docker network for each prefix,
 * 3. the router's container, on all of its segments, unless the router is given; its configuration is LiveNetwork's.
 */
export class Rack extends pulumi.ComponentResource implements RackHandle {
  readonly name: string;
  readonly rack: string;
  readonly segments: RackHandle["segments"];
  readonly router: RouterHandle;
  readonly networks: Record<string, pulumi.Input<string>>;
  readonly network: NetworkPart;
  readonly routers: RouterHandle[];
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: RackArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planRack(name, args);
    if (plan.ownRouter !== undefined) mustHaveImage(plan.ownRouter.system, args.image, name);
    super("bgpfabric:index:Rack", name, {}, opts);
    this.name = name;
    this.rack = name;
    this.segments = plan.segments;
    this.network = plan.network;

    this.networks = Object.assign(
      {},
      ...args.segments.map((one) => (typeof one === "string" || !("networks" in one) ? {} : one.networks)),
    ) as Record<string, pulumi.Input<string>>;
    if (plan.own.length > 0) {
      const free = preflight(name, plan.own, this);
      for (const segment of plan.own) this.networks[segment.name] = segmentNetwork(segment, free, this);
    }
    this.router =
      plan.ownRouter === undefined
        ? (args.router as RouterHandle)
        : routerContainer(`${name}-router`, plan.ownRouter, {
            image: args.image,
            owner: name,
            networks: this.networks,
            parent: this,
          });
    this.routers = [this.router];
    this.resources = [this];
    this.registerOutputs({ router: this.router.name });
  }
}
