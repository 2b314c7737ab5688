/** Which rules a speaker follows, and how a test or the fidelity harness bends them. */
import type { DialectRef, System } from "../network";
import { bird } from "./bird";
import type { Dialect } from "./dialect";
import { eos } from "./eos";
import { frr } from "./frr";
import { gobgp } from "./gobgp";
import { metallb } from "./metallb";

export type { Dialect, MultipathChoice, MultipathRule } from "./dialect";

/** Rules bent for all speakers of a system: what mutation tests turn, never what a Network says. */
export type DialectOverrides = Partial<Record<System, Partial<Dialect>>>;

const DIALECTS: Record<System, (ref: DialectRef) => Dialect> = { frr, eos, bird, gobgp, metallb };

export function dialectOf(ref: DialectRef, overrides: DialectOverrides = {}): Dialect {
  return { ...DIALECTS[ref.system](ref), ...overrides[ref.system] };
}
