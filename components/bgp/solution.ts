/**
 * What the rules of bgp make of a Network: its sessions and every speaker's routes. Plain values; the solver makes
 * them, forecast/ talks about them, fidelity compares them with daemons entry by entry.
 */
import type { Family, Network, Source, Unmodelled } from "./network";

export type DownReason =
  | "wrong-asn"
  | "hold-time"
  | "no-listener"
  | "password"
  | "family"
  | "ttl"
  | "not-reachable"
  | "duplicate"
  | "limit-reached"
  | "both-passive"
  | "admin-down"
  | "maximum-prefix"
  | "speaker-down"
  | "no-neighbor";

export interface SessionEnd {
  speaker: string;
  /** Own address of the session; for unnumbered sessions "interface%NAME". */
  address: string;
  asn: number;
  /** Index in the speaker's neighbors; absent for a session that a listen range accepted. */
  neighbor?: number;
  group?: string;
  role?: string;
}

export interface Session {
  /** Stable and sorted: "SPEAKER ADDRESS - SPEAKER ADDRESS", the lesser end first. */
  key: string;
  /** The other end is unknown when a neighbor's address belongs to no speaker. */
  ends: [SessionEnd] | [SessionEnd, SessionEnd];
  kind: "ebgp" | "ibgp";
  families: Family[];
  up: boolean;
  down?: { reason: DownReason; at: string; sentence: string; source?: Source };
  /** Up, and yet RFC 8212 keeps routes out: which end lacks a policy, in which direction. */
  policyMissing?: { at: string; direction: "import" | "export" }[];
  /** Up, and yet these ends may come to refuse the other's next hops: both dial, and an FRR before 9.0 is one of them. */
  mayRefuse?: string[];
}

/** Each step of a decision that can set two paths apart, in the words the daemons use. */
export type DecisionStep =
  | "only-path"
  | "not-valid"
  | "weight"
  | "preference"
  | "local-preference"
  | "local-origin"
  | "as-path-length"
  | "origin"
  | "med"
  | "ebgp-over-ibgp"
  | "igp-metric"
  | "cluster-length-equal"
  | "confederation"
  | "older"
  | "originator-or-router-id"
  | "cluster-length"
  | "neighbor-address"
  | "add-path-id";

export interface Path {
  prefix: string;
  /** "0.0.0.0" or "::" for own routes. */
  nextHop: string;
  asPath: number[];
  /** The members of the own confederation that it has passed, before asPath. */
  confederation?: number[];
  /** An AS_SET closing the path, where an aggregate made one. */
  asSet?: number[];
  origin: "igp" | "egp" | "incomplete";
  localPreference: number;
  med?: number;
  weight: number;
  communities: string[];
  largeCommunities: string[];
  originatorId?: string;
  clusterList: string[];
  atomicAggregate?: boolean;
  aggregator?: { asn: number; routerId: string };
  /** Who it was learned from: the session's far end; absent for own routes. */
  from?: { speaker: string; address: string; routerId: string };
  kind: "local" | "ebgp" | "ibgp";
  local?: "network" | "connected" | "static" | "kernel" | "aggregate" | "default";
  valid: boolean;
  best: boolean;
  multipath: boolean;
  suppressed?: boolean;
  addPathId?: number;
  /** Which step this path lost at (best: which step it won the nearest rival at). */
  step?: DecisionStep;
  igpMetric?: number;
}

export interface NextHop {
  address?: string;
  interface?: string;
  blackhole?: boolean;
}

export interface FibRoute {
  prefix: string;
  source: "connected" | "static" | "kernel" | "bgp" | "aggregate";
  distance: number;
  metric?: number;
  nextHops: NextHop[];
}

export interface Table {
  speaker: string;
  /** All valid and invalid paths, by prefix, in the order of preference: the best first. */
  rib: Map<string, Path[]>;
  fib: Map<string, FibRoute>;
}

/** What only age or arrival order decides: any of the candidates may be live. */
export interface Ambiguity {
  speaker: string;
  prefix: string;
  what: "best" | "multipath";
  /** Next hop and sender of each path that may win. */
  candidates: { nextHop: string; from: string }[];
  /** The paths that these speakers have for this prefix depend on it too. */
  reaches: string[];
  /** Which parts of which answers depend on it. */
  moves: Move[];
  /** No tie of its own: the speaker ends in one of several stable states, by the order of arrival. */
  arrival?: true;
}

/** The part of a speaker's answer for a prefix that is not certain. */
export interface Move {
  speaker: string;
  /** The paths from these neighbors; the speaker's own name stands for its own routes. */
  from: string[];
  /** Whether it can reach the next hops of what these send it; what they send is certain. */
  reach: string[];
  /** Which of its paths is best. */
  best: boolean;
  /** What it installs. */
  fib: boolean;
}

export interface Oscillation {
  prefix: string;
  speakers: string[];
  /** The states that repeat, a line each. */
  cycle: string[];
  /** Which parts of which answers change with them. */
  moves: Move[];
}

/** An answer that no rule here covers: about a speaker, narrowed to a session or a prefix where possible. */
export interface NotModelled extends Unmodelled {
  speaker: string;
  session?: string;
  prefix?: string;
  /**
   * How much of the answer it is about: what the daemon installs, while its paths are told exactly; whether a path has a
   * MED of 0 or none, which decides nothing there; or whether paths stand once or twice. Absent: all of it.
   */
  only?: "fib" | "med" | "copies";
  /** The part of it that is open; absent: all of it. */
  part?: Omit<Move, "speaker">;
}

/** Prefixes that fare alike: their paths differ in the prefix alone, and are those of the first. */
export interface Alike {
  /** The same object at every speaker. */
  prefixes: readonly string[];
  paths: readonly Path[];
}

export interface Solution {
  network: Network;
  sessions: Session[];
  /** Materialised on demand; repeated calls give the same object. */
  table(speaker: string): Table;
  /** The table's FIB alone, without making its paths, and made anew at each call: for whoever asks very many. */
  fib?(speaker: string): Map<string, FibRoute>;
  /** A table's rows, for whoever counts or looks for something: alike prefixes share their paths. Made anew at each call. */
  alike(speaker: string): readonly Alike[];
  prefixes(): string[];
  ambiguities: Ambiguity[];
  oscillations: Oscillation[];
  notModelled: NotModelled[];
  /** Logical size: entries over all speakers' RIBs, without materialising them. */
  ribEntries(): number;
}
