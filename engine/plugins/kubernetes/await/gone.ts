/** After a delete: waits until the object is gone. An object of the same name with another uid is another object. */
import type { Call } from "../../plugin";
import type { Values } from "../../values";
import { isNotFound } from "../client";
import type { Cluster, Objects } from "../cluster";
import { list, nameOf, uidOf } from "../object";
import { watch } from "../watch";
import { followEvents } from "./events";
import { NotReady } from "./readiness";
import { isTimeout } from "./wait";

export async function awaitGone(
  cluster: Cluster,
  objects: Objects,
  object: Values,
  seconds: number,
  call: Call,
): Promise<void> {
  const done = new AbortController();
  const time = AbortSignal.timeout(seconds * 1000);
  const stop = AbortSignal.any([time, call.signal, done.signal]);
  let last = object;
  const uid = uidOf(object);
  const isOther = (seen: Values): boolean => uid !== "" && uidOf(seen) !== uid;
  const there = async (): Promise<boolean> => {
    try {
      last = await objects.get(nameOf(object));
      return !isOther(last);
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  };
  try {
    if (!(await there())) return;
    followEvents(cluster, object, stop, call.status);
    await watch(
      cluster.client,
      objects.path,
      `metadata.name=${nameOf(object)}`,
      stop,
      ({ type, object: seen }) => {
        if (type === "DELETED" || isOther(seen)) done.abort();
        else last = seen;
      },
      (present) => {
        if (!present.some((seen) => !isOther(seen))) done.abort();
      },
    );
    if (done.signal.aborted || !(await there())) return;
  } finally {
    done.abort();
  }
  call.log(
    "warning",
    `finalizers might be preventing deletion (${list(last, "metadata", "finalizers").map(String).join(", ")})`,
  );
  const late = time.aborted || isTimeout(call.signal.reason);
  throw new NotReady(late ? "timed out waiting for the condition" : "context canceled", last);
}
