/** A running BIRD 1.6 on a node as the gate sees it: its sessions. Its routes reach the routers, which are asked. */
import type Docker from "dockerode";
import { output } from "./docker";
import type { LiveSession, LiveSpeaker } from "./observation";

const SOCKET = "/run/bird/bird.ctl";

export async function birdObserve(docker: Docker, speaker: LiveSpeaker): Promise<{ sessions: LiveSession[] }> {
  const text = await output(docker, speaker.container, ["birdc", "-s", SOCKET, "show", "protocols", "all"]);
  return { sessions: readProtocols(speaker.name, text) };
}

/** The blocks of "show protocols all" that are BGP's. */
export function readProtocols(speaker: string, text: string): LiveSession[] {
  const sessions: LiveSession[] = [];
  for (const block of text.split(/\n(?=\S)/)) {
    if (!/^\S+\s+BGP\s/.test(block)) continue;
    const field = (name: string) => new RegExp(`${name}:\\s+(\\S+)`).exec(block)?.[1];
    const peer = field("Neighbor address");
    if (peer === undefined) continue;
    const state = field("BGP state") ?? "unknown";
    const own = field("Source address");
    sessions.push({
      speaker,
      peer,
      peerAsn: Number(field("Neighbor AS") ?? 0),
      up: state === "Established",
      state,
      ...(own === undefined ? {} : { address: own }),
    });
  }
  return sessions;
}
