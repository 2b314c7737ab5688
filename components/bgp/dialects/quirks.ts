/**
 * What a single daemon does and the others do not. A dialect names the quirks that it has; every other one is none, so a
 * new quirk touches the dialect that has it and no other.
 */
export interface Quirks {
  /** What the daemon does not do although it can be asked for, with the words to say so. */
  cannot: { readonly [W in Cannot]?: { why: string; instead: string } };
  /** Says in its OPEN that messages may be longer than 4,096 bytes (RFC 8654). */
  extendedMessages: boolean;
  /** So many prefixes beyond maximum-prefix may stay unnoticed until the neighbor's next update. */
  limitSlack: number;
  /** A host route to one's own address is refused. */
  rejectsOwnHostRoute: boolean;
  /** eBGP paths get the default LOCAL_PREF attached, so that policies and iBGP peers see it. */
  attachesLocalPreference: boolean;
  /** The community graceful-shutdown from an eBGP neighbor sets local preference 0. */
  honoursGracefulShutdown: boolean;
  /** The community blackhole adds no-export: from eBGP neighbors, or from all. */
  honoursBlackhole: "ebgp" | "all" | "never";
  /** A host route that is its own next hop is unreachable only where `network` asks the routing table (import-check). */
  loopsByImportCheck: boolean;
  /** Where eBGP needs policies, sessions with other members of the confederation carry nothing, policies or not. */
  silencesMembers: boolean;
  /** `set local-preference +N` counts from the default where a path has none, and not from 0. */
  stepsFromDefault: boolean;
  /** Maintenance of a single neighbor (`neighbor X graceful-shutdown`) also marks what is sent to it. */
  marksOnTheWayOut: boolean;
  /** `sender-as-path-loop-detection` is asked of single neighbors (`solo`) alone. */
  loopCheckOfSoloAlone: boolean;
  /** Paths with an AS_SET are refused, and aggregates make none. */
  rejectsAsSets: boolean;
  /**
   * A redistributed route of a worse distance than a neighbor's path: "order" keeps whichever came first, "distance"
   * leaves it out.
   */
  floating: "order" | "distance";
  /** An update that is ignored for a loop leaves what was there before it (GoBGP). */
  keepsIgnored: boolean;
  /** A route whose next hop resolves via a BGP route stays out of the kernel when that one is replaced at the same time. */
  losesRecursive: boolean;
  /** IPv6 routes to a neighbor on the link carry one's own link-local address, and what came so is sent there. */
  linkLocalNextHop: boolean;
  /** But not those of one's reflector clients. */
  noLinkLocalOfClients: boolean;
  /**
   * Over a session of the other family the session's own address is the next hop: an IPv6 address of IPv4 routes, and
   * "::ffff:" with the IPv4 address of IPv6 routes.
   */
  crossesFamilies: boolean;
  /** Offers RFC 8950 on every IPv6 session that carries IPv4 routes. */
  extendsNextHop: boolean;
  /** An IPv4 address in an IPv6 next hop leads where the IPv4 address does, and the kernel gets no route over it. */
  mappedNextHop: boolean;
  /** The next hop of a single-hop eBGP path must be connected. */
  connectedNextHop: boolean;
  /** A multihop neighbor that dials as the speaker does may have its next hops taken for a single-hop one's. */
  forgetsMultihop: boolean;
  /** Makes no aggregate where the first path of its prefix, whosever it is, says what the aggregate would. */
  mistakesAggregates: boolean;
  /** Routes of other protocols stand in the same table and compete with BGP by preference (BIRD). */
  oneTable: boolean;
  /** Withholds a path from a neighbor whose ASN is in it. */
  senderLoopCheck: boolean;
  /** CLUSTER_LIST goes out in numerical order (BIRD normalises it as the set that it takes it for). */
  sortsClusterList: boolean;
  /** A path that is reflected for the first time gets a MED of 0 where it had none. */
  reflectionAddsMed: boolean;
  /** Sends nothing when what it would send differs from what it sent in whether there is a MED of 0 alone. */
  overlooksZeroMed: boolean;
  /** A path that is sent before it has its ADD-PATH id can stay with the neighbor beside the one with the id. */
  leavesCopies: boolean;
  /** One message is made for all neighbors with equal settings, and decides about the next hop of all of them. */
  updateGroups: boolean;
  /** Private ASNs are removed, and the neighbor's overridden, after the export policy saw the path. */
  policySeesAllAsns: boolean;
  /** ORIGINATOR_ID and CLUSTER_LIST are also put on own routes towards reflector clients (GoBGP). */
  marksOwnRoutesToClients: boolean;
  /** Next hops that are not connected are followed for iBGP and multihop eBGP alone, as the best path says. */
  recursesByBestPath: boolean;
  /** A MED that is missing is shown as the worst where it counts as that. */
  showsMissingMed: boolean;
  /** `enforce-first-as` is a line of each neighbor, not of the instance. */
  firstAsByNeighbor: boolean;
  /** A neighbor's ASN can be learned from its OPEN (`remote-as auto`). */
  learnsAsn: boolean;
  /**
   * An aggregate depends on any more specific route of the routing table. Its origin is incomplete, and its path is what
   * the paths of the more specific ones have in common at their beginning.
   */
  aggregatesByTable: boolean;
  /** A path that the routing table does not use, since another protocol's route is better, is sent to no neighbor. */
  withholdsInactive: boolean;
  /** `continue N` without a clause N ends the policy, and the route is accepted; others go on with the next clause. */
  continueNeedsClause: boolean;
  /** The running configuration leaves "resolve via the default route" out where it is on; else where it is off. */
  omitsResolveViaDefault: boolean;
}

/** What some daemons cannot: BFD, a session over an unnumbered interface, carrying the routes of pods. */
export type Cannot = "bfd" | "unnumbered" | "pods";

export const NO_QUIRKS: Readonly<Quirks> = {
  extendedMessages: false,
  limitSlack: 0,
  rejectsOwnHostRoute: false,
  attachesLocalPreference: false,
  honoursGracefulShutdown: false,
  honoursBlackhole: "never",
  loopsByImportCheck: false,
  silencesMembers: false,
  stepsFromDefault: false,
  marksOnTheWayOut: false,
  loopCheckOfSoloAlone: false,
  rejectsAsSets: false,
  floating: "distance",
  keepsIgnored: false,
  losesRecursive: false,
  linkLocalNextHop: false,
  noLinkLocalOfClients: false,
  crossesFamilies: false,
  extendsNextHop: false,
  mappedNextHop: false,
  connectedNextHop: false,
  forgetsMultihop: false,
  mistakesAggregates: false,
  oneTable: false,
  senderLoopCheck: false,
  sortsClusterList: false,
  reflectionAddsMed: false,
  overlooksZeroMed: false,
  leavesCopies: false,
  updateGroups: false,
  policySeesAllAsns: false,
  marksOwnRoutesToClients: false,
  recursesByBestPath: false,
  showsMissingMed: false,
  firstAsByNeighbor: false,
  learnsAsn: false,
  aggregatesByTable: false,
  withholdsInactive: false,
  continueNeedsClause: false,
  cannot: {},
  omitsResolveViaDefault: false,
};
