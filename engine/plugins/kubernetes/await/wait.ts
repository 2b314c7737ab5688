/** Waits for a readiness on live watches, or takes one look. Which condition to wait for: conditions.ts. */
import { setMaxListeners } from "node:events";
import type { Call } from "../../plugin";
import type { Values } from "../../values";
import { isNotFound } from "../client";
import type { Cluster } from "../cluster";
import { kindOf, nameOf, namespaceOf } from "../object";
import { watch } from "../watch";
import { NotReady, type Readiness } from "./readiness";
import { followEvents } from "./events";

/** Resolves to the object when it is ready; fails with NotReady when it is not in time, fails for good, or on a cancel. */
export async function untilReady(
  cluster: Cluster,
  readiness: Readiness,
  seconds: number,
  call: Pick<Call, "signal" | "status">,
): Promise<Values> {
  if (readiness.ready()) return readiness.object();
  const done = new AbortController();
  setMaxListeners(0, done.signal);
  const namespace = namespaceOf(readiness.object());
  let shown = "";
  const show = (message: string | undefined): void => {
    if (message === undefined || message === "" || message === shown) return;
    shown = message;
    call.status(message);
  };
  try {
    followEvents(cluster, readiness.object(), done.signal, show);
    return await new Promise<Values>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const look = (): void => {
        if (done.signal.aborted) return;
        if (readiness.ready()) return resolve(readiness.object());
        const failure = readiness.failed?.();
        if (failure !== undefined) return reject(notReady(readiness, failure));
        show(readiness.progress?.());
        const again = readiness.again?.();
        clearTimeout(timer);
        if (again !== undefined) timer = setTimeout(look, Math.max(0, again - Date.now()));
      };
      const give = (message: string): void => {
        if (readiness.goodEnough?.() === true) resolve(readiness.object());
        else reject(notReady(readiness, message));
      };
      const late = setTimeout(() => give(timedOut(readiness)), seconds * 1000);
      const aborted = (): void => give(isTimeout(call.signal.reason) ? timedOut(readiness) : cancelled(readiness));
      call.signal.addEventListener("abort", aborted);
      done.signal.addEventListener("abort", () => {
        clearTimeout(late);
        clearTimeout(timer);
        call.signal.removeEventListener("abort", aborted);
      });
      if (call.signal.aborted) return aborted();
      for (const { kind, name, see } of readiness.watches)
        cluster
          .objects(kind, namespace)
          .then(({ path }) =>
            watch(cluster.client, path, name === undefined ? "" : `metadata.name=${name}`, done.signal, (change) => {
              see(change);
              look();
            }),
          )
          .catch((error: unknown) => reject(error instanceof Error ? error : new Error(String(error))));
      look();
    });
  } finally {
    done.abort();
  }
}

/** One look at what is there, as a refresh takes it. */
export async function lookOnce(cluster: Cluster, readiness: Readiness, signal: AbortSignal): Promise<void> {
  const namespace = namespaceOf(readiness.object());
  for (const { kind, name, see } of readiness.watches) {
    const objects = await cluster.objects(kind, namespace);
    if (name === undefined) {
      // What cannot be listed counts as not there: only the object itself decides whether it exists.
      for (const object of await objects.list(signal).catch(() => [])) see({ type: "ADDED", object });
      continue;
    }
    const object = await objects.get(name, signal).catch((error: unknown) => {
      if (isNotFound(error) && kind.kind !== kindOf(readiness.object())) return undefined;
      throw error;
    });
    if (object) see({ type: "ADDED", object });
  }
  if (readiness.ready() || readiness.goodEnough?.() === true) return;
  throw notReady(readiness, `Resource '${nameOf(readiness.object())}' was created but failed to initialize`);
}

const notReady = (readiness: Readiness, message: string): NotReady =>
  new NotReady(message, readiness.object(), readiness.problems());
const timedOut = (r: Readiness): string => `'${nameOf(r.object())}' timed out waiting to be Ready`;
const cancelled = (r: Readiness): string => `Resource operation was cancelled for "${nameOf(r.object())}"`;
export const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === "TimeoutError";
