/** One kubeconfig for several clusters: a context each, named as its cluster; the first one is current. */
import * as pulumi from "@pulumi/pulumi";
import { mergeKubeconfigs } from "../../live/mergeKubeconfigs";
import type { ClusterHandle } from "../handles";

/** @example export const kubeconfig = kubeconfigs(clusterA, clusterB) */
export function kubeconfigs(...clusters: readonly Pick<ClusterHandle, "kubeconfig">[]): pulumi.Output<string> {
  return pulumi.secret(pulumi.all(clusters.map(({ kubeconfig }) => kubeconfig)).apply(mergeKubeconfigs));
}
