/** The agent's account in a kind cluster: what Calico's own agents may do, and the kinds that an installer would bring. */
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { AGENT_NAMESPACE } from "../../agent/settings";
import { cniOf } from "../../cni";
import type { ClusterPlan } from "../../plan/cluster";

const RBAC = "rbac.authorization.k8s.io";
const READ = ["get", "list", "watch"];
/** Server-side apply of an object that may not be there yet needs both. */
const APPLY = ["create", "patch"];

/** For the whole cluster. Nodes are patched with their rack, the CNI's notes and the plan's pod block. */
const RULES = [
  { apiGroups: [""], resources: ["nodes"], verbs: [...READ, "patch"] },
  { apiGroups: [""], resources: ["pods", "services"], verbs: READ },
  { apiGroups: [""], resources: ["services/status"], verbs: ["patch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: APPLY },
  {
    apiGroups: ["projectcalico.org"],
    resources: ["ippools", "bgpconfigurations", "bgppeers", "bgpfilters"],
    verbs: READ,
  },
  { apiGroups: ["projectcalico.org"], resources: ["clusterinformations"], verbs: APPLY },
  { apiGroups: ["projectcalico.org"], resources: ["caliconodestatuses"], verbs: READ },
  { apiGroups: ["projectcalico.org"], resources: ["caliconodestatuses/status"], verbs: ["patch"] },
  { apiGroups: ["projectcalico.org"], resources: ["blockaffinities"], verbs: [...READ, ...APPLY, "delete"] },
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
  const role = new ClusterRole(`${stem}-role`, { metadata: { name }, rules: RULES }, options);
  const binding = new ClusterRoleBinding(
    `${stem}-access`,
    { metadata: { name }, roleRef: { apiGroup: RBAC, kind: "ClusterRole", name }, subjects },
    { ...options, dependsOn: role },
  );
  const passwordsIn = cniOf(cni).secretsNamespace(cni.settings);
  const secrets: [where: string, namespace: string, verbs: string[]][] = [
    ["own", AGENT_NAMESPACE, [...READ, ...APPLY]],
    ...(passwordsIn === undefined ? [] : [["passwords", passwordsIn, READ] as [string, string, string[]]]),
  ];
  const inNamespaces = secrets.flatMap(([where, secretsIn, verbs]) => {
    const metadata = { name, namespace: secretsIn };
    const place =
      secretsIn === namespace ? [] : [new Namespace(`${stem}-${where}`, { metadata: { name: secretsIn } }, options)];
    const after = { ...options, dependsOn: place };
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs }];
    const own = new Role(`${stem}-${where}-role`, { metadata, rules }, after);
    const roleRef = { apiGroup: RBAC, kind: "Role", name };
    return [
      ...place,
      own,
      new RoleBinding(`${stem}-${where}-access`, { metadata, roleRef, subjects }, { ...after, dependsOn: own }),
    ];
  });
  return [account, role, binding, ...inNamespaces];
}
