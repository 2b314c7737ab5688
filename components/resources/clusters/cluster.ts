/** A Kubernetes cluster whose nodes speak BGP, on the racks that its nodes are placed on. */
import { NodePatch } from "@pulumi/kubernetes/core/v1/nodePatch";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../model/errors";
import type { Prefix } from "../../model/prefix";
import { type ClusterSpec, planCluster } from "../../plan/cluster";
import { both, hostAt } from "../../plan/families";
import type { NetworkPart } from "../../plan/part";
import type { ClusterHandle, FlagsIn, NodeHandle, SegmentHandle } from "../handles";
import { labName } from "../names";
import { type ExistingOptions, type KindOptions, RUNTIMES, type Runtime, type RuntimeName } from "../runtimes";
import { ownObjects } from "./customResource";

export interface ClusterArgs extends ClusterSpec<SegmentHandle> {
  /**
   * Where the cluster runs. "bare": containers with a real API server, real BGP daemons and real kube-proxy, without
   * kubelets. "kind": a real kind cluster with real kubelets and pods, whose nodes stand on the racks with the addresses
   * of the plan. "existing": a cluster that is there, of which nothing is owned; `existing` says how to get in, and the
   * nodes have the names that Kubernetes has. A change from one to the other makes the cluster anew. @example "bare"
   */
  runtime: RuntimeName;
  /** Image of the nodes' containers. @default the lab's image; on kind the lab's node image */
  image?: pulumi.Input<string>;
  /** What the runtime "kind" alone takes. @example { kubeProxyMode: "iptables" } */
  kind?: KindOptions;
  /** What the runtime "existing" alone takes. @example { kubeconfig: config.requireSecret("kubeconfig") } */
  existing?: ExistingOptions;
}

/**
 * Creates
 * 1. what the runtime makes of it; "bare": a Docker network that carries the cluster's own traffic, the seed of its
 *    credentials, a container for each node, the first of which runs the control plane as well, and a resource that is
 *    there when the API answers and every Node is Ready,
 * 2. the provider for the cluster's objects,
 * 3. the pod network's own objects; of an existing cluster, patches of its nodes instead.
 */
export class Cluster extends pulumi.ComponentResource implements ClusterHandle {
  readonly name: string;
  readonly asn: number;
  readonly cni: ClusterHandle["cni"];
  readonly balancer?: NonNullable<ClusterHandle["balancer"]>;
  readonly podNetwork: string;
  readonly podNetwork6?: string;
  readonly serviceNetwork: string;
  readonly serviceNetwork6?: string;
  readonly nodes: NodeHandle[];
  /** For the cluster's objects; whatever uses it comes after the cluster is ready. */
  readonly kubernetes: Provider;
  readonly settingsIn?: string;
  readonly flagsIn?: FlagsIn;
  readonly preinstalled?: true;
  /** An administrator's way in. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly network: NetworkPart;
  readonly clusters: ClusterHandle[];
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const runtime = runtimeCalled(args.runtime);
    const { existing, kind } = args;
    const options = {
      image: args.image,
      ...(kind === undefined ? {} : { kind }),
      ...(existing === undefined ? {} : { existing }),
    };
    const plan = planCluster(name, args, (draft) => runtime?.check(draft, options) ?? [unknownRuntime(args.runtime)], {
      ...(runtime?.nodeNames === undefined ? {} : { nodeNames: runtime.nodeNames }),
      ...existing,
    });
    super("bgpfabric:index:Cluster", name, {}, opts);
    if (runtime === undefined) throw new Error(`no runtime ${args.runtime}`);
    this.name = name;
    this.asn = plan.asn;
    this.cni = plan.cni;
    if (plan.balancer !== undefined) this.balancer = plan.balancer;
    this.podNetwork = plan.podNetwork;
    this.serviceNetwork = plan.serviceNetwork;
    if (plan.podNetwork6 !== undefined) this.podNetwork6 = plan.podNetwork6;
    if (plan.serviceNetwork6 !== undefined) this.serviceNetwork6 = plan.serviceNetwork6;
    this.network = plan.network;

    const running = runtime.start(plan, { ...options, parent: this });
    this.nodes = plan.nodes.map((node) => {
      const { name, fullName, address, address6, rack, segment, podBlock, podBlock6, controlPlane } = node;
      const reach = running.reach(fullName);
      return {
        name,
        fullName,
        address,
        ...(address6 === undefined ? {} : { address6 }),
        segment,
        podBlock,
        ...(podBlock6 === undefined ? {} : { podBlock6 }),
        ...(rack === undefined ? {} : { rack }),
        ...(controlPlane === undefined ? {} : { controlPlane }),
        ...(reach === undefined ? {} : { reach }),
        ...(running.podsMeetBlock === true
          ? { podGateways: both(podBlock, podBlock6).map((block) => hostAt(block as Prefix, 1)) }
          : {}),
      };
    });
    this.kubeconfig = running.kubeconfig;
    if (running.settingsIn !== undefined) this.settingsIn = running.settingsIn;
    if (running.flagsIn !== undefined) this.flagsIn = running.flagsIn;
    this.kubernetes = new Provider(
      `${name}-kubernetes`,
      // New credentials are the same cluster: without its identifier every object under it would be replaced.
      { kubeconfig: running.kubeconfig, clusterIdentifier: labName(name), enableServerSideApply: true },
      { parent: this },
    );
    const own = { parent: this, provider: this.kubernetes };
    if (running.preinstalled === true) {
      this.preinstalled = true;
      // Selectors look for where a node stands. A patch: a destroy takes the labels back.
      for (const { name: node, fullName, labels } of plan.nodes) {
        new NodePatch(`${name}-${node}`, { metadata: { name: fullName, labels: { ...labels } } }, own);
      }
    } else if (running.bringsPools !== true) ownObjects(`${name}-pods`, plan.objects, own);
    this.clusters = [this];
    this.resources = [this];
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}

/** The type allows the known ones; a program in plain JavaScript may still ask for another. */
function runtimeCalled(name: string): Runtime | undefined {
  return Object.entries(RUNTIMES).find(([known]) => known === name)?.[1];
}

function unknownRuntime(name: string): Fault {
  const known = Object.keys(RUNTIMES).map((one) => `"${one}"`);
  return { path: "runtime", found: name, expected: `${known.join(" or ")}: this version has no other` };
}
