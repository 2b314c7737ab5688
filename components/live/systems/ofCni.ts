/** A CNI's own daemon on a node as the gate sees it: its sessions. What it announces is seen at the routers. */
import type { PeerTable } from "../../cni/peerTable";
import { output } from "../shell";
import type { ShellSystem } from "./system";

/** The CNI's agent starts it, and its objects configure it. */
export function ofCni({ ask, read }: PeerTable): ShellSystem {
  return {
    answers: async (shell) => (await shell.run([...ask])).code === 0,
    observe: async (shell, speaker) => ({
      sessions: read(await output(shell, [...ask])).map((peer) => ({ speaker, ...peer })),
      routes: [],
    }),
  };
}
