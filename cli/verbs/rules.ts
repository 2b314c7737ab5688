/** `rules`: what does not hold in a network, gravest first. */
import { readText } from "../files";
import { parse } from "yaml";
import { forecast } from "../../components/forecast/forecast";
import { printFinding, RULES, rules, type RuleOptions } from "../../components/forecast/rules";
import { fail, ok, type Result } from "../../components/model/errors";
import { findingRows } from "../findings";
import type { Gathered } from "../gather";
import { count, severity, table } from "../print";
import type { Said } from "../said";

export interface RulesOptions {
  before?: Gathered;
  settings?: RuleSettings;
}

/** What a settings file may say: severities, silences with their reasons, what the network is for. */
export type RuleSettings = Pick<RuleOptions, "severity" | "silence" | "intent" | "thresholds">;

export function rulesVerb({ network, findings }: Gathered, options: RulesOptions): Said {
  const made = forecast(network);
  const found = rules(network, made, {
    ...options.settings,
    ...(options.before === undefined ? {} : { before: forecast(options.before.network) }),
  });
  const open = found.filter((each) => each.silenced === undefined && each.severity !== "info");
  return {
    text: [
      ...found.map(printFinding),
      ...findingRows(findings),
      found.length === 0 && findings.length === 0 ? "every rule holds" : `${count(open.length, "finding")} to look at`,
    ].join("\n"),
    json: { findings: found, cni: findings },
    findings: open.length > 0 || findings.some((each) => each.severity !== "info"),
  };
}

export function listRules(): Said {
  return {
    text: table(
      ["rule", "severity", "what holds"],
      RULES.map((rule) => [rule.id, severity(rule.severity), rule.holds]),
    ),
    json: RULES.map(({ id, severity: grade, holds }) => ({ id, severity: grade, holds })),
    findings: false,
  };
}

const KEYS = ["severity", "silence", "intent", "thresholds"];

export function readSettings(file: string | undefined): Result<RuleSettings> {
  if (file === undefined) return ok({});
  const read = readText(file);
  if (!read.ok) return read;
  let value: unknown;
  try {
    value = parse(read.value.text, { maxAliasCount: 100, logLevel: "error" });
  } catch (error) {
    return fail({ path: "", file, found: "no YAML", expected: String((error as Error).message.split("\n")[0]) });
  }
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : undefined;
  if (keys === undefined)
    return fail({ path: "", file, found: typeof value, expected: `a map with ${KEYS.join(", ")}` });
  const unknown = keys.filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) {
    return fail(...unknown.map((key) => ({ path: key, file, found: key, expected: `one of ${KEYS.join(", ")}` })));
  }
  return ok(value as RuleSettings);
}
