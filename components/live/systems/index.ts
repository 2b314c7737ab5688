/** The systems that can be asked while they run: one file and one line each. */
import type { System } from "../../bgp/network";
import type { Fault } from "../../model/errors";
import { bird } from "./bird";
import { eos } from "./eos";
import { frr } from "./frr";
import { gobgp } from "./gobgp";
import { metallb } from "./metallb";
import { type LiveSystem, overShell } from "./system";

const SYSTEMS: { readonly [S in System]?: LiveSystem } = {
  frr: overShell(frr),
  eos,
  bird: overShell(bird),
  gobgp: overShell(gobgp),
  metallb: overShell(metallb),
};

export function liveSystem(system: System): LiveSystem | undefined {
  return SYSTEMS[system];
}

/** What is wrong with a router whose system this version cannot configure; it is found before anything is made. */
export function unconfigurable(system: System, path: string): Fault[] {
  if (SYSTEMS[system]?.configuration !== undefined) return [];
  const known = Object.entries(SYSTEMS).flatMap(([name, one]) => (one.configuration === undefined ? [] : [name]));
  return [
    { path: `${path}.system`, found: system, expected: `${known.join(" or ")}: this version configures no other` },
  ];
}
