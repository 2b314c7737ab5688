/** A router that stands alone: a container on segments that are given, which several racks may share. */
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPart } from "../../plan/part";
import { type RouterSpec, planRouter } from "../../plan/router";
import type { Part, ReachInputs, RouterHandle, SegmentHandle } from "../handles";
import { mustHaveImage, routerContainer } from "./container";

export interface RouterArgs extends RouterSpec<SegmentHandle> {
  /** Image of the router's container. @default the lab's image */
  image?: pulumi.Input<string>;
}

/** Creates the router's container, on all of its segments; its configuration is LiveNetwork's. */
export class Router extends pulumi.ComponentResource implements RouterHandle, Part {
  readonly name: string;
  readonly system: RouterHandle["system"];
  readonly asn: number;
  readonly addresses: RouterHandle["addresses"];
  readonly addresses6?: NonNullable<RouterHandle["addresses6"]>;
  readonly neighbors: RouterHandle["neighbors"];
  readonly peerLimit?: number;
  readonly loopback?: string;
  readonly loopback6?: string;
  readonly bfd?: boolean;
  readonly reach: ReachInputs;
  readonly network: NetworkPart;
  readonly routers: RouterHandle[];
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: RouterArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planRouter(name, args);
    mustHaveImage(plan.system, args.image, name);
    super("bgpfabric:index:Router", name, {}, opts);
    this.name = plan.name;
    this.system = plan.system;
    this.asn = plan.asn;
    this.addresses = plan.addresses;
    this.neighbors = plan.neighbors;
    const { peerLimit, loopback, bfd, addresses6, loopback6 } = plan.facts;
    if (addresses6 !== undefined) this.addresses6 = addresses6;
    if (loopback6 !== undefined) this.loopback6 = loopback6;
    if (peerLimit !== undefined) this.peerLimit = peerLimit;
    if (loopback !== undefined) this.loopback = loopback;
    if (bfd !== undefined) this.bfd = bfd;
    this.network = plan.network;
    const networks = Object.assign({}, ...args.segments.map(({ segment }) => segment.networks)) as Record<
      string,
      pulumi.Input<string>
    >;
    const { image } = args;
    this.reach = routerContainer(`${name}-container`, plan, { image, owner: name, networks, parent: this }).reach;
    this.routers = [this];
    this.resources = [this];
    this.registerOutputs({});
  }
}
