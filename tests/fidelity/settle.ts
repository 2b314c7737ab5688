/**
 * Waits until a lab has settled: every session that the forecast has up is up, and nothing has changed for a while.
 * Bounded; a lab that never settles is read as it stands, and the comparison says what differs.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Network, NeighborSettings } from "../../components/bgp/network";
import type { Lab } from "./lab";
import type { Live } from "./live";
import { holdsLost, readAll, readSessions } from "./read";

export interface Settled {
  live: Live;
  /** Milliseconds from the daemons' start until nothing changed any more. */
  took: number;
  quiet: boolean;
  /** What still changed at the end, where it never became quiet (entryKey). */
  moving: string[];
}

/** One entry of an answer: a speaker, and a prefix or the far end of a session. */
export const entryKey = (speaker: string, about: string): string => `${speaker} ${about}`;

/** A network that never becomes quiet is watched for so long at its end. */
const WATCHED = 20_000;

/** On a busy machine one answer takes long: what is read so seldom has not been seen to move or to rest. */
const READS = 6;
const BUSY = 120_000;

/** How long a neighbor's routes are kept for it, as FRR asks: only then is what is gone really gone. */
const RESTART = 150_000;

/** BIRD scans the kernel every 2 s, FRR 8 paces outgoing updates by up to 1 s, zebra retries next hops within 1 s. */
const WINDOW = 3_000;

/** FRR asks the policy of a default route again 5 s after its table changed (RMAP_DEFAULT_ORIGINATE_EVAL_TIMER). */
const DEFAULT_BY_POLICY = 6_500;

/** How long the daemons of a network must be silent before they have said everything. */
export function silence({ speakers }: Network): number {
  const byPolicy = ({ families = {} }: NeighborSettings): boolean =>
    Object.values(families).some(({ defaultOriginate }) => typeof defaultOriginate === "object");
  const waits = speakers.some(({ neighbors, groups = {} }) => [...neighbors, ...Object.values(groups)].some(byPolicy));
  return waits ? DEFAULT_BY_POLICY : WINDOW;
}

/** What the daemons are asked. */
export interface Asked {
  sessions(lab: Lab): Promise<Record<string, Record<string, boolean>>>;
  all(lab: Lab): Promise<Live>;
  /** Does anybody keep the routes of a neighbor that is gone? */
  holds(lab: Lab): Promise<boolean>;
}

const DAEMONS: Asked = { sessions: readSessions, all: readAll, holds: holdsLost };

/** Expected: speaker -> far-end addresses that must be established. */
export async function settle(
  lab: Lab,
  expected: Record<string, string[]>,
  limit = 45_000,
  asked = DAEMONS,
  window = WINDOW,
): Promise<Settled> {
  const deadline = lab.started + limit;
  // Sessions first: cheap to ask, and the routes mean nothing before.
  for (;;) {
    const sessions = await tryRead(() => asked.sessions(lab));
    const missing =
      sessions === undefined ||
      Object.entries(expected).some(([speaker, peers]) => peers.some((peer) => sessions[speaker]?.[peer] !== true));
    if (!missing || Date.now() > deadline) break;
    await pause(300);
  }
  // Then silence: the same full answer over a window that is longer than any timer which still holds a route back.
  // A session that the forecast has down could still come up on the second dial (BIRD and GoBGP: within 5 s).
  const earliest = lab.started + 7_000;
  let last: { text: string; since: number; live: Live } | undefined;
  let end = deadline + 15_000;
  const changes: { at: number; keys: string[] }[] = [];
  let reads = 0;
  for (;;) {
    const begun = Date.now();
    // First who holds something, then what there is: what is let go in between is gone from the answer.
    const holds = (await tryRead(() => asked.holds(lab))) !== false;
    const live = await tryRead(() => asked.all(lab));
    const now = Date.now();
    if (live !== undefined) {
      reads++;
      const text = ordered(live);
      if (last === undefined || last.text !== text) {
        if (last !== undefined) changes.push({ at: now, keys: changedEntries(last.live, live) });
        last = { text, since: now, live };
      } else if (now - last.since >= window && now >= earliest) {
        if (!holds) return { live, took: last.since - lab.started, quiet: true, moving: [] };
        end = lab.started + RESTART + 15_000;
      }
    }
    if (now > end && (reads >= READS || now > end + BUSY)) {
      if (last === undefined) throw new Error("the daemons answer no question");
      const late = changes.filter(({ at }) => at > now - WATCHED).flatMap(({ keys }) => keys);
      return { live: last.live, took: now - lab.started, quiet: false, moving: [...new Set(late)].sort() };
    }
    // As long as the answer took, so that on a busy machine the asking does not hold back who is asked.
    await pause(Math.max(500, Date.now() - begun));
  }
}

/** As text, by name: a daemon may list its neighbors in another order each time, and has said the same. */
function ordered(answer: unknown): string {
  const byName = (value: object) => Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  const plain = (value: unknown): value is object =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return (
    JSON.stringify(answer, (_, value: unknown) => (plain(value) ? Object.fromEntries(byName(value)) : value)) ?? ""
  );
}

function changedEntries(before: Live, after: Live): string[] {
  const keys: string[] = [];
  for (const speaker of Object.keys(after)) {
    for (const part of ["sessions", "rib", "kernel"] as const) {
      const [old, now]: Record<string, unknown>[] = [before[speaker]?.[part] ?? {}, after[speaker]?.[part] ?? {}];
      for (const about of new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])) {
        if (ordered(old?.[about]) !== ordered(now?.[about])) keys.push(entryKey(speaker, about));
      }
    }
  }
  return keys;
}

/** A daemon that is still starting has no socket yet: that is no answer, not a failure. */
async function tryRead<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
