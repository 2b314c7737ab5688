/**
 * The surroundings of a verb: places, progress, and the lock that lets one run at a time make or change anything.
 */
import * as path from "node:path";
import { sweepScratch } from "./cache";
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

/** Runs the work while holding the lock on the cache; what dead runs left in it is swept away first. */
export async function whileMaking<T>({ at, progress }: Session, what: string, work: () => Promise<T>): Promise<T> {
  return holding(path.join(at.cache, "lock"), progress, what, async () => {
    sweepScratch(at.cache);
    return work();
  });
}

/** Runs the work while holding the lock on this lab. */
export async function whileChanging<T>({ at, progress }: Session, what: string, work: () => Promise<T>): Promise<T> {
  return holding(path.join(at.state, "lock"), progress, what, work);
}

async function holding<T>(file: string, progress: Progress, what: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(file, { what, onWait: (holder) => progress.say(`  waiting for ${holder}`) });
  try {
    return await work();
  } finally {
    lock.release();
  }
}
