/** Conditions that tests wait for, and the processes that a test started: watched, never slept for. */
import { readdirSync, readFileSync } from "node:fs";
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** Asks until the answer is there; fails with what was waited for after `seconds`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await pause(50);
  }
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

export function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The name in parentheses may hold anything; the parent is the second word after it.
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return state === "Z" ? [] : [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return []; // it ended while being read
      }
    });
}

/** Sends the signal and waits for the end; answers the exit code. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, "exit");
  child.kill(signal);
  await ended;
  return child.exitCode;
}
