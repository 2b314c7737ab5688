/** Which nodes have a BGPPeer's session. */
import { selects } from "../labels";
import type { Node } from "../objects";
import type { Mode, Peer } from "./types";

export function isOn({ spec }: Peer, { metadata }: Node): boolean {
  const { nodeSelectors = [] } = spec;
  return nodeSelectors.length === 0 || nodeSelectors.some((selector) => selects(selector, metadata.labels ?? {}));
}

/** The native speaker (0.15.2) puts address and port together without brackets, so that it dials no IPv6 address. */
export function isDialled({ spec }: Peer, mode: Mode): boolean {
  return mode !== "native" || spec.peerAddress?.includes(":") !== true;
}
