/** DaemonSets: as kstatus (sigs.k8s.io/cli-utils) calls one current, which is what pulumi-kubernetes 4.32 asks. */
import { nameOf, number, text, uidOf } from "../object";
import { podsOf } from "./pod";
import type { Readiness, Subject } from "./readiness";

export function daemonSetReadiness({ object }: Subject): Readiness {
  let set = object;
  const pods = podsOf(() => uidOf(set));
  const status = (field: string): number | undefined => number(set, "status", field);
  const pending = (): string => {
    const generation = number(set, "metadata", "generation") ?? 0;
    if ((status("observedGeneration") ?? 0) < generation)
      return `DaemonSet generation is ${generation}, but latest observed generation is ${status("observedGeneration") ?? 0}`;
    const wanted = status("desiredNumberScheduled");
    if (wanted === undefined) return "Missing .status.desiredNumberScheduled";
    const onDelete = text(set, "spec", "updateStrategy", "type") === "OnDelete";
    for (const [field, word] of [
      ["currentNumberScheduled", "Current"],
      ["updatedNumberScheduled", "Updated"],
      ["numberAvailable", "Available"],
      ["numberReady", "Ready"],
    ] as const) {
      if (onDelete && field === "updatedNumberScheduled") continue;
      const have = status(field) ?? 0;
      if (have < wanted) return `${word}: ${have}/${wanted}`;
    }
    return "";
  };
  return {
    watches: [
      {
        kind: { group: "apps", version: "v1", kind: "DaemonSet" },
        name: nameOf(object),
        see: ({ type, object: seen }) => {
          const stale = (number(seen, "metadata", "generation") ?? 0) < (number(object, "metadata", "generation") ?? 0);
          if (type !== "DELETED" && !stale) set = seen;
        },
      },
      pods.watch,
    ],
    ready: () => pending() === "",
    object: () => set,
    problems: () => [...(pending() === "" ? [] : [pending()]), ...pods.problems()],
    progress: pending,
  };
}
