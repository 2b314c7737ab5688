/** Memory that a lab takes, watched while it runs: its containers' own, and what the machine has in use beside them. */
import * as fs from "node:fs";
import * as os from "node:os";
import type { Places } from "../places";
import { cgroupOf } from "./private";

const SAMPLE_MS = 500;

/** MiB. */
export interface Memory {
  /** Anonymous memory of the containers; undefined where the daemon is not the lab's own. */
  containers?: number;
  /** Above what the machine had in use before: other work on it counts as well. */
  machine: number;
}

/** Samples until `peak` is asked. */
export function watchMemory(at: Places): { peak: () => Memory } {
  const before = inUse();
  let machine = before;
  let containers: number | undefined;
  const sample = () => {
    machine = Math.max(machine, inUse());
    const now = ofContainers(at);
    if (now !== undefined) containers = Math.max(containers ?? 0, now);
  };
  const timer = setInterval(sample, SAMPLE_MS);
  timer.unref();
  return {
    peak: () => {
      clearInterval(timer);
      return {
        ...(containers === undefined ? {} : { containers: Math.round(containers) }),
        machine: Math.round(machine - before),
      };
    },
  };
}

/** cgroup v1 calls it total_rss, v2 anon. */
function ofContainers(at: Places): number | undefined {
  for (const folder of ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"]) {
    try {
      const text = fs.readFileSync(`${folder}${cgroupOf(at)}/memory.stat`, "utf8");
      const bytes = /^(?:total_rss|anon) (\d+)$/m.exec(text)?.[1];
      if (bytes !== undefined) return Number(bytes) / 2 ** 20;
    } catch {
      // The other version's place.
    }
  }
  return undefined;
}

function inUse(): number {
  return (os.totalmem() - available()) / 2 ** 20;
}

/** Without what the kernel would give back at once: its cache is no stack's memory. */
function available(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+)/m.exec(fs.readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kilobytes === undefined ? os.freemem() : Number(kilobytes) * 1024;
  } catch {
    return os.freemem();
  }
}
