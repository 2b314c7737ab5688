/** MetalLB's sessions on a node: the native speaker tells them in its metrics, the FRR backends' FRR by vtysh. */
import type { PeerState, PeerTable } from "../peerTable";

export const metallbPeers: PeerTable = {
  ask: [
    "/bin/sh",
    "-c",
    "if [ -e /var/run/frr/bgpd.vty ]; then vtysh -c 'show bgp summary json'; else curl -sf http://127.0.0.1:7472/metrics; fi",
  ],
  read: (text) => (text.trimStart().startsWith("{") ? ofFrr(text) : ofNative(text)),
};

/** metallb_bgp_session_up{peer="10.10.10.1:179"} 1 (0.15). A peer's ASN is not among the metrics. */
function ofNative(text: string): PeerState[] {
  return [...text.matchAll(/^metallb_bgp_session_up\{peer="\[?([^"\]]+)\]?:\d+"\} ([01])$/gm)].map(
    ([, peer = "", up]) => ({
      peer,
      peerAsn: 0,
      up: up === "1",
      state: up === "1" ? "Established" : "not established",
    }),
  );
}

interface FrrSummary {
  [family: string]: { peers?: Record<string, { state: string; remoteAs: number }> } | undefined;
}

function ofFrr(text: string): PeerState[] {
  const sessions = Object.values(JSON.parse(text) as FrrSummary).flatMap((family) =>
    Object.entries(family?.peers ?? {}).map(([peer, { state, remoteAs }]) => ({
      peer,
      peerAsn: remoteAs,
      up: state === "Established",
      state,
    })),
  );
  // A session that carries both families stands under each of them.
  return [...new Map(sessions.map((one) => [one.peer, one])).values()];
}
