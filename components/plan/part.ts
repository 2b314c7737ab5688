/**
 * A component's piece of the Network as a plain value. combine.ts puts the pieces together, with or without an engine;
 * what several parts have a say in is decided there and nowhere else.
 */
import type { NetworkPiece } from "../bgp/combine";
import type { CniChoice } from "../cni/choice";
import type { ClusterIntent } from "../cni/intent";
import type { EndpointSlice, Node, Service } from "../cni/objects";
import type { NodePlace } from "../cni/place";

export interface NetworkPart extends NetworkPiece {
  clusters?: ClusterPart[];
  /** Ranges that several clusters announce on purpose: anycast. Pools in them may overlap. */
  shared?: readonly string[];
}

/** What is known of one cluster; several parts speak of the same one, each with its own share. */
export interface ClusterPart {
  cluster: string;
  /** The CNI whose rules turn objects into speakers; the cluster's own part names it. */
  cni?: Pick<CniChoice, "kind" | "version" | "settings">;
  /** What announces services beside the CNI; the cluster's own part names it. */
  balancer?: Pick<CniChoice, "kind" | "version" | "settings" | "asn">;
  nodes?: Node[];
  places?: Record<string, NodePlace>;
  /** A share in what the CNI is told. */
  intent?: ClusterIntent;
  /** A share in what the balancer is told. */
  balancerIntent?: ClusterIntent;
  /** Services with the addresses that they ask for, and the nodes that their pods may run on. */
  services?: Service[];
  endpointSlices?: EndpointSlice[];
  /** Prefixes that the cluster announces to routers, services' among them: their import filters let them in, and longer ones. */
  announced?: string[];
  /** Ranges of which nodes announce blocks to routers, and the blocks' length. */
  blocks?: { prefix: string; length: number }[];
}

/** Which of a node's daemons: the cluster's CNI, or the balancer beside it. */
export type Daemon = "cni" | "balancer";

/** A share under the name of the daemon that it is for. */
export function intentFor(daemon: Daemon, intent: ClusterIntent): Pick<ClusterPart, "intent" | "balancerIntent"> {
  return daemon === "cni" ? { intent } : { balancerIntent: intent };
}

/** The prefix list in which a router keeps what a cluster may announce; LiveNetwork fills it. */
export function announcedList(cluster: string): string {
  return `${cluster}-announced`;
}
