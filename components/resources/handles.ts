/** What components ask of the routers and clusters that are given to them: a platform's own may stand in for ours. */
import type { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { System } from "../bgp/network";
import type { Segments } from "../plan/place";
import type { NetworkPart } from "../plan/part";

/** Something that LiveNetwork takes: it shows its piece, and the resources that carry it. */
export interface Part {
  readonly network: NetworkPart;
  /** What carries it: whatever looks at the whole comes after these. */
  readonly resources: readonly pulumi.Resource[];
}

/** A router that LiveNetwork can configure and ask. */
export interface RouterHandle {
  /** The speaker's name in the Network. */
  readonly name: string;
  readonly system: System;
  readonly asn: number;
  /** Its address on each segment, by the segment's name. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly neighbors: "listen" | "listed";
  /** The container that it runs in. */
  readonly container: pulumi.Input<string>;
}

/** Segments that nodes can stand on, and the router that they share. */
export interface RackHandle extends Part, Segments {
  readonly router: RouterHandle;
  /** Docker networks by segment name. */
  readonly networks: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A node of a cluster as other components see it. */
export interface NodeHandle {
  /** As the program names it: "worker". */
  readonly name: string;
  /** As Kubernetes and the Network name it: "k01-worker". */
  readonly fullName: string;
  readonly address: string;
  readonly rack: string;
  readonly segment: string;
  /** The container that it runs in, where it runs in one that the program knows. */
  readonly container?: pulumi.Input<string>;
}

export interface ClusterHandle extends Part {
  readonly name: string;
  readonly asn: number;
  readonly podNetwork: string;
  readonly serviceNetwork: string;
  readonly nodes: readonly NodeHandle[];
  readonly kubernetes: Provider;
}
