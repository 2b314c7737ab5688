/** Which kinds live in a namespace: the built-in ones by table, custom ones by their definition or the API server. */
import type { Values } from "../values";
import type { Cluster } from "./cluster";
import { groupVersion, text, type Kind } from "./object";

// The tables of pulumi-kubernetes 4.32 (pkg/kinds): a built-in kind that stands in neither list is asked of the server.
const namespaced = new Set(
  `Binding ConfigMap ControllerRevision CronJob CSIStorageCapacity DaemonSet Deployment Endpoints EndpointSlice Event
  HorizontalPodAutoscaler Ingress Job Lease LimitRange NetworkPolicy PersistentVolumeClaim Pod PodDisruptionBudget
  PodTemplate ReplicaSet ReplicationController ResourceQuota Role RoleBinding Secret Service ServiceAccount
  StatefulSet`.split(/\s+/),
);
const clusterWide = new Set(
  `APIService CertificateSigningRequest ClusterRole ClusterRoleBinding CSIDriver CSINode CustomResourceDefinition
  FlowSchema IngressClass MutatingWebhookConfiguration Namespace Node PersistentVolume PodSecurityPolicy PriorityClass
  PriorityLevelConfiguration RuntimeClass StorageClass ValidatingWebhookConfiguration VolumeAttachment`.split(/\s+/),
);
const builtIn = new Set(
  `admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1
  apiextensions.k8s.io/v1 apiextensions.k8s.io/v1beta1 apiregistration.k8s.io/v1 apiregistration.k8s.io/v1beta1
  apps/v1 apps/v1beta1 apps/v1beta2 auditregistration.k8s.io/v1alpha1 autoscaling/v1 autoscaling/v2
  autoscaling/v2beta1 autoscaling/v2beta2 batch/v1 batch/v1beta1 batch/v2alpha1 certificates.k8s.io/v1
  certificates.k8s.io/v1alpha1 certificates.k8s.io/v1beta1 coordination.k8s.io/v1 coordination.k8s.io/v1alpha1
  coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 core/v1 discovery.k8s.io/v1 discovery.k8s.io/v1beta1
  events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1 flowcontrol.apiserver.k8s.io/v1
  flowcontrol.apiserver.k8s.io/v1alpha1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2
  flowcontrol.apiserver.k8s.io/v1beta3 meta/v1 networking.k8s.io/v1 networking.k8s.io/v1alpha1
  networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1
  rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1alpha1 rbac.authorization.k8s.io/v1beta1
  resource.k8s.io/v1 resource.k8s.io/v1alpha1 resource.k8s.io/v1alpha2 resource.k8s.io/v1alpha3
  resource.k8s.io/v1beta1 resource.k8s.io/v1beta2 scheduling.k8s.io/v1 scheduling.k8s.io/v1alpha1
  scheduling.k8s.io/v1alpha2 scheduling.k8s.io/v1beta1 settings.k8s.io/v1alpha1 storage.k8s.io/v1
  storage.k8s.io/v1alpha1 storage.k8s.io/v1beta1 storagemigration.k8s.io/v1alpha1 storagemigration.k8s.io/v1beta1
  v1`.split(/\s+/),
);

export const isBuiltIn = (apiVersion: string): boolean => builtIn.has(apiVersion);

/** The scopes of the custom kinds that this program defines, by GROUP/KIND: a kind is asked for before the server knows it. */
export type Definitions = Map<string, string>;
export const define = (definitions: Definitions, crd: Values): unknown =>
  definitions.set(`${text(crd, "spec", "group")}/${text(crd, "spec", "names", "kind")}`, text(crd, "spec", "scope"));

/** Undefined where nothing says: the caller takes such a kind (custom, its definition not there yet) for namespaced. */
export async function isNamespaced(
  kind: Kind,
  definitions: Definitions,
  cluster: Cluster | undefined,
): Promise<boolean | undefined> {
  if (builtIn.has(groupVersion(kind))) {
    const base = kind.kind.replace(/Patch$/, "").replace(/List$/, "");
    if (namespaced.has(base)) return true;
    if (clusterWide.has(base)) return false;
  }
  const scope = definitions.get(`${kind.group}/${kind.kind}`);
  if (scope !== undefined) return scope === "Namespaced";
  return (await cluster?.mapping(kind).catch(() => undefined))?.namespaced;
}
