/** Where a line of a frr.conf stands: its block, and the table of the device that the block is about. */
import type { BgpOptions, Family, Term } from "../../bgp/network";
import type { Line } from "../ios/lines";
import { build, type Build, type ReadOptions } from "../ios/reading";

/** The block that a line stands in. */
export type Block =
  | { kind: "top" }
  | { kind: "vrf"; b: Build }
  | { kind: "interface"; b: Build; name: string }
  | { kind: "bgp"; b: Build }
  | { kind: "family"; b: Build; family: Family }
  | { kind: "clause"; policy: string; term: Term }
  | { kind: "bfd"; profile?: string }
  /** Something that is not looked into: another address family, another protocol. */
  | { kind: "other"; around: Block; why: string; indent: number };

export const TOP_BLOCK: Block = { kind: "top" };

/** A configuration in the reading: its tables, the device's own first. */
export interface Frr {
  main: Build;
  vrfs: Map<string, Build>;
  options: ReadOptions;
  /** What `bgp ...` outside of an instance says for all of them. */
  wide: Pick<BgpOptions, "gracefulShutdown" | "gracefulRestart">;
  /** The block that was left last without being closed, and the line of a block around it that left it. */
  left?: { block: Block; line: Line; said?: true };
}

export function vrfOf(f: Frr, name: string | undefined): Build {
  if (name === undefined || name === "default") return f.main;
  const known = f.vrfs.get(name) ?? build(f.main.device, name);
  f.vrfs.set(name, known);
  return known;
}
