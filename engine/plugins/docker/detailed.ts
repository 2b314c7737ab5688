/**
 * The detailed difference between the state and the plan, path by path, as MakeDetailedDiffV2 of pulumi-terraform-bridge
 * 3.137 makes it: sets by content, lists of texts by their shortest edit, the rest by place.
 */
import type { DiffKind } from "../plugin";
import { isUnknown, isValues, type Value, type Values } from "../values";
import { canonical } from "./plan";
import { isBlock, isCollection, type Field, type Fields } from "./schema";

type Found = Record<string, DiffKind>;
type Base = "add" | "delete" | "update";

/** A place in the schema. */
interface Place {
  readonly kind: "scalar" | "list" | "set" | "map" | "object";
  readonly scalars: boolean;
  /** A change of the whole here replaces. */
  readonly own: boolean;
  /** A change here replaces: the place itself says so, or the collection that it is directly in. */
  readonly forces: boolean;
  readonly computed: boolean;
  readonly child: (key: string | number) => Place;
}

const leaf = (forces: boolean): Place => ({
  kind: "scalar",
  scalars: false,
  own: false,
  forces,
  computed: false,
  child: () => leaf(false),
});
const object = (fields: Fields, forces: boolean, parentOwn: boolean): Place => ({
  kind: "object",
  scalars: false,
  own: false,
  forces,
  computed: false,
  child: (key) => {
    const field = fields[String(key)];
    return field ? place(field, parentOwn) : leaf(false);
  },
});

function place(field: Field, parentOwn: boolean): Place {
  const own = field.replaces === true;
  const forces = own || parentOwn;
  const computed = field.computed === true;
  const scalars = isCollection(field);
  if (isBlock(field))
    return field.one
      ? { ...object(field.fields, forces, own), own, computed }
      : { kind: field.type, scalars, own, forces, computed, child: () => object(field.fields, own, false) };
  if (isCollection(field) || field.type === "map")
    return { kind: field.type, scalars, own, forces, computed, child: () => leaf(own) };
  return { ...leaf(forces), own, computed };
}

export function detailedDifference(fields: Fields, prior: Values, plan: Values, inputs: Values): Found {
  const found: Found = {};
  for (const [key, field] of Object.entries(fields))
    compare(key, place(field, false), prior[key] ?? null, plan[key] ?? null, inputs[key] ?? null, found);
  return found;
}

/** An empty list is no value. */
const absent = (value: Value): boolean => value === null || (Array.isArray(value) && value.length === 0);

function compare(path: string, at: Place, old: Value, now: Value, input: Value, found: Found): void {
  const oldAbsent = absent(old);
  const nowAbsent = absent(now);
  if (oldAbsent && nowAbsent) return;
  if (oldAbsent || nowAbsent || isUnknown(now)) {
    const base = oldAbsent ? "add" : nowAbsent ? "delete" : "update";
    const forces = isUnknown(now)
      ? at.forces
      : (!nowAbsent && forcesWithin(at, now)) || (!oldAbsent && forcesWithin(at, old));
    found[path] = kind(base, forces);
  } else if (at.kind === "list" && Array.isArray(old) && Array.isArray(now)) {
    if (at.scalars) edits(path, old, now, at.own, found);
    else
      for (let i = 0; i < Math.max(old.length, now.length); i++)
        compare(`${path}[${i}]`, at.child(i), old[i] ?? null, now[i] ?? null, within(input, i), found);
  } else if (at.kind === "set" && Array.isArray(old) && Array.isArray(now)) {
    compareSets(path, at, old, now, input, found);
  } else if ((at.kind === "map" || at.kind === "object") && isValues(old) && isValues(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)]))
      if (!key.startsWith("__"))
        compare(join(path, key), at.child(key), old[key] ?? null, now[key] ?? null, within(input, key), found);
  } else if (old !== now) {
    found[path] = kind("update", at.forces);
  }
}

