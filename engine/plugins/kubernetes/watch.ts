/** A view of objects that stays current: what is there, then every change, over as many watches as it takes. */
import { setTimeout as delay } from "node:timers/promises";
import { isValues, type Values } from "../values";
import { ApiError, type Client } from "./client";
import { list, text } from "./object";

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Values;
}

const pause = 1000; // milliseconds between a watch that ended and the next one

/**
 * Calls `seen` with every object that is there (as ADDED) and with each change, until `signal` is aborted; then it
 * resolves. An object that vanished between two watches is told as DELETED, one that was never seen is not: `listed` gets
 * everything that is there whenever all was looked at. Failures are retried for as long as that.
 */
export async function watch(
  client: Client,
  path: string,
  fieldSelector: string,
  signal: AbortSignal,
  seen: (change: Change) => void,
  listed: (objects: readonly Values[]) => void = () => undefined,
): Promise<void> {
  const there = new Map<string, Values>();
  const tell = (change: Change): void => {
    const uid = text(change.object, "metadata", "uid");
    if (change.type === "DELETED") there.delete(uid);
    else there.set(uid, change.object);
    seen(change);
  };
  let version = "";
  while (!signal.aborted) {
    try {
      if (version === "") {
        version = await relist(client, path, fieldSelector, signal, there, tell);
        listed([...there.values()]);
      }
      const query = { watch: true, fieldSelector, resourceVersion: version, allowWatchBookmarks: true };
      for await (const line of client.lines({ method: "GET", path, query, signal })) {
        const object = line["object"];
        if (!isValues(object)) continue;
        if (line["type"] === "ERROR") throw new ApiError(410, "Expired", text(object, "message"), object);
        version = text(object, "metadata", "resourceVersion") || version;
        if (line["type"] !== "BOOKMARK") tell({ type: line["type"] as Change["type"], object });
      }
    } catch {
      version = ""; // refused, expired or broken: start over from a list
    }
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function relist(
  client: Client,
  path: string,
  fieldSelector: string,
  signal: AbortSignal,
  there: Map<string, Values>,
  tell: (change: Change) => void,
): Promise<string> {
  const answer = await client.request({ method: "GET", path, query: { fieldSelector }, signal });
  const items = list(answer, "items").filter(isValues);
  const now = new Set(items.map((item) => text(item, "metadata", "uid")));
  for (const [uid, object] of [...there]) if (!now.has(uid)) tell({ type: "DELETED", object });
  // Items of a list carry neither apiVersion nor kind.
  const apiVersion = text(answer, "apiVersion");
  const kind = text(answer, "kind").replace(/List$/, "");
  for (const item of items) tell({ type: "ADDED", object: { apiVersion, kind, ...item } });
  return text(answer, "metadata", "resourceVersion");
}
