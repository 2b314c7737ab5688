/** Which rules a speaker follows, and how a test or the fidelity harness bends them. */
import type { DialectRef, System } from "../network";
import { bird } from "./bird";
import type { Dialect } from "./dialect";
import { eos } from "./eos";
import { frr } from "./frr";
import { gobgp } from "./gobgp";
import { metallb } from "./metallb";

export type { Dialect, MultipathChoice, MultipathRule } from "./dialect";

/** Bends the rules of every speaker: what mutation tests do, never what a Network says. */
export type DialectOverrides = (dialect: Dialect) => Dialect;

export const UNBENT: DialectOverrides = (dialect) => dialect;

const DIALECTS: Record<System, (ref: DialectRef) => Dialect> = { frr, eos, bird, gobgp, metallb };

/** One object for each daemon and version: a network of a thousand nodes has few of them. */
const made = new Map<string, Dialect>();

export function dialectOf(ref: DialectRef, bend: DialectOverrides = UNBENT): Dialect {
  const key = `${ref.system} ${ref.version} ${ref.profile ?? ""}`;
  let dialect = made.get(key);
  if (dialect === undefined) made.set(key, (dialect = DIALECTS[ref.system](ref)));
  return bend(dialect);
}
