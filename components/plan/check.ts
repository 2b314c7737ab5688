/**
 * The plan of a check between two places of the network: who asks, who is asked, and by what. LiveNetwork forecasts the
 * way there and back before anything is made, and the gate runs the check.
 */
import { parsePrefix } from "../model/prefix";
import { Arguments } from "./arguments";
import type { TrafficPolicy } from "../cni/intent";
import type { End, PlannedCheck } from "./plannedCheck";
import { type ClusterFacts, type NodeFacts, type Planned, type RouterFacts, nodeCalled } from "./facts";
import { hostAt } from "./families";

export type CheckBy = "ping" | "http" | "path";

/** A pod on a known node. */
export interface PodFacts {
  readonly name: string;
  readonly cluster: ClusterFacts;
  readonly node: NodeFacts;
}

/** A service of a cluster, as a check asks it. */
export interface ServiceFacts {
  readonly name: string;
  readonly cluster: ClusterFacts;
  /** An address that forecasts can stand in for the service's own: of its range. */
  readonly destination: string | undefined;
  /** The nodes that its pods may run on, by full name. */
  readonly backends: readonly string[];
  /** @default "Cluster" */
  readonly externalTrafficPolicy?: TrafficPolicy;
}

export interface NodeEnd<Cluster extends ClusterFacts = ClusterFacts> {
  readonly cluster: Cluster;
  /** As the program names it. @example "worker" */
  readonly node: string;
}

export interface CheckSpec<
  Pod extends PodFacts = PodFacts,
  Cluster extends ClusterFacts = ClusterFacts,
  Router extends RouterFacts = RouterFacts,
  Service extends ServiceFacts = ServiceFacts,
> {
  /** Who asks: a Shell, a router, or a node. @example shell */
  from: Pod | NodeEnd<Cluster> | Router;
  /** Who is asked: a Shell, a service, a router, a node, or an address. @example echo */
  to: Pod | Service | NodeEnd<Cluster> | Router | string;
  /** How. "http" asks a service; "path" compares each hop with the forecast. @default "http" for a service, else "ping" */
  by?: CheckBy;
}

export interface CheckPlan extends Planned {
  readonly name: string;
  readonly by: CheckBy;
  readonly from: End;
  readonly to: End;
  readonly checks: readonly PlannedCheck[];
}

export function planCheck(name: string, args: CheckSpec): CheckPlan {
  const check = new Arguments(`new ReachabilityCheck("${name}")`);
  const from = endOf(args.from, "from", check);
  const to = endOf(args.to, "to", check);
  const service = to.backends !== undefined;
  const by = args.by ?? (service ? "http" : "ping");
  if (from.speaker === undefined) {
    check.add({ path: "from", found: from.title, expected: "a Shell, a router or a node: something that can ask" });
  }
  if (service && by !== "http") {
    check.add({ path: "by", found: by, expected: '"http": nothing answers a ping at a service\'s address' });
  }
  if (!service && by === "http") {
    check.add({ path: "by", found: by, expected: '"ping" or "path", or a service to ask' });
  }
  if (from.speaker !== undefined && from.title === to.title) {
    check.add({ path: "to", found: to.title, expected: "another place than from" });
  }
  check.done();
  return { name, by, from, to, checks: [{ name, from, to }], network: {} };
}

function endOf(one: CheckSpec["to"], path: string, check: Arguments): End {
  if (typeof one === "string") {
    const address = check.address(one, path);
    return { title: one, ...(address === undefined ? {} : { address }) };
  }
  if ("backends" in one) return serviceEnd(one);
  if ("system" in one) {
    const [address = ""] = Object.values(one.addresses);
    return { title: `router ${one.name}`, speaker: one.name, address };
  }
  if ("name" in one) {
    const { name, node } = one;
    return { title: `pod ${name} on ${node.fullName}`, speaker: node.fullName, address: podAddress(node) };
  }
  const node = nodeCalled(one.cluster, one.node);
  if (node === undefined) {
    const names = one.cluster.nodes.map((known) => known.name).join(", ");
    check.add({ path: `${path}.node`, found: one.node, expected: `a node of ${one.cluster.name}: ${names}` });
    return { title: one.node };
  }
  return { title: `node ${node.fullName}`, speaker: node.fullName, address: node.address };
}

export function serviceEnd({ name, cluster, destination, backends, externalTrafficPolicy }: ServiceFacts): End {
  return {
    title: `service ${name} of ${cluster.name}`,
    cluster: cluster.name,
    ...(destination === undefined ? {} : { address: destination }),
    ...(externalTrafficPolicy === "Local" ? { local: true } : {}),
    backends: cluster.nodes
      .filter(({ fullName }) => backends.includes(fullName))
      .map((node) => ({ speaker: node.fullName, address: podAddress(node) })),
  };
}

/** An address of the node's block of the pod network: what a pod there has is in the same prefix. */
function podAddress({ podBlock = "", address }: NodeFacts): string {
  const block = parsePrefix(podBlock);
  return block.ok ? hostAt(block.value, 1) : address;
}
