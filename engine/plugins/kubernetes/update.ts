/** Update: the object changed in place and waited for; in a plan the server's dry run. */
import { InitFailed } from "../errors";
import type { UpdateRequest } from "../plugin";
import { hasUnknown, type Values } from "../values";
import { change } from "./apply";
import { NotReady } from "./await/readiness";
import { awaitReady } from "./await/ready";
import { checkpoint, initialApiVersionOf, parseCheckpoint, toObject, type Origin } from "./checkpoint";
import { isForbidden, NoMatch } from "./client";
import type { Cluster } from "./cluster";
import { kindExists, reachable, type Context } from "./context";
import { fieldManager, relinquish } from "./managers";
import { normalised, prune } from "./normal";
import { apiVersionOf, copy, idOf, isPatch, nameOf } from "./object";

export async function update(request: UpdateRequest, context: Context): Promise<Values> {
  const { type, urn, preview, news, olds, ignoreChanges } = request;
  const { settings } = context;
  const inputs = normalised(toObject(news));
  if (preview && (hasUnknown(inputs) || !(await kindExists(context, inputs)))) return news;
  const cluster = reachable(context);

  const stored = parseCheckpoint(olds);
  const oldInputs = normalised(stored.inputs);
  const origin: Origin = {
    initialApiVersion: initialApiVersionOf(olds) ?? apiVersionOf(oldInputs),
    fieldManager: fieldManager(olds, inputs, settings.serverSideApply),
  };
  const state = (live: Values): Values => checkpoint(inputs, live, news, origin);
  let changed: Values | undefined;
  try {
    const live = await (await cluster.around(inputs)).get(nameOf(stored.live));
    const old = prune(copy(stored.live), oldInputs);
    const patch = isPatch(type, inputs);
    changed = await change({
      ...origin,
      cluster,
      settings,
      inputs,
      old,
      live,
      patch,
      preview,
      ignoreChanges,
      call: request,
    });
    if (preview) return state(changed);
    const ready = await awaitReady(cluster, inputs, changed, live, request);
    const before = fieldManager(olds, oldInputs, settings.serverSideApply);
    if (settings.serverSideApply && before !== origin.fieldManager) await relinquish(cluster, ready, before);
    return state(ready);
  } catch (error) {
    if (preview && isForbidden(error)) return news;
    if (error instanceof NoMatch)
      throw new Error(
        `update of resource "${urn}" failed because the Kubernetes API server ` +
          "reported that the apiVersion for this resource does not exist. " +
          `Verify that any required CRDs have been created: ${error.message}`,
      );
    const live = await present(cluster, stored.live, urn, error);
    const id = idOf(live);
    const message =
      `the Kubernetes API server reported that "${id}" failed to fully initialize ` +
      `or become live: ${(error as Error).message}`;
    throw new InitFailed(id, state(live), [message, ...(error instanceof NotReady ? error.problems : [])]);
  }
}

/** What is there after a failure, for the state. */
async function present(cluster: Cluster, old: Values, urn: string, failure: unknown): Promise<Values> {
  try {
    return await (await cluster.around(old)).get(nameOf(old));
  } catch (error) {
    throw new Error(
      `update of resource "${urn}" failed: ${(failure as Error).message}\n` +
        `unable to get cluster state: ${(error as Error).message}`,
    );
  }
}
