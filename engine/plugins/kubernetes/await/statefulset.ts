/** StatefulSets: all replicas of the newest revision ready, by pulumi-kubernetes 4.32 (pkg/await/statefulset.go). */
import { nameOf, number, text, uidOf } from "../object";
import { podsOf } from "./pod";
import type { Readiness, Subject } from "./readiness";

export function statefulSetReadiness({ object }: Subject): Readiness {
  let set = object;
  const pods = podsOf(() => uidOf(set));
  const status = (field: string): number => number(set, "status", field) ?? 0;
  const wanted = (): number => number(set, "spec", "replicas") ?? 0;
  const generation = (): number => number(set, "metadata", "generation") ?? 0;
  const byHand = (): boolean => generation() > 1 && text(set, "spec", "updateStrategy", "type") === "OnDelete";
  const current = (): boolean => generation() > 0 && status("observedGeneration") >= generation();
  const revision = (): string => text(set, "status", "currentRevision");
  const revisionReady = (): boolean =>
    current() && (byHand() || (revision() !== "" && revision() === text(set, "status", "updateRevision")));
  const replicasReady = (): boolean =>
    current() &&
    wanted() === status("replicas") &&
    wanted() === status("readyReplicas") &&
    (byHand() || wanted() === status("currentReplicas"));
  const counted = (): number =>
    revisionReady() ? status("readyReplicas") : Math.min(status("readyReplicas"), status("updatedReplicas"));

  return {
    watches: [
      {
        kind: { group: "apps", version: "v1", kind: "StatefulSet" },
        name: nameOf(object),
        see: ({ type, object: seen }) => {
          const stale = (number(seen, "metadata", "generation") ?? 0) < (number(object, "metadata", "generation") ?? 0);
          if (type !== "DELETED" && !stale) set = seen;
        },
      },
      pods.watch,
    ],
    ready: () => revisionReady() && replicasReady(),
    object: () => set,
    problems: () => [
      ...(replicasReady() ? [] : [`${counted()} out of ${wanted()} replicas succeeded readiness checks`]),
      ...(revisionReady()
        ? []
        : [
            `StatefulSet controller failed to advance from revision "${revision()}" to revision ` +
              `"${text(set, "status", "updateRevision")}"`,
          ]),
      ...pods.problems(),
    ],
    progress: () => {
      if (generation() <= 1)
        return `[1/2] Waiting for StatefulSet to create Pods (${counted()}/${wanted()} Pods ready)`;
      if (replicasReady()) return "[2/3] Waiting for StatefulSet to update .status.currentRevision";
      return `[1/3] Waiting for StatefulSet update to roll out (${counted()}/${wanted()} Pods ready)`;
    },
  };
}
