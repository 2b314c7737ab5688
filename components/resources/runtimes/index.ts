/** The runtimes: one file and one line each. */
import { bare } from "./bare";
import { kind } from "./kind";
import type { Runtime } from "./runtime";

export type { KindOptions, Runtime } from "./runtime";

export const RUNTIMES = { bare, kind } satisfies Record<string, Runtime>;

export type RuntimeName = keyof typeof RUNTIMES;
