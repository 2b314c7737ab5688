/**
 * The language in which a resource's properties are described: what terraform-provider-docker's schema says of each
 * (type, computed, force-new, default), under the names that Pulumi gives them. Everything else in this folder that
 * checks, plans or compares is driven by such a description.
 */

interface Common {
  /** The program must give it. */
  readonly required?: true;
  /** Docker gives it when the program does not. */
  readonly computed?: true;
  /** The program cannot give it. */
  readonly output?: true;
  /** A change replaces the resource. */
  readonly replaces?: true;
  /** The official plugin has it, this one does not. */
  readonly missing?: true;
  /** Newer than the recorded state: shown in the outputs only when given. */
  readonly shownWhenGiven?: true;
  /** Answers what would be right when a given value is wrong. */
  readonly check?: (value: never) => string | undefined;
}
export interface Scalar extends Common {
  readonly type: "string" | "int" | "bool";
  readonly default?: string | number | boolean;
  /** A new empty text changes nothing. */
  readonly emptyIsUnset?: true;
}
/** A list or set of scalars. */
export interface Collection extends Common {
  readonly type: "list" | "set";
  readonly of: Scalar["type"];
}
/** Texts by name. */
export interface Dictionary extends Common {
  readonly type: "map";
}
/** A list or set of objects; `one` of them at most shows as the object itself. */
export interface Block extends Common {
  readonly type: "list" | "set";
  readonly fields: Fields;
  readonly one?: true;
}
export type Field = Scalar | Collection | Dictionary | Block;
export type Fields = Readonly<Record<string, Field>>;

export const isBlock = (field: Field): field is Block => "fields" in field;
export const isCollection = (field: Field): field is Collection => "of" in field;
export const isScalar = (field: Field): field is Scalar =>
  field.type === "string" || field.type === "int" || field.type === "bool";

/** A resource type. */
export interface Schema {
  readonly type: string;
  readonly fields: Fields;
  /** Terraform's private data in the state, as the official plugin writes it. */
  readonly meta: string;
  /** The old one goes before the new one comes, always. */
  readonly deleteBeforeReplace?: true;
  /** A `name` left out is made up. */
  readonly named?: true;
}

// Shorthands, so that a table of properties reads as one.
type Options = Omit<Common, "check"> & { check?: (value: never) => string | undefined };
type ScalarOptions = Options & { default?: string | number | boolean; emptyIsUnset?: true };
export const text = (options: ScalarOptions = {}): Scalar => ({ type: "string", ...options });
export const int = (options: ScalarOptions = {}): Scalar => ({ type: "int", ...options });
export const bool = (options: ScalarOptions = {}): Scalar => ({ type: "bool", ...options });
export const texts = (options: Options = {}): Collection => ({ type: "list", of: "string", ...options });
export const textSet = (options: Options = {}): Collection => ({ type: "set", of: "string", ...options });
export const dictionary = (options: Options = {}): Dictionary => ({ type: "map", ...options });
export const blocks = (fields: Fields, options: Options & { one?: true } = {}): Block => ({
  type: "list",
  fields,
  ...options,
});
export const blockSet = (fields: Fields, options: Options & { one?: true } = {}): Block => ({
  type: "set",
  fields,
  ...options,
});
export const required = { required: true } as const;
export const computed = { computed: true } as const;
export const replaces = { replaces: true } as const;
export const output = { output: true, computed: true } as const;

/** The labels of everything that has labels; as in terraform-provider-docker each part replaces. */
export const labels = (options: Options = {}): Block =>
  blockSet({ label: text({ ...required, ...replaces }), value: text({ ...required, ...replaces }) }, options);
