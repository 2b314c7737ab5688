/** `failures`: what each single failure takes away, and pairs of them on request. */
import { failures, harmful, printFailures } from "../../components/forecast/failures";
import { fail, ok, type Result } from "../../components/model/errors";
import type { Gathered } from "../gather";
import type { Said } from "../said";

export interface FailuresVerbOptions {
  pairs?: boolean;
  width: string;
}

export function failuresVerb({ network }: Gathered, { pairs, width }: FailuresVerbOptions): Result<Said> {
  const wanted = Number(width);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 1024) {
    return fail({ path: "--width", found: width, expected: "a number of next hops from 1 to 1024" });
  }
  const report = failures(network, pairs === true ? 2 : 1, { width: wanted });
  return ok({ text: printFailures(report).trimEnd(), json: report, findings: harmful(report).length > 0 });
}
