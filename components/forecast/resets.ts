/**
 * Which changed settings end an established session, system by system. A reset is seconds of lost routes, so each rule
 * names where it was read; what is not known to be harmless counts as a reset.
 */
import type { System } from "../bgp/network";
import type { Change } from "./changes";

/**
 * reset: the session ends and comes back. soft: routes are sent or asked for again, the session stays. later: nothing
 * happens until the session ends for another reason.
 */
export type Effect = "reset" | "soft" | "later";

type Table = readonly (readonly [RegExp, Effect])[];

/** frr-8.4.4 bgpd.c: peer_flag_action_list, peer_af_flag_action_list, and the setters of what they do not list. */
const FRR: Table = [
  [/^(remoteAs|localAs.*|localAddress|password|passive|shutdown|disableConnectedCheck)$/, "reset"],
  [/^(multihop|ttlSecurity)$/, "reset"],
  [/^gracefulRestart(\..*)?$/, "reset"],
  // peer_timers_set and peer_port_set store the value alone: the next OPEN carries it.
  [/^(timers.*|port)$/, "later"],
  [/^(bfd.*|role|description)$/, "soft"],
  [/^families\.ipv[46](\.active)?$/, "reset"],
  [/^families\.ipv[46]\.(reflectorClient|addPath.*)$/, "reset"],
  [/^families\.ipv[46]\..*$/, "soft"],
];

/** bird-1.6.8 bgp.c, bgp_reconfigure: any difference of the protocol's configuration but its filters restarts it. */
const BIRD: Table = [
  [/^families\.ipv[46]\.(import|export)(Policy|PrefixList|AsPathList)$/, "soft"],
  [/^(role|description)$/, "soft"],
  [/.*/, "reset"],
];

/** Cilium and kube-router on GoBGP 3: an updated peer needs a hard reset, its routes and policies do not. */
const GOBGP: Table = [
  [/^families\.ipv[46]\.(import|export)(Policy|PrefixList|AsPathList)$/, "soft"],
  [/^(role|description|timers\.connectRetry)$/, "soft"],
  [/.*/, "reset"],
];

/** EOS: not measured; timers are taken at the next OPEN as its manual says, policies by route refresh. */
const EOS: Table = [
  [/^timers.*$/, "later"],
  [/^(bfd.*|role|description)$/, "soft"],
  [
    /^families\.ipv[46]\.(import|export|nextHop|sendCommunity|weight|maximumPrefix|softReconfiguration|defaultOriginate).*$/,
    "soft",
  ],
  [/.*/, "reset"],
];

/** MetalLB 0.16 closes and opens the session of a peer whose configuration differs. */
const METALLB: Table = [
  [/^(role|description)$/, "soft"],
  [/.*/, "reset"],
];

const TABLES: Readonly<Record<System, Table>> = { frr: FRR, bird: BIRD, gobgp: GOBGP, eos: EOS, metallb: METALLB };

/** What a change of a neighbor's or group's own setting does to its session. */
export function effectOnSession(system: System, field: string): Effect {
  return TABLES[system].find(([pattern]) => pattern.test(field))?.[1] ?? "reset";
}

/**
 * What a change of the whole speaker does to all its sessions, or to those of one kind. A new router id or ASN is in
 * every OPEN; FRR ends iBGP sessions for a new cluster id (bgp_cluster_id_set), BIRD restarts those that carry it.
 */
export function effectOfSpeaker(change: Change): { effect: Effect; kind?: "ibgp" } | undefined {
  if (change.part === "speaker" && (change.field === "asn" || change.field === "routerId")) return { effect: "reset" };
  if (change.part === "speaker" && change.field.startsWith("dialect")) return { effect: "reset" };
  if (change.part !== "bgp") return undefined;
  if (change.field === "clusterId") return { effect: "reset", kind: "ibgp" };
  if (change.field === "gracefulRestart") return { effect: "reset" };
  if (change.field === "defaultIpv4Unicast") return { effect: "reset" };
  return undefined;
}
