/** The runtimes: one file and one line each. */
import { bare } from "./bare";
import type { Runtime } from "./runtime";

export type { Runtime } from "./runtime";

export const RUNTIMES = { bare } satisfies Record<string, Runtime>;

export type RuntimeName = keyof typeof RUNTIMES;
