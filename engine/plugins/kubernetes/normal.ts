/** Inputs in normal form, and a live object cut down to what the inputs speak of: both sides of every comparison. */
import { hasUnknown, isValues, type Value, type Values } from "../values";
import { apiVersionOf, at, copy, isCrd, isSecretObject, remove } from "./object";
import { isBuiltIn } from "./scope";
import { shaped } from "./shape";

const readOnly = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/** As normalizeInputs of pulumi-kubernetes 4.32; what the plan does not know wholly keeps its form. */
export function normalised(inputs: Values): Values {
  let out = copy(inputs);
  if (!hasUnknown(out) && isBuiltIn(apiVersionOf(out))) out = pruned(typed(out), inputs, out);
  for (const field of readOnly) remove(out, "metadata", field);
  return out;
}

function typed(object: Values): Values {
  if (isCrd(object)) {
    if (at(object, "spec", "preserveUnknownFields") === false) remove(object, "spec", "preserveUnknownFields");
    remove(object, "status");
    return object;
  }
  return isSecretObject(object) ? withEncodedData(object) : shaped(object);
}

/** stringData is written into data, as the API server does; data alone is decoded and encoded again. */
function withEncodedData(object: Values): Values {
  const strings = object["stringData"];
  const isTexts = isValues(strings) && Object.values(strings).every((v) => typeof v === "string");
  const data: Values = isValues(object["data"]) ? object["data"] : {};
  if (isTexts && Object.keys(strings).length > 0) {
    for (const [key, value] of Object.entries(strings)) data[key] = encoded(value as string);
    delete object["stringData"];
    object["data"] = data;
    return object;
  }
  for (const [key, value] of Object.entries(data)) if (typeof value === "string") data[key] = recoded(value);
  return object;
}

const encoded = (plain: string): string => Buffer.from(plain).toString("base64");

function recoded(base64: string): string {
  const compact = base64.replace(/[\r\n]/g, "");
  const bytes = Buffer.from(compact, "base64");
  return bytes.toString("base64") === compact ? compact : base64;
}

/** `changed` without what `like` does not speak of; a Secret and a CRD are changed in place and keep what they have. */
const pruned = (changed: Values, original: Values, like: Values): Values =>
  changed === like ? like : prune(changed, original);

/** The parts of `source` that `target` has too, at every depth; a value of another type than the target's stays whole. */
export function prune(source: Values, target: Values): Values {
  const out: Values = {};
  for (const [key, value] of Object.entries(source)) if (key in target) out[key] = pruneValue(value, target[key]);
  return out;
}

function pruneValue(value: Value, target: Value | undefined): Value {
  if (isValues(value) && isValues(target)) return prune(value, target);
  if (Array.isArray(value) && Array.isArray(target)) return pruneList(value, target);
  return value;
}

function pruneList(source: Value[], target: Value[]): Value[] {
  const first = source[0];
  if (first === undefined || target[0] === undefined) return [];
  if (typeOf(first) !== typeOf(target[0])) return copy(source);
  return source.slice(0, target.length).map((value, i) => pruneValue(value, target[i]));
}

const typeOf = (value: Value): string => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);
