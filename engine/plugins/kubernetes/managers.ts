/** Field managers: who owns which field of an object, as server-side apply counts it. */
import { randomHex } from "../names";
import { equal, isValues, type Value, type Values } from "../values";
import { fieldManagerOf } from "./checkpoint";
import type { Cluster, Objects } from "./cluster";
import {
  annotation,
  apiVersionOf,
  at,
  copy,
  kindOf,
  list,
  nameOf,
  namespaceOf,
  put,
  remove,
  setName,
  setNamespace,
  text,
} from "./object";
import { parsePath } from "./propertypath";

/** The manager of a plain create and of client-side apply; the first apply takes its fields over. */
export const clientSide = "pulumi-kubernetes";

/** The annotation before what the state says before a fresh name. */
export function fieldManager(state: Values | undefined, inputs: Values, serverSide: boolean): string {
  if (!serverSide) return clientSide;
  const annotated = annotation(inputs, "pulumi.com/patchFieldManager");
  if (annotated !== "") return annotated;
  return (state && fieldManagerOf(state)) ?? `${clientSide}-${randomHex(new Uint8Array(), 8)}`;
}

const managed = (object: Values): Values[] => list(object, "metadata", "managedFields").filter(isValues);

/** Whether an apply takes fields from other managers. `live` is undefined for a create. */
export function takesByForce(inputs: Values, live: Values | undefined, always: boolean, preview: boolean): boolean {
  if (annotation(inputs, "pulumi.com/patchForce") === "true" || always) return true;
  if (live === undefined) return preview;
  const entries = managed(live);
  if (entries.length === 0) return true; // from before server-side apply
  const ours = ["pulumi-resource-kubernetes", clientSide, `${clientSide}.exe`];
  return preview && entries.some((e) => e["operation"] === "Update" && ours.includes(text(e, "manager")));
}

/** Managers whose fields an apply of ours takes over: ours from a create, and those that kubectl leaves. */
const predecessors: readonly (readonly [string, string])[] = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  [clientSide, "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];

/** The object with our manager as the owner of its predecessors' fields (flux' ssa.PatchReplaceFieldsManagers). */
export async function takeOver(objects: Objects, live: Values, manager: string): Promise<Values> {
  const entries = managed(live);
  let own = entries.find((e) => e["manager"] === manager && e["operation"] === "Apply");
  const rest: Values[] = [];
  let taken = false;
  for (const entry of entries) {
    if (entry === own) continue;
    const ends = predecessors.some(
      ([name, operation]) =>
        text(entry, "manager").startsWith(name) &&
        entry["operation"] === operation &&
        text(entry, "subresource") === "",
    );
    if (!ends || entry["manager"] === manager) {
      rest.push(entry);
      continue;
    }
    taken = true;
    own = own
      ? { ...own, fieldsV1: union(own["fieldsV1"], entry["fieldsV1"]) }
      : { ...entry, manager, operation: "Apply" };
  }
  if (!taken || !own) return live;
  const fields = [...rest, own];
  return objects.patch(nameOf(live), "json", [{ op: "replace", path: "/metadata/managedFields", value: fields }]);
}

function union(a: Value | undefined, b: Value | undefined): Values {
  const out: Values = isValues(a) ? copy(a) : {};
  for (const [key, value] of Object.entries(isValues(b) ? b : {})) out[key] = union(out[key], value);
  return out;
}

/**
 * Fields with ignoreChanges, in the inputs of an apply: left to another manager that owns them alone, else sent with
 * their live value, so that they neither change nor vanish.
 */
export function keepIgnored(inputs: Values, live: Values, manager: string, ignored: readonly string[]): void {
  const ours = managed(live).filter((e) => e["manager"] === manager);
  const theirs = managed(live).filter((e) => e["manager"] !== manager);
  for (const text of ignored) {
    const path = parsePath(text);
    if (!path || path.some((s) => typeof s === "number" || s === "*")) continue; // lists are not kept field by field
    const names = path.map(String);
    if (owns(theirs, names) && !owns(ours, names)) {
      remove(inputs, ...names);
      continue;
    }
    const value = at(live, ...names);
    if (value !== undefined && !equal(value, at(inputs, ...names))) put(inputs, copy(value), ...names);
  }
}

const owns = (entries: readonly Values[], path: readonly string[]): boolean =>
  entries.some((entry) => at(entry["fieldsV1"], ...path.map((name) => `f:${name}`)) !== undefined);

/** Gives up every field of the manager; those that nobody else holds vanish or get their default. */
export async function relinquish(cluster: Cluster, object: Values, manager: string): Promise<void> {
  const bare: Values = { apiVersion: apiVersionOf(object), kind: kindOf(object), metadata: {} };
  setNamespace(bare, namespaceOf(object));
  setName(bare, nameOf(object));
  await (await cluster.around(object)).apply(bare, { fieldManager: manager });
}
