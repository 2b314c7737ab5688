/**
 * A detector finds answers that depend on something the Network does not say: timing, or earlier states of a daemon.
 * detectors.ts lists them all.
 */
import type { Round } from "../round";
import type { NotModelled } from "../solution";
import type { Ground } from "../solveClasses";
import type { Open } from "./ambiguity";
import type { RoundView } from "./roundView";

export interface Detector {
  /** The name of its file. */
  name: string;
  /** What the daemon does, one sentence a case: these are the rows of the table in docs/bgp.md. */
  cases: readonly string[];
  find: (evidence: Evidence) => NotModelled[];
}

/** A solved round, and what a detector may ask about it. */
export interface Evidence {
  view: RoundView;
  ground: Ground;
  round: Round;
  /** False: no class is solved by its likeness to another. */
  shares: boolean;
  /** What age or arrival order decides; computed when first asked for. */
  open: () => readonly Open[];
  /** The network until limits ended sessions, where they did. */
  before?: RoundView;
}
