/**
 * Loads the command with what V8 compiled of it in an earlier run, which is a fifth of a short run's CPU. It lies in the
 * user's cache folder. Where it cannot be read, written or used, the command is compiled as ever.
 * NODE_DISABLE_COMPILE_CACHE=1 turns it off, as it does for Node.js itself.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** Runs that take less CPU than this, in microseconds, compile too little of the command to be worth keeping. */
const SHORT = 250_000;

export function loadCompiled(file: string): void {
  // Node.js 22.1 and later do all of this themselves.
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => void };
  if (enableCompileCache !== undefined) {
    if (process.env.NODE_DISABLE_COMPILE_CACHE === undefined) makeFolder(folder());
    enableCompileCache(folder());
    nodeModule.createRequire(file)(file);
    return;
  }
  const source = readFileSync(file, "utf8");
  const kept = process.env.NODE_DISABLE_COMPILE_CACHE === undefined ? keptFor(source) : undefined;
  const before = kept === undefined ? undefined : read(kept);
  const script = new Script(nodeModule.wrap(source), {
    filename: file,
    ...(before === undefined ? {} : { cachedData: before }),
  });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...parts: unknown[]) => void;
  run(module.exports, nodeModule.createRequire(file), module, file, dirname(file));
  if (kept === undefined || (before !== undefined && script.cachedDataRejected !== true)) return;
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    if (user + system > SHORT) write(kept, script.createCachedData());
  });
}

const folder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bgpfabric", "command");

/** For its user alone: what lies there is run. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // Then nothing is kept.
  }
}

/** One file for each program and version of Node.js: V8 compares no more than a program's length. */
function keptFor(source: string): string {
  const key = createHash("sha256").update(`${process.version} ${process.arch} `).update(source).digest("hex");
  return join(folder(), `${key.slice(0, 32)}.v8`);
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another run may read it meanwhile. */
function write(file: string, data: Buffer): void {
  const fresh = `${file}.${process.pid}`;
  makeFolder(dirname(file));
  try {
    writeFileSync(fresh, data, { mode: 0o600 });
    renameSync(fresh, file);
  } catch {
    // A full disk leaves half of it behind, a folder that is none leaves nothing.
    if (existsSync(fresh)) rmSync(fresh);
  }
}
