/**
 * The surroundings of a verb: places, progress, and the locks that let one run at a time make a part or change a lab.
 */
import * as path from "node:path";
import { takeLock } from "./lock";
import { places, type Places } from "./places";
import { progress, type Progress } from "./progress";

export interface Session {
  at: Places;
  progress: Progress;
}

export function session(): Session {
  return { at: places(), progress: progress() };
}

/** Runs the work while holding one of the cache's locks: a slot's, the Go caches', the daemon's of a lab. */
export async function whileMaking<T>(here: Session, lock: string, what: string, work: () => Promise<T>): Promise<T> {
  return holding(path.join(locksDir(here.at), lock), here.progress, what, work);
}

/** Runs the work while holding the lock on this lab. */
export async function whileChanging<T>({ at, progress }: Session, what: string, work: () => Promise<T>): Promise<T> {
  return holding(path.join(at.state, "lock"), progress, what, work);
}

export function locksDir(at: Places): string {
  return path.join(at.cache, "locks");
}

async function holding<T>(file: string, progress: Progress, what: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(file, { what, onWait: (holder) => progress.say(`  waiting for ${holder}`) });
  try {
    return await work();
  } finally {
    lock.release();
  }
}
