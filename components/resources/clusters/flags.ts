/** Flags of a CNI's DaemonSet that follow from what all parts of a program want together, as a patch of its arguments. */
import { DaemonSetPatch } from "@pulumi/kubernetes/apps/v1/daemonSetPatch";
import type * as pulumi from "@pulumi/pulumi";
import type { FlagsIn } from "../handles";

/** Its pods start anew with them; a destroy takes them back. */
export function flagsPatch(
  stem: string,
  { namespace, daemonSet: name, container }: FlagsIn,
  args: readonly string[],
  options: pulumi.CustomResourceOptions,
): DaemonSetPatch {
  const spec = { template: { spec: { containers: [{ name: container, args: [...args] }] } } };
  return new DaemonSetPatch(`${stem}-flags`, { metadata: { name, namespace }, spec }, options);
}
