/**
 * How far a set-up of several parts is, and how long the rest will take: from what each part usually takes and from how
 * fast this machine has been so far. Plain numbers; it prints nothing and asks no clock.
 */
export interface Whole {
  /** A part is this far, 0 to 1. */
  advance(part: string, fraction: number): void;
  /** 0 to 1. */
  fraction(): number;
  /** Estimated milliseconds until the end, when so many have passed. */
  left(elapsedMs: number): number;
}

/** How much of the whole has to be done before the machine's own speed counts as much as the usual one. */
const TRUST = 0.1;

/** `usual` gives each part's usual seconds on a machine with two cores. */
export function whole(usual: ReadonlyMap<string, number>, cores = 2): Whole {
  const total = [...usual.values()].reduce((sum, seconds) => sum + seconds, 0);
  const done = new Map<string, number>();
  const fraction = (): number => {
    let sum = 0;
    for (const [part, seconds] of usual) sum += seconds * (done.get(part) ?? 0);
    return total === 0 ? 1 : sum / total;
  };
  return {
    advance(part, to) {
      done.set(part, Math.max(done.get(part) ?? 0, Math.min(1, to)));
    },
    fraction,
    left(elapsedMs) {
      const expectedMs = (total * 1000 * 2) / Math.min(Math.max(cores, 1), 8);
      const end = (TRUST * expectedMs + elapsedMs) / (TRUST + fraction());
      return end * (1 - fraction());
    },
  };
}

/** "about 6 min left": as fine as an estimate can be. */
export function roughly(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 90) return `about ${Math.max(10, Math.round(seconds / 10) * 10)} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}
