/**
 * Where boxes and segments of a picture stand: nodes in the lowest row, their routers above them, spines above those.
 * What stands above something stands over its middle.
 */
import type { Box } from "./boxes";

export interface Placed extends Box {
  x: number;
  y: number;
}

/** A segment with more than two boxes, or with nodes: a bar that all of them hang on. */
export interface Bar {
  segment: string;
  from: number;
  to: number;
  y: number;
  /** Boxes by index. */
  boxes: readonly number[];
}

/** A segment between two routers. */
export interface Line {
  segment: string;
  boxes: readonly [number, number];
}

export interface Layout {
  boxes: Placed[];
  bars: Bar[];
  lines: Line[];
  width: number;
  height: number;
}

export const BOX = { width: 176, height: 56 };
const GAP = 28;
const ROW = 168;
const MARGIN = 28;
/** Between two bars of one row. */
const STEP = 22;

/** `over`: height that sessions inside the highest row take above it. */
export function layoutOf(boxes: readonly Box[], over: (rows: readonly number[]) => number): Layout {
  const segments = segmentsOf(boxes);
  const levels = levelsOf(boxes, segments);
  const top = Math.max(0, ...levels);
  const xs = new Array<number>(boxes.length).fill(0);
  for (let level = 0; level <= top; level += 1) {
    const row = boxes.map((_box, index) => index).filter((index) => levels[index] === level);
    spread(row, xs, (index) => {
      const below = [...(boxes[index]?.links.keys() ?? [])]
        .flatMap((segment) => segments.get(segment) ?? [])
        .filter((other) => (levels[other] ?? 0) < level)
        .map((other) => xs[other] ?? 0);
      return below.length === 0 ? undefined : below.reduce((sum, x) => sum + x, 0) / below.length;
    });
  }
  const left = Math.min(...xs, 0) - MARGIN;
  const first = MARGIN + over(levels.map((level) => top - level));
  const placed = boxes.map((box, index): Placed => {
    return { ...box, x: (xs[index] ?? 0) - left, y: first + (top - (levels[index] ?? 0)) * ROW };
  });
  const bars: Bar[] = [];
  const lines: Line[] = [];
  for (const [segment, members] of segments) {
    const [one, other] = members;
    if (one !== undefined && other !== undefined && members.length === 2 && !members.some((at) => placed[at]?.node)) {
      lines.push({ segment, boxes: [one, other] });
      continue;
    }
    const on = members.map((at) => placed[at]).filter((box) => box !== undefined);
    const upper = Math.max(...on.filter((box) => !box.node).map((box) => box.y), -Infinity);
    const from = Math.min(...on.map(({ x }) => x)) + BOX.width / 2;
    const to = Math.max(...on.map(({ x }) => x)) + BOX.width / 2;
    const base = Number.isFinite(upper) ? upper + BOX.height + 40 : Math.max(...on.map(({ y }) => y)) + BOX.height + 32;
    let y = base;
    // Bars that would lie upon each other go a step down.
    while (bars.some((bar) => bar.y === y && bar.from - 150 < to && from < bar.to + 150)) y += STEP;
    bars.push({ segment, from: from - 24, to: to + 24, y, boxes: members });
  }
  const lowest = Math.max(...placed.map(({ y }) => y + BOX.height), ...bars.map(({ y }) => y), 0);
  const widest = Math.max(...placed.map(({ x }) => x + BOX.width), ...bars.map(({ to }) => to), 0);
  return { boxes: placed, bars, lines, width: widest + MARGIN, height: lowest + MARGIN };
}

function segmentsOf(boxes: readonly Box[]): Map<string, number[]> {
  const segments = new Map<string, number[]>();
  boxes.forEach(({ links }, index) => {
    for (const segment of links.keys()) segments.set(segment, [...(segments.get(segment) ?? []), index]);
  });
  return segments;
}

/** Nodes stand at 0; a router one higher than the nearest below it. Without nodes the routers with fewest links do. */
function levelsOf(boxes: readonly Box[], segments: ReadonlyMap<string, readonly number[]>): number[] {
  const levels = boxes.map(({ node }): number => (node ? 0 : -1));
  let row = boxes.map((_box, index) => index).filter((index) => levels[index] === 0);
  if (row.length === 0) {
    const fewest = Math.min(...boxes.map(({ links }) => links.size));
    row = boxes.map((_box, index) => index).filter((index) => boxes[index]?.links.size === fewest);
    for (const index of row) levels[index] = 0;
  }
  for (let level = 1; row.length > 0; level += 1) {
    const next = new Set<number>();
    for (const index of row) {
      for (const segment of boxes[index]?.links.keys() ?? []) {
        for (const other of segments.get(segment) ?? []) if (levels[other] === -1) next.add(other);
      }
    }
    for (const index of next) levels[index] = level;
    row = [...next];
  }
  return levels.map((level) => Math.max(level, 0));
}

/** In a row by the place that each one wants; who wants none comes behind in the network's order. */
function spread(row: readonly number[], xs: number[], wish: (index: number) => number | undefined): void {
  const wishes = new Map(row.map((index) => [index, wish(index)]));
  const order = [...row].sort((a, b) => (wishes.get(a) ?? Infinity) - (wishes.get(b) ?? Infinity) || a - b);
  let free = -Infinity;
  let shift = 0;
  for (const index of order) {
    const wanted = wishes.get(index) ?? (Number.isFinite(free) ? free : 0);
    xs[index] = Math.max(wanted, free);
    shift += wishes.get(index) === undefined ? 0 : wanted - (xs[index] ?? 0);
    free = (xs[index] ?? 0) + BOX.width + GAP;
  }
  // Who was pushed aside moves back together with the others.
  const mean = row.length === 0 ? 0 : shift / row.length;
  for (const index of row) xs[index] = Math.round((xs[index] ?? 0) + mean);
}
