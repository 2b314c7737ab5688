/** What a change brings about, session by session and route by route, each with the chain of what caused it. */
import type { Session } from "../bgp/solution";
import type { Change } from "./changes";
import type { Doubt } from "./doubts";
import type { Route } from "./route";

/** One link of a chain, the root first. */
export type Link =
  | { kind: "change"; change: Change; sentence: string }
  | { kind: "session"; key: string; what: SessionChange["what"]; sentence: string }
  | { kind: "route"; speaker: string; prefix: string; what: RouteChange["what"]; sentence: string }
  | { kind: "reason"; sentence: string };

export interface SessionChange {
  key: string;
  /** "changed": not up before and not after, and yet not as it was: new and down, or down for another reason. */
  what: "gained" | "lost" | "reset" | "changed";
  before?: Session;
  after?: Session;
  causes: Link[];
}

export interface RouteChange {
  speaker: string;
  prefix: string;
  /**
   * gained, lost: usable on one side alone. moved: some traffic takes a next hop it did not take. width: next hops were
   * only added or only taken away. attributes: the same next hops, another path, preference or community.
   */
  what: "gained" | "lost" | "moved" | "width" | "attributes";
  before?: Route;
  after?: Route;
  width: { before: number; after: number };
  causes: Link[];
  /** Doubts about the new answer; a lost route may be doubtful too. */
  doubts: readonly Doubt[];
}
