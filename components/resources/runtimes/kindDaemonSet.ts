/** A CNI without a chart on a kind cluster: its account and rights, its files, and its DaemonSet, which is waited for. */
import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import type { input } from "@pulumi/kubernetes/types";
import type * as pulumi from "@pulumi/pulumi";
import type { DaemonSetParts } from "../../cni/images";

/** Inside a cluster and after something there; all of it goes with the cluster. */
export interface After {
  parent: pulumi.Resource;
  provider: pulumi.ProviderResource;
  /** An operator that is gone finishes no object of its own: nothing waits for one. */
  deletedWith: pulumi.Resource;
  dependsOn: pulumi.Resource[];
}

export function daemonSetOf(
  stem: string,
  { name, namespace, rules, files, labels, pod }: DaemonSetParts,
  options: After,
): pulumi.Resource[] {
  const metadata = { name, namespace };
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const account = new ServiceAccount(`${stem}-account`, { metadata }, options);
  const role = new ClusterRole(`${stem}-role`, { metadata: { name }, rules: [...rules] }, options);
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name };
  const binding = new ClusterRoleBinding(
    `${stem}-access`,
    { metadata: { name }, roleRef, subjects },
    { ...options, dependsOn: [...options.dependsOn, role] },
  );
  const config = new ConfigMap(`${stem}-files`, { metadata, data: { ...files } }, options);
  const daemonSet = new DaemonSet(
    stem,
    {
      metadata: { ...metadata, labels },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod as input.core.v1.PodSpec },
      },
    },
    { ...options, dependsOn: [...options.dependsOn, account, binding, config] },
  );
  return [account, role, binding, config, daemonSet];
}
