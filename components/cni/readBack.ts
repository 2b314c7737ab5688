/** An intent's objects read back by the CNI's own rules: what a reading calls an error is a fault of the intent. */
import type { Fault } from "../model/errors";
import type { ObjectFinding } from "./finding";

/** `names` tells which argument an object was made of: "BGPPeer/metallb-system/tor" -> "peers[0]". */
export function faultsOf(findings: readonly ObjectFinding[], names: ReadonlyMap<string, string>): Fault[] {
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ object, path, sentence, fix }) => ({
      path: [names.get(object) ?? object, ...(path === undefined ? [] : [`(${path})`])].join(" "),
      found: object,
      expected: sentence,
      fix,
    }));
}
