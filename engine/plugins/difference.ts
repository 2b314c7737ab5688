/**
 * The difference of two maps of properties, path by path, as the Pulumi SDK itself makes it (sdk/go/common/resource
 * properties_diff.go and plugin.NewDetailedDiffFromObjectDiff, 3.259). It knows nothing of schemas, sets or replacement.
 */
import type { DiffKind } from "./plugin";
import { isAsset, isOutput, isSecret, isUnknown, isValues, type Value, type Values } from "./values";

export type Kind = Extract<DiffKind, "add" | "delete" | "update">;

/** Maps and lists are compared element by element; a change of secrecy alone is an update; null is no value. */
export function difference(olds: Values, news: Values, prefix = ""): Record<string, Kind> {
  const found: Record<string, Kind> = {};
  for (const [key, old] of Object.entries(olds)) {
    const path = join(prefix, key);
    const now = news[key];
    if (now === undefined) {
      if (old !== null && !isUnknown(old)) found[path] = "delete";
    } else compare(path, old, now, found);
  }
  for (const [key, now] of Object.entries(news)) if (!(key in olds) && now !== null) found[join(prefix, key)] = "add";
  return found;
}

function compare(path: string, old: Value, now: Value, found: Record<string, Kind>): void {
  if (isMap(old) && isMap(now)) {
    Object.assign(found, difference(old, now, path));
  } else if (Array.isArray(old) && Array.isArray(now)) {
    for (let i = 0; i < Math.max(old.length, now.length); i++) {
      const [a, b] = [old[i], now[i]];
      if (a === undefined) found[`${path}[${i}]`] = "add";
      else if (b === undefined) found[`${path}[${i}]`] = "delete";
      else compare(`${path}[${i}]`, a, b, found);
    }
  } else if (!identical(old, now)) {
    found[path] = old === null ? "add" : now === null ? "delete" : "update";
  }
}

const isMap = (value: Value): value is Values => isValues(value) && !isAsset(value);

/** Equal in content and in marks. */
export function identical(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (isUnknown(a) || isUnknown(b)) return isUnknown(a) && isUnknown(b);
  if (isSecret(a) || isSecret(b)) return isSecret(a) && isSecret(b) && identical(a.value, b.value);
  if (isOutput(a) || isOutput(b))
    return isOutput(a) && isOutput(b) && a.secret === b.secret && identical(a.value, b.value);
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => identical(v, b[i]));
  if (isValues(a) && isValues(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && identical(a[key], b[key]));
  }
  return a === b;
}

/** A property path as the SDK prints it: names that are no identifiers stand in brackets. */
const join = (prefix: string, key: string): string =>
  !/^[a-zA-Z_$][a-zA-Z0-9_$]*$/.test(key)
    ? `${prefix}[${JSON.stringify(key)}]`
    : prefix === ""
      ? key
      : `${prefix}.${key}`;
