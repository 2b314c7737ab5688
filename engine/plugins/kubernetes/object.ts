/** Kubernetes objects as plain values: their names, identity and fields. No rule of a kind. */
import { isValues, unknown, type Value, type Values } from "../values";

export interface Kind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export const at = (value: Value | undefined, ...path: string[]): Value | undefined =>
  path.reduce<Value | undefined>((v, key) => (isValues(v) ? v[key] : undefined), value);
export function text(value: Value | undefined, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}
export function number(value: Value | undefined, ...path: string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}
export function list(value: Value | undefined, ...path: string[]): Value[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export const nameOf = (object: Values): string => text(object, "metadata", "name");
export const namespaceOf = (object: Values): string => text(object, "metadata", "namespace");
export const uidOf = (object: Values): string => text(object, "metadata", "uid");
export const kindOf = (object: Values): string => text(object, "kind");
export const apiVersionOf = (object: Values): string => text(object, "apiVersion");
export const annotation = (object: Values, name: string): string => text(object, "metadata", "annotations", name);

/** The id of a resource in the state. */
export const idOf = (object: Values): string =>
  namespaceOf(object) === "" ? nameOf(object) : `${namespaceOf(object)}/${nameOf(object)}`;
export function parseId(id: string): { namespace: string; name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { namespace: "", name: first } : { namespace: first, name: second };
}

export const groupVersion = ({ group, version }: Kind): string => (group === "" ? version : `${group}/${version}`);
export const showKind = (kind: Kind): string => `${groupVersion(kind)}, Kind=${kind.kind}`;

export function kindFromObject(object: Values): Kind {
  const [first = "", second] = apiVersionOf(object).split("/");
  const group = second === undefined || first === "core" ? "" : first;
  return { group, version: second ?? first, kind: kindOf(object) };
}

/** From a type token, "kubernetes:apps/v1:Deployment"; a Patch keeps its suffix. */
export function kindFromType(type: string): Kind {
  const [, module = "", kind = ""] = type.split(":");
  const [group = "", version, ...more] = module.split("/");
  if (version === undefined || more.length > 0)
    throw new Error(`apiVersion does not have both a group and a version: "${module}"`);
  return { group: group === "core" ? "" : group, version, kind };
}

/** A Patch resource applies some fields of an object that it does not own: its type is the object's kind and "Patch". */
export const isPatch = (type: string, object: Values): boolean => type.endsWith(`:${kindOf(object)}Patch`);

const metadata = (object: Values): Values | undefined => {
  if (object["metadata"] === undefined || object["metadata"] === null) object["metadata"] = {};
  return isValues(object["metadata"]) ? object["metadata"] : undefined; // an unknown stays as it is
};
export function setName(object: Values, name: string): void {
  const m = metadata(object);
  if (m) m["name"] = name;
}
/** An empty namespace takes the field away. */
export function setNamespace(object: Values, namespace: string): void {
  if (namespace === "") {
    if (isValues(object["metadata"])) delete object["metadata"]["namespace"];
    return;
  }
  const m = metadata(object);
  if (m) m["namespace"] = namespace;
}
/** Sets metadata.FIELD[key]; left alone where the plan does not know the field yet. */
export function setIn(object: Values, field: "labels" | "annotations", key: string, value: string): void {
  const m = metadata(object);
  if (!m) return;
  const old = m[field] ?? {};
  if (old !== unknown && isValues(old)) m[field] = { ...old, [key]: value };
}

export function remove(object: Values, ...path: string[]): void {
  const parent = at(object, ...path.slice(0, -1));
  const last = path[path.length - 1];
  if (isValues(parent) && last !== undefined) delete parent[last];
}
/** Puts `value` at the path, making the maps on the way. */
export function put(object: Values, value: Value, ...path: string[]): void {
  let here = object;
  for (const key of path.slice(0, -1)) {
    const next = here[key];
    if (isValues(next)) here = next;
    else here = here[key] = {};
  }
  const last = path[path.length - 1];
  if (last !== undefined) here[last] = value;
}

/** A copy that shares nothing; unknowns stay what they are. */
export function copy<T extends Value>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (isValues(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copy(v)])) as T;
  return value;
}

export const isCrd = (object: Values): boolean =>
  kindOf(object) === "CustomResourceDefinition" && apiVersionOf(object).startsWith("apiextensions.k8s.io/");
const isCore = (object: Values, kind: string): boolean =>
  kindFromObject(object).group === "" && kindOf(object) === kind;
export const isSecretObject = (object: Values): boolean => isCore(object, "Secret");
export const isConfigMap = (object: Values): boolean => isCore(object, "ConfigMap");
