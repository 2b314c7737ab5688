/** Where a line of an EOS configuration stands: its block, and the table of the device that the block is about. */
import type { Family, NeighborSettings, Term } from "../../bgp/network";
import { build, type Build } from "../ios/reading";
import type { Eos } from "./readBgp";

export type Block =
  | { kind: "top" }
  | { kind: "interface"; name: string }
  | { kind: "list"; words: string }
  | { kind: "clause"; policy: string; term: Term }
  | { kind: "bgp"; b: Build; indent: number; around: Block }
  | { kind: "family"; b: Build; family: Family; indent: number; around: Block }
  /** Something that is not looked into. */
  | { kind: "other"; indent: number; around: Block; why: string };

/** A configuration in the reading: its tables, the device's own first. Peer groups are the device's. */
export interface Reader {
  main: Build;
  vrfs: Map<string, Build>;
  groups: Map<string, NeighborSettings>;
  /** What is read of each table's `router bgp`. */
  instances: Map<Build, Eos>;
}

export function vrfOf(r: Reader, name: string | undefined): Build {
  if (name === undefined || name === "default") return r.main;
  const known = r.vrfs.get(name) ?? build(r.main.device, name, r.groups);
  r.vrfs.set(name, known);
  return known;
}
