/** Deployments: rolled out, by the rules of pulumi-kubernetes 4.32 (pkg/await/deployment.go). */
import { isValues, type Values } from "../../values";
import { annotation, at, list, nameOf, number, text, uidOf } from "../object";
import { podsOf } from "./pod";
import type { Readiness, Subject } from "./readiness";

const apps = (kind: string) => ({ group: "apps", version: "v1", kind });
const revisionOf = (object: Values): string => annotation(object, "deployment.kubernetes.io/revision");
const owns = (owner: Values, object: Values): boolean =>
  list(object, "metadata", "ownerReferences").some((o) => text(o, "uid") === uidOf(owner));

export function deploymentReadiness({ object, warn }: Subject): Readiness {
  let deployment = object;
  const replicaSets = new Map<string, Values>();
  const claims = new Map<string, Values>();
  const current = (): Values | undefined => replicaSets.get(revisionOf(deployment));
  const pods = podsOf(() => {
    const rs = current();
    return rs && uidOf(rs);
  });
  const condition = (type: string): Values | undefined =>
    list(deployment, "status", "conditions")
      .filter(isValues)
      .find((c) => c["type"] === type);

  const observed = (): boolean =>
    number(deployment, "status", "observedGeneration") === number(deployment, "metadata", "generation");
  const available = (): boolean => condition("Available")?.["status"] === "True";
  const rolledOut = (): boolean => {
    const progressing = condition("Progressing");
    return progressing?.["status"] === "True" && progressing["reason"] === "NewReplicaSetAvailable";
  };
  const wanted = (rs: Values): number => number(rs, "spec", "replicas") ?? 1;
  const readyPods = (rs: Values): number => number(rs, "status", "readyReplicas") ?? 0;
  const updated = (): boolean => {
    const rs = current();
    return rs !== undefined && readyPods(rs) >= wanted(rs);
  };
  const claimNames = (): string[] =>
    list(deployment, "spec", "template", "spec", "volumes").map((v) => text(v, "persistentVolumeClaim", "claimName"));
  const unbound = (): string[] =>
    [...claims.values()]
      .filter((c) => claimNames().includes(nameOf(c)) && text(c, "status", "phase") !== "Bound")
      .map(nameOf);
  const ready = (): boolean =>
    observed() && available() && (revisionOf(deployment) === "1" || rolledOut()) && updated() && unbound().length === 0;

  return {
    watches: [
      {
        kind: apps("Deployment"),
        name: nameOf(object),
        see: ({ type, object: seen }) => {
          const stale = (number(seen, "metadata", "generation") ?? 0) < (number(object, "metadata", "generation") ?? 0);
          if (type !== "DELETED" && !stale) deployment = seen;
        },
      },
      {
        kind: apps("ReplicaSet"),
        see: ({ type, object: rs }) => {
          if (!owns(object, rs)) return;
          if (type === "DELETED") replicaSets.delete(revisionOf(rs));
          else replicaSets.set(revisionOf(rs), rs);
          if (type !== "DELETED" && at(rs, "spec", "replicas") === 0 && rs === current())
            warn(`Replicas scaled to 0 for Deployment "${nameOf(deployment)}"`);
        },
      },
      pods.watch,
      {
        kind: { group: "", version: "v1", kind: "PersistentVolumeClaim" },
        see: ({ type, object: claim }) =>
          type === "DELETED" ? claims.delete(uidOf(claim)) : claims.set(uidOf(claim), claim),
      },
    ],
    ready,
    object: () => deployment,
    problems: () => {
      const reasons = ["Progressing", "Available"].flatMap((type) => {
        const c = condition(type);
        return c && c["status"] !== "True" ? [`[${text(c, "reason")}] ${text(c, "message")}`] : [];
      });
      const first = revisionOf(deployment) === "1";
      if (unbound().length > 0) reasons.push(`Failed to bind PersistentVolumeClaim(s): "${unbound().join(",")}"`);
      if (!available()) reasons.push("Minimum number of live Pods was not attained");
      else if (first ? !updated() : !rolledOut())
        reasons.push("Minimum number of Pods to consider the application live was not attained");
      else if (!updated())
        reasons.push("Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live");
      return [...reasons, ...pods.problems()];
    },
    progress: () => {
      const rs = current();
      return `Waiting for app ReplicaSet to be available (${rs ? readyPods(rs) : 0}/${rs ? wanted(rs) : 0} Pods available)`;
    },
  };
}
