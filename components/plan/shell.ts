/** A shell pod's plan: the node that it runs on. */
import { Arguments } from "./arguments";
import { type ClusterFacts, type NodeFacts, type Planned, nodeCalled } from "./facts";

export interface ShellSpec<Cluster extends ClusterFacts = ClusterFacts> {
  /** The cluster that it runs in. */
  cluster: Cluster;
  /** The node that it runs on, as the program names it. @example "worker" */
  node: string;
}

export interface ShellPlan extends Planned {
  readonly node: NodeFacts;
}

export function planShell(name: string, args: ShellSpec): ShellPlan {
  const check = new Arguments(`new Shell("${name}")`);
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    check.add({ path: "", found: name, expected: "a pod's name: at most 63 lower-case letters, digits and dashes" });
  }
  const node = nodeCalled(args.cluster, args.node);
  if (node === undefined) {
    const names = args.cluster.nodes.map((one) => one.name).join(", ");
    check.add({ path: "node", found: args.node, expected: `a node of ${args.cluster.name}: ${names}` });
  }
  check.done();
  if (node === undefined) throw new Error(`no node ${args.node}`);
  return { node, network: { clusters: [{ cluster: args.cluster.name }] } };
}
