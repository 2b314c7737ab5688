/**
 * Arista EOS, from its documentation and captured outputs: not verified against a running switch, and its answers say so.
 */
import type { DialectRef } from "../network";
import type { Dialect } from "./dialect";
import { NO_QUIRKS } from "./quirks";

export function eos(ref: DialectRef): Dialect {
  return {
    ...NO_QUIRKS,
    name: `EOS ${ref.version}`,
    verified: false,
    checked: ["4.20", "4.39"],

    dials: true,
    listens: true,
    ttl: { ebgp: 1, ibgp: 255, multihop: 255 },
    connectedCheck: "connected",
    listenLimit: Infinity,
    timers: { keepalive: 60, hold: 180 },
    defaultFamilies: ["ipv4"],
    refusesOwnRouterId: true,
    addPath: { send: false, receive: true },

    acceptsRoutes: true,
    // Captured on cEOS 4.36: aggregates of static routes, with origin incomplete and the contributors' common ASNs.
    aggregatesByTable: true,
    // `bgp advertise-inactive` is off unless configured.
    withholdsInactive: true,
    continueNeedsClause: true,

    requiresPolicy: false,
    // An undefined route-map permits everything (captured; FRR denies).
    missingPolicy: "accept",
    missingList: "accept",
    policyEnd: "reject",
    enforceFirstAs: true,
    clusterLoop: "always",
    ownNextHop: "reject",

    nextHops: "tracked",
    resolveViaDefault: false,
    resolveViaBgp: true,

    order: [
      "weight",
      "local-preference",
      "local-origin",
      "as-path-length",
      "origin",
      "med",
      "ebgp-over-ibgp",
      "igp-metric",
      "older",
      "originator-or-router-id",
      "cluster-length",
      "neighbor-address",
    ],
    comparesOriginator: true,
    // Own routes have weight 0 (captured).
    ranksIpv6Neighbors: true,
    localWeight: 0,
    defaultLocalPreference: 100,
    deterministicMed: false,
    alwaysCompareMed: false,
    medMissingAsWorst: false,
    compareRouterId: false,
    // `maximum-paths 1` unless configured; multipath-relax is on.
    multipath: { rule: "any-path", choice: "preference-order", ebgp: 1, ibgp: 1, skipsSameNextHop: false },

    importCheck: true,
    localMed: undefined,
    ownPreference: { connected: 100, static: 100, kernel: 100, network: 100 },
    redistributedOrigin: "igp",

    // Does not send a route back to the neighbor that it came from (captured).
    echo: false,
    thirdPartyNextHop: "shared-subnet",
    medToEbgp: "drop",
    // Communities are not sent unless configured.
    sendCommunity: { standard: false, large: false },
    reflectorAllowsOutboundPolicy: true,
    honoursNoExport: true,
    rewritesBeforePolicy: false,
    exportsUnresolved: false,

    installs: true,
    distance: { ebgp: 200, ibgp: 200, local: 200 },
  };
}
