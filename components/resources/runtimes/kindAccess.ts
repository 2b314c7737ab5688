/** The agent's account in a kind cluster: what the CNI's own agents may do, and the kinds that an installer would bring. */
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { AGENT_NAMESPACE } from "../../agent/settings";
import { cniOf } from "../../cni";
import { type AccessRule, APPLY, READ } from "../../cni/agentNeeds";
import type { ClusterPlan } from "../../plan/cluster";

const RBAC = "rbac.authorization.k8s.io";

/** For the whole cluster, whatever the CNI. Nodes are patched with their rack, the CNI's notes and the plan's pod block. */
const RULES: readonly AccessRule[] = [
  { apiGroups: [""], resources: ["nodes"], verbs: [...READ, "patch"] },
  { apiGroups: [""], resources: ["pods", "services"], verbs: READ },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: APPLY },
];

/** Secrets are read in two namespaces alone: that of the sessions' passwords, and that of the nodes' configurations. */
export function agentAccess(
  { name: cluster, cni }: ClusterPlan,
  { name, namespace }: { name: string; namespace: string },
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const stem = `${cluster}-agent`;
  const account = new ServiceAccount(`${stem}-account`, { metadata: { name, namespace } }, options);
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const known = cniOf(cni);
  const rules = [...RULES, ...(known.agent?.node ?? []), ...(known.agent?.cluster ?? [])];
  const role = new ClusterRole(`${stem}-role`, { metadata: { name }, rules }, options);
  const binding = new ClusterRoleBinding(
    `${stem}-access`,
    { metadata: { name }, roleRef: { apiGroup: RBAC, kind: "ClusterRole", name }, subjects },
    { ...options, dependsOn: role },
  );
  const passwordsIn = known.secretsNamespace(cni.settings);
  const own = [
    { apiGroups: [""], resources: ["secrets"], verbs: [...READ, ...APPLY] },
    { apiGroups: [""], resources: ["configmaps"], verbs: READ },
  ];
  const passwords = [{ apiGroups: [""], resources: ["secrets"], verbs: READ }];
  const secrets: [where: string, namespace: string, rules: AccessRule[]][] = [
    ["own", AGENT_NAMESPACE, own],
    ...(passwordsIn === undefined ? [] : [["passwords", passwordsIn, passwords] as [string, string, AccessRule[]]]),
  ];
  const inNamespaces = secrets.flatMap(([where, secretsIn, rules]) => {
    const metadata = { name, namespace: secretsIn };
    const place =
      secretsIn === namespace ? [] : [new Namespace(`${stem}-${where}`, { metadata: { name: secretsIn } }, options)];
    const after = { ...options, dependsOn: place };
    const allowed = new Role(`${stem}-${where}-role`, { metadata, rules }, after);
    const roleRef = { apiGroup: RBAC, kind: "Role", name };
    return [
      ...place,
      allowed,
      new RoleBinding(`${stem}-${where}-access`, { metadata, roleRef, subjects }, { ...after, dependsOn: allowed }),
    ];
  });
  return [account, role, binding, ...inNamespaces];
}
