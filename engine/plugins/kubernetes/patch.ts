/** What changes between two objects: a JSON merge patch (RFC 7386), and that patch as a difference property by property. */
import { equal, isUnknown, isValues, type Value, type Values } from "../values";
import type { DiffKind } from "../plugin";
import { hasPath } from "./forcenew";
import { showPath, type Segment } from "./propertypath";

/** An unknown as the official plugin (4.32) writes it into its patch: the JSON of the SDK's Go type. */
const unknownAsJson: Values = { Element: { V: "" } };

function asJson(value: Value): Value {
  if (isUnknown(value)) return unknownAsJson;
  if (Array.isArray(value)) return value.map(asJson);
  if (isValues(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, asJson(v)]));
  return value;
}

/** The merge patch from one object to the other; an unknown in `after` differs from everything. */
export const mergePatch = (before: Values, after: Values): Values => patchOf(before, asJson(after) as Values);

function patchOf(before: Values, after: Values): Values {
  const patch: Values = {};
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    if (isValues(value) && isValues(old)) {
      const inner = patchOf(old, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!(key in before) || !equal(old, value)) patch[key] = value;
  }
  for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null;
  return patch;
}

export interface PropertyChange {
  readonly kind: DiffKind;
  /** The path is about the old inputs. */
  readonly input: boolean;
}

/** Stands for what is not there at all, as opposed to a null. */
const missing = Symbol("missing");
type Maybe = Value | typeof missing;
const get = (map: Values | undefined, key: string): Maybe => (map && key in map ? (map[key] ?? null) : missing);
const isMap = (value: Maybe): value is Values => value !== missing && isValues(value);

/** The patch as a difference; `forceNew` are the paths that cannot change in place. */
export function detailed(
  patch: Values,
  old: Values,
  newInputs: Values,
  oldInputs: Values,
  forceNew: readonly string[],
): Map<string, PropertyChange> {
  const changes = new Map<string, PropertyChange>();

  function map(path: Segment[], patch: Values, old: Values, next?: Values, last?: Values, inList = false): void {
    for (const [key, v] of Object.entries(patch))
      value([...path, key], v, get(old, key), get(next, key), get(last, key), inList);
    // A list is patched whole, and its patch names no deletion.
    if (!inList) return;
    for (const [key, v] of Object.entries(old))
      if (!(key in patch)) value([...path, key], null, v, get(next, key), get(last, key), true);
  }

  function items(path: Segment[], patch: Value[], old: Value[], next: Value[], last: Value[]): void {
    for (let i = 0; i < Math.max(patch.length, old.length); i++)
      value(
        [...path, i],
        patch[i] ?? null,
        i < old.length ? (old[i] ?? null) : missing,
        next[i] ?? null,
        last[i] ?? null,
        true,
      );
  }

  function value(path: Segment[], v: Value, old: Maybe, next: Maybe, last: Maybe, inList: boolean): void {
    // Without a new input the only difference can be a deletion; without an old one either, there is none.
    if (next === missing && (v !== null || last === missing)) return;
    let kind: "add" | "delete" | "update";
    if (v === null) kind = next !== missing && isUnknown(next) ? (old === missing ? "add" : "update") : "delete";
    else if (old === missing) kind = "add";
    else if (isMap(v) && isMap(old))
      return map(path, v, old, isMap(next) ? next : undefined, isMap(last) ? last : undefined, inList);
    else if (Array.isArray(v) && Array.isArray(old))
      return items(path, v, old, Array.isArray(next) ? next : [], Array.isArray(last) ? last : []);
    else if (!isMap(v) && !Array.isArray(v) && equal(v, old)) return;
    else kind = "update";
    const replaces = forceNew.some((field) => hasPath(nested(path, v), field));
    changes.set(showPath(path), {
      kind: replaces ? `${kind}-replace` : kind,
      input: kind === "delete",
    });
  }

  map([], patch, old, newInputs, oldInputs);
  return changes;
}

const nested = ([first, ...rest]: readonly Segment[], value: Value): Value => {
  if (first === undefined) return value;
  return typeof first === "number" ? [nested(rest, value)] : { [first]: nested(rest, value) };
};
