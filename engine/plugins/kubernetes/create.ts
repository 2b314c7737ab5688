/** Create: the object made and waited for; in a plan the server's dry run where it can be had. */
import { InitFailed } from "../errors";
import type { Created, CreateRequest } from "../plugin";
import { hasUnknown, type Values } from "../values";
import { make, NoNamespaceYet } from "./apply";
import { NotReady } from "./await/readiness";
import { awaitReady } from "./await/ready";
import { checkpoint, toObject, type Origin } from "./checkpoint";
import { ApiError, isAlreadyExists, isForbidden, NoMatch } from "./client";
import { kindExists, reachable, type Context } from "./context";
import { fieldManager } from "./managers";
import { apiVersionOf, idOf, isCrd, isPatch, remove } from "./object";

export async function create(request: CreateRequest, context: Context): Promise<Created> {
  const { type, urn, preview, inputs: given } = request;
  const { settings } = context;
  const inputs = toObject(given);
  const patch = isPatch(type, inputs);
  const asGiven: Created = { id: "", outputs: given };
  if (preview && (hasUnknown(inputs) || patch || !settings.serverSideApply || !(await kindExists(context, inputs))))
    return asGiven;
  const cluster = reachable(context);
  const origin: Origin = {
    initialApiVersion: apiVersionOf(inputs),
    fieldManager: fieldManager(undefined, inputs, settings.serverSideApply),
  };
  const upsert = settings.serverSideApply && (settings.upsert || patch);
  const made = await make({ ...origin, cluster, settings, inputs, upsert, preview, call: request }).catch(
    (error: unknown) => {
      if (preview && cannotBePlanned(error)) return undefined;
      if (error instanceof NoMatch)
        throw new Error(
          `creation of resource "${urn}" with kind ${kindText(type)} failed because the Kubernetes API server ` +
            "reported that the apiVersion for this resource does not exist. " +
            `Verify that any required CRDs have been created: ${error.message}`,
        );
      throw new Error(
        `resource "${urn}" was not successfully created by the Kubernetes API server: ${(error as Error).message}`,
      );
    },
  );
  if (made === undefined) return asGiven;
  const state = (live: Values): Values => checkpoint(inputs, live, given, origin);
  if (preview) {
    remove(made, "status");
    return { id: "", outputs: state(made) };
  }
  if (isCrd(inputs)) cluster.forget();
  try {
    const ready = await awaitReady(cluster, inputs, made, undefined, request);
    return { id: idOf(ready), outputs: state(ready) };
  } catch (error) {
    const seen = error instanceof NotReady ? error.object : made;
    const message =
      `resource "${urn}" was successfully created, but the Kubernetes API server ` +
      `reported that it failed to fully initialize or become live: ${(error as Error).message}`;
    throw new InitFailed(idOf(seen), state(seen), [message, ...(error instanceof NotReady ? error.problems : [])]);
  }
}

const kindText = (type: string): string => type.split(":").slice(1).join("/");

/** Then the plan is what the inputs say. An object that is there may be the one that is to be replaced. */
function cannotBePlanned(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return (
    isForbidden(cause) ||
    isAlreadyExists(cause) ||
    error instanceof NoNamespaceYet ||
    (cause instanceof ApiError && cause.code === 400 && cause.message.includes("does not support dry run"))
  );
}
