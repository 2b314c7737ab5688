/** The systems that can be asked while they run: one file and one line each. */
import type { System } from "../../bgp/network";
import { CNIS, cniOf } from "../../cni";
import type { Fault } from "../../model/errors";
import type { Answering } from "../answering";
import { bird } from "./bird";
import { eos } from "./eos";
import { frr } from "./frr";
import { gobgp } from "./gobgp";
import { ofCni } from "./ofCni";
import { type LiveSystem, overShell } from "./system";

const SYSTEMS: { readonly [S in System]?: LiveSystem } = {
  frr: overShell(frr),
  eos,
  bird: overShell(bird),
  gobgp: overShell(gobgp),
};

export function liveSystem(name: Answering): LiveSystem | undefined {
  const peers = name in CNIS ? cniOf({ kind: name }).peers : undefined;
  return peers === undefined ? SYSTEMS[name as System] : overShell(ofCni(peers));
}

/** What is wrong with a router whose system this version cannot configure; it is found before anything is made. */
export function unconfigurable(system: System, path: string): Fault[] {
  if (SYSTEMS[system]?.configuration !== undefined) return [];
  const known = Object.entries(SYSTEMS).flatMap(([name, one]) => (one.configuration === undefined ? [] : [name]));
  return [
    { path: `${path}.system`, found: system, expected: `${known.join(" or ")}: this version configures no other` },
  ];
}
