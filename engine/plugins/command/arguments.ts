/** The arguments of command:local:Command: their types, and what this stand-in takes of them. */
import type { Failure } from "../plugin";
import { unsupported } from "../errors";
import { isUnknown, isValues, plain, type Value, type Values } from "../values";

/** The arguments without their marks, when everything is known. */
export interface Command {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly stdin?: string;
  readonly logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
  readonly interpreter?: readonly string[];
  readonly dir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly triggers?: readonly Value[];
  readonly addPreviousOutputInEnv?: boolean;
}

type Test = (value: Value) => boolean;
const text: Test = (v) => typeof v === "string";
const truth: Test = (v) => typeof v === "boolean";
const listOf =
  (test: Test): Test =>
  (v) =>
    Array.isArray(v) && v.every((e) => isUnknown(e) || test(e));
const texts: Test = (v) => isValues(v) && Object.values(v).every((e) => isUnknown(e) || text(e));

const known: Readonly<Record<string, readonly [what: string, test: Test]>> = {
  create: ["a string", text],
  update: ["a string", text],
  delete: ["a string", text],
  stdin: ["a string", text],
  dir: ["a string", text],
  logging: [
    "one of stdout, stderr, stdoutAndStderr, none",
    (v) => ["stdout", "stderr", "stdoutAndStderr", "none"].includes(v as string),
  ],
  interpreter: ["a list of strings", listOf(text)],
  environment: ["a map of strings", texts],
  triggers: ["a list", listOf(() => true)],
  addPreviousOutputInEnv: ["a boolean", truth],
};
const missing = ["assetPaths", "archivePaths"];

export const argumentNames: readonly string[] = [...Object.keys(known), ...missing];

/** All that is wrong with `inputs`. */
export function faults(inputs: Values): Failure[] {
  const failures: Failure[] = [];
  for (const [property, marked] of Object.entries(inputs)) {
    const value = plain(marked);
    if (missing.includes(property)) {
      if (value !== null)
        failures.push({
          property,
          reason: unsupported("command", `the argument ${property} of command:local:Command`).message,
        });
      continue;
    }
    const rule = known[property];
    if (!rule)
      failures.push({
        property,
        reason: `command:local:Command has no argument ${property}; it has ${argumentNames.join(", ")}`,
      });
    else if (value !== null && !isUnknown(value) && !rule[1](value))
      failures.push({ property, reason: `${property} must be ${rule[0]}` });
  }
  return failures;
}
