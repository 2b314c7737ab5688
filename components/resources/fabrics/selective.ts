/** Selective peering: all nodes of each rack, or a few of them that a label chooses, speak for the whole cluster. */
import { NodePatch } from "@pulumi/kubernetes/core/v1/nodePatch";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPart } from "../../plan/part";
import { type SelectiveSpec, planSelective } from "../../plan/selective";
import { customResource } from "../clusters/customResource";
import { Live } from "../dynamic";
import type { ClusterHandle, Part, RackHandle } from "../handles";

export type SelectiveBgpFabricArgs = SelectiveSpec<ClusterHandle, RackHandle, pulumi.Input<string>>;

/**
 * Creates
 * 1. a patch of each node on the racks: the label on those that speak; none where every node speaks,
 * 2. the secret with the sessions' password, where they have one,
 * 3. the object of the peering with each rack's router, which selects by the label,
 * 4. with MetalLB, what deletes those of them that leave the program before the gate looks: while one is there that its
 *    mode refuses, MetalLB does nothing at all.
 * The mesh between the nodes is off: they announce the same services, and have nothing to tell each other.
 */
export class SelectiveBgpFabric extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: SelectiveBgpFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planSelective(name, args);
    super("bgpfabric:index:SelectiveBgpFabric", name, {}, opts);
    this.network = plan.network;
    const options = { parent: this, provider: args.cluster.kubernetes };
    const { label, secret } = plan;
    // Every node has its patch, most of them without a label: taking a label away is then an update, which comes before
    // the gate looks, and not a deletion, which the engine leaves for last.
    for (const node of label === undefined ? [] : plan.candidates) {
      new NodePatch(
        `${name}-${node.name}`,
        { metadata: { name: node.fullName, labels: plan.speakers.includes(node) ? { [label ?? ""]: "true" } : {} } },
        options,
      );
    }
    const password = args.session?.password;
    this.secrets = secret === undefined || password === undefined ? {} : { [secret.name]: password };
    const before =
      secret === undefined || password === undefined
        ? []
        : [
            new Secret(
              `${name}-password`,
              {
                metadata: { name: secret.name, namespace: secret.namespace },
                ...(secret.type === undefined ? {} : { type: secret.type }),
                stringData: { password: pulumi.secret(password) },
              },
              options,
            ),
          ];
    const objects = plan.objects.map((object) =>
      customResource(`${name}-${object.metadata.name}`, object, { ...options, dependsOn: before }),
    );
    if (plan.paths !== undefined) {
      const inputs = { kubeconfig: args.cluster.kubeconfig, paths: [...plan.paths] };
      new Live("Leaving", `${name}-leaving`, inputs, { parent: this, dependsOn: objects });
    }
    this.resources = [this];
    this.registerOutputs({ speakers: plan.speakers.map(({ fullName }) => fullName) });
  }
}
