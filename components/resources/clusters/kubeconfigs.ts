/** One kubeconfig for several clusters: a context each, named as its cluster; the first one is current. */
import * as pulumi from "@pulumi/pulumi";
import { mergeKubeconfigs } from "../../live/mergeKubeconfigs";
import type { ClusterHandle } from "../handles";

/** @example export const kubeconfig = kubeconfigs(clusterA, clusterB) */
export function kubeconfigs(...clusters: readonly Pick<ClusterHandle, "name" | "kubeconfig">[]): pulumi.Output<string> {
  const given = clusters.map(({ name, kubeconfig }) => pulumi.output(kubeconfig).apply((text) => ({ name, text })));
  return pulumi.secret(pulumi.all(given).apply(mergeKubeconfigs));
}
