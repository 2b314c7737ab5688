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

/** Where it stands unless a CNI wants its pods elsewhere; every cluster has it. */
export const SYSTEM = "kube-system";

/**
 * Secrets are read in a few namespaces alone: those of the sessions' passwords, and that of the nodes' configurations.
 * `place` comes before whatever else stands in the agent's own namespace.
 */
export function agentAccess(
  { name: cluster, cni, balancer }: ClusterPlan,
  { name, namespace }: { name: string; namespace: string },
  options: pulumi.CustomResourceOptions,
): { place: pulumi.Resource[]; access: pulumi.Resource[] } {
  const stem = `${cluster}-agent`;
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const installed = [cni, ...(balancer === undefined ? [] : [balancer])];
  const needs = installed.flatMap((one) => cniOf(one).agent ?? []);
  const places = new Map<string, Namespace>();
  const placeOf = (where: string, called: string): Namespace[] => {
    if (called === SYSTEM) return [];
    const known = places.get(called);
    const place = known ?? new Namespace(`${stem}-${where}`, { metadata: { name: called } }, options);
    places.set(called, place);
    return [place];
  };
  const place = placeOf("place", namespace);
  const account = new ServiceAccount(
    `${stem}-account`,
    { metadata: { name, namespace } },
    { ...options, dependsOn: place },
  );
  const rules = [...RULES, ...needs.flatMap((one) => [...one.node, ...one.cluster])];
  const role = new ClusterRole(`${stem}-role`, { metadata: { name }, rules }, options);
  const binding = new ClusterRoleBinding(
    `${stem}-access`,
    { metadata: { name }, roleRef: { apiGroup: RBAC, kind: "ClusterRole", name }, subjects },
    { ...options, dependsOn: role },
  );
  const own = [
    { apiGroups: [""], resources: ["secrets"], verbs: [...READ, ...APPLY] },
    { apiGroups: [""], resources: ["configmaps"], verbs: READ },
  ];
  const reads = (...resources: string[]) => [{ apiGroups: [""], resources, verbs: READ }];
  const secrets: [where: string, namespace: string, rules: AccessRule[]][] = [["own", AGENT_NAMESPACE, own]];
  for (const [at, one] of installed.entries()) {
    const stands = cniOf(one).secretsNamespace(one.settings);
    if (stands === undefined) continue;
    secrets.push(
      at === 0 ? ["passwords", stands, reads("secrets")] : ["balancer", stands, reads("secrets", "configmaps")],
    );
  }
  const inNamespaces = secrets.flatMap(([where, secretsIn, rules]) => {
    const metadata = { name, namespace: secretsIn };
    const after = { ...options, dependsOn: placeOf(where, secretsIn) };
    const allowed = new Role(`${stem}-${where}-role`, { metadata, rules }, after);
    const roleRef = { apiGroup: RBAC, kind: "Role", name };
    return [
      allowed,
      new RoleBinding(`${stem}-${where}-access`, { metadata, roleRef, subjects }, { ...after, dependsOn: allowed }),
    ];
  });
  return { place, access: [account, role, binding, ...places.values(), ...inNamespaces] };
}
