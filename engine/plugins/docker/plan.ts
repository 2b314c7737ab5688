/**
 * The state that the inputs ask for, as Terraform plans it: given values, else what Docker gave before, else defaults.
 * Shapes follow what the official plugin writes into the state.
 */
import { isUnknown, isValues, unknown, type Value, type Values } from "../values";
import {
  isBlock,
  isCollection,
  isScalar,
  type Block,
  type Field,
  type Fields,
  type Scalar,
  type Schema,
} from "./schema";

/** Every property of the schema. Without `prior` (a creation) what Docker will give is `unknown`. */
export function planned(schema: Schema, inputs: Values, prior?: Values): Values {
  const state: Values = {};
  for (const [key, field] of Object.entries(schema.fields)) {
    const value = plannedField(field, inputs[key] ?? null, prior === undefined ? undefined : (prior[key] ?? null));
    if (!field.shownWhenGiven || value !== null) state[key] = value;
  }
  if (prior && sameMappings(prior["ports"], state["ports"])) state["ports"] = prior["ports"] ?? null;
  return state;
}

function plannedField(field: Field, given: Value, prior: Value | undefined): Value {
  if (given !== null && !isUnset(field, given, prior)) return settled(field, given, prior);
  if (field.computed) return prior === undefined || lostList(field, prior) ? unknown : prior;
  if (field.type === "map") return emptied(prior);
  if (isBlock(field) && field.one && field.type === "set" && isValues(prior) && Object.values(prior).every(isZero))
    return prior; // an empty object is not seen to go
  if (isScalar(field) && field.default !== undefined && field.default !== "") return field.default;
  if (prior === undefined) return nothing(field);
  if (isZero(prior) || (isScalar(field) && field.emptyIsUnset)) return prior;
  return isScalar(field) ? (field.default ?? null) : isBlock(field) && !field.one ? [] : null;
}

/**
 * Zeros that count as "left out": an empty text or an empty list of objects where Docker gives the value, an empty map, an
 * empty object where there was one before (terraform-plugin-sdk 2 as pulumi-terraform-bridge 3.137 uses it; recorded).
 */
function isUnset(field: Field, given: Value, prior: Value | undefined): boolean {
  if (isUnknown(given) || !isZero(given)) return false;
  if (field.type === "map") return !field.computed || prior === undefined || isZero(prior);
  if (isScalar(field))
    return given === "" && (field.computed === true || (field.emptyIsUnset === true && prior !== undefined));
  if (isCollection(field)) return !field.computed && prior === undefined;
  return field.computed === true && isBlock(field);
}

/** A map that goes leaves an empty one in the plan, which names each of its keys as deleted; one that never was stays absent. */
const emptied = (prior: Value | undefined): Value => (isValues(prior) ? (isZero(prior) ? prior : {}) : null);

/** A failed creation leaves lists that Docker gives without a value: the next plan asks for them again, and so replaces. */
const lostList = (field: Field, prior: Value): boolean =>
  prior === null && field.type === "list" && (isCollection(field) || (isBlock(field) && field.output === true));

/** A given value in the shape of the state: each object with all its properties. */
function settled(field: Field, given: Value, prior: Value | undefined): Value {
  if (isUnknown(given) || !isBlock(field)) return given;
  if (field.one)
    return field.type === "set" && isValues(prior) && isEmptyBlock(given) ? prior : element(field, given, prior);
  if (!Array.isArray(given)) return given;
  const before = Array.isArray(prior) && field.type === "list" ? prior : [];
  return given.map((value, i) => element(field, value, before[i]));
}

const isEmptyBlock = (given: Value): boolean =>
  isValues(given) && Object.keys(given).every((key) => key.startsWith("__"));

function element(block: Block, given: Value, prior: Value | undefined): Value {
  if (!isValues(given)) return given;
  const object: Values = {};
  for (const [key, field] of Object.entries(block.fields)) {
    const value = given[key] ?? null;
    const before = isValues(prior) ? (prior[key] ?? null) : undefined;
    if (value !== null) object[key] = settled(field, value, before);
    else if (field.computed) object[key] = before ?? null;
    else if (!field.shownWhenGiven) object[key] = unset(field);
  }
  return object;
}

/** What stands in an object for a property that was left out. */
function unset(field: Field): Value {
  if (isScalar(field)) return field.default ?? (field.type === "string" ? "" : null);
  if (isBlock(field)) return field.one ? null : [];
  return isCollection(field) ? [] : null;
}

