/** `network`: the Network that the input comes to, as JSON: for a file to compare with later, or for other programs. */
import type { Gathered } from "../gather";
import type { Said } from "../said";

export function networkVerb({ network }: Gathered): Said {
  return { text: JSON.stringify(network, undefined, 2), json: network, findings: false };
}
