/**
 * Schemas of custom resources as plain values, with the words to write them down and the walk that checks an object
 * against one. The same value becomes a CRD's openAPIV3Schema (see crd.ts), so what is reported here is what an API
 * server with that CRD refuses or drops.
 */
import { nearest } from "../../model/nearest";
import { parsePrefix } from "../../model/prefix";
import { compareVersions } from "../../model/version";

export interface Rule {
  /** Common Expression Language, as it stands in x-kubernetes-validations. */
  cel: string;
  message: string;
  /** The same rule here; called with values of the right type only. */
  holds(value: never): boolean;
  /** The first version of the CNI that has the rule. */
  since?: string;
}

export interface Schema {
  type: "object" | "array" | "string" | "integer" | "boolean";
  properties?: Record<string, Schema>;
  required?: readonly string[];
  additionalProperties?: Schema;
  items?: Schema;
  enum?: readonly string[];
  pattern?: string;
  format?: "int32" | "int64" | "cidr" | "date-time";
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  default?: string | boolean | number;
  listType?: "atomic" | "set" | "map";
  listMapKeys?: readonly string[];
  rules?: readonly Rule[];
  /** The first version of the CNI that knows the field. */
  since?: string;
  /** The first version that knows it no more. */
  until?: string;
  /** Fields that are not listed are left alone: for core Kubernetes objects, of which only a part is written down. */
  open?: boolean;
}

type Options<K extends keyof Schema = never> = Partial<Pick<Schema, K | "since" | "until" | "rules">>;

export const text = (
  options: Options<"pattern" | "enum" | "minLength" | "maxLength" | "default" | "format"> = {},
): Schema => ({ type: "string", ...options });
export const choice = (values: readonly string[], options: Options<"default"> = {}): Schema => ({
  type: "string",
  enum: values,
  ...options,
});
export const whole = (minimum?: number, maximum?: number, options: Options<"default" | "format"> = {}): Schema => ({
  type: "integer",
  ...(minimum === undefined ? {} : { minimum }),
  ...(maximum === undefined ? {} : { maximum }),
  ...options,
});
export const flag = (options: Options<"default"> = {}): Schema => ({ type: "boolean", ...options });
export const list = (
  items: Schema,
  options: Options<"minItems" | "maxItems" | "listType" | "listMapKeys"> = {},
): Schema => ({
  type: "array",
  items,
  ...options,
});
export const object = (
  properties: Record<string, Schema>,
  required: readonly string[] = [],
  options: Options<"minProperties" | "maxProperties" | "open"> = {},
): Schema => ({ type: "object", properties, ...(required.length > 0 ? { required } : {}), ...options });
/** String to string, as labels are. */
export const strings = (options: Options = {}): Schema => ({
  type: "object",
  additionalProperties: { type: "string" },
  ...options,
});

export interface Violation {
  kind: "unknown" | "invalid";
  path: string;
  sentence: string;
  fix: string;
}

/** Does that version of the CNI have the field? */
export function isCurrent(schema: Schema, version: string): boolean {
  return (
    (schema.since === undefined || compareVersions(version, schema.since) >= 0) &&
    (schema.until === undefined || compareVersions(version, schema.until) < 0)
  );
}

export function checkSchema(schema: Schema, value: unknown, path: string, version: string): Violation[] {
  const found: Violation[] = [];
  walk(schema, value, path, version, found);
  return found;
}

function walk(schema: Schema, value: unknown, path: string, version: string, found: Violation[]): void {
  const before = found.length;
  if (!hasType(schema, value)) {
    const article = schema.type === "array" ? "a list" : schema.type === "integer" ? "a whole number" : schema.type;
    found.push(invalid(path, `${show(value)} is not ${article === schema.type ? `of type ${article}` : article}`));
    return;
  }
  if (schema.type === "object") walkObject(schema, value as Record<string, unknown>, path, version, found);
  else if (schema.type === "array") walkList(schema, value as unknown[], path, version, found);
  else walkScalar(schema, value as string | number | boolean, path, found);
  if (found.slice(before).some((violation) => violation.kind === "invalid")) return;
  for (const rule of schema.rules ?? []) {
    if (rule.since !== undefined && compareVersions(version, rule.since) < 0) continue;
    if (!rule.holds(value as never)) found.push(invalid(path, rule.message));
  }
}

function hasType(schema: Schema, value: unknown): boolean {
  switch (schema.type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
  }
}

