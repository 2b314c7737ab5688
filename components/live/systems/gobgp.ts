/**
 * A running GoBGP on a node as the gate sees it: its sessions. gobgpd, and what embeds it with its API, answer `gobgp`; its
 * routes reach the routers, which are asked.
 */
import type { LiveSession } from "../observation";
import { output } from "../shell";
import type { ShellSystem } from "./system";

const ASK = ["gobgp", "-j", "neighbor"];
const ESTABLISHED = 6;
/** apipb.PeerState.SessionState of GoBGP 3. */
const STATES = ["Unknown", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"];

/** The CNI's agent configures it. */
export const gobgp: ShellSystem = {
  answers: async (shell) => (await shell.run(ASK)).code === 0,
  version: async (shell) => {
    const { code, stdout } = await shell.run(["gobgpd", "--version"]);
    return code === 0 ? stdout.trim().replace(/^gobgpd version /, "GoBGP ") : undefined;
  },
  observe: async (shell, speaker) => ({ sessions: readPeers(speaker, await output(shell, ASK)), routes: [] }),
};

interface GobgpPeer {
  conf: { neighbor_address: string; peer_asn?: number };
  state?: { session_state?: number };
  transport?: { local_address?: string };
  afi_safis?: { state?: { accepted?: number } }[];
}

export function readPeers(speaker: string, text: string): LiveSession[] {
  return (JSON.parse(text || "[]") as GobgpPeer[]).map(({ conf, state, transport, afi_safis: families }) => {
    const code = state?.session_state ?? 0;
    const own = transport?.local_address;
    return {
      speaker,
      peer: conf.neighbor_address,
      peerAsn: conf.peer_asn ?? 0,
      up: code === ESTABLISHED,
      state: STATES[code] ?? "Unknown",
      ...(families === undefined
        ? {}
        : { accepted: families.reduce((sum, one) => sum + (one.state?.accepted ?? 0), 0) }),
      ...(own === undefined || own === "0.0.0.0" || own === "::" ? {} : { address: own }),
    };
  });
}
