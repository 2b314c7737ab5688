/** The cluster's own words about an object while we wait for it: its warning events go to the progress line. */
import type { Values } from "../../values";
import type { Cluster } from "../cluster";
import { namespaceOf, text, uidOf } from "../object";
import { watch } from "../watch";

export function followEvents(
  cluster: Cluster,
  object: Values,
  signal: AbortSignal,
  show: (message: string) => void,
): void {
  const kind = { group: "", version: "v1", kind: "Event" };
  cluster
    .objects(kind, namespaceOf(object) || "default")
    .then(({ path }) =>
      watch(cluster.client, path, `involvedObject.uid=${uidOf(object)}`, signal, ({ type, object: event }) => {
        if (type !== "DELETED" && text(event, "type") === "Warning")
          show(`${text(event, "reason")}: ${text(event, "message")}`);
      }),
    )
    .catch(() => undefined); // who may not read events is not told of them
}
