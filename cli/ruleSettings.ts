/** The settings file of the rules: severities, silences with their reasons, what the network is for. */
import { choice, flag, list, object, text, type Schema } from "../components/cni/crds/schema";
import { RULES, THRESHOLDS, type RuleOptions, type Silence } from "../components/forecast/rules";
import { ok, type Fault, type Result } from "../components/model/errors";
import { suggestion } from "../components/model/nearest";
import { readChecked } from "./checkedYaml";

export type RuleSettings = Pick<RuleOptions, "severity" | "silence" | "intent" | "thresholds">;

/** As people write it: a silence may lack its reason, and does not count then. */
type Written = Omit<RuleSettings, "silence"> & { silence?: (Omit<Silence, "reason"> & { reason?: string })[] };

const PREFIXES = list(text({ format: "cidr" }));
const NUMBERS: Schema = { type: "object", open: true };

const SCHEMA = object({
  severity: { type: "object", additionalProperties: choice(["block", "warn", "info"]) },
  silence: list(object({ rule: text(), place: text(), reason: text() }, ["rule"])),
  intent: object({
    clusters: list(object({ name: text(), pods: PREFIXES, services: PREFIXES, nodes: PREFIXES }, ["name"])),
    management: PREFIXES,
    transit: flag(),
  }),
  thresholds: NUMBERS,
});

export function readSettings(name: string | undefined): Result<RuleSettings> {
  if (name === undefined) return ok({});
  const read = readChecked<Written>(name, SCHEMA, "severity, silence, intent or thresholds");
  if (!read.ok) return read;
  const { value, file, place } = read.value;
  const { severity = {}, silence = [], thresholds = {} } = value;
  const faults: Omit<Fault, "file" | "line">[] = [];
  const ids = RULES.map(({ id }) => id);
  for (const rule of Object.keys(severity)) {
    if (!ids.includes(rule)) faults.push({ ...noRule(rule, ids), path: `severity.${rule}` });
  }
  for (const [index, { rule }] of silence.entries()) {
    if (!ids.includes(rule) && !rule.includes("*"))
      faults.push({ ...noRule(rule, ids), path: `silence[${index}].rule` });
  }
  const bounds = Object.keys(THRESHOLDS);
  for (const [bound, number] of Object.entries(thresholds as Record<string, unknown>)) {
    const path = `thresholds.${bound}`;
    if (!bounds.includes(bound)) {
      faults.push({ path, found: bound, expected: "a threshold", fix: suggestion(bound, bounds) });
    } else if (typeof number !== "number" || number < 0) {
      faults.push({ path, found: JSON.stringify(number), expected: "a number from 0 on" });
    }
  }
  if (faults.length > 0) return { ok: false, faults: faults.map((each) => ({ ...each, file, ...place(each.path) })) };
  return ok({ ...value, silence: silence.map((each) => ({ ...each, reason: each.reason ?? "" })) });
}

const noRule = (found: string, ids: readonly string[]): Pick<Fault, "found" | "expected" | "fix"> => ({
  found,
  expected: "a rule of `bgpfabric rules --list`",
  fix: suggestion(found, ids),
});
