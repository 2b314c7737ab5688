/** Which kinds are waited for after a create or update, how long at most, and which are looked at in a refresh. */
import { daemonSetReadiness } from "./daemonset";
import { deploymentReadiness } from "./deployment";
import { ingressReadiness } from "./ingress";
import { jobReadiness } from "./job";
import { podReadiness } from "./pod";
import type { Readiness, Subject } from "./readiness";
import { serviceReadiness } from "./service";
import {
  claimReadiness,
  quotaReadiness,
  replicationControllerReadiness,
  secretReadiness,
  volumeReadiness,
} from "./simple";
import { statefulSetReadiness } from "./statefulset";

export interface Awaited {
  readonly readiness: (subject: Subject) => Readiness;
  readonly onRead: boolean;
  /** Seconds that cap every other limit (pulumi-kubernetes 4.32 has these built in). */
  readonly atMost?: number;
}

const workload = (readiness: Awaited["readiness"]): Awaited => ({ readiness, onRead: true });
const object = (readiness: Awaited["readiness"], atMost: number): Awaited => ({ readiness, onRead: false, atMost });

export const awaited: Readonly<Record<string, Awaited>> = {
  "apps/v1/Deployment": workload(deploymentReadiness),
  "apps/v1/StatefulSet": workload(statefulSetReadiness),
  "apps/v1/DaemonSet": workload(daemonSetReadiness),
  "batch/v1/Job": workload(jobReadiness),
  "v1/Pod": workload(podReadiness),
  "v1/Service": workload(serviceReadiness),
  "networking.k8s.io/v1/Ingress": workload(ingressReadiness),
  "v1/PersistentVolume": object(volumeReadiness, 300),
  "v1/PersistentVolumeClaim": object(claimReadiness, 300),
  "v1/ReplicationController": object(replicationControllerReadiness, 600),
  "v1/ResourceQuota": object(quotaReadiness, 60),
  "v1/Secret": object(secretReadiness, 5),
};
