/** Racks under spines: the links between them, the spines' containers, and each rack as clusters and fabrics take it. */
import * as pulumi from "@pulumi/pulumi";
import { type LeafPlan, type LeafSpineSpec, planLeafSpine } from "../../plan/leafSpine";
import type { NetworkPart } from "../../plan/part";
import type { Part, RackHandle, RouterHandle } from "../handles";
import { routerContainer } from "../routers/container";
import { preflight, segmentNetwork } from "../routers/network";

export interface LeafSpineFabricArgs extends LeafSpineSpec {
  /** Image of the routers' containers. @default the lab's image */
  image?: pulumi.Input<string>;
}

/**
 * Creates
 * 1. a preflight: neither another network of Docker nor a route of the host holds the prefixes,
 * 2. a Docker network for each link and for each rack's segments,
 * 3. a container for each spine and each leaf, on all of its links; their configuration is LiveNetwork's.
 * A rack that is added puts the spines on one link more, which makes their containers anew.
 */
export class LeafSpineFabric extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly routers: RouterHandle[];
  readonly resources: pulumi.Resource[];
  /** The racks, in the order of `leaves`. */
  readonly racks: RackHandle[];

  constructor(name: string, args: LeafSpineFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planLeafSpine(name, args);
    super("bgpfabric:index:LeafSpineFabric", name, {}, opts);
    this.network = plan.network;
    const segments = [...plan.links, ...plan.racks.flatMap(({ own }) => own)];
    const free = preflight(name, segments, this);
    const networks = Object.fromEntries(
      segments.map((segment) => [segment.name, segmentNetwork(segment, free, this)] as const),
    );
    const { image } = args;
    const container = (router: LeafPlan["ownRouter"]): RouterHandle =>
      routerContainer(`${name}-${router.name}`, router, {
        image,
        owner: `${name}-${router.name}`,
        networks,
        parent: this,
      });
    const spines = plan.spines.map(container);
    this.resources = [this];
    this.racks = plan.racks.map((rack): RackHandle => {
      const router = container(rack.ownRouter);
      return {
        name: rack.name,
        rack: rack.rack,
        segments: rack.segments,
        router,
        networks: Object.fromEntries(rack.segments.map((one) => [one.name, networks[one.name] ?? ""])),
        network: rack.network,
        routers: [router],
        resources: [this],
      };
    });
    this.routers = [...spines, ...this.racks.map(({ router }) => router)];
    this.registerOutputs({});
  }

  /** The rack that the program calls so. */
  rack(name: string): RackHandle {
    const rack = this.racks.find((one) => one.name === name);
    if (rack === undefined)
      throw new Error(`no rack ${name}: there are ${this.racks.map((one) => one.name).join(", ")}`);
    return rack;
  }
}
