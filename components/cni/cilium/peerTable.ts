/** Cilium's control plane on a node, as engine/go/cilium asks it. */
import type { PeerState, PeerTable } from "../peerTable";

/** Cilium 1.19's model of a peer; it does not say the own address. */
interface CiliumPeer {
  "peer-address": string;
  "peer-asn"?: number;
  "session-state"?: string;
}

export const ciliumPeers: PeerTable = {
  ask: ["cilium-bgp", "peers"],
  read: (text) => (JSON.parse(text || "[]") as CiliumPeer[]).map(stateOf),
};

function stateOf(peer: CiliumPeer): PeerState {
  const state = peer["session-state"] ?? "unknown";
  return { peer: peer["peer-address"], peerAsn: peer["peer-asn"] ?? 0, up: state === "established", state };
}
