/**
 * Which processes live. A pid alone is not an identity (it is given again), so a process is its pid and its start.
 */
import * as fs from "node:fs";

export interface ProcessId {
  pid: number;
  /** The kernel's start time of the process in ticks, or "" where the system does not tell. */
  started: string;
}

export function ourselves(): ProcessId {
  return { pid: process.pid, started: startOf(process.pid) };
}

export function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold anything; the rest follows the last one.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

export function isAlive(id: ProcessId): boolean {
  try {
    process.kill(id.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  if (isZombie(id.pid)) return false;
  const started = startOf(id.pid);
  return started === "" || id.started === "" || started === id.started;
}

function isZombie(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
