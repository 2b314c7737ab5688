/** What a runtime is to the rest of the library: it takes a cluster's plan, and gives a way in. */
import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../model/errors";
import type { ClusterPlan } from "../../plan/cluster";
import type { ReachInputs, SegmentHandle } from "../handles";

export interface StartOptions {
  /** Image of the nodes. Default: the lab's. */
  image: pulumi.Input<string> | undefined;
  /** For the runtime "kind" alone. */
  kind?: KindOptions;
  parent: pulumi.Resource;
}

export interface KindOptions {
  /** How kube-proxy forwards to services. @default "nftables" */
  kubeProxyMode?: "iptables" | "nftables";
  /** Patches of kubeadm's configuration, as kind's kubeadmConfigPatches has them. */
  patches?: readonly string[];
}

export interface RunningCluster {
  /** Known when the cluster is ready. Secret. */
  kubeconfig: pulumi.Output<string>;
  /** Namespace where the CNI's settings are read from a ConfigMap of the CNI's name; undefined where its installer sets them. */
  settingsIn?: string;
  /** The way to a node, by the node's full name, where there is one. */
  reach(node: string): ReachInputs | undefined;
}

export interface Runtime {
  /** What it cannot do of the plan. */
  check(plan: ClusterPlan): Fault[];
  start(plan: ClusterPlan<SegmentHandle>, options: StartOptions): RunningCluster;
}