/** What stands at the top for a property that nobody gave: lists of objects are empty, the rest is null. */
export function nothing(field: Field): Value {
  if (isScalar(field) && field.type === "bool" && field.default !== undefined) return field.default;
  if (isBlock(field)) return field.one ? null : [];
  if (!field.computed) return null;
  return isCollection(field) ? [] : field.type === "map" ? {} : null;
}

/** Given as nothing: what the official plugin cannot tell from left out. */
export const isZero = (value: Value): boolean =>
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isValues(value) && Object.keys(value).length === 0);

/** Ports in another order are the same ports (suppressIfPortsDidNotChange of terraform-provider-docker 4.5). */
function sameMappings(a: Value | undefined, b: Value | undefined): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length || a.length === 0) return false;
  const ordered = (ports: Value[]): string =>
    ports
      .map((port) => JSON.stringify(port, portKeys))
      .sort()
      .join();
  return !JSON.stringify(b).includes("null") && ordered(a) === ordered(b);
}
const portKeys = ["internal", "external", "ip", "protocol"];

/** What the plan says, and where Docker was asked, what Docker says: sets that are equal keep the program's order. */
export function observed(fields: Fields, plan: Values, seen: Values): Values {
  const state: Values = {};
  for (const [key, field] of Object.entries(fields)) {
    const before = plan[key];
    const wanted =
      before === undefined || isUnknown(before) ? (field.shownWhenGiven ? undefined : nothing(field)) : before;
    const found = seen[key];
    if (found === undefined) {
      if (wanted !== undefined) state[key] = wanted;
    } else if (found === null) state[key] = nothing(field) ?? null;
    else state[key] = wanted !== undefined && sameSet(field, wanted, found) ? wanted : found;
  }
  return state;
}

const sameSet = (field: Field, a: Value, b: Value): boolean => {
  if (field.type !== "set" && !(isBlock(field) && field.one)) return false;
  return canonical(a) === canonical(b);
};

/** One text for values that are equal as Terraform's sets see them: unset parts and order of sets do not matter. */
export function canonical(value: Value): string {
  if (Array.isArray(value))
    return `[${value
      .map(canonical)
      .filter((v) => v !== "")
      .sort()
      .join()}]`;
  if (isValues(value)) {
    const pairs = Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, v]) => [key, canonical(v)] as const)
      .filter(([, v]) => v !== "" && v !== "[]" && v !== "{}");
    return `{${pairs
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, v]) => `${key}:${v}`)
      .join()}}`;
  }
  return isUnknown(value) || isZero(value) ? "" : JSON.stringify(value);
}

/** What Docker says, without the empty lists and maps where there was none or an empty one: to a state they are one thing. */
export const withoutEmpty = (fields: Fields, before: Values, seen: Values): Values => {
  const bare = (key: string, value: Value): boolean => {
    const field = fields[key];
    const attribute = field !== undefined && (isCollection(field) || field.type === "map") && !field.computed;
    return attribute && isZero(before[key] ?? null) && isZero(value);
  };
  return Object.fromEntries(Object.entries(seen).filter(([key, value]) => !bare(key, value)));
};

/** The state after a creation that failed: nobody has asked Docker. Lists that it gives have no value, which replaces next time (recorded). */
export function unfinished(fields: Fields, plan: Values): Values {
  const state = observed(fields, plan, {});
  for (const [key, field] of Object.entries(fields))
    if (isUnknown(plan[key]) && field.type === "list" && lostList(field, null)) state[key] = null;
  return state;
}

/**
 * What an update leaves in the state: Terraform then writes the zeros of what objects in sets left out, and
 * of what was taken away (recorded: `gwPriority` null after a creation, 0 after an update).
 */
export function written(fields: Fields, state: Values, before: Values = {}): Values {
  const result: Values = { ...state };
  for (const [key, field] of Object.entries(fields)) {
    const value = state[key] ?? null;
    if (isBlock(field) && field.type === "set" && Array.isArray(value))
      result[key] = value.map((v) => withZeros(field, v));
    else if (value === null && isScalar(field) && (before[key] ?? null) !== null) result[key] = zeroOf(field);
  }
  return result;
}

function withZeros(block: Block, object: Value): Value {
  if (!isValues(object)) return object;
  const filled: Values = { ...object };
  for (const [key, field] of Object.entries(block.fields)) {
    const value = filled[key] ?? null;
    if (value === null && key in filled && isScalar(field)) filled[key] = zeroOf(field);
    else if (isBlock(field) && field.one && value !== null) filled[key] = withZeros(field, value);
  }
  return filled;
}

const zeroOf = ({ type }: Scalar): Value => (type === "int" ? 0 : type === "bool" ? false : "");
