/** The two sides of a comparison, read under the same flags, with one name for one password on both. */
import { secretNames } from "../components/config/ios/reading";
import { ok, type Result } from "../components/model/errors";
import { gather, type Gathered, type GatherOptions } from "./gather";

export function gatherBoth(
  before: string,
  after: string,
  options: GatherOptions,
): Result<{ before: Gathered; after: Gathered }> {
  const shared = { ...options, secrets: secretNames() };
  const [was, will] = [gather([before], shared), gather([after], shared)];
  if (was.ok && will.ok) return ok({ before: was.value, after: will.value });
  const faults = [was, will].flatMap((result) => (result.ok ? [] : result.faults));
  // A flag or file that both sides share is reported once.
  return { ok: false, faults: [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()] };
}
