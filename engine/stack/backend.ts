/**
 * Reading Pulumi's file backend: who holds a stack's lock, what a killed run left pending, which resources there are.
 * Every change goes through the CLI, save those that it refuses (see removeLocks, removeBrokenAttributes).
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Places } from "../places";
import { isAlive } from "../process";
import type { Target } from "./project";

export interface BackendLock {
  pid: number;
  hostname: string;
  /** Whether its holder is known to be dead. */
  stale: boolean;
}

export interface StackState {
  resources: { urn: string; type: string; id?: string; outputs?: Record<string, unknown> }[];
  pending: { type: string; urn: string }[];
}

export function backendDir(at: Places): string {
  return path.join(at.state, "backend");
}

export function stackNames(at: Places, project: string): string[] {
  const dir = path.join(backendDir(at), ".pulumi", "stacks", project);
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length));
}

function locksDir(at: Places, { project, stack }: Target): string {
  return path.join(backendDir(at), ".pulumi", "locks", "organization", project, stack);
}

/**
 * Beside each file lies one of its attributes (a checksum, a content type), which Pulumi writes in place: after a kill at
 * that moment it is empty, and Pulumi reads nothing of the stack any more ("failed to load checkpoint: EOF"). It does
 * without one.
 */
export function removeBrokenAttributes(at: Places, { project, stack }: Target): void {
  const dir = path.join(backendDir(at), ".pulumi");
  if (!fs.existsSync(dir)) return;
  for (const name of fs.readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    // Those of other stacks may be being written right now.
    const own = name.includes(`/${project}/${stack}.`) || name.includes(`/${project}/${stack}/`);
    if (!own || !name.endsWith(".attrs")) continue;
    const file = path.join(dir, name);
    if (!isJson(fs.readFileSync(file, "utf8"))) fs.rmSync(file);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** For a stack whose first run was killed before it was written down: `pulumi cancel` knows no such stack. */
export function removeLocks(at: Places, target: Target): void {
  fs.rmSync(locksDir(at, target), { recursive: true, force: true });
}

export function backendLocks(at: Places, target: Target): BackendLock[] {
  const dir = locksDir(at, target);
  if (!fs.existsSync(dir)) return [];
  const locks: BackendLock[] = [];
  for (const name of fs.readdirSync(dir)) {
    if (!name.endsWith(".json")) continue;
    const { pid, hostname } = JSON.parse(fs.readFileSync(path.join(dir, name), "utf8")) as {
      pid: number;
      hostname: string;
    };
    locks.push({ pid, hostname, stale: hostname === os.hostname() && !isPulumi(pid) });
  }
  return locks;
}

/** A pid is given again: only a live process that is Pulumi holds a lock. */
function isPulumi(pid: number): boolean {
  if (!isAlive({ pid, started: "" })) return false;
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch {
    return true;
  }
}

/** The stack as the backend has it; nothing when there is no such stack. */
export function stackState(at: Places, { project, stack }: Target): StackState | undefined {
  const file = path.join(backendDir(at), ".pulumi", "stacks", project, `${stack}.json`);
  if (!fs.existsSync(file)) return undefined;
  const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    checkpoint: {
      latest?: {
        resources?: StackState["resources"];
        pending_operations?: { type: string; resource: { urn: string } }[];
      };
    };
  };
  return {
    resources: checkpoint.latest?.resources ?? [],
    pending: (checkpoint.latest?.pending_operations ?? []).map(({ type, resource }) => ({ type, urn: resource.urn })),
  };
}
