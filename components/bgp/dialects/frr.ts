/**
 * FRR's bgpd, 8.4 and 10.x, in both of its default profiles. Read in bgp_route.c, bgp_mpath.c, bgp_nht.c and bgp_vty.c
 * of frr-8.4.4 and frr-10.3; the tests name what was measured.
 */
import type { DialectRef } from "../network";
import type { DecisionStep } from "../solution";
import type { Dialect } from "./dialect";
import { NO_QUIRKS } from "./quirks";

/** bgp_path_info_cmp of frr-8.4.4, step by step; frr-10.3 has the same order for unicast. */
const ORDER: readonly DecisionStep[] = [
  "weight",
  "local-preference",
  "local-origin",
  "as-path-length",
  "origin",
  "med",
  "ebgp-over-ibgp",
  "igp-metric",
  "cluster-length-equal",
  "confederation",
  "older",
  "originator-or-router-id",
  "cluster-length",
  "neighbor-address",
];

export function frr(ref: DialectRef): Dialect {
  const [major = 8, minor = 4] = ref.version.split(".").map(Number);
  const from = (wantMajor: number, wantMinor: number): boolean =>
    major > wantMajor || (major === wantMajor && minor >= wantMinor);
  const datacenter = ref.profile === "datacenter";
  return {
    ...NO_QUIRKS,
    name: `FRR ${ref.version}`,
    verified: true,
    checked: ["8.4", "10.7"],

    dials: true,
    listens: true,
    // BGP_DEFAULT_TTL 1 for eBGP, MAXTTL for iBGP; ebgp-multihop without a number is 255.
    ttl: { ebgp: 1, ibgp: 255, multihop: 255 },
    // zebra_rnh resolves a neighbor that must be connected by connected and by static routes (measured on 8.4.4, 10.3).
    connectedCheck: "connected-or-static",
    // BGP_DYNAMIC_NEIGHBORS_LIMIT_DEFAULT
    listenLimit: 100,
    // DFLT_BGP_KEEPALIVE and DFLT_BGP_HOLDTIME, by profile.
    timers: datacenter ? { keepalive: 3, hold: 9 } : { keepalive: 60, hold: 180 },
    defaultFamilies: ["ipv4"],
    // bgp_open_receive: only where the peer is internal (RFC 6286).
    refusesOwnRouterId: true,
    extendedMessages: true,
    // The receive side of ADD-PATH is offered unless `disable-addpath-rx`; sending needs addpath-tx-....
    addPath: { send: false, receive: true },

    acceptsRoutes: true,
    // Measured on 8.4.4: the count is looked at before a prefix is added, so 4 of 3 stay, and the session with them.
    limitSlack: 1,
    // ebgp-requires-policy: on in the traditional profile since 7.4.
    requiresPolicy: !datacenter && from(7, 4),
    // ROUTE_MAP_IN without a map behind its name denies; so do lists (measured on 8.4.4).
    missingPolicy: "reject",
    missingList: "reject",
    policyEnd: "reject",
    // `bgp enforce-first-as` came with 10.0, and is on; before, each neighbor has a line of its own, off.
    enforceFirstAs: from(10, 0),
    firstAsByNeighbor: !from(10, 0),
    learnsAsn: from(10, 2),
    // bgp_cluster_filter looks at the router id when no cluster id is set, on every session.
    clusterLoop: "always",
    ownNextHop: "reject",
    // bgp_find_or_add_nexthop asks for BGP_FLAG_IMPORT_CHECK since 10.2.
    loopsByImportCheck: from(10, 2),
    // bgp_outbound_policy_exists knows BGP_PEER_CONFED since 10.1 (measured on 8.4.4).
    silencesMembers: !from(10, 1),
    // route_set_local_pref asks for default_local_pref since 10.6 (measured on 8.4.4: +50 makes 50).
    stepsFromDefault: from(10, 6),
    // subgroup_announce_check asks for PEER_FLAG_GRACEFUL_SHUTDOWN since 10.6, bgp_update since 9.0.
    marksOnTheWayOut: from(10, 6),
    // subgroup_announce_check of 8.4 has the neighbor's ASN where the update group has one member (measured on 8.4.4).
    loopCheckOfSoloAlone: !from(9, 0),
    // `bgp reject-as-sets` is on since 10.5 (bgp_create; measured up to 10.3, read in 10.5.0 and 10.7.0).
    rejectsAsSets: from(10, 5),
    rejectsOwnHostRoute: from(10, 4),
    honoursGracefulShutdown: true,
    // bgp_update asks no more for the kind of session since 10.2.
    honoursBlackhole: from(10, 2) ? "all" : "ebgp",

    nextHops: "tracked",
    // `ip nht resolve-via-default`: on since 9.1, with `frr defaults datacenter` too (measured on 10.3): zebra makes up its
    // mind when it starts, before vtysh tells it of the profile.
    resolveViaDefault: from(9, 1),
    omitsResolveViaDefault: from(9, 1) && !datacenter,
    resolveViaBgp: true,
    // nexthop_active (zebra_nhg.c) takes no route that is just being installed; since 8.5 also one that is being replaced.
    losesRecursive: !from(8, 5),
    // subgroup_announce_check (BGP_ATTR_NHLEN_IPV6_GLOBAL_AND_LL) and make_prefix of bgp_nht.c.
    linkLocalNextHop: true,
    noLinkLocalOfClients: from(10, 3),
    connectedNextHop: true,
    // bgp_find_or_add_nexthop (IS_MAPPED_IPV6); no route of it was in the kernel (measured on 8.4.4 and 10.3).
    mappedNextHop: true,
    // peer_xfer_config copies the TTL since 9.0.
    forgetsMultihop: !from(9, 0),

    order: ORDER,
    comparesOriginator: true,
    // Since 10.3 sockunion_cmp returns what memcmp returns, and bgp_path_info_cmp looks for 1 and -1 alone.
    ranksIpv6Neighbors: !from(10, 3),
    // BGP_ATTR_DEFAULT_WEIGHT
    localWeight: 32768,
    defaultLocalPreference: 100,
    deterministicMed: datacenter,
    alwaysCompareMed: false,
    medMissingAsWorst: false,
    compareRouterId: false,
    multipath: {
      rule: "same-neighbor-as",
      // 8.4 walks a list sorted by next hop; since 10.1 the path list itself is sorted by preference.
      choice: from(10, 1) ? "preference-order" : "lowest-next-hop",
      // MULTIPATH_NUM of Debian's packages.
      ebgp: 256,
      ibgp: 256,
      // bgp_best_selection skips candidates that have the best path's next hop, until 10.2.
      skipsSameNextHop: !from(10, 2),
    },

    importCheck: true,
    mistakesAggregates: !from(9, 0),
    localMed: 0,
    ownPreference: { connected: 100, static: 100, kernel: 100, network: 100 },
    redistributedOrigin: "incomplete",
    // bgp_path_info_cmp_distance, since 10.6; before, zebra redistributes what it has selected when it selects it.
    floating: from(10, 6) ? "distance" : "order",

    // subgroup_announce_check knows the sender only with `neighbor X solo`.
    echo: true,
    thirdPartyNextHop: "shared-subnet",
    medToEbgp: "drop",
    sendCommunity: { standard: true, large: true },
    reflectorAllowsOutboundPolicy: false,
    honoursNoExport: true,
    // subgroup_announce_check sets the bits of BGP_ATTR_ORIGINATOR_ID (9) as flags: those of ORIGIN and MED. In 8.4 and 10.3.
    reflectionAddsMed: true,
    // bgp_adj_out_set_subgroup compares attrhash_key_make, which holds the MED and not the flag that there is one.
    overlooksZeroMed: true,
    // group_announce_route_walkcb calls subgrp_withdraw_stale_addpath in every case since 10.3.
    leavesCopies: !from(10, 3),
    updateGroups: true,
    rewritesBeforePolicy: false,
    // subgroup_announce_check calls bgp_peer_remove_private_as and bgp_peer_as_override after the route-map since 9.1.
    policySeesAllAsns: from(9, 1),
    exportsUnresolved: false,

    installs: true,
    distance: { ebgp: 20, ibgp: 200, local: 200 },
    // bgp_zebra_announce sets ZEBRA_FLAG_ALLOW_RECURSION by the best path's peer.
    recursesByBestPath: true,
    showsMissingMed: from(10, 0),
  };
}
