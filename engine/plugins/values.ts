/**
 * Property values as plugins see them, and their form on the wire (a protobuf Struct in which secrets, unknowns, outputs,
 * assets and resource references are marked by signatures). Nothing here knows a resource.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const kind = Symbol("kind");

/** A value that the plan does not know yet. There is one of it. */
export interface Unknown {
  readonly [kind]: "unknown";
}
export interface Secret {
  readonly [kind]: "secret";
  readonly value: Value;
}
/** An output value with its dependencies; engines send it only to a plugin that says `acceptOutputs`. */
export interface OutputValue {
  readonly [kind]: "output";
  readonly value: Value;
  readonly secret: boolean;
  readonly dependencies: readonly string[];
}
export type Value = null | boolean | number | string | Value[] | Values | Secret | Unknown | OutputValue;
/** Assets, archives and resource references stay plain objects with their signature in place. */
export interface Values {
  [key: string]: Value;
}

// Signatures and sentinels of the Pulumi SDK (sdk/go/common/resource/sig, plugin/rpc.go, 3.259).
export const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
export const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownTexts = new Set([
  unknownText,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // a boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // a number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // an array
  "030794c1-ac77-496b-92df-f27374a8bd58", // an asset
  "e48ece36-62e2-4504-bad9-02848725956a", // an archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // an object
]);

export const unknown: Unknown = Object.freeze({ [kind]: "unknown" as const });
export const secret = (value: Value): Secret => (isSecret(value) ? value : { [kind]: "secret", value });

const kindOf = (value: unknown): string | undefined =>
  typeof value === "object" && value !== null ? (value as { [kind]?: string })[kind] : undefined;
export const isUnknown = (value: unknown): value is Unknown => kindOf(value) === "unknown";
export const isSecret = (value: unknown): value is Secret => kindOf(value) === "secret";
export const isOutput = (value: unknown): value is OutputValue => kindOf(value) === "output";
/** A map of values: neither a list nor one of the marked values; assets and archives count as maps. */
export const isValues = (value: Value | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value) && kindOf(value) === undefined;
export const isAsset = (value: Value | undefined): value is Values =>
  isValues(value) && (value[signatureKey] === assetSignature || value[signatureKey] === archiveSignature);

/** The value without its secret and output marks, at every depth; unknowns stay unknown. */
export function plain(value: Value): Value {
  if (isSecret(value)) return plain(value.value);
  if (isOutput(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (isValues(value)) return mapValues(value, plain);
  return value;
}

/** `plain` of a map. */
export const plainValues = (values: Values): Values => mapValues(values, plain);

export function mapValues(values: Values, change: (value: Value, key: string) => Value): Values {
  const out: Values = {};
  for (const [key, value] of Object.entries(values)) out[key] = change(value, key);
  return out;
}

const some = (value: Value | undefined, test: (v: Value) => boolean): boolean => {
  if (value === undefined) return false;
  if (test(value)) return true;
  if (isSecret(value) || isOutput(value)) return some(value.value, test);
  if (Array.isArray(value)) return value.some((v) => some(v, test));
  return isValues(value) && Object.values(value).some((v) => some(v, test));
};
export const hasUnknown = (value: Value | undefined): boolean => some(value, isUnknown);
export const hasSecret = (value: Value | undefined): boolean =>
  some(value, (v) => isSecret(v) || (isOutput(v) && v.secret));

/** Equal in content; a secret equals its plain value, an unknown equals nothing. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (isSecret(a) || isOutput(a)) return equal(a.value, b);
  if (isSecret(b) || isOutput(b)) return equal(a, b.value);
  if (isUnknown(a) || isUnknown(b)) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((v, i) => equal(v, b[i]));
  if (isValues(a)) {
    if (!isValues(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
  }
  return a === b;
}

/** `value`, with everything marked secret that is secret at the same place in `like`. */
export function secretLike(value: Value, like: Value | undefined): Value {
  if (like === undefined || isUnknown(value)) return value;
  if (isSecret(like) || (isOutput(like) && like.secret)) return secret(value);
  if (isOutput(like)) return secretLike(value, like.value);
  if (isSecret(value)) return value;
  if (Array.isArray(value)) return Array.isArray(like) ? value.map((v, i) => secretLike(v, like[i])) : value;
  if (isValues(value) && isValues(like)) return mapValues(value, (v, key) => secretLike(v, like[key]));
  return value;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function fromJson(json: Json): Value {
  if (typeof json === "string") return unknownTexts.has(json) ? unknown : json;
  if (Array.isArray(json)) return json.map(fromJson);
  if (json === null || typeof json !== "object") return json;
  const signature = json[signatureKey];
  if (signature === secretSignature) return secret(fromJson(json["value"] ?? null));
  if (signature === outputSignature) {
    const dependencies = Array.isArray(json["dependencies"]) ? json["dependencies"].map(String) : [];
    const value = json["value"] === undefined ? unknown : fromJson(json["value"]);
    return { [kind]: "output", value, secret: json["secret"] === true, dependencies };
  }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fromJson(value)]));
}

function toJson(value: Value, keepSecrets: boolean): Json {
  if (isUnknown(value)) return unknownText;
  if (isSecret(value)) {
    const inner = toJson(value.value, keepSecrets);
    return keepSecrets ? { [signatureKey]: secretSignature, value: inner } : inner;
  }
  if (isOutput(value)) {
    const out: Json = { [signatureKey]: outputSignature, secret: value.secret, dependencies: [...value.dependencies] };
    if (!isUnknown(value.value)) out["value"] = toJson(value.value, keepSecrets);
    return out;
  }
  if (Array.isArray(value)) return value.map((v) => toJson(v, keepSecrets));
  if (!isValues(value)) return value;
  const out: { [key: string]: Json } = {};
  for (const [key, v] of Object.entries(value) as [string, Value | undefined][])
    if (v !== undefined) out[key] = toJson(v, keepSecrets);
  return out;
}

/** From the wire. A missing Struct is an empty map. */
export const fromStruct = (struct: Struct | undefined): Values =>
  struct ? (fromJson(struct.toJavaScript()) as Values) : {};

/** To the wire. `keepSecrets` is false only towards an engine that takes none. Keys with undefined are left out. */
export const toStruct = (values: Values, keepSecrets = true): Struct =>
  Struct.fromJavaScript(toJson(values, keepSecrets) as Record<string, never>);