function walkObject(
  schema: Schema,
  value: Record<string, unknown>,
  path: string,
  version: string,
  found: Violation[],
): void {
  for (const [name, field] of Object.entries(value)) {
    // An explicit null is the same as leaving the field out.
    if (field === undefined || field === null) continue;
    const at = path === "" ? name : `${path}.${name}`;
    const known = lookUp(schema.properties, name) ?? schema.additionalProperties;
    if (known !== undefined && isCurrent(known, version)) walk(known, field, at, version, found);
    else if (known !== undefined) found.push(outOfVersion(known, at, version));
    else if (schema.open !== true) found.push(unknown(at, name, Object.keys(schema.properties ?? {})));
  }
  for (const name of schema.required ?? []) {
    if (value[name] === undefined || value[name] === null) {
      found.push({ ...invalid(path === "" ? name : `${path}.${name}`, "it is required"), fix: `set ${name}` });
    }
  }
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    found.push(invalid(path, `at least ${schema.minProperties} of its fields must be set`));
  }
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    found.push(invalid(path, `at most ${schema.maxProperties} of its fields may be set, found ${count}`));
  }
}

/** Own properties only: a field named "constructor" is as unknown as any. */
function lookUp(properties: Record<string, Schema> | undefined, name: string): Schema | undefined {
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function walkList(schema: Schema, value: unknown[], path: string, version: string, found: Violation[]): void {
  const { items, minItems, maxItems, listType, listMapKeys = [] } = schema;
  if (items !== undefined) value.forEach((item, i) => walk(items, item, `${path}[${i}]`, version, found));
  if (minItems !== undefined && value.length < minItems) {
    found.push(invalid(path, `at least ${minItems} entries are needed, found ${value.length}`));
  }
  if (maxItems !== undefined && value.length > maxItems) {
    found.push(invalid(path, `at most ${maxItems} entries are taken, found ${value.length}`));
  }
  if (listType === "set" || listType === "map") {
    const key = (item: unknown) =>
      JSON.stringify(
        listType === "set" ? item : listMapKeys.map((name) => (item as Record<string, unknown> | null)?.[name]),
      );
    const seen = new Set<string>();
    value.forEach((item, i) => {
      const text = key(item);
      if (seen.has(text)) found.push(invalid(`${path}[${i}]`, `${text} stands twice in the list`));
      seen.add(text);
    });
  }
}

function walkScalar(schema: Schema, value: string | number | boolean, path: string, found: Violation[]): void {
  if (typeof value === "number") {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    const [low, high] = schema.format === "int32" ? [-2147483648, 2147483647] : [-Infinity, Infinity];
    if (value < Math.max(minimum, low) || value > Math.min(maximum, high)) {
      found.push(invalid(path, `${value} is out of range: ${Math.max(minimum, low)} to ${Math.min(maximum, high)}`));
    }
  }
  if (typeof value !== "string") return;
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    found.push({
      ...invalid(path, `${show(value)} is not one of ${schema.enum.join(", ")}`),
      fix: `use ${nearest(value, schema.enum) ?? schema.enum.join(" or ")}`,
    });
  }
  if (schema.maxLength !== undefined && value.length > schema.maxLength) {
    found.push(invalid(path, `it is longer than ${schema.maxLength} characters`));
  }
  if (schema.minLength !== undefined && value.length < schema.minLength) {
    found.push(invalid(path, `it is shorter than ${schema.minLength} characters`));
  }
  if (schema.pattern !== undefined && !matches(schema.pattern, value)) {
    found.push(invalid(path, `${show(value)} does not match ${schema.pattern}`));
  }
  if (schema.format === "cidr" && !parsePrefix(value).ok) {
    found.push(invalid(path, `${show(value)} is not a CIDR`));
  }
}

/** Go's patterns may begin with a flag that JavaScript takes separately. */
function matches(pattern: string, value: string): boolean {
  const insensitive = pattern.includes("(?i)");
  return new RegExp(pattern.replace("(?i)", ""), insensitive ? "i" : "").test(value);
}

function invalid(path: string, sentence: string): Violation {
  return { kind: "invalid", path, sentence, fix: "correct the value: the API server refuses the object as it is" };
}

function unknown(path: string, name: string, known: string[]): Violation {
  const near = nearest(name, known);
  return {
    kind: "unknown",
    path,
    sentence: `there is no field ${name} here: the API server refuses the object, or drops the field without a word when validation is not strict`,
    fix: near === undefined ? "remove it" : `did you mean ${near}?`,
  };
}

function outOfVersion(schema: Schema, path: string, version: string): Violation {
  const early = schema.since !== undefined && compareVersions(version, schema.since) < 0;
  return {
    kind: "unknown",
    path,
    sentence: early
      ? `the field exists since version ${schema.since}; version ${version} drops it`
      : `the field is gone since version ${schema.until ?? ""}; version ${version} drops it`,
    fix: early ? `remove it, or upgrade to ${schema.since}` : "remove it",
  };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
