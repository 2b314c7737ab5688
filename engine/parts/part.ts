/**
 * A part of the engine and the three ways to it, always tried in the same order: what the user has, an official
 * server that answers, pinned sources.
 */
import * as path from "node:path";
import * as fs from "node:fs";
import { fillSlot, makeScratch, readSlot, remove, type Origin } from "../cache";
import { keyOf } from "../hash";
import type { Advance } from "../progress";
import { whileMaking, type Session } from "../session";

export interface Workshop {
  /** Emptied afterwards. */
  scratch: string;
  log: string;
  here: Session;
  /** Says how far the work is, where that can be known. */
  advance: Advance;
}

export interface Part {
  name: string;
  version: string;
  /** How long it usually takes to make on two cores, in seconds; for the estimate alone. */
  usual?: number;
  /** Everything it is made from. */
  inputs(): Record<string, string>;
  /** The user's own, when it is new enough; `dir` holds its programs. */
  found?(): Promise<{ dir: string; version: string } | undefined>;
  /** Fetches it from its official server; false when that does not answer. */
  fetch?(dir: string, workshop: Workshop): Promise<boolean>;
  make(dir: string, workshop: Workshop): Promise<Origin>;
}

export interface Ready {
  name: string;
  version: string;
  dir: string;
  origin: Origin;
  /** How long it took when it was made. */
  seconds: number;
}

export function slotName(part: Part): string {
  return `${part.name}-${part.version}-${keyOf(part.inputs())}`;
}

/** The part as it is now, without making anything. */
export async function lookUp(part: Part, cache: string): Promise<Ready | undefined> {
  const own = await part.found?.();
  if (own !== undefined) return { name: part.name, ...own, origin: "path", seconds: 0 };
  const slot = readSlot(cache, slotName(part));
  return slot === undefined ? undefined : { name: part.name, version: part.version, ...slot };
}

/** The part, made when it has to be; of those who want the same one, one makes it and the others wait. */
export async function provide(part: Part, here: Session): Promise<Ready> {
  const { cache } = here.at;
  const there = await lookUp(part, cache);
  if (there !== undefined) return there;
  return whileMaking(here, slotName(part), `making ${part.name}`, async () => {
    return (
      (await lookUp(part, cache)) ?? here.progress.step(titleOf(part), (advance) => make(part, here, advance), told)
    );
  });
}

function titleOf({ name, version }: Part): string {
  return `${name} ${version}`;
}

/** The parts that have yet to be made, as the progress takes them. */
export async function toMake(parts: readonly Part[], cache: string): Promise<Map<string, number>> {
  const missing = await Promise.all(parts.map(async (part) => (await lookUp(part, cache)) === undefined));
  return new Map(parts.filter((_part, index) => missing[index]).map((part) => [titleOf(part), part.usual ?? 1]));
}

async function make(part: Part, here: Session, advance: Advance): Promise<Ready> {
  const { cache } = here.at;
  const logs = path.join(cache, "logs");
  fs.mkdirSync(logs, { recursive: true });
  const log = path.join(logs, `${part.name}.log`);
  fs.rmSync(log, { force: true });
  const scratch = makeScratch(cache, `${part.name}-work`);
  try {
    const workshop = { scratch, log, here, advance };
    const slot = await fillSlot(cache, slotName(part), async (dir) => {
      if (await part.fetch?.(dir, workshop)) return "official";
      return part.make(dir, workshop);
    });
    return { name: part.name, version: part.version, ...slot };
  } finally {
    remove(scratch);
  }
}

function told(ready: Ready): string {
  return `from ${ready.origin}`;
}
