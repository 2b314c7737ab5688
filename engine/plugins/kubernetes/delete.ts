/** Delete: the object deleted in the foreground and waited for; a Patch gives its fields up. Gone already is success. */
import { InitFailed } from "../errors";
import type { DeleteRequest } from "../plugin";
import { awaitGone } from "./await/gone";
import { NotReady } from "./await/readiness";
import { secondsFor, skipsAwait } from "./await/ready";
import { checkpoint, initialApiVersionOf, parseCheckpoint, type Origin } from "./checkpoint";
import { causes, isInvalid, isNotFound, NoMatch } from "./client";
import type { Context } from "./context";
import { fieldManager, relinquish } from "./managers";
import { annotation, apiVersionOf, idOf, isCrd, isPatch, kindOf, nameOf, parseId, text } from "./object";
import type { Values } from "../values";

/** Kinds whose delete does not wait either where the annotation skipAwait says so. */
const unwaited = ["Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"];

export async function remove(request: DeleteRequest, context: Context): Promise<void> {
  const { type, id, outputs, log } = request;
  const { cluster, settings } = context;
  const { inputs, live } = parseCheckpoint(outputs);
  if (!cluster) {
    log("warning", `configured Kubernetes cluster is unreachable: ${context.unreachable}`);
    if (settings.deleteUnreachable) {
      log("info", "the `deleteUnreachable` option is enabled: deleting the unreachable resource from Pulumi state");
      return;
    }
    throw new Error(
      "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from " +
        'Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
    );
  }
  const origin: Origin = {
    initialApiVersion: initialApiVersionOf(outputs) ?? apiVersionOf(live),
    fieldManager: fieldManager(outputs, inputs, settings.serverSideApply),
  };
  const patch = isPatch(type, inputs);
  try {
    if (patch && settings.serverSideApply) return await relinquishIfThere(live, origin.fieldManager, context);
    const objects = await cluster.around(live);
    await objects.delete(parseId(id).name || nameOf(live), propagation(inputs));
    if (isCrd(live)) cluster.forget();
    if (skipsAwait(inputs) && unwaited.includes(kindOf(inputs))) return;
    await awaitGone(cluster, objects, live, secondsFor(inputs, request), request);
  } catch (error) {
    if (error instanceof NoMatch || (isNotFound(error) && !patch)) return;
    if (patch && isInvalid(error) && (error as Error).message.includes("Required value")) {
      const field = text(
        causes(error).find((c) => c["reason"] === "FieldValueRequired"),
        "field",
      );
      throw new Error(
        "this Patch resource is currently managing a required field, so it can't be deleted directly. Either set the " +
          `\`retainOnDelete\` resource option, or transfer ownership of the field before deleting: ${field}`,
      );
    }
    if (!(error instanceof NotReady)) throw error;
    throw new InitFailed(idOf(error.object), checkpoint(live, error.object, outputs, origin), [error.message]);
  }
}

/** An object that is gone holds no fields: giving them up must not make it anew. */
async function relinquishIfThere(live: Values, manager: string, { cluster }: Context): Promise<void> {
  if (!cluster) return;
  try {
    await (await cluster.around(live)).get(nameOf(live));
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  await relinquish(cluster, live, manager);
}

function propagation(inputs: Values): string {
  switch (annotation(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}
