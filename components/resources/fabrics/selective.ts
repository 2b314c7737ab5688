/** Selective peering: a few nodes of each rack speak for the whole cluster, chosen by a label. */
import { NodePatch } from "@pulumi/kubernetes/core/v1/nodePatch";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPart } from "../../plan/part";
import { type SelectiveSpec, planSelective } from "../../plan/selective";
import { customResource } from "../clusters/customResource";
import type { ClusterHandle, Part, RackHandle } from "../handles";

export type SelectiveBgpFabricArgs = SelectiveSpec<ClusterHandle, RackHandle>;

/**
 * Creates
 * 1. a patch of each node on the racks: the label on those that speak,
 * 2. the object of the peering with each rack's router, which selects by the label.
 * The mesh between the nodes is off: they announce the same services, and have nothing to tell each other.
 */
export class SelectiveBgpFabric extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: SelectiveBgpFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planSelective(name, args);
    super("bgpfabric:index:SelectiveBgpFabric", name, {}, opts);
    this.network = plan.network;
    const options = { parent: this, provider: args.cluster.kubernetes };
    // Every node has its patch, most of them without a label: taking a label away is then an update, which comes before
    // the gate looks, and not a deletion, which the engine leaves for last.
    for (const node of plan.candidates) {
      new NodePatch(
        `${name}-${node.name}`,
        { metadata: { name: node.fullName, labels: plan.speakers.includes(node) ? { [plan.label]: "true" } : {} } },
        options,
      );
    }
    for (const object of plan.objects) customResource(`${name}-${object.metadata.name}`, object, options);
    this.resources = [this];
    this.registerOutputs({ speakers: plan.speakers.map(({ fullName }) => fullName) });
  }
}
