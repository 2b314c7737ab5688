/**
 * A running GoBGP on a node as the gate sees it: its sessions. gobgpd, and what embeds it with its API (kube-router), answer
 * `gobgp`; Cilium's control plane answers on a socket of its own. Its routes reach the routers, which are asked.
 */
import type { LiveSession } from "../observation";
import { output } from "../shell";
import type { ShellSystem } from "./system";

/** Where Cilium's control plane answers (engine/go/cilium). */
const CILIUM = "/run/cilium/bgp.sock";
const ASK = `if [ -S ${CILIUM} ]; then cilium-bgp peers; else gobgp -j neighbor; fi`;
const ESTABLISHED = 6;
/** apipb.PeerState.SessionState of GoBGP 3. */
const STATES = ["Unknown", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"];

/** The CNI's agent configures it. */
export const gobgp: ShellSystem = {
  answers: async (shell) => (await shell.run(["/bin/sh", "-c", ASK])).code === 0,
  version: async (shell) => {
    // Cilium's control plane has GoBGP inside, under its own release.
    const { code, stdout } = await shell.run(["/bin/sh", "-c", `[ ! -S ${CILIUM} ] && gobgpd --version`]);
    return code === 0 ? stdout.trim().replace(/^gobgpd version /, "GoBGP ") : undefined;
  },
  observe: async (shell, speaker) => ({
    sessions: readPeers(speaker, await output(shell, ["/bin/sh", "-c", ASK])),
    routes: [],
  }),
};

interface GobgpPeer {
  conf: { neighbor_address: string; peer_asn?: number };
  state?: { session_state?: number };
  transport?: { local_address?: string };
}

/** Cilium 1.19's model of a peer, as its agent answers; it does not say the own address. */
interface CiliumPeer {
  "peer-address": string;
  "peer-asn"?: number;
  "session-state"?: string;
}

export function readPeers(speaker: string, text: string): LiveSession[] {
  const peers = JSON.parse(text || "[]") as (GobgpPeer | CiliumPeer)[];
  return peers.map((peer) => ("conf" in peer ? gobgpSession(speaker, peer) : ciliumSession(speaker, peer)));
}

function gobgpSession(speaker: string, { conf, state, transport }: GobgpPeer): LiveSession {
  const code = state?.session_state ?? 0;
  const own = transport?.local_address;
  return {
    speaker,
    peer: conf.neighbor_address,
    peerAsn: conf.peer_asn ?? 0,
    up: code === ESTABLISHED,
    state: STATES[code] ?? "Unknown",
    ...(own === undefined || own === "0.0.0.0" || own === "::" ? {} : { address: own }),
  };
}

function ciliumSession(speaker: string, peer: CiliumPeer): LiveSession {
  const state = peer["session-state"] ?? "unknown";
  return {
    speaker,
    peer: peer["peer-address"],
    peerAsn: peer["peer-asn"] ?? 0,
    up: state === "established",
    state,
  };
}
