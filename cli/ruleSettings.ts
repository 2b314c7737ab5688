/** The settings file of the rules: severities, silences with their reasons, what the network is for. */
import type { RuleOptions } from "../components/forecast/rules";
import { fail, ok, type Result } from "../components/model/errors";
import { suggestion } from "../components/model/nearest";
import { readYaml } from "./files";

export type RuleSettings = Pick<RuleOptions, "severity" | "silence" | "intent" | "thresholds">;

const KEYS = ["severity", "silence", "intent", "thresholds"];

export function readSettings(file: string | undefined): Result<RuleSettings> {
  if (file === undefined) return ok({});
  const read = readYaml(file);
  if (!read.ok) return read;
  const { value } = read;
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : undefined;
  if (keys === undefined)
    return fail({ path: "", file, found: typeof value, expected: `a map with ${KEYS.join(", ")}` });
  const unknown = keys.filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) {
    return fail(
      ...unknown.map((key) => ({
        path: key,
        file,
        found: key,
        expected: `one of ${KEYS.join(", ")}`,
        fix: suggestion(key, KEYS),
      })),
    );
  }
  return ok(value as RuleSettings);
}
