/**
 * GoBGP 3 as Cilium and kube-router embed it: no next-hop tracking without a RIB behind it, nothing in the kernel. Read
 * in internal/pkg/table/{destination,path}.go and pkg/server/{server,peer}.go of v3.10.0.
 */
import type { DialectRef } from "../network";
import type { Dialect } from "./dialect";
import { NO_QUIRKS } from "./quirks";

export function gobgp(ref: DialectRef): Dialect {
  return {
    ...NO_QUIRKS,
    name: `GoBGP ${ref.version}`,
    verified: true,
    checked: ["3", "3.10"],

    dials: true,
    listens: true,
    ttl: { ebgp: 1, ibgp: 255, multihop: 255 },
    connectedCheck: "none",
    listenLimit: Infinity,
    // DEFAULT_HOLDTIME; a third of it for keepalives.
    timers: { keepalive: 30, hold: 90 },
    defaultFamilies: ["ipv4"],
    refusesOwnRouterId: false,
    addPath: { send: false, receive: false },

    acceptsRoutes: true,

    requiresPolicy: false,
    missingPolicy: "accept",
    missingList: "accept",
    policyEnd: "accept",
    enforceFirstAs: false,
    clusterLoop: "client-sessions",
    ownNextHop: "accept",

    keepsIgnored: true,

    nextHops: "ignored",
    resolveViaDefault: true,
    resolveViaBgp: true,

    // Destination.sort; weight and IGP cost are no steps of it.
    order: [
      "not-valid",
      "local-preference",
      "local-origin",
      "as-path-length",
      "origin",
      "med",
      "ebgp-over-ibgp",
      "older",
      "originator-or-router-id",
      "neighbor-address",
    ],
    // compareByRouterID asks the neighbor that sent the path.
    comparesOriginator: false,
    ranksIpv6Neighbors: true,
    localWeight: 0,
    defaultLocalPreference: 100,
    deterministicMed: false,
    alwaysCompareMed: false,
    medMissingAsWorst: false,
    compareRouterId: false,
    multipath: { rule: "any-path", choice: "preference-order", ebgp: 1, ibgp: 1, skipsSameNextHop: false },

    importCheck: false,
    localMed: undefined,
    ownPreference: { connected: 100, static: 100, kernel: 100, network: 100 },
    redistributedOrigin: "igp",

    // filterPathFromSourcePeer compares router ids.
    echo: false,
    // isASLoop before a path is sent.
    senderLoopCheck: true,
    // UpdatePathAttrs sets the local address on every learned path towards eBGP.
    thirdPartyNextHop: "never",
    // The local address of the connection, whatever the family (gobgpd 3.10 measured; Cilium's and kube-router's alike).
    crossesFamilies: true,
    extendsNextHop: true,
    medToEbgp: "drop",
    sendCommunity: { standard: true, large: true },
    reflectorAllowsOutboundPolicy: true,
    // No step of filterpath (pkg/server/server.go) looks at well-known communities.
    honoursNoExport: false,
    rewritesBeforePolicy: true,
    exportsUnresolved: true,
    marksOwnRoutesToClients: true,

    installs: false,
    distance: { ebgp: 20, ibgp: 200, local: 200 },
  };
}
