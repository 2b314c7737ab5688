/** Which nodes have a BGPPeer's session. */
import { selects } from "../labels";
import type { Node } from "../objects";
import type { Peer } from "./types";

export function isOn({ spec }: Peer, { metadata }: Node): boolean {
  const { nodeSelectors = [] } = spec;
  return nodeSelectors.length === 0 || nodeSelectors.some((selector) => selects(selector, metadata.labels ?? {}));
}
