/**
 * Does a value have a Network's shape: the JSON schema alone. Compiled when first asked; the bundled command has this
 * file replaced by the same check compiled ahead of time (cli/bundle.mjs).
 */
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import { NETWORK_SCHEMA } from "./schema";

let validator: ValidateFunction | undefined;

/** What the schema has against the value; empty when nothing. */
export function shapeErrors(value: unknown): readonly ErrorObject[] {
  validator ??= new Ajv({ allErrors: true, strict: false, verbose: true }).compile(NETWORK_SCHEMA);
  return validator(value) ? [] : (validator.errors ?? []);
}
