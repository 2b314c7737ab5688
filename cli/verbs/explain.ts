/** `explain`: the way a packet takes, each decision on it, and the configuration that caused it. */
import { explain } from "../../components/forecast/explain";
import { printExplanation } from "../../components/forecast/printExplanation";
import { forecast } from "../../components/forecast/forecast";
import { fail, ok, type Result } from "../../components/model/errors";
import type { Gathered } from "../gather";
import type { Said } from "../said";

export function explainVerb({ network }: Gathered, options: { from: string; to: string; all?: boolean }): Result<Said> {
  const explained = explain(forecast(network), options.from, options.to);
  if (!explained.ok) {
    return fail(...explained.faults.map((each) => ({ ...each, path: each.path === "from" ? "--from" : "--to" })));
  }
  return ok({
    text: printExplanation(explained.value, options).trimEnd(),
    json: explained.value,
    findings: explained.value.outcome !== "delivered",
  });
}
