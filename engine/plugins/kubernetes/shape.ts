/**
 * Built-in objects in the form that Kubernetes' own types give them: unknown fields gone, empty values gone where the API
 * leaves them out, quantities in canonical form. The official plugin (4.32) sends every built-in kind through the Go types
 * and back; two ways to write one thing must not show as a difference. The types' fields are data: shapes/generate.go.
 */
import { isValues, type Value, type Values } from "../values";
import { apiVersionOf, kindOf } from "./object";
import { canonicalQuantity } from "./quantity";
import shapes from "./shapes/shapes.json";

const kinds = shapes.kinds as Record<string, number>;
const structs = shapes.structs as Record<string, string>[];

class Mismatch extends Error {}

/** The object as its type has it; unchanged when the kind has no type or a value does not fit it. */
export function shaped(object: Values): Values {
  const struct = kinds[`${apiVersionOf(object)}/${kindOf(object)}`];
  if (struct === undefined) return object;
  try {
    return shapedStruct(object, struct);
  } catch (error) {
    if (error instanceof Mismatch) return object;
    throw error;
  }
}

function shapedStruct(value: Value, number: number): Values {
  if (value === null) return {};
  if (!isValues(value)) throw new Mismatch();
  const fields = structs[number] ?? {};
  const out: Values = {};
  for (const [key, v] of Object.entries(value)) {
    const field = fields[key];
    if (field === undefined) continue;
    const optional = field.startsWith("o");
    const type = optional ? field.slice(1) : field;
    const next = shapedValue(v, type);
    if (!(optional && isEmpty(next, type))) out[key] = next;
  }
  return out;
}

/** A pointer is left out only when it points nowhere, everything else when it is its type's zero. */
const isEmpty = (value: Value, type: string): boolean =>
  value === null ||
  (!type.startsWith("*") &&
    (value === "" ||
      value === false ||
      value === 0 ||
      (Array.isArray(value) && value.length === 0) ||
      (type.startsWith("{") && isValues(value) && Object.keys(value).length === 0)));

function shapedValue(value: Value, type: string): Value {
  const rest = type.slice(1);
  switch (type[0]) {
    case "*":
      return value === null ? null : shapedValue(value, rest);
    case "[":
      if (value === null) return null;
      if (!Array.isArray(value)) throw new Mismatch();
      return value.map((v) => shapedValue(v, rest));
    case "{":
      if (value === null) return null;
      if (!isValues(value)) throw new Mismatch();
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shapedValue(v, rest)]));
    case "s":
    case "y":
      return fitting(value, "string", "");
    case "b":
      return fitting(value, "boolean", false);
    case "i":
      if (typeof value === "number" && !Number.isInteger(value)) throw new Mismatch();
      return fitting(value, "number", 0);
    case "f":
      return fitting(value, "number", 0);
    case "p":
      if (value === null) return 0;
      if (typeof value !== "number" && typeof value !== "string") throw new Mismatch();
      return value;
    case "q":
      return quantity(value);
    case "t":
      return time(value);
    case "a":
    case "d":
    case "u":
      return value;
    default:
      return shapedStruct(value, Number(type));
  }
}

function fitting(value: Value, type: "string" | "boolean" | "number", zero: Value): Value {
  if (value === null) return zero;
  if (typeof value !== type) throw new Mismatch();
  return value;
}

function quantity(value: Value): Value {
  if (value === null) return "0";
  if (typeof value !== "string" && typeof value !== "number") throw new Mismatch();
  const canonical = canonicalQuantity(String(value));
  if (canonical === undefined) throw new Mismatch();
  return canonical;
}

function time(value: Value): Value {
  if (value === null || value === "") return null;
  const moment = typeof value === "string" ? Date.parse(value) : NaN;
  if (Number.isNaN(moment)) throw new Mismatch();
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}
