/**
 * What was read from running daemons, in one shape for all of them. Only what a daemon shows is filled in; compare.ts
 * compares no field that the daemon has no word for.
 */
export interface LivePath {
  nextHop: string;
  /** As the daemon prints it: "65001 65002 {65003,65004}". */
  asPath: string;
  origin: "igp" | "egp" | "incomplete";
  localPreference?: number;
  med?: number;
  weight?: number;
  communities: string[];
  largeCommunities: string[];
  originatorId?: string;
  clusterList?: string[];
  /** The neighbor's address (interface for unnumbered); empty for own routes. */
  from: string;
  valid: boolean;
  best: boolean;
  multipath?: boolean;
}

export interface LiveSpeaker {
  /** Far-end address (or interface) of every session, and whether it is established. */
  sessions: Record<string, boolean>;
  rib: Record<string, LivePath[]>;
  /** The kernel's routes in the main table: next hops as "ADDRESS dev IF", "dev IF" or "blackhole". */
  kernel: Record<string, string[]>;
}

export type Live = Record<string, LiveSpeaker>;
