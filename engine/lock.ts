/**
 * One run at a time may make parts or change a lab. The lock is a file that names its holder; a lock whose holder is
 * dead is taken over, by exactly one of those who want it.
 */
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isAlive, ourselves, type ProcessId } from "./process";

interface Holder extends ProcessId {
  id: string;
  what: string;
  since: string;
}

export interface Lock {
  release(): void;
}

/** The lock's name and its holder's id. */
const DRAFT = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface LockOptions {
  /** What the holder does, for those who wait. */
  what: string;
  /** Called once when somebody else holds it. */
  onWait?: (holder: string) => void;
  pollMs?: number;
}

export async function takeLock(file: string, options: LockOptions): Promise<Lock> {
  let told = false;
  for (;;) {
    const lock = tryLock(file, options.what);
    if (lock !== undefined) return lock;
    const holder = read(file);
    if (!told && holder !== undefined) {
      told = true;
      options.onWait?.(inWords(holder));
    }
    await new Promise((resolve) => setTimeout(resolve, options.pollMs ?? 300));
  }
}

/** Who holds the locks of a folder; those of the dead do not count. */
export function heldLocks(folder: string): string[] {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names
    .map((name) => read(path.join(folder, name)))
    .filter((holder) => holder !== undefined && isAlive(holder))
    .map((holder) => inWords(holder as Holder));
}

function inWords({ what, pid, since }: Holder): string {
  return `${what} (process ${pid}, since ${since})`;
}

/** The lock, or nothing when a living process holds it. */
export function tryLock(file: string, what: string): Lock | undefined {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine: Holder = { ...ourselves(), id: randomUUID(), what, since: new Date().toISOString().slice(11, 19) };
  const draft = `${file}.${mine.id}`;
  fs.writeFileSync(draft, JSON.stringify(mine));
  try {
    if (claim(draft, file) || takeOver(draft, file)) return { release: () => release(file, mine.id) };
    return undefined;
  } finally {
    fs.rmSync(draft, { force: true });
    sweepDrafts(file);
  }
}

/** A run that was killed between its claim and the line above leaves its draft. */
function sweepDrafts(file: string): void {
  for (const name of fs.readdirSync(path.dirname(file))) {
    if (!DRAFT.test(name) || !name.startsWith(`${path.basename(file)}.`)) continue;
    const draft = path.join(path.dirname(file), name);
    const owner = read(draft);
    if (owner !== undefined && !isAlive(owner)) fs.rmSync(draft, { force: true });
  }
}

/** A hard link is made or not made, never half: the file appears complete. */
function claim(draft: string, file: string): boolean {
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Replaces the lock of a dead holder. The guard is named after the dead holder's lock, so only one process at a time
 * may replace that very lock, and it looks again once it has the guard.
 */
function takeOver(draft: string, file: string): boolean {
  const stale = read(file);
  if (stale === undefined || isAlive(stale)) return false;
  const guard = tryLock(`${file}.over.${stale.id}`, "taking over a dead holder's lock");
  if (guard === undefined) return false;
  try {
    if (read(file)?.id !== stale.id) return false;
    fs.renameSync(draft, file);
    return true;
  } finally {
    guard.release();
  }
}

function release(file: string, id: string): void {
  if (read(file)?.id === id) fs.rmSync(file, { force: true });
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}
