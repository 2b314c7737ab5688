/**
 * What sets one BGP implementation apart from another, as data: defaults, what a missing policy means, the order of the
 * decision, multipath, export. The solver's steps read these and know no system by name.
 */
import type { DecisionStep } from "../solution";
import type { Quirks } from "./quirks";

/** Which paths may share a prefix's traffic with the best one, once everything before the tie-breakers is equal. */
export type MultipathRule =
  /** Any AS path of the same length. */
  | "any-path"
  /** iBGP: the same AS path; eBGP: the same neighboring AS (FRR compares peer->as, not the path). */
  | "same-neighbor-as"
  /** Exactly what the best path's AS path says. */
  | "same-path";

/** Which of too many equal paths are taken. */
export type MultipathChoice = "lowest-next-hop" | "preference-order" | "merged-next-hops";

/** What every daemon has to state. */
export interface Rules {
  /** As it is printed: "FRR 8.4". */
  name: string;
  /** Was it held against the running daemon? Otherwise its answers say so. */
  verified: boolean;
  /** The first and the last version whose source or documents the rules were read in. */
  checked: readonly [string, string];

  // Sessions
  /** Does it open connections, and take them, when nothing else is said? */
  dials: boolean;
  listens: boolean;
  /** IP TTL of packets to an eBGP neighbor that is not multihop, to an iBGP one, and to a multihop one. */
  ttl: { ebgp: number; ibgp: number; multihop: number };
  /** What must lead to a single-hop eBGP neighbor. "one-hop": its network, where the session says `multihop: 1`. */
  connectedCheck: "connected" | "connected-or-static" | "one-hop" | "none";
  listenLimit: number;
  /** Seconds that a neighbor without timers of its own gets. */
  timers: { keepalive: number; hold: number };
  /** Families that a neighbor has without saying so. */
  defaultFamilies: readonly ("ipv4" | "ipv6")[];
  /** The OPEN of an iBGP neighbor with one's own router id is refused. */
  refusesOwnRouterId: boolean;
  /** Takes and sends several paths a prefix when the neighbor can. */
  addPath: { send: boolean; receive: boolean };

  // Import
  /** MetalLB's speaker reads no routes at all. */
  acceptsRoutes: boolean;
  /** RFC 8212: without a policy an eBGP session carries nothing. */
  requiresPolicy: boolean;
  missingPolicy: "accept" | "reject";
  missingList: "accept" | "reject";
  /** What a policy does with a route that none of its terms decides, unless the policy says. */
  policyEnd: "accept" | "reject";
  enforceFirstAs: boolean;
  /** Own cluster id in CLUSTER_LIST: looked for on every session, or on those with reflector clients only. */
  clusterLoop: "always" | "client-sessions";
  /** A next hop that is one's own address: the route is refused, or kept as unreachable. */
  ownNextHop: "reject" | "invalid" | "accept";

  // Next hops
  /** "tracked": unresolved paths are no candidates. "ranked": they are, and lose to resolved ones. "ignored": not looked at. */
  nextHops: "tracked" | "ranked" | "ignored";
  resolveViaDefault: boolean;
  /** May a next hop be resolved by a BGP route? BIRD 1.6 refuses recursion over recursive routes. */
  resolveViaBgp: boolean;

  // Decision
  order: readonly DecisionStep[];
  /** ORIGINATOR_ID stands for the neighbor's router id where a path has one (RFC 4456). */
  comparesOriginator: boolean;
  /** The address of the neighbor settles between two IPv6 sessions. */
  ranksIpv6Neighbors: boolean;
  localWeight: number;
  defaultLocalPreference: number;
  deterministicMed: boolean;
  alwaysCompareMed: boolean;
  medMissingAsWorst: boolean;
  compareRouterId: boolean;
  multipath: { rule: MultipathRule; choice: MultipathChoice; ebgp: number; ibgp: number; skipsSameNextHop: boolean };

  // Origination
  importCheck: boolean;
  /** MED of a route that `network`, redistribution or aggregation makes; undefined: none is attached. */
  localMed: number | undefined;
  /** Preference of own routes in the speaker's one table (BIRD: direct 240, static 200, kernel 10). */
  ownPreference: { connected: number; static: number; kernel: number; network: number };
  redistributedOrigin: "igp" | "incomplete";

  // Export
  /** Sends the best path back to whom it came from. */
  echo: boolean;
  /** Communities no-export, no-advertise and no-export-subconfed hold a path back. */
  honoursNoExport: boolean;
  /** The far next hop is kept towards an eBGP neighbor: on a shared subnet, there with `multihop: 1` alone, or never. */
  thirdPartyNextHop: "shared-subnet" | "one-hop" | "never";
  /** MED of a learned path towards eBGP: taken away, or set to 0. */
  medToEbgp: "drop" | "zero" | "keep";
  sendCommunity: { standard: boolean; large: boolean };
  /** A reflected path can be changed by an export policy. */
  reflectorAllowsOutboundPolicy: boolean;
  /** Own ASN, next hop and MED are set before the export policy sees the path (BIRD, GoBGP), or after it (FRR). */
  rewritesBeforePolicy: boolean;
  /** Unresolved best paths are exported too. */
  exportsUnresolved: boolean;

  // Installation
  installs: boolean;
  distance: { ebgp: number; ibgp: number; local: number };
}

export type Dialect = Rules & Quirks;
