/** A segment that stands alone: a Docker network that racks, routers and nodes can be put on. */
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPart } from "../../plan/part";
import { type SegmentSpec, planSegment } from "../../plan/segment";
import type { SegmentHandle } from "../handles";
import { preflight, segmentNetwork } from "./network";

export type SegmentArgs = SegmentSpec;

/**
 * Creates
 * 1. a preflight: neither another network of Docker nor a route of the host holds the prefix,
 * 2. the Docker network.
 */
export class Segment extends pulumi.ComponentResource implements SegmentHandle {
  readonly name: string;
  readonly segments: SegmentHandle["segments"];
  readonly networks: Record<string, pulumi.Output<string>>;
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: SegmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planSegment(name, args);
    super("bgpfabric:index:Segment", name, {}, opts);
    this.name = name;
    this.segments = plan.segments;
    this.network = plan.network;
    const free = preflight(name, [plan.own], this);
    this.networks = { [name]: segmentNetwork(plan.own, free, this) };
    this.resources = [this];
    this.registerOutputs({});
  }
}
