/** A running BIRD 1.6 on a node as the gate sees it: its sessions, and where asked for the routes that they brought. */
import type { Route } from "../../forecast/route";
import type { LiveSession } from "../observation";
import { type Shell, output } from "../shell";
import { type KernelRoute, readRoutes } from "./birdRoutes";
import type { ShellSystem } from "./system";

/**
 * BIRD 1.6 has a daemon for each family, and a node those of its families. Both are asked at once, since each program in a
 * container has its price; what they print follows on each other.
 */
const ASK = `found=1
for six in "" 6; do
  socket=/run/bird/bird$six.ctl
  if [ -S $socket ] && birdc$six -s $socket "$@"; then found=0; fi
done
exit $found`;

const ask = (...words: string[]): string[] => ["/bin/sh", "-c", ASK, "birdc", ...words];

/** The CNI's agent configures it. */
export const bird: ShellSystem = {
  answers: async (shell) => (await shell.run(ask("show", "status"))).code === 0,
  version: async (shell) => /BIRD \d\S*/.exec(await output(shell, ask("show", "status")))?.[0],
  observe: async (shell, speaker, wanted) => {
    const text = await output(shell, ask("show", "protocols", "all"));
    return {
      sessions: readProtocols(speaker, text),
      routes: wanted?.routes === true ? await learned(shell, speaker, text) : [],
    };
  },
};

async function learned(shell: Shell, speaker: string, sessions: string): Promise<Route[]> {
  const [table, ...kernel] = await Promise.all([
    output(shell, ask("show", "route", "all")),
    output(shell, ["ip", "-4", "-j", "route", "show"]),
    output(shell, ["ip", "-6", "-j", "route", "show"]),
  ]);
  return readRoutes(
    speaker,
    table,
    sessions,
    kernel.flatMap((text) => JSON.parse(text || "[]") as KernelRoute[]),
  );
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
      ...lastError(block),
    });
  }
  return sessions;
}

function lastError(block: string): Pick<LiveSession, "last"> {
  const last = /Last error: +(.+)/.exec(block)?.[1]?.trim();
  return last === undefined ? {} : { last };
}
