/** A pod to look at the network from: ping and curl run in it. */
import { Pod } from "@pulumi/kubernetes/core/v1/pod";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPart } from "../../plan/part";
import { type ShellSpec, planShell } from "../../plan/shell";
import type { ClusterHandle, NodeHandle, Part } from "../handles";

export interface ShellArgs extends ShellSpec<ClusterHandle> {
  /** Image of the pod. @default "nicolaka/netshoot:v0.13" */
  image?: string;
}

/**
 * Creates one pod that sleeps, on the node that is named.
 * @example new Shell("shell", { cluster, node: "worker" })
 */
export class Shell extends pulumi.ComponentResource implements Part {
  readonly name: string;
  readonly cluster: ClusterHandle;
  readonly node: NodeHandle;
  /** The pod's address. */
  readonly address: pulumi.Output<string>;
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: ShellArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planShell(name, args);
    super("bgpfabric:index:Shell", name, {}, opts);
    this.name = name;
    this.cluster = args.cluster;
    this.node = plan.node;
    this.network = plan.network;
    const pod = new Pod(
      `${name}-pod`,
      {
        metadata: { name, namespace: "default", labels: { app: name } },
        spec: {
          nodeSelector: { "kubernetes.io/hostname": plan.node.fullName },
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: "shell", image: args.image ?? "nicolaka/netshoot:v0.13", command: ["sleep", "infinity"] },
          ],
        },
      },
      { parent: this, provider: args.cluster.kubernetes, customTimeouts: { create: "2m", update: "2m", delete: "2m" } },
    );
    this.address = pod.status.apply((status) => status.podIP);
    this.resources = [this];
    this.registerOutputs({ address: this.address });
  }
}
