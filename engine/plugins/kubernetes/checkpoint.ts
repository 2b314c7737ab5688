/**
 * What the state holds of an object: the live object, with the inputs and three facts of ours beside it, secrets marked.
 * The same form as pulumi-kubernetes 4.34 writes, so that either plugin can take over a stack of the other.
 */
import { hasSecret, isSecret, isValues, mapValues, plainValues, secret, type Value, type Values } from "../values";
import { kindOf } from "./object";

// Schema fields of CRDs have dashes, which property names of some languages cannot have.
const dashed = Object.fromEntries(
  [
    "embedded-resource",
    "int-or-string",
    "list-map-keys",
    "list-type",
    "map-type",
    "preserve-unknown-fields",
    "validations",
  ].map((name) => [`x_kubernetes_${name.replaceAll("-", "_")}`, `x-kubernetes-${name}`]),
);
const underscored = Object.fromEntries(Object.entries(dashed).map(([a, b]) => [b, a]));

function renamed(value: Value, names: Record<string, string>): Value {
  if (Array.isArray(value)) return value.map((v) => renamed(v, names));
  if (!isValues(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [names[key] ?? key, renamed(v, names)]));
}

/** Resource properties as a Kubernetes object: no secret marks, fields named as the API names them. */
export const toObject = (properties: Values): Values => renamed(plainValues(properties), dashed) as Values;

export interface Origin {
  readonly initialApiVersion: string;
  readonly fieldManager: string;
}

/** `marks` are the inputs as the program gave them, with their secret marks. */
export function checkpoint(inputs: Values, live: Values, marks: Values, origin: Origin): Values {
  const object = markSecrets(renamed(live, underscored) as Values, marks);
  const kept = markSecrets(renamed(inputs, underscored) as Values, marks);
  return {
    ...object,
    __inputs: kept,
    __initialApiVersion: origin.initialApiVersion,
    __fieldManager: origin.fieldManager,
  };
}

export function parseCheckpoint(state: Values): { inputs: Values; live: Values } {
  const object = toObject(state);
  // Before version 1 the state was {live, inputs}.
  if (isValues(object["inputs"]) && isValues(object["live"])) return { inputs: object["inputs"], live: object["live"] };
  const { __inputs, ...live } = object;
  return { inputs: isValues(__inputs) ? __inputs : {}, live };
}

export const fieldManagerOf = (state: Values): string | undefined => textAt(state, "__fieldManager");
export const initialApiVersionOf = (state: Values): string | undefined => textAt(state, "__initialApiVersion");
const textAt = (state: Values, key: string): string | undefined => {
  const value = state[key];
  return typeof value === "string" ? value : undefined;
};

/**
 * `object` with everything marked secret that the inputs mark at the same place; a list with one secret in it is secret
 * whole, for its order may change. The contents of a Secret always are.
 */
export function markSecrets(object: Values, inputs: Values | undefined): Values {
  const isSecretKind = kindOf(object) === "Secret";
  return mapValues(object, (value, key) => {
    if (isSecretKind && (key === "data" || key === "stringData")) return secret(value);
    const input = inputs?.[key];
    if (input === undefined) return isValues(value) ? markSecrets(value, undefined) : value;
    if (isValues(value) && isValues(input)) return markSecrets(value, input);
    return !isSecret(value) && hasSecret(input) ? secret(value) : value;
  });
}
