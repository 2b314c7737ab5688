/**
 * `doctor`: exit code 1 when something needs the user before `make up` can work.
 */
import { examine, table } from "../doctor";
import { session } from "../session";

export async function doctor(options: { json?: boolean }): Promise<number> {
  const findings = await examine(session());
  process.stdout.write(options.json === true ? `${JSON.stringify(findings, undefined, 2)}\n` : table(findings));
  return findings.some((finding) => finding.blocking === true) ? 1 : 0;
}
