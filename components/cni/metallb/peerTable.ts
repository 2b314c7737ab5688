/**
 * MetalLB's sessions on a node: the FRR backends' by vtysh, the native speaker's by its metrics, and by the kernel's
 * connections. A speaker that makes a session anew, for another password say, deletes the new one's metric when the old one
 * ends behind it (0.15), and has none for as long as the new session stays up.
 */
import type { PeerState, PeerTable } from "../peerTable";

export const metallbPeers: PeerTable = {
  ask: [
    "/bin/sh",
    "-c",
    "if [ -e /var/run/frr/bgpd.vty ]; then vtysh -c 'show bgp summary json'; else curl -sf http://127.0.0.1:7472/metrics && { ss -tnpH state established dport = :179 || true; }; fi",
  ],
  read: (text) => (text.trimStart().startsWith("{") ? ofFrr(text) : ofNative(text)),
};

/** metallb_bgp_session_up{peer="10.10.10.1:179"} 1 (0.15). A peer's ASN is not among the metrics. */
const METRIC = /^metallb_bgp_session_up\{peer="\[?([^"\]]+)\]?:\d+"\} ([01])$/gm;
/** 0 0 10.0.20.10:45678 10.0.20.1:179 users:(("metallb-speaker",pid=57,fd=9)) (iproute2 6.1). */
const CONNECTION = /\s\[?([0-9a-f.:]+)\]?:179\s+users:\(\("metallb-speaker"/g;

function ofNative(text: string): PeerState[] {
  const of = (peer: string, up: boolean): PeerState => ({
    peer,
    peerAsn: 0,
    up,
    state: up ? "Established" : "not established",
  });
  const metrics = [...text.matchAll(METRIC)].map(([, peer = "", up]) => of(peer, up === "1"));
  const connected = [...text.matchAll(CONNECTION)].map(([, peer = ""]) => peer);
  const others = [...new Set(connected)].filter((peer) => !metrics.some((metric) => metric.peer === peer));
  return [...metrics, ...others.map((peer) => of(peer, true))];
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
