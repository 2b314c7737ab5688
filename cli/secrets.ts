/** Passwords by name: from a file, and from the environment. Their values leave this file only into rendered text. */
import { parse } from "yaml";
import { fail, ok, type Result } from "../components/model/errors";
import { readText } from "./files";

export type SecretValues = (name: string) => string | undefined;

/** "tor-password" -> BGPFABRIC_SECRET_TOR_PASSWORD. */
export const variableOf = (name: string): string =>
  `BGPFABRIC_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;

export function readSecrets(file: string | undefined): Result<Record<string, string>> {
  if (file === undefined) return ok({});
  const read = readText(file);
  if (!read.ok) return read;
  let value: unknown;
  try {
    value = parse(read.value.text, { maxAliasCount: 0, logLevel: "error" });
  } catch {
    // The parser's own message may quote the line, and the line may hold a password.
    return fail({ path: "", file, found: "no YAML", expected: "a map of names to passwords" });
  }
  const entries =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (entries === undefined)
    return fail({ path: "", file, found: typeof value, expected: "a map of names to passwords" });
  const wrong = entries.filter(([, password]) => typeof password !== "string");
  if (wrong.length > 0) {
    return fail(...wrong.map(([name]) => ({ path: name, file, found: "no text", expected: "a password in quotes" })));
  }
  return ok(Object.fromEntries(entries) as Record<string, string>);
}

export function secretValues(given: Readonly<Record<string, string>>): SecretValues {
  return (name) => (Object.hasOwn(given, name) ? given[name] : process.env[variableOf(name)]);
}
