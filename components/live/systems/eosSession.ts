/**
 * Configuration sessions of EOS: a candidate that is compared, committed with a timer, and confirmed or aborted. EOS keeps
 * the timer and returns by itself; it takes one commit with a timer at a time, and no name of a session twice.
 */
import { randomBytes } from "node:crypto";
import type { Eapi } from "../reach/eapi";
import { CommandError } from "../reach/eapiErrors";

const OURS = "bgpfabric-";

interface Sessions {
  sessions?: Record<string, { state?: string }>;
}

/** State of a session that is committed and waits for its confirmation (`show configuration sessions`). */
const WAITS = "pendingCommitTimer";

export interface Candidate {
  session: string;
  /** The running configuration, and what it would be: both as EOS prints them. */
  running: string;
  candidate: string;
  /** `show session-config diffs`, without the two lines above it. */
  diffs: string;
}

/** What a push made in this process, by the switch's name: what its confirmation must find. */
const pushed = new Map<string, string>();

export async function runningConfig(api: Eapi): Promise<string> {
  const [answer] = await api.run<{ output: string }>(["show running-config"], "text");
  return answer?.output ?? "";
}

/** A session with these commands in it, open; whoever calls commits or aborts it. */
export async function stage(api: Eapi, running: string, commands: readonly string[]): Promise<Candidate> {
  const session = `${OURS}${randomBytes(4).toString("hex")}`;
  try {
    await api.run([`configure session ${session}`, ...commands]);
    const [candidate, diffs] = await api.run<{ output: string }>(
      [`show session-config named ${session}`, `show session-config named ${session} diffs`],
      "text",
    );
    return { session, running, candidate: candidate?.output ?? "", diffs: withoutHead(diffs?.output ?? "") };
  } catch (error) {
    await discard(api, session);
    throw error;
  }
}

function withoutHead(diffs: string): string {
  return diffs.replace(/^--- .*\n\+\+\+ .*\n/, "").trimEnd();
}

/** Ends a session that is not committed. One that is gone, or a switch that cannot be reached, changes nothing more. */
export async function discard(api: Eapi, session: string): Promise<void> {
  await api.run([`configure session ${session} abort`]).catch(() => undefined);
}

/** Commits; with `seconds`, EOS returns by itself unless the commit is confirmed within them. */
export async function commit(api: Eapi, session: string, seconds: number | undefined): Promise<void> {
  const timer = seconds === undefined ? "" : ` timer ${clock(seconds)}`;
  try {
    await api.run([`configure session ${session} commit${timer}`]);
  } catch (error) {
    await discard(api, session);
    if (error instanceof CommandError && /pending ?commit ?timer/i.test(`${error.said} ${error.refusal.message}`)) {
      throw new Error(BUSY(api.name), { cause: error });
    }
    throw error;
  }
  if (seconds !== undefined) pushed.set(api.name, session);
}

const BUSY = (name: string) =>
  `${name}: another push to this switch waits for its confirmation; nothing was changed; run again when it has ended`;

/** Says no where a commit waits for its confirmation: another one would take its place. */
export async function mustBeFree(api: Eapi): Promise<void> {
  if ((await waiting(api)).length > 0) throw new Error(BUSY(api.name));
}

async function waiting(api: Eapi): Promise<string[]> {
  const [answer] = await api.run<Sessions>(["show configuration sessions"]);
  return Object.entries(answer?.sessions ?? {}).flatMap(([name, { state }]) => (state === WAITS ? [name] : []));
}

/** Keeps what was pushed, in the startup configuration too. Without a push there is nothing to do. */
export async function confirm(api: Eapi): Promise<void> {
  const [wanted, all] = [pushed.get(api.name), await waiting(api)];
  const session = all.find((name) => (wanted === undefined ? name.startsWith(OURS) : name === wanted));
  if (session === undefined) {
    if (wanted === undefined) return;
    pushed.delete(api.name);
    throw new Error(
      `${api.name}: the pushed configuration was not confirmed in time, and the switch has returned to the one before; ` +
        "run again, which pushes it anew",
    );
  }
  await api.run([`configure session ${session} commit`, "write memory"]);
  pushed.delete(api.name);
}

/** Returns to what ran before the push, at once. Without a push there is nothing to do. */
export async function abandon(api: Eapi): Promise<void> {
  pushed.delete(api.name);
  for (const session of await waiting(api)) {
    if (session.startsWith(OURS)) await api.run([`configure session ${session} abort`]);
  }
}

/** "0:03:05", as EOS wants the time of a timer. */
export function clock(seconds: number): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
  return `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}
