/**
 * Whether a plan changes anything, and whether it replaces, as terraform-plugin-sdk 2 decides it (pulumi-terraform-bridge
 * 3.137): a zero equals nothing, and each part of an object in a set that comes or goes counts. Which paths are named is
 * decided in detailed.ts.
 */
import { isUnknown, isValues, type Value, type Values } from "../values";
import { canonical, isZero } from "./plan";
import { isBlock, isScalar, type Block, type Field, type Fields } from "./schema";

/** Equal but for zeros: null, "", 0, false and empty collections are one and the same (ValuesSDKEquivalent). */
export function sameState(fields: Fields, a: Values, b: Values): boolean {
  return Object.entries(fields).every(([key, field]) => sameValue(field, a[key] ?? null, b[key] ?? null));
}

function sameValue(field: Field, a: Value, b: Value): boolean {
  if (isUnknown(a) || isUnknown(b)) return isUnknown(a) && isUnknown(b);
  // An empty object is one element of its list or set, and so more than nothing.
  if (isBlock(field) && field.one) return a === null || b === null ? a === b : sameElement(field, a, b);
  if (isZero(a) || isZero(b)) return isZero(a) && isZero(b);
  if (field.type === "set") return canonical(a) === canonical(b);
  if (Array.isArray(a) && Array.isArray(b))
    return (
      a.length === b.length &&
      a.every((value, i) => (isBlock(field) ? sameElement(field, value, b[i] ?? null) : value === b[i]))
    );
  if (isValues(a) && isValues(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => (a[key] ?? "") === (b[key] ?? ""));
  }
  return a === b;
}

const sameElement = (block: Block, a: Value, b: Value): boolean =>
  isValues(a) && isValues(b) ? sameState(block.fields, a, b) : a === b;

/** Does any changed part say of itself that its change replaces? */
export function replacesAny(fields: Fields, old: Values, now: Values): boolean {
  return Object.entries(fields).some(([key, field]) => replacesBy(field, old[key] ?? null, now[key] ?? null));
}

function replacesBy(field: Field, old: Value, now: Value): boolean {
  if (isUnknown(now)) return field.replaces === true;
  if (isBlock(field)) return replacesByObjects(field, list(old), list(now));
  if (field.replaces !== true) return false;
  if (isScalar(field)) return asText(field.type, old) !== asText(field.type, now);
  return !sameValue(field, old, now);
}

const list = (value: Value): Value[] => (Array.isArray(value) ? value : value === null ? [] : [value]);
/** A number or a truth that is not there differs from its zero here; the caller has settled that something differs at all. */
const asText = (type: "string" | "int" | "bool", value: Value): string =>
  value === null || value === "" || (type === "bool" && value === false) ? "" : JSON.stringify(value);

function replacesByObjects(block: Block, old: Value[], now: Value[]): boolean {
  if (old.length !== now.length && block.replaces) return true;
  const pairs: (readonly [Value, Value])[] =
    block.type === "list"
      ? Array.from({ length: Math.max(old.length, now.length) }, (_, i) => [old[i] ?? null, now[i] ?? null])
      : // In a set an object that changed is one that goes and one that comes.
        [
          ...without(old, now).map((value) => [value, null] as const),
          ...without(now, old).map((value) => [null, value] as const),
        ];
  return pairs.some(([a, b]) => replacesAny(block.fields, object(a), object(b)));
}

const object = (value: Value): Values => (isValues(value) ? value : {});
function without(values: Value[], others: Value[]): Value[] {
  const there = new Set(others.map(canonical));
  return values.filter((value) => !there.has(canonical(value)));
}
