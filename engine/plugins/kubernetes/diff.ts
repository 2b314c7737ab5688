/** The plan for one resource: what differs between the live object (as far as the inputs speak of it) and the new inputs. */
import type { DiffKind, DiffRequest, PlanDiff } from "../plugin";
import type { Values } from "../values";
import { isReady as isJobReady } from "./await/job";
import { parseCheckpoint, toObject } from "./checkpoint";
import type { Context } from "./context";
import { forceNew, identity } from "./forcenew";
import { isAutonamed, isNamed } from "./naming";
import { normalised, prune } from "./normal";
import {
  annotation,
  apiVersionOf,
  copy,
  isPatch,
  kindFromObject,
  kindOf,
  nameOf,
  namespaceOf,
  put,
  remove,
  setName,
  setNamespace,
} from "./object";
import { detailed, mergePatch, type PropertyChange } from "./patch";
import { contains, parsePath } from "./propertypath";
import { isNamespaced } from "./scope";

export async function diff(request: DiffRequest, context: Context): Promise<PlanDiff> {
  const { type, olds, news, ignoreChanges } = request;
  const { inputs: storedInputs, live } = parseCheckpoint(olds);
  const inputs = normalised(toObject(news));
  const old = prune(copy(live), normalised(storedInputs));
  await align(old, inputs, live, context);

  const patch = mergePatch(old, inputs);
  const { configMapMutable: configMaps, secretMutable: secrets } = context.settings;
  const frozen = isPatch(type, inputs) ? identity : forceNew(inputs, { configMaps, secrets });
  const changes = detailed(patch, old, inputs, old, frozen);
  ignore(changes, ignoreChanges);
  const replaces = [...changes]
    .filter(([path, { kind }]) => kind.endsWith("-replace") || (kind === "delete" && path === "metadata"))
    .map(([path]) => path);
  const unready = annotation(inputs, "pulumi.com/replaceUnready") === "true" && (await isUnready(request, context));
  if (unready) replaces.push('.metadata.annotations["pulumi.com/replaceUnready"]');

  return {
    changes: changes.size > 0 || unready,
    detailed: Object.fromEntries([...changes].map(([path, { kind }]): [string, DiffKind] => [path, kind])),
    inputDiff: [...changes].filter(([, { input }]) => input).map(([path]) => path),
    changed: [],
    replaces,
    // One object cannot take the place of another of the same name while that one is there.
    deleteBeforeReplace:
      replaces.length > 0 &&
      isNamed(inputs) &&
      !isAutonamed(inputs) &&
      nameOf(inputs) === nameOf(live) &&
      namespaceOf(inputs) === namespaceOf(live),
  };
}

/** Takes away the differences that are none: an unnamed default namespace, a name that the server made, versions. */
async function align(old: Values, inputs: Values, live: Values, context: Context): Promise<void> {
  const namespaced = (await isNamespaced(kindFromObject(inputs), context.definitions, context.cluster)) ?? true;
  for (const object of [old, inputs]) setNamespace(object, namespaced ? namespaceOf(object) || "default" : "");
  if (apiVersionOf(old) === "" && kindOf(old) === "") {
    put(old, apiVersionOf(inputs), "apiVersion");
    put(old, kindOf(inputs), "kind");
  }
  if (context.settings.serverSideApply) remove(old, "metadata", "resourceVersion");
  if (nameOf(inputs) !== "") setName(old, nameOf(live));
}

function ignore(changes: Map<string, PropertyChange>, ignoreChanges: readonly string[]): void {
  const ignored = ignoreChanges.flatMap((text) => {
    const path = parsePath(text);
    if (!path) throw new Error(`failed to parse ignore path: ${text}`);
    return [path];
  });
  for (const text of [...changes.keys()]) {
    const path = parsePath(text);
    if (path && ignored.some((outer) => contains(outer, path))) changes.delete(text);
  }
}

async function isUnready({ olds, signal, log }: DiffRequest, { cluster }: Context): Promise<boolean> {
  if (!cluster) {
    log("warning", "Cluster is unreachable, skipping replaceUnready check");
    return false;
  }
  const { live } = parseCheckpoint(olds);
  if (kindOf(live) !== "Job") {
    log("warning", "replaceUnready annotation is not supported for this resource");
    return false;
  }
  try {
    return !isJobReady(await (await cluster.around(live)).get(nameOf(live), signal));
  } catch {
    return false; // gone or out of reach: what happens then is not for this annotation to say
  }
}
