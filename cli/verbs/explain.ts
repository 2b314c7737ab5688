/** `explain`: the way a packet takes, each decision on it, and the configuration that caused it. */
import { explain, printExplanation } from "../../components/forecast/explain";
import { forecast } from "../../components/forecast/forecast";
import { ok, type Result } from "../../components/model/errors";
import type { Gathered } from "../gather";
import type { Said } from "../said";

export function explainVerb({ network }: Gathered, from: string, to: string): Result<Said> {
  const explained = explain(forecast(network), from, to);
  if (!explained.ok) return explained;
  return ok({
    text: printExplanation(explained.value),
    json: explained.value,
    findings: explained.value.outcome !== "delivered",
  });
}
