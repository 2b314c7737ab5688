/** Read: the live object for a refresh (gone, drifted, not well) and for an import. */
import { InitFailed } from "../errors";
import type { ReadAnswer, ReadRequest } from "../plugin";
import type { Values } from "../values";
import { NotReady } from "./await/readiness";
import { lookReady } from "./await/ready";
import { checkpoint, initialApiVersionOf, markSecrets, parseCheckpoint, toObject, type Origin } from "./checkpoint";
import { isNotFound, NoMatch } from "./client";
import type { Context } from "./context";
import { fieldManager } from "./managers";
import { normalised, prune } from "./normal";
import {
  apiVersionOf,
  groupVersion,
  idOf,
  kindFromType,
  kindOf,
  nameOf,
  namespaceOf,
  parseId,
  put,
  remove,
} from "./object";
import { setName, setNamespace } from "./object";
import { isBuiltIn } from "./scope";

export async function read(request: ReadRequest, context: Context): Promise<ReadAnswer | undefined> {
  const { id, type, inputs: given, outputs, signal } = request;
  const { cluster, settings } = context;
  if (!cluster) return unreachable(request, context);
  const { namespace, name } = parseId(id);
  if (name === "") throw new Error(`failed to read resource because the id names no object: ${id}`);

  const inputs = normalised(toObject(given));
  const { live: old } = parseCheckpoint(outputs);
  // Without inputs and outputs it is an import, or a get.
  const unseen = kindOf(inputs) === "" && kindOf(old) === "";
  if (kindOf(inputs) === "" && apiVersionOf(inputs) === "") {
    const kind = kindFromType(type);
    put(inputs, unseen ? groupVersion(kind) : apiVersionOf(old), "apiVersion");
    put(inputs, unseen ? kind.kind.replace(/(?<=.)Patch$/, "") : kindOf(old), "kind");
    if (nameOf(inputs) === "") setName(inputs, name);
    if (namespaceOf(inputs) === "") setNamespace(inputs, namespace);
  }
  const origin: Origin = {
    initialApiVersion: initialApiVersionOf(outputs) ?? apiVersionOf(inputs),
    fieldManager: fieldManager(outputs, inputs, settings.serverSideApply),
  };

  let live: Values;
  let failure: NotReady | undefined;
  try {
    const objects = await cluster.around(inputs);
    live = await objects.get(name, signal);
    if (!unseen) {
      failure = await lookReady(cluster, inputs, live, signal).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof NotReady) return error;
          throw error;
        },
      );
      if (failure) live = failure.object;
      else live = await objects.get(name, signal).catch(() => live);
    }
  } catch (error) {
    // A kind that is not served any more has no objects.
    if (error instanceof NoMatch || isNotFound(error)) return undefined;
    throw error;
  }

  const liveInputs = prune(live, inputs);
  if (unseen) adopt(liveInputs, live);
  const answer: ReadAnswer = {
    id: id === "" ? idOf(live) : id,
    outputs: checkpoint(liveInputs, live, given, origin),
    inputs: markSecrets(liveInputs, given),
  };
  if (failure) throw new InitFailed(answer.id, answer.outputs, [failure.message, ...failure.problems], answer.inputs);
  return answer;
}

/** The inputs of an imported object: all that a program could have said of a built-in kind. */
function adopt(inputs: Values, live: Values): void {
  if (isBuiltIn(apiVersionOf(live)))
    for (const [key, value] of Object.entries(live)) if (key !== "status") put(inputs, structuredClone(value), key);
  for (const field of ["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"])
    remove(inputs, "metadata", field);
  for (const name of ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"])
    remove(inputs, "metadata", "annotations", name);
}

function unreachable({ id, inputs, outputs, log }: ReadRequest, context: Context): ReadAnswer | undefined {
  const reason = `configured Kubernetes cluster is unreachable: ${context.unreachable}`;
  log("warning", reason);
  if (context.settings.deleteUnreachable) {
    log("info", "the `deleteUnreachable` option is enabled: deleting the unreachable resource from Pulumi state");
    return undefined;
  }
  if (context.settings.skipUpdateUnreachable) {
    log("info", "the `skipUpdateUnreachable` option is enabled: the state may not reflect the actual cluster");
    return { id, inputs, outputs };
  }
  throw new Error(
    "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this " +
      'resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
  );
}
