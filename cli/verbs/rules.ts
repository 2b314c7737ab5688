/** `rules`: what does not hold in a network, gravest first, findings of one cause as one. */
import { forecast } from "../../components/forecast/forecast";
import { printFinding, printGroup, RULES, rules, together } from "../../components/forecast/rules";
import { ok, type Result } from "../../components/model/errors";
import { gatherBoth } from "../both";
import { findingRows } from "../findings";
import { gather, type Gathered, type GatherOptions } from "../gather";
import { count, severity, table } from "../print";
import { readSettings } from "../ruleSettings";
import type { Said } from "../said";

export interface RulesOptions extends GatherOptions {
  /** What runs now. */
  before?: string;
  settings?: string;
  all?: boolean;
}

export function rulesVerb(names: string[], options: RulesOptions): Result<Said> {
  const both = sides(names, options);
  const settings = readSettings(options.settings ?? (both.ok ? both.value.after.inputs.rules : undefined));
  if (!both.ok || !settings.ok) {
    return { ok: false, faults: [both, settings].flatMap((one) => (one.ok ? [] : one.faults)) };
  }
  const { network, findings, notes } = both.value.after;
  const { before } = both.value;
  const found = rules(network, forecast(network), {
    ...settings.value,
    ...(before === undefined ? {} : { before: forecast(before.network) }),
  });
  const open = found.filter((each) => each.silenced === undefined && each.severity !== "info");
  return ok({
    text: [
      ...(options.all === true ? found.map(printFinding) : together(found).map(printGroup)),
      ...findingRows(findings, options.all === true),
      found.length === 0 && findings.length === 0 ? "every rule holds" : `${count(open.length, "finding")} to look at`,
    ].join("\n"),
    json: { findings: found, cni: findings },
    findings: open.length > 0 || findings.some((each) => each.severity !== "info"),
    notes,
  });
}

function sides(names: string[], options: RulesOptions): Result<{ before?: Gathered; after: Gathered }> {
  const [only, ...others] = names;
  if (options.before !== undefined && only !== undefined && others.length === 0) {
    return gatherBoth(options.before, only, options);
  }
  const after = gather(names, options);
  const before = options.before === undefined ? undefined : gather([options.before], options);
  if (after.ok && before?.ok !== false) {
    return ok({ after: after.value, ...(before === undefined ? {} : { before: before.value }) });
  }
  return {
    ok: false,
    faults: [after, ...(before === undefined ? [] : [before])].flatMap((one) => (one.ok ? [] : one.faults)),
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
