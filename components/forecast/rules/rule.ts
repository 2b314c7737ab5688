/** What a rule is, what it sees, and what it says. Rules are data: a team adds its own beside those that are here. */
import type { Network, Source, Speaker } from "../../bgp/network";
import type { Session, SessionEnd } from "../../bgp/solution";
import type { Difference } from "../difference";
import type { Edit } from "../edits";
import type { Forecast } from "../forecast";

/** block: do not apply this. warn: apply it knowing. info: worth knowing. */
export type Severity = "block" | "warn" | "info";

export interface Rule {
  /** "reflector/single". */
  id: string;
  severity: Severity;
  /** What must hold, in one sentence. */
  holds: string;
  check(scene: Scene): Iterable<Violation>;
}

/** One place where a rule does not hold. */
export interface Violation {
  /** "tor1", "tor1 neighbor 10.0.0.1", "tor1 172.16.0.240/28", a session's key. */
  place: string;
  sentence: string;
  fix: string;
  source?: Source;
  /** Where one rule has a lighter or graver case. */
  severity?: Severity;
  /** What it is about, where the place alone does not tell two findings of the rule apart. */
  about?: string;
  /** For rules that find the same thing in many places: what the findings of one cause share. */
  cause?: Cause;
}

/** "12 speakers" `kind` "8 `things` each, because leaf1 exports 10.0.1.0/24". */
export interface Cause {
  /** What they do or cannot do: "cannot use". Findings are put together by it. */
  kind: string;
  /** Noun for those it happens to ("nodes") and for what it is about ("next hops"). */
  whose: string;
  things: string;
  who: string;
  what: string;
  /** Who brings it about, and by what: "leaf1" "exports" "10.0.2.0/24". */
  why?: { who: string; does: string; what: string };
}

export interface Finding extends Violation {
  rule: string;
  severity: Severity;
  /** The reason somebody gave for silencing it here; a silenced finding is shown and stops nothing. */
  silenced?: string;
}

/** What the network is for: what the Network itself cannot say. */
export interface Intent {
  clusters?: ClusterIntent[];
  /** Prefixes over which the routers themselves are reached. */
  management?: string[];
  /** May a site carry traffic between two others? */
  transit?: boolean;
}

export interface ClusterIntent {
  name: string;
  pods?: string[];
  /** Service addresses that the outside shall reach: cluster IPs, external IPs, load balancer pools. */
  services?: string[];
  nodes?: string[];
}

export interface Thresholds {
  /** A full mesh may have so many nodes. */
  meshNodes: number;
  /** Shares of a limit, 0 to 1, from which a warning is given. */
  peers: number;
  prefixes: number;
  routes: number;
  /** Host routes that one node may send. */
  hostRoutes: number;
  /** Share of all routes that one change may touch without a warning. */
  changed: number;
}

/** Everything a rule may look at, prepared once. */
export interface Scene {
  network: Network;
  forecast: Forecast;
  before?: Forecast;
  difference?: Difference;
  /** What a person changed, where the front end knows it. */
  edits: readonly Edit[];
  intent: Intent;
  thresholds: Thresholds;
  speakers: ReadonlyMap<string, Speaker>;
  /** The sessions that a speaker is an end of, with its own and the other end. */
  sessions(speaker: string): readonly Side[];
}

/** A session as one of its ends sees it. */
export interface Side {
  session: Session;
  own: SessionEnd;
  far?: SessionEnd;
}

export function isNode(speaker: Speaker | undefined): boolean {
  return speaker?.role === "node";
}

/** "a", "a and b", "a, b and 3 more". */
export function some(names: readonly string[], most = 3): string {
  if (names.length <= most)
    return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} more`;
}

export function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
