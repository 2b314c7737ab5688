/**
 * The cache: a slot a part, named by what the part was made from. A slot appears complete or not at all (it is made
 * under a temporary name and renamed), so a run may be killed at any moment.
 */
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isAlive, ourselves, type ProcessId } from "./process";

/** Which way a part was taken: the user's own, an official server, or made here. */
export type Origin = "path" | "official" | "go modules" | "debian packages" | "checkout";

export interface Slot {
  dir: string;
  origin: Origin;
  seconds: number;
}

interface SlotRecord {
  origin: Origin;
  seconds: number;
  made: string;
}

const RECORD = ".made.json";

export function slotDir(cache: string, name: string): string {
  return path.join(cache, "parts", name);
}

export function readSlot(cache: string, name: string): Slot | undefined {
  const dir = slotDir(cache, name);
  try {
    const record = JSON.parse(fs.readFileSync(path.join(dir, RECORD), "utf8")) as SlotRecord;
    return { dir, origin: record.origin, seconds: record.seconds };
  } catch {
    return undefined;
  }
}

/** Fills a slot. Two runs that fill the same one end with one of the two results, both complete. */
export async function fillSlot(cache: string, name: string, fill: (dir: string) => Promise<Origin>): Promise<Slot> {
  const begin = Date.now();
  const draft = makeScratch(cache, name);
  try {
    const origin = await fill(draft);
    const seconds = Math.round((Date.now() - begin) / 100) / 10;
    const record: SlotRecord = { origin, seconds, made: new Date().toISOString() };
    fs.writeFileSync(path.join(draft, RECORD), JSON.stringify(record));
    const dir = slotDir(cache, name);
    fs.mkdirSync(path.dirname(dir), { recursive: true });
    try {
      fs.renameSync(draft, dir);
    } catch (error) {
      if (readSlot(cache, name) === undefined) throw error;
    }
    return { dir, origin, seconds };
  } finally {
    remove(draft);
  }
}

/** A folder for work in progress. Its name tells whose it is, so that what a dead run left can be removed. */
export function makeScratch(cache: string, purpose: string): string {
  const me = ourselves();
  const dir = path.join(cache, "tmp", `${purpose}.${me.pid}.${me.started}.${randomUUID().slice(0, 8)}`);
  fs.mkdirSync(dir, { recursive: true });
  return dir;
}

/** Removes the work in progress of runs that are dead. */
export function sweepScratch(cache: string): string[] {
  const root = path.join(cache, "tmp");
  if (!fs.existsSync(root)) return [];
  const swept: string[] = [];
  for (const name of fs.readdirSync(root)) {
    const owner = ownerOf(name);
    if (owner !== undefined && isAlive(owner)) continue;
    remove(path.join(root, name));
    swept.push(name);
  }
  return swept;
}

function ownerOf(name: string): ProcessId | undefined {
  const match = /\.(\d+)\.(\d*)\.[0-9a-f]{8}$/.exec(name);
  if (match === null) return undefined;
  return { pid: Number(match[1]), started: match[2] ?? "" };
}

/**
 * Removes a tree, but never through a mount: what is mounted below belongs to somebody else. (Go's module cache is
 * read-only by default, so permissions are lifted first.)
 */
export function remove(dir: string): void {
  if (!fs.existsSync(dir)) return;
  const mounts = mountsBelow(fs.realpathSync(dir));
  if (mounts.length > 0) throw new Error(`${dir} is not removed: ${mounts.join(", ")} is mounted there`);
  try {
    fs.rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    for (const entry of fs.readdirSync(dir, { withFileTypes: true, recursive: true })) {
      if (entry.isDirectory()) fs.chmodSync(path.join(entry.parentPath, entry.name), 0o755);
    }
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

export function removeEmptyFolder(dir: string): void {
  try {
    fs.rmdirSync(dir);
  } catch {
    // not there, or in use
  }
}

export function mountsBelow(dir: string): string[] {
  let table: string;
  try {
    table = fs.readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return [];
  }
  return table
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .map((mount) => mount.replace(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8))))
    .filter((mount) => mount === dir || mount.startsWith(`${dir}/`));
}

/** Bytes below a folder, every hard link once. */
export function sizeOf(dir: string): number {
  if (!fs.existsSync(dir)) return 0;
  const seen = new Set<string>();
  let bytes = 0;
  const walk = (at: string): void => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) {
        walk(file);
        continue;
      }
      const stat = fs.lstatSync(file);
      const inode = `${stat.dev}:${stat.ino}`;
      if (seen.has(inode)) continue;
      seen.add(inode);
      bytes += stat.blocks * 512;
    }
  };
  walk(dir);
  return bytes;
}

export function bytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} GB`;
  return count >= 1e6 ? `${Math.round(count / 1e6)} MB` : `${Math.round(count / 1e3)} kB`;
}
