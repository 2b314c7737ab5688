/** Reads recorded/arguments.jsonl: a line a type with its first state, a line an argument with its way. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Value, Values } from "../../../engine/plugins/values";
import type { Position } from "./table";

export interface RecordedStep {
  readonly to: Position;
  /** Missing where there was nothing to plan from: a creation. */
  readonly plan?: {
    readonly changes?: boolean;
    readonly detailed?: Readonly<Record<string, string>>;
    readonly deleteBeforeReplace?: boolean;
    /** The arguments were refused. */
    readonly failures?: true;
    /** The plan could not be carried out. */
    readonly error?: true;
  };
  /** Missing where nothing was left. */
  readonly state?: Values;
}

interface Line {
  readonly type: string;
  readonly first?: Values;
  readonly argument?: string;
  readonly steps?: readonly (Omit<RecordedStep, "state"> & { state?: Values })[];
}

const ABSENT = "ABSENT";

/** By type and argument, every step with its whole state. */
export function recordedArguments(): ReadonlyMap<string, readonly RecordedStep[]> {
  const lines = readFileSync(join(__dirname, "recorded", "arguments.jsonl"), "utf8")
    .trim()
    .split("\n");
  const firsts = new Map<string, Values>();
  const found = new Map<string, readonly RecordedStep[]>();
  for (const line of lines.map((text) => JSON.parse(text) as Line)) {
    if (line.first) firsts.set(line.type, line.first);
    if (line.argument === undefined) continue;
    const whole = (state: Values): Values =>
      Object.fromEntries(
        Object.entries({ ...firsts.get(line.type), ...state }).filter(([, value]: [string, Value]) => value !== ABSENT),
      );
    found.set(
      `${line.type} ${line.argument}`,
      (line.steps ?? []).map(({ state, ...step }) => ({ ...step, ...(state ? { state: whole(state) } : {}) })),
    );
  }
  return found;
}
