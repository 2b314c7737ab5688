/** A small seeded generator (mulberry32): the same seed gives the same network on every machine. */
export interface Dice {
  /** 0 <= value < 1 */
  next(): number;
  chance(probability: number): boolean;
  /** low..high, both included */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  some<T>(from: readonly T[], count: number): T[];
  shuffle<T>(from: readonly T[]): T[];
}

export function dice(seed: number): Dice {
  let state = (seed * 2654435761) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const shuffle = <T>(from: readonly T[]): T[] => {
    const list = [...from];
    for (let i = list.length - 1; i > 0; i--) {
      const j = between(0, i);
      [list[i], list[j]] = [list[j] as T, list[i] as T];
    }
    return list;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    between,
    pick: <T>(from: readonly T[]): T => from[between(0, from.length - 1)] as T,
    some: (from, count) => shuffle(from).slice(0, count),
    shuffle,
  };
}
