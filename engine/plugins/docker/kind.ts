/** What main.ts needs of a resource type, and small readers of property values that the types share. */
import type { ResourceCall } from "../plugin";
import { isValues, type Value, type Values } from "../values";
import type { Daemon } from "./daemon";
import type { Schema } from "./schema";

export interface Kind {
  readonly schema: Schema;
  /** Makes it from the planned state. `made` tells the id as soon as there is something that a failure would leave behind. */
  readonly create: (daemon: Daemon, plan: Values, call: ResourceCall, made: (id: string) => void) => Promise<void>;
  /** What Docker says of it now: only the properties that are read. Undefined: it is gone. `state` is what is known of it. */
  readonly read: (daemon: Daemon, id: string, state: Values) => Promise<{ id: string; seen: Values } | undefined>;
  /** Changes it in place; answers what it then reads, when it reads again. */
  readonly update?: (daemon: Daemon, id: string, olds: Values, plan: Values, call: ResourceCall) => Promise<void>;
  /** Gone already is success. */
  readonly remove: (daemon: Daemon, id: string, state: Values, call: ResourceCall) => Promise<void>;
}

export const word = (value: Value | undefined): string => (typeof value === "string" ? value : "");
export const count = (value: Value | undefined): number => (typeof value === "number" ? value : 0);
export const words = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(word) : []);
export const objects = (value: Value | undefined): Values[] => (Array.isArray(value) ? value.filter(isValues) : []);
/** A map of texts; undefined when there is none. */
export const mapping = (value: Value | undefined): Record<string, string> | undefined =>
  isValues(value) ? Object.fromEntries(Object.entries(value).map(([key, v]) => [key, word(v)])) : undefined;
export const labelMap = (value: Value | undefined): Record<string, string> =>
  Object.fromEntries(objects(value).map((label) => [word(label["label"]), word(label["value"])]));
export const labelList = (value: Record<string, string> | null | undefined): Values[] =>
  Object.entries(value ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, v]) => ({ label, value: v }));
