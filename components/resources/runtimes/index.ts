/** The runtimes: one file and one line each. */
import { bare } from "./bare";
import { existing } from "./existing";
import { kind } from "./kind";
import type { Runtime } from "./runtime";

export type { ChartOptions, ExistingOptions, KindOptions, Runtime } from "./runtime";

export const RUNTIMES = { bare, kind, existing } satisfies Record<string, Runtime>;

export type RuntimeName = keyof typeof RUNTIMES;
