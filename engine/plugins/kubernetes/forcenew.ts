/** Which fields of which kinds cannot change in place: the table of pulumi-kubernetes 4.32 (pkg/provider/diff.go). */
import { isValues, type Value, type Values } from "../values";
import { isConfigMap, isSecretObject, kindFromObject } from "./object";

const under = (prefix: string, names: string): string[] => names.split(/\s+/).map((name) => `${prefix}.${name}`);
const selector = [
  ".spec.selector",
  ...under(".spec.selector", "matchExpressions matchLabels"),
  ...under(".spec.selector.matchExpressions", "key operator values"),
];
const containerFields = `args command env env.value image imagePullPolicy lifecycle livenessProbe ports readinessProbe
  resources securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts
  workingDir`;

const statefulSet = [
  ...under(".spec", "podManagementPolicy revisionHistoryLimit serviceName volumeClaimTemplates"),
  ...selector,
];
const job = [...under(".spec", "completions parallelism template"), ...selector];
const byGroup: Record<string, Record<string, Record<string, string[]>>> = {
  apps: {
    v1beta1: { StatefulSet: statefulSet },
    v1beta2: { DaemonSet: selector, Deployment: selector, StatefulSet: statefulSet },
    v1: { DaemonSet: selector, Deployment: selector, StatefulSet: statefulSet },
  },
  "": {
    v1: {
      PersistentVolume: under(
        ".spec",
        `awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs
        hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume`,
      ),
      PersistentVolumeClaim: [...under(".spec", "accessModes storageClassName volumeName"), ...selector],
      Pod: [
        ...under(
          ".spec",
          `affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork
          hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName
          readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName
          shareProcessNamespace subdomain terminationGracePeriodSeconds volumes`,
        ),
        ...under(".spec.containers[*]", containerFields),
        ...under(".spec.initContainers[*]", containerFields),
      ],
      ResourceQuota: [".spec.scopes"],
      Service: [".spec.clusterIP"],
    },
  },
  policy: { v1beta1: { PodDisruptionBudget: [".spec"] } },
  "rbac.authorization.k8s.io": Object.fromEntries(
    ["v1alpha1", "v1beta1", "v1"].map((version) => [
      version,
      { ClusterRoleBinding: [".roleRef"], RoleBinding: [".roleRef"] },
    ]),
  ),
  "storage.k8s.io": { v1: { StorageClass: [".parameters", ".provisioner"] } },
  batch: { v1beta1: { Job: job }, v1: { Job: job }, v2alpha1: { Job: job } },
};

export const identity = [".metadata.name", ".metadata.namespace"];

export function forceNew(object: Values, mutable: { configMaps: boolean; secrets: boolean }): string[] {
  const { group, version, kind } = kindFromObject(object);
  const fields = byGroup[group]?.[version];
  if (!fields) return identity;
  const frozen = object["immutable"] === true;
  if (isSecretObject(object))
    return [...identity, ...(!mutable.secrets || frozen ? [".type", ".stringData", ".data"] : [".type"])];
  if (isConfigMap(object)) return [...identity, ...(!mutable.configMaps || frozen ? [".binaryData", ".data"] : [])];
  return [...identity, ...(fields[kind] ?? [])];
}

/** Whether the object has something at the path (".spec.containers[*].image"); a null counts. */
export const hasPath = (object: Value, path: string): boolean =>
  present(object, path.replaceAll("[*]", ".*").split(".").slice(1));

function present(value: Value, [key, ...rest]: string[]): boolean {
  if (key === undefined) return true;
  if (key === "*") {
    const items = Array.isArray(value) ? value : isValues(value) ? Object.values(value) : [];
    return items.some((item) => present(item, rest));
  }
  const next = isValues(value) ? value[key] : undefined;
  return next !== undefined && present(next, rest);
}
