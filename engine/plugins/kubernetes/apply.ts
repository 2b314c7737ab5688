/** One object sent to the API server: made, applied or replaced; in a plan as a dry run. Waits for nothing. */
import { setTimeout as delay } from "node:timers/promises";
import type { Call } from "../plugin";
import { isValues, type Value, type Values } from "../values";
import { isAlreadyExists, isConflict, isInvalid, isNamespaceMissing, isNotFound, NoMatch } from "./client";
import type { Cluster, Objects } from "./cluster";
import { clientSide, keepIgnored, takeOver, takesByForce } from "./managers";
import { at, copy, isCrd, nameOf, namespaceOf, put, setName } from "./object";
import { mergePatch } from "./patch";
import { randomHex } from "../names";
import type { Settings } from "./settings";

/** The plan cannot be asked of the server: its namespace is not there yet. */
export class NoNamespaceYet extends Error {}

// A kind or a namespace may come a moment later than what needs it: 12 tries within a minute.
const firstPause = 100;
const lastPause = 10_000;
const tries = 12;

export interface Making {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly inputs: Values;
  /** Applies fields to an object that may be there. */
  readonly upsert: boolean;
  readonly fieldManager: string;
  readonly preview: boolean;
  readonly call: Call;
}

/** A create is a create: an object that is there already is an error, except for a Patch and with upsertExistingObjects. */
export async function make(making: Making): Promise<Values> {
  const { cluster, inputs, upsert, preview, call } = making;
  for (let attempt = 1, pause = firstPause; ; attempt++, pause = Math.min(pause * 2, lastPause)) {
    if (call.signal.aborted) throw new Error("cancelled before anything was made");
    try {
      const objects = await cluster.around(inputs);
      if (upsert) return await applied(objects, making);
      return await objects.create(inputs, { fieldManager: clientSide, dryRun: preview });
    } catch (error) {
      if (preview && isNamespaceMissing(error))
        throw new NoNamespaceYet(`namespace "${namespaceOf(inputs)}" does not exist`);
      if (isAlreadyExists(error)) throw alreadyThere(error);
      if (!(isNotFound(error) || error instanceof NoMatch) || attempt === tries || call.signal.aborted) throw error;
      call.status(`Retry #${attempt}; creation failed: ${(error as Error).message}`);
      await delay(pause, undefined, { signal: call.signal }).catch(() => undefined);
    }
  }
}

async function applied(objects: Objects, { inputs, settings, fieldManager, preview }: Making): Promise<Values> {
  const force = takesByForce(inputs, undefined, settings.patchForce, preview);
  const options = { fieldManager, force, dryRun: preview, fieldValidation: "Warn" } as const;
  try {
    return await objects.apply(inputs, options);
  } catch (error) {
    // The plan of a replacement: the object that is there has fields that cannot change. Under another name it can be tried.
    if (preview && isInvalid(error) && (error as Error).message.includes("field is immutable")) {
      const other = copy(inputs);
      setName(other, nameOf(inputs) + randomHex(new Uint8Array(), 5));
      return objects.apply(other, options);
    }
    throw conflict(error, fieldManager);
  }
}

const alreadyThere = (error: unknown): Error =>
  new Error(
    `${(error as Error).message}\n\n` +
      "The resource already exists in the cluster. This can happen when:\n\n" +
      "  - a Pulumi resource was renamed: give it an alias, or deleteBeforeReplace where it must be replaced\n" +
      "  - the object is somebody else's: set some of its fields with a Patch resource (e.g. NamespacePatch)\n" +
      "  - the object shall become Pulumi's: `pulumi import` adopts it (a destroy then deletes it)\n" +
      "  - creating over what is there is meant: the provider's upsertExistingObjects allows it",
    { cause: error },
  );

/** Another manager owns a field with another value. */
function conflict(error: unknown, manager: string): unknown {
  if (!isConflict(error)) return error;
  return new Error(
    "server-side apply field conflict detected: " +
      `the resource managed by field manager "${manager}" had an apply conflict: ${(error as Error).message}` +
      "\nThe annotation pulumi.com/patchForce takes the field over.",
    { cause: error },
  );
}

export interface Changing extends Omit<Making, "upsert"> {
  /** The object as it was last seen by the state, cut down to its inputs. */
  readonly old: Values;
  readonly live: Values;
  readonly patch: boolean;
  readonly ignoreChanges: readonly string[];
}

export async function change(changing: Changing): Promise<Values> {
  const { cluster, settings, inputs, live, fieldManager, preview, patch, ignoreChanges } = changing;
  const objects = await cluster.around(inputs);
  const options = { fieldManager, dryRun: preview };
  if (isCrd(inputs)) {
    const next = copy(inputs);
    put(next, at(live, "metadata", "resourceVersion") ?? "", "metadata", "resourceVersion");
    return objects.replace(next, options);
  }
  const next = copy(inputs);
  if (!settings.serverSideApply) {
    for (const ignored of ignoreChanges) put(next, at(live, ...ignored.split(".")) ?? null, ...ignored.split("."));
    return objects.patch(nameOf(live), "merge", threeWay(changing.old, next, live), options);
  }
  const current = preview || patch ? live : await takeOver(objects, live, fieldManager);
  keepIgnored(next, current, fieldManager, ignoreChanges);
  setName(next, nameOf(live));
  const force = takesByForce(inputs, current, settings.patchForce, preview);
  return objects.apply(next, { ...options, force }).catch((error: unknown) => {
    throw conflict(error, fieldManager);
  });
}

/** Client-side apply: what the inputs say now, and nulls for what they said before and no longer do. */
function threeWay(old: Values, next: Values, live: Values): Values {
  const patch = keepAdded(mergePatch(live, next), next);
  return withDeletions(patch, old, next);
}

const keepAdded = (patch: Values, next: Values): Values =>
  Object.fromEntries(
    Object.entries(patch)
      .filter(([key]) => key in next)
      .map(([key, value]): [string, Value] => {
        const inner = next[key];
        return [key, isValues(value) && isValues(inner) ? keepAdded(value, inner) : value];
      }),
  );

function withDeletions(patch: Values, old: Values, next: Values): Values {
  const out = { ...patch };
  for (const [key, value] of Object.entries(old)) {
    const wanted = next[key];
    if (!(key in next)) out[key] = null;
    else if (isValues(value) && isValues(wanted)) {
      const own = out[key];
      const inner = withDeletions(isValues(own) ? own : {}, value, wanted);
      if (Object.keys(inner).length > 0) out[key] = inner;
    }
  }
  return out;
}
