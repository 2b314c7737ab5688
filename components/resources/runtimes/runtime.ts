/** What a runtime is to the rest of the library: it takes a cluster's plan, and gives a way in. */
import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../model/errors";
import type { ClusterPlan } from "../../plan/cluster";
import type { FlagsIn, ReachInputs, SegmentHandle } from "../handles";

export interface StartOptions {
  /** Image of the nodes. Default: the lab's. */
  image: pulumi.Input<string> | undefined;
  /** For the runtime "kind" alone. */
  kind?: KindOptions;
  /** For the runtime "existing" alone. */
  existing?: ExistingOptions;
  parent: pulumi.Resource;
}

export interface KindOptions {
  /**
   * What carries the pods: "images", the CNI as its makers ship it, pulled by the nodes; "agent", our agent in its place.
   * @default "agent" on the node image that make builds (bgpfabric/node), "images" on every other @example "images"
   */
  cni?: "images" | "agent";
  /** Where the chart of the CNI's images comes from, and what it is told besides. @default its makers' repository */
  chart?: ChartOptions;
  /**
   * Image of a CNI that has no chart. @default kube-router's own, of the release that this version knows
   * @example "registry.example.com/kube-router@sha256:..."
   */
  cniImage?: string;
  /**
   * Private prefixes that nodes with the CNI's own images reach through Docker and not through their rack: a registry's
   * mirror, a proxy. @default none @example ["10.1.2.0/24"]
   */
  throughDocker?: readonly string[];
  /** How kube-proxy forwards to services. @default "nftables" under our agent, "iptables" under a CNI's own images */
  kubeProxyMode?: "iptables" | "nftables";
  /** Patches of kubeadm's configuration, as kind's kubeadmConfigPatches has them. */
  patches?: readonly string[];
}

export interface ChartOptions {
  /** URL of a Helm repository, or of the folder of OCI artifacts. @example "oci://registry.example.com/charts" */
  repository?: string;
  /** The chart's version. @default the release that this version of the library knows @example "1.19.0" */
  version?: string;
  /** Values over those that the plan asks for, field by field. @example { image: { useDigest: false } } */
  values?: Readonly<Record<string, unknown>>;
}

export interface ExistingOptions {
  /** The way in, YAML as kubectl reads it; a credential plugin in it is run. A secret in the state. */
  kubeconfig: pulumi.Input<string>;
  /** Context of the kubeconfig. @default its current one */
  context?: string;
  /**
   * Each node's block of the pod network, where the CNI announces pods. @default blocks in the order of the nodes
   * @example { "ip-10-0-1-11": "10.244.1.0/24" }
   */
  podBlocks?: Readonly<Record<string, string>>;
  /** Ways to nodes whose BGP daemon LiveNetwork may ask. @default none: the routers' side of each session is looked at */
  reach?: Readonly<Record<string, ReachInputs>>;
}

export interface RunningCluster {
  /** Known when the cluster is ready. Secret. */
  kubeconfig: pulumi.Output<string>;
  /** Namespace where the CNI's settings are read from a ConfigMap of the CNI's name; undefined where its installer sets them. */
  settingsIn?: string;
  /** The DaemonSet whose arguments are the CNI's settings, where no ConfigMap is read. */
  flagsIn?: FlagsIn;
  /** The pools of pods are made by what installs the CNI. */
  bringsPools?: true;
  /** The CNI was there before: its pools are its owner's, and objects that exist once are patched. */
  preinstalled?: true;
  /** Pods meet their node at the first address of its block, and not at its own: a traced path shows that one. */
  podsMeetBlock?: true;
  /** The way to a node, by the node's full name, where there is one. */
  reach(node: string): ReachInputs | undefined;
}

export interface Runtime {
  /** Whether Kubernetes has the nodes under the names that the program gives. @default "CLUSTER-NAME" */
  nodeNames?: "as given";
  /** What it cannot do of the plan. */
  check(plan: ClusterPlan, options: Omit<StartOptions, "parent">): Fault[];
  start(plan: ClusterPlan<SegmentHandle>, options: StartOptions): RunningCluster;
}
