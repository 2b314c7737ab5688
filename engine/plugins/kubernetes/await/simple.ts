/** Kinds that are ready by one look at themselves: volumes, claims, quotas, token secrets, replication controllers. */
import { equal, isValues, type Values } from "../../values";
import { at, nameOf, number, text } from "../object";
import type { Readiness, Subject } from "./readiness";

const self =
  (kind: string, ready: (object: Values) => boolean, what: string) =>
  ({ object }: Subject): Readiness => {
    let seen = object;
    return {
      watches: [
        {
          kind: { group: "", version: "v1", kind },
          name: nameOf(object),
          see: (change) => {
            if (change.type !== "DELETED") seen = change.object;
          },
        },
      ],
      ready: () => ready(seen),
      object: () => seen,
      problems: () => [],
      progress: () => `Waiting for ${what}`,
    };
  };

const phase = (object: Values): string => text(object, "status", "phase");

export const volumeReadiness = self(
  "PersistentVolume",
  (pv) => ["Available", "Bound"].includes(phase(pv)),
  "the volume to be available",
);
export const quotaReadiness = self(
  "ResourceQuota",
  (quota) => isValues(at(quota, "spec", "hard")) && equal(at(quota, "spec", "hard"), at(quota, "status", "hard")),
  "the quota to be counted",
);
export const secretReadiness = self(
  "Secret",
  (secret) =>
    text(secret, "type") !== "kubernetes.io/service-account-token" ||
    (isValues(at(secret, "data")) && Object.keys(at(secret, "data") ?? {}).length > 0),
  "the token",
);
export const replicationControllerReadiness = self(
  "ReplicationController",
  (rc) =>
    number(rc, "status", "availableReplicas") !== undefined &&
    number(rc, "status", "availableReplicas") === number(rc, "spec", "replicas"),
  "the replicas",
);

/** A claim is bound, or, where its class binds on first use, pending. */
export function claimReadiness({ object, before }: Subject): Readiness {
  let claim = object;
  let mode: string | undefined;
  return {
    watches: [
      {
        kind: { group: "", version: "v1", kind: "PersistentVolumeClaim" },
        name: nameOf(object),
        see: (change) => {
          if (change.type !== "DELETED") claim = change.object;
        },
      },
      {
        kind: { group: "storage.k8s.io", version: "v1", kind: "StorageClass" },
        see: ({ object: storageClass }) => {
          if (nameOf(storageClass) === text(claim, "spec", "storageClassName"))
            mode = text(storageClass, "volumeBindingMode");
        },
      },
    ],
    ready: () => {
      if (mode === "WaitForFirstConsumer" && !(before && phase(claim) === "Bound")) return phase(claim) === "Pending";
      return phase(claim) === "Bound";
    },
    object: () => claim,
    problems: () => [`PersistentVolumeClaim is ${phase(claim) || "not seen by a controller"}`],
    progress: () => "Waiting for the claim to be bound",
  };
}
