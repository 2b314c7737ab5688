/** An echo service's plan: the node that its pods are bound to. */
import { cniOf } from "../cni";
import { Arguments } from "./arguments";
import { type ClusterFacts, type Planned, nodeCalled } from "./facts";

export interface EchoSpec<Cluster extends ClusterFacts = ClusterFacts> {
  /** The cluster that it runs in. */
  cluster: Cluster;
  /** TCP port of service and pods. @example 80 */
  port: number;
  /** Pods. @default 2 */
  replicas?: number;
  /** The one node that pods may run on, as the program names it. @default any node @example "worker4" */
  node?: string;
  /** Address of the pool that the service asks for. @default the first free one */
  address?: string;
}

export interface EchoPlan extends Planned {
  readonly replicas: number;
  /** As Kubernetes names it. */
  readonly node: string | undefined;
  /** Annotations by which the service asks for its address. */
  readonly addressRequest: Readonly<Record<string, string>>;
}

export function planEcho(name: string, args: EchoSpec): EchoPlan {
  const check = new Arguments(`new EchoService("${name}")`);
  if (!(Number.isInteger(args.port) && args.port >= 1 && args.port <= 65535)) {
    check.add({ path: "port", found: String(args.port), expected: "a port from 1 to 65535" });
  }
  if (args.replicas !== undefined && !(Number.isInteger(args.replicas) && args.replicas >= 0)) {
    check.add({ path: "replicas", found: String(args.replicas), expected: "a whole number, 0 or more" });
  }
  if (args.address !== undefined) check.address(args.address, "address");
  const node = args.node === undefined ? undefined : nodeCalled(args.cluster, args.node);
  if (args.node !== undefined && node === undefined) {
    check.add({
      path: "node",
      found: args.node,
      expected: `a node of ${args.cluster.name}: ${args.cluster.nodes.map((one) => one.name).join(", ")}`,
    });
  }
  check.done();
  return {
    replicas: args.replicas ?? 2,
    node: node?.fullName,
    addressRequest: args.address === undefined ? {} : cniOf(args.cluster.cni).addressRequest(args.address),
    network: { clusters: [{ cluster: args.cluster.name }] },
  };
}