const kind = (base: Base, forces: boolean): DiffKind => (forces ? `${base}-replace` : base);
const within = (input: Value, key: string | number): Value =>
  Array.isArray(input) ? (input[Number(key)] ?? null) : isValues(input) ? (input[key] ?? null) : null;
const join = (path: string, key: string): string =>
  /^[a-zA-Z_$][a-zA-Z0-9_$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

/** Does a value that comes or goes replace, by itself or by any part of it? */
function forcesWithin(at: Place, value: Value): boolean {
  if (at.forces) return true;
  if (Array.isArray(value)) return value.some((v, i) => forcesWithin(at.child(i), v));
  if (!isValues(value)) return false;
  return Object.entries(value).some(([key, v]) => !key.startsWith("__") && forcesWithin(at.child(key), v));
}

function compareSets(path: string, at: Place, old: Value[], now: Value[], input: Value, found: Found): void {
  const places = (values: Value[]): Map<string, number> => new Map(values.map((value, i) => [canonical(value), i]));
  const [before, after] = [places(old), places(now)];
  const removed = [...before].filter(([id]) => !after.has(id)).map(([, i]) => i);
  const added = [...after]
    .filter(([id]) => !before.has(id))
    .map(([, i]) => i)
    .sort((a, b) => a - b);
  if (removed.length === 0 && added.length === 0) return;
  const matched = matchInputs(at, added, now, Array.isArray(input) ? input : []);
  if (matched?.size !== added.length) {
    found[path] = kind("update", at.own);
    return;
  }
  for (const i of new Set([...removed, ...matched.keys()])) {
    const planned = matched.get(i);
    const was = removed.includes(i) ? (old[i] ?? null) : null;
    compare(
      `${path}[${i}]`,
      at.child(i),
      was,
      planned === undefined ? null : (now[planned] ?? null),
      within(input, i),
      found,
    );
  }
}

/** Which input each added element comes from; undefined when that cannot be told. */
function matchInputs(at: Place, added: number[], now: Value[], inputs: Value[]): Map<number, number> | undefined {
  if (inputs.length < now.length) return undefined;
  const matched = new Map<number, number>();
  for (const index of added) {
    const from = inputs.findIndex((input, i) => !matched.has(i) && originates(at.child(i), input, now[index] ?? null));
    if (from >= 0) matched.set(from, index);
  }
  return matched;
}

/** Could the plan's element come from this input, but for what Docker computes? A text that was left out shows as "" and could not. */
function originates(at: Place, input: Value, plan: Value): boolean {
  if (at.computed && input === null) return true;
  if (at.kind === "list" || at.kind === "set" || at.kind === "map") {
    const empty =
      plan === null || (Array.isArray(plan) ? plan.length === 0 : isValues(plan) && Object.keys(plan).length === 0);
    if (input === null) return empty;
    if (plan === null) return false;
  }
  if (Array.isArray(input) && Array.isArray(plan)) {
    return input.length === plan.length && input.every((v, i) => originates(at.child(i), v, plan[i] ?? null));
  }
  if (isValues(input) && isValues(plan)) {
    const keys = new Set([...Object.keys(input), ...Object.keys(plan)].filter((key) => !key.startsWith("__")));
    return [...keys].every((key) => originates(at.child(key), input[key] ?? null, plan[key] ?? null));
  }
  return isUnknown(input) ? isUnknown(plan) : input === plan;
}

/** The shortest edit of a list of scalars: a place that is both left and entered is updated. */
function edits(path: string, old: Value[], now: Value[], forces: boolean, found: Found): void {
  const same = (i: number, j: number): boolean => old[i] === now[j] && !isUnknown(now[j]);
  // length[i][j]: the longest common subsequence of what follows i in old and j in now
  const length = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number): number => length[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      (length[i] as number[])[j] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const mark = (index: number, base: Base): void => {
    const key = `${path}[${index}]`;
    found[key] = kind(key in found ? "update" : base, forces);
  };
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && same(i, j)) {
      i++;
      j++;
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1))) mark(i++, "delete");
    else mark(j++, "add");
  }
}
