/**
 * BIRD 1.6 with the configuration that Calico's node agent renders: gateway recursive, multihop, add paths on, merge
 * paths on. Read in proto/bgp/{bgp,attrs,packets}.c and nest/rt-table.c of BIRD 1.6.8 and Calico's fork of it.
 */
import type { DialectRef } from "../network";
import type { Dialect } from "./dialect";
import { NO_QUIRKS } from "./quirks";

export function bird(ref: DialectRef): Dialect {
  return {
    ...NO_QUIRKS,
    name: `BIRD ${ref.version}`,
    verified: true,
    checked: ["1.6", "1.6"],

    dials: true,
    listens: true,
    // Calico renders `multihop;` on its peers, which is 64; the mesh of iBGP is multihop as well.
    ttl: { ebgp: 64, ibgp: 64, multihop: 64 },
    // bgp_start_neighbor: a session that is `direct` stays Idle until the neighbor is on a connected network.
    connectedCheck: "one-hop",
    listenLimit: Infinity,
    // DEFAULT of `hold time`; a third of it for keepalives.
    timers: { keepalive: 80, hold: 240 },
    defaultFamilies: ["ipv4"],
    refusesOwnRouterId: true,
    // `add paths on` is both directions.
    addPath: { send: true, receive: true },

    acceptsRoutes: true,

    requiresPolicy: false,
    missingPolicy: "accept",
    missingList: "accept",
    policyEnd: "accept",
    enforceFirstAs: false,
    // bgp_cluster_list_loopy: only where p->rr_client.
    clusterLoop: "client-sessions",
    // rt_update_hostentry: a local address as gateway makes the route unreachable, not unwanted.
    ownNextHop: "invalid",
    // bgp_decode_attrs attaches default_local_pref where the attribute is missing.
    attachesLocalPreference: true,

    // bgp_rte_better tests resolvability first; an unreachable route can still be the only one.
    nextHops: "ranked",
    resolveViaDefault: true,
    resolveViaBgp: false,

    // rte_better compares preference, then bgp_rte_better.
    order: [
      "preference",
      "not-valid",
      "local-preference",
      "as-path-length",
      "origin",
      "med",
      "ebgp-over-ibgp",
      "igp-metric",
      "originator-or-router-id",
      "cluster-length",
      "neighbor-address",
    ],
    comparesOriginator: true,
    ranksIpv6Neighbors: true,
    localWeight: 0,
    defaultLocalPreference: 100,
    deterministicMed: false,
    alwaysCompareMed: false,
    medMissingAsWorst: false,
    compareRouterId: true,
    // `merge paths on` of the kernel protocol: bgp_rte_mergable looks at no AS path, and 16 is its limit.
    multipath: { rule: "any-path", choice: "merged-next-hops", ebgp: 16, ibgp: 16, skipsSameNextHop: false },

    importCheck: false,
    localMed: undefined,
    ownPreference: { connected: 240, static: 200, kernel: 10, network: 200 },
    // bgp_create_attrs: only OSPF's externals are incomplete.
    redistributedOrigin: "igp",
    oneTable: true,

    // bgp_import_control: never back to the protocol it came from.
    echo: false,
    // bgp_update_attrs: multihop has no neighbor interface, so that eBGP gets the source address; a direct session keeps
    // the next hop of a route that leaves by the neighbor's own interface.
    thirdPartyNextHop: "one-hop",
    // bgp_update_attrs attaches a MED of 0 where there was one.
    medToEbgp: "zero",
    sendCommunity: { standard: true, large: true },
    reflectorAllowsOutboundPolicy: true,
    honoursNoExport: true,
    // bgp_get_bucket: CLUSTER_LIST is an EAF_TYPE_INT_SET, and bgp_normalize_int_set sorts it.
    sortsClusterList: true,
    rewritesBeforePolicy: true,
    exportsUnresolved: true,

    installs: true,
    distance: { ebgp: 20, ibgp: 20, local: 20 },
  };
}
