/** Check: what the program gave, with every fault in it named at once, completed by defaults as pulumi-terraform-bridge 3.137 does it. */
import { unsupported } from "../errors";
import { autoname } from "../names";
import type { Checked, CheckRequest, Failure } from "../plugin";
import { isUnknown, isValues, type Value, type Values } from "../values";
import { isBlock, isCollection, isScalar, type Field, type Fields, type Schema } from "./schema";

/** The bridge lists in each object of the inputs which of them are defaults. */
export const defaultsKey = "__defaults";

export function checkInputs(schema: Schema, request: CheckRequest): Checked {
  const faults = new Faults(schema.type);
  const inputs = completed(schema.fields, request.news, "", faults);
  if (schema.named && inputs["name"] === undefined) nameIt(inputs, request, faults);
  for (const [key, field] of Object.entries(schema.fields))
    if (field.required && inputs[key] === undefined) faults.add(key, `${schema.type} needs ${key}`);
  return { inputs, failures: faults.found };
}

class Faults {
  readonly found: Failure[] = [];
  constructor(readonly type: string) {}
  add(property: string, reason: string): void {
    this.found.push({ property, reason });
  }
}

function nameIt(inputs: Values, { name, seed, olds, autonaming }: CheckRequest, faults: Faults): void {
  // A name that the program gave before is kept when it no longer gives one (recorded).
  const previous = typeof olds?.["name"] === "string" ? olds["name"] : undefined;
  const made = previous ?? autoname(name, seed, undefined, autonaming);
  if (made === undefined) return faults.add("name", "automatic naming is disabled but no explicit name was provided");
  inputs["name"] = made;
  inputs[defaultsKey] = [...(inputs[defaultsKey] as string[]), "name"].sort();
}

function completed(fields: Fields, given: Values, path: string, faults: Faults): Values {
  const inputs: Values = {};
  for (const [key, value] of Object.entries(given)) {
    if (value === null || key.startsWith("__")) continue;
    const field = fields[key];
    const at = path === "" ? key : `${path}.${key}`;
    if (field === undefined || field.output)
      faults.add(
        at,
        `${faults.type} has no argument ${at}; there are ${Object.keys(fields)
          .filter((k) => !fields[k]?.output)
          .join(", ")}`,
      );
    else if (field.missing) faults.add(at, unsupported("docker", `the argument ${at} of ${faults.type}`).message);
    else inputs[key] = completedValue(field, value, at, faults);
  }
  const defaults = Object.entries(fields).filter(([key, field]) => inputs[key] === undefined && hasDefault(field));
  for (const [key, field] of defaults) inputs[key] = (field as { default: Value }).default;
  inputs[defaultsKey] = defaults.map(([key]) => key).sort();
  return inputs;
}

/** Defaults that are the type's zero are not written down. */
const hasDefault = (field: Field): boolean =>
  isScalar(field) &&
  field.default !== undefined &&
  field.default !== "" &&
  field.default !== 0 &&
  field.default !== false;

function completedValue(field: Field, value: Value, path: string, faults: Faults): Value {
  if (isUnknown(value)) return value;
  const wrong = (right: string): Value => {
    faults.add(path, `${path} must be ${right}`);
    return value;
  };
  if (isBlock(field)) {
    const element = (v: Value, at: string): Value => {
      if (isUnknown(v)) return v;
      if (!isValues(v)) {
        faults.add(at, `${at} must be an object`);
        return v;
      }
      for (const [key, f] of Object.entries(field.fields))
        if (f.required && (v[key] === undefined || v[key] === null)) faults.add(`${at}.${key}`, `${at} needs ${key}`);
      return completed(field.fields, v, at, faults);
    };
    if (field.one) return element(value, path);
    return Array.isArray(value) ? value.map((v, i) => element(v, `${path}[${i}]`)) : wrong("a list");
  }
  if (isCollection(field)) {
    if (!Array.isArray(value)) return wrong("a list");
    for (const [i, v] of value.entries())
      if (!isUnknown(v) && typeof v !== "string") faults.add(`${path}[${i}]`, `${path}[${i}] must be a string`);
    return value;
  }
  if (field.type === "map") {
    if (!isValues(value)) return wrong("a map of strings");
    for (const [key, v] of Object.entries(value))
      if (!isUnknown(v) && typeof v !== "string") faults.add(`${path}.${key}`, `${path}.${key} must be a string`);
    return value;
  }
  const right = { string: "a string", int: "a whole number", bool: "true or false" }[field.type];
  const fits =
    field.type === "string"
      ? typeof value === "string"
      : field.type === "bool"
        ? typeof value === "boolean"
        : Number.isInteger(value);
  if (!fits) return wrong(right);
  const better = field.check?.(value as never);
  return better === undefined ? value : wrong(better);
}
