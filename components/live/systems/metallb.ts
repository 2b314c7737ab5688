/**
 * MetalLB on a node as the gate sees it: its sessions. The native speaker tells them in its metrics, the FRR backends' FRR
 * by vtysh. What it announces is seen at the routers.
 */
import type { LiveSession } from "../observation";
import { output } from "../shell";
import type { ShellSystem } from "./system";

const ASK = [
  "/bin/sh",
  "-c",
  "if [ -e /var/run/frr/bgpd.vty ]; then vtysh -c 'show bgp summary json'; else curl -sf http://127.0.0.1:7472/metrics; fi",
];

/** The CNI's agent starts it, and its objects configure it. */
export const metallb: ShellSystem = {
  answers: async (shell) => (await shell.run(ASK)).code === 0,
  observe: async (shell, speaker) => ({ sessions: readSessions(speaker, await output(shell, ASK)), routes: [] }),
};

interface FrrSummary {
  [family: string]: { peers?: Record<string, { state: string; remoteAs: number }> } | undefined;
}

export function readSessions(speaker: string, text: string): LiveSession[] {
  return text.trimStart().startsWith("{") ? frrSessions(speaker, text) : nativeSessions(speaker, text);
}

/** metallb_bgp_session_up{peer="10.10.10.1:179"} 1 (0.15). A peer's ASN is not among the metrics. */
function nativeSessions(speaker: string, text: string): LiveSession[] {
  return [...text.matchAll(/^metallb_bgp_session_up\{peer="\[?([^"\]]+)\]?:\d+"\} ([01])$/gm)].map(
    ([, peer = "", up]) => ({
      speaker,
      peer,
      peerAsn: 0,
      up: up === "1",
      state: up === "1" ? "Established" : "not established",
    }),
  );
}

function frrSessions(speaker: string, text: string): LiveSession[] {
  const sessions = Object.values(JSON.parse(text) as FrrSummary).flatMap((family) =>
    Object.entries(family?.peers ?? {}).map(([peer, { state, remoteAs }]) => ({
      speaker,
      peer,
      peerAsn: remoteAs,
      up: state === "Established",
      state,
    })),
  );
  // A session that carries both families stands under each of them.
  return [...new Map(sessions.map((one) => [one.peer, one])).values()];
}
