/**
 * The Network: the plain, serialisable value that everything compiles to and everything is said about.
 *
 * Addresses, prefixes and communities are strings in canonical form, so that a Network is JSON as it stands; the solver
 * compiles them once. Nothing here knows where a Network came from.
 */

export const NETWORK_VERSION = 1;

export interface Network {
  version: typeof NETWORK_VERSION;
  speakers: Speaker[];
  segments: Segment[];
}

/** A layer-2 domain. Interfaces that name it hear each other. */
export interface Segment {
  name: string;
  /** IPv4 and IPv6 prefixes in use on it; may be empty for an unnumbered link. */
  prefixes: string[];
  /** A broken segment carries nothing: what a failure of the link looks like. */
  down?: boolean;
}

export type System = "frr" | "eos" | "bird" | "gobgp" | "metallb";
export type Family = "ipv4" | "ipv6";

/** Which rules a speaker follows: the system, its version ("8.4", "10.3", "1.6", "3"), and for FRR its profile. */
export interface DialectRef {
  system: System;
  version: string;
  profile?: "traditional" | "datacenter";
}

/** Whatever speaks BGP, router or node. */
export interface Speaker {
  name: string;
  dialect: DialectRef;
  role?: "router" | "node";
  /** Where it stands, for rules about failure domains and for reports. */
  place?: { rack?: string; cluster?: string; site?: string; labels?: Record<string, string> };
  asn: number;
  routerId: string;
  interfaces: Interface[];
  /** Routes that the speaker has besides BGP and its own interfaces. */
  routes?: StaticRoute[];
  bgp: BgpOptions;
  groups?: Record<string, NeighborSettings>;
  neighbors: Neighbor[];
  listen?: ListenRange[];
  originate?: Origination[];
  policies?: Record<string, Policy>;
  prefixLists?: Record<string, PrefixListEntry[]>;
  communityLists?: Record<string, CommunityListEntry[]>;
  asPathLists?: Record<string, AsPathListEntry[]>;
  /** What the platform bears; exceeding it is a finding. */
  limits?: { peers?: number; routes?: number; nextHops?: number };
  /** The whole speaker is out of service (failed, powered off). */
  down?: boolean;
  /** Things its configuration holds that no rule here covers: the answers they touch say "not modelled". */
  unmodelled?: Unmodelled[];
}

export interface Unmodelled {
  what: string;
  /** The neighbor (address, interface or group) or policy it touches; absent: the whole speaker. */
  neighbor?: string;
  policy?: string;
  /** It touches these prefixes alone, where they were learned. */
  prefixes?: string[];
  source?: Source;
}

/** Where a piece of configuration was read, for explanations. */
export interface Source {
  file?: string;
  line?: number;
  /** An argument path or object field: "BGPPeer/bgppeer-arista spec.nodeSelector". */
  field?: string;
}

export interface Interface {
  name: string;
  /** Absent for loopbacks. */
  segment?: string;
  /** "10.10.10.1/24"; an IPv6 link-local address is implied where the segment is used unnumbered. */
  addresses: string[];
  down?: boolean;
}

export interface StaticRoute {
  prefix: string;
  /** Next-hop addresses, or an interface for directly attached ones, or nothing with blackhole. */
  via?: string[];
  interface?: string;
  blackhole?: boolean;
  /** Administrative distance; default 1 for static, 0 for kernel. */
  distance?: number;
  /** Which protocol owns it: what redistribution and policies see. Default "static". */
  source?: "static" | "kernel";
  /** Route metric where a policy looks at it (BIRD krt_metric). */
  metric?: number;
  /** A number that `match tag` of a redistribution's policy looks at. */
  tag?: number;
}

/** What is not said is the daemon's default. */
export interface MaximumPaths {
  ebgp?: number;
  ibgp?: number;
  ibgpEqualClusterLength?: boolean;
}

/** Speaker-wide BGP settings. What is absent takes the dialect's default. */
export interface BgpOptions {
  /** Does it accept connections? Cilium without localPort and MetalLB only dial. Default true. */
  listens?: boolean;
  /** Accepts connections to these addresses alone. Default: to all of its addresses. */
  listenAddresses?: string[];
  port?: number;
  clusterId?: string;
  ebgpRequiresPolicy?: boolean;
  /** Do sessions without an explicit family carry IPv4 unicast? Default true. */
  defaultIpv4Unicast?: boolean;
  importCheck?: boolean;
  compareRouterId?: boolean;
  multipathRelax?: boolean;
  alwaysCompareMed?: boolean;
  deterministicMed?: boolean;
  medMissingAsWorst?: boolean;
  asPathIgnore?: boolean;
  defaultLocalPreference?: number;
  /** Maximum next hops installed, per kind of session. */
  maximumPaths?: MaximumPaths;
  /** Of IPv6, where it is not as of IPv4. */
  maximumPathsIpv6?: MaximumPaths;
  listenLimit?: number;
  distance?: { ebgp: number; ibgp: number; local: number };
  /** May a default route resolve a BGP next hop? */
  resolveViaDefault?: boolean;
  /** Reflected routes may be changed by an export policy's set actions. */
  reflectorAllowsOutboundPolicy?: boolean;
  clientToClientReflection?: boolean;
  enforceFirstAs?: boolean;
  /** An OPEN with a shorter hold time than this many seconds is refused. */
  minimumHoldTime?: number;
  /** Paths with an AS_SET are refused, and own aggregates lose theirs. Default per dialect. */
  rejectAsSets?: boolean;
  /** A confederation: the ASN that it shows to the outside, and the other members that sessions of it may lead to. */
  confederation?: { identifier: number; members?: number[] };
  /** Do the members of a confederation count in the length of a path? */
  countConfederation?: boolean;
  /** Maintenance (RFC 8326): every path is sent as a last resort. */
  gracefulShutdown?: boolean;
  /** BGP paths are also sent where another protocol's route is installed instead (EOS). */
  advertiseInactive?: boolean;
  suppressDuplicates?: boolean;
  gracefulRestart?: boolean;
  /**
   * Policy that decides which routes enter the FIB (BIRD's kernel export filter, of BGP and static routes; FRR's
   * table-map, of BGP routes). Absent: all.
   */
  fibPolicy?: string;
  /** Does BGP put routes into the FIB at all? Default per dialect: GoBGP does not, kube-router does it for its GoBGP. */
  installs?: boolean;
}

/** One configured neighbor: by address, or by interface (unnumbered). */
export interface Neighbor extends NeighborSettings {
  address?: string;
  interface?: string;
  group?: string;
  source?: Source;
}

/** "external" and "internal" accept any ASN but, or just, the speaker's own; "any" learns it from OPEN. */
export type RemoteAs = number | "external" | "internal" | "any";

/** What a neighbor or a group of them may set; a neighbor's own value wins over its group's. */
export interface NeighborSettings {
  description?: string;
  remoteAs?: RemoteAs;
  localAs?: { asn: number; noPrepend?: boolean; replaceAs?: boolean };
  /** Update source: an address of this speaker, or the name of an interface. */
  localAddress?: string;
  port?: number;
  /** Waits for the other side to dial. */
  passive?: boolean;
  shutdown?: boolean;
  /** The name of the secret, never its value. */
  password?: string;
  /** TTL of packets to an eBGP neighbor that is further away; 255 when given without a number. */
  multihop?: number;
  /** GTSM: the neighbor is at most so many hops away. */
  ttlSecurity?: number;
  /** Accept a neighbor whose address is not on a shared segment although multihop is not set. */
  disableConnectedCheck?: boolean;
  timers?: { keepalive?: number; hold?: number; connectRetry?: number };
  bfd?: boolean | { minimumInterval?: number; multiplier?: number };
  gracefulRestart?: { mode: "restarter" | "helper" | "off"; restartTime?: number };
  /** Paths to this neighbor are marked as a last resort (RFC 8326), and so are those that it sends. */
  gracefulShutdown?: boolean;
  /** Nothing goes back to the neighbor that it came from (FRR `solo`). */
  solo?: boolean;
  /** Paths that hold the neighbor's ASN are not sent to it (FRR `sender-as-path-loop-detection`). */
  senderLoopCheck?: boolean;
  /** IPv4 routes may have IPv6 next hops (RFC 8950), where both ends say so. Default: on unnumbered sessions. */
  extendedNextHop?: boolean;
  /** The role a CNI gives the session, for reports: mesh, node, global, reflector client, tor ... */
  role?: string;
  families?: { ipv4?: FamilySettings; ipv6?: FamilySettings };
}

export interface FamilySettings {
  /** Default: true for ipv4 where the dialect activates it, false for ipv6 unless given. */
  active?: boolean;
  /** Names of policies and lists; an absent one means none is attached. */
  importPolicy?: string;
  exportPolicy?: string;
  importPrefixList?: string;
  exportPrefixList?: string;
  importAsPathList?: string;
  exportAsPathList?: string;
  nextHopSelf?: boolean | "force";
  /** Next hop is never rewritten (FRR next-hop-unchanged, BIRD next hop keep). */
  nextHopUnchanged?: boolean;
  reflectorClient?: boolean;
  defaultOriginate?: boolean | { policy: string };
  maximumPrefix?: { limit: number; warningOnly?: boolean; restart?: number };
  /** At most so many prefixes are sent; which ones, arrival order decides. */
  maximumPrefixOut?: number;
  /** The neighbor is a client of this route server: paths between clients keep AS path, next hop and MED. */
  routeServerClient?: boolean;
  allowAsIn?: number | "origin";
  asOverride?: boolean;
  /**
   * true: takes private ASNs out of paths that have no others. "all": out of every path. "replace": puts the own ASN in
   * their place in every path; "replace-private-only": in paths that have no others.
   */
  removePrivateAs?: boolean | "all" | "replace" | "replace-private-only";
  /** Which communities are sent; default per dialect. */
  sendCommunity?: { standard?: boolean; large?: boolean };
  weight?: number;
  addPath?: { send?: "all" | "best-per-as"; receive?: boolean };
  softReconfiguration?: boolean;
}

/** Sessions from anywhere in the range, configured as the group says. */
export interface ListenRange {
  prefix: string;
  group: string;
  source?: Source;
}

export type Origination =
  | { kind: "network"; prefix: string; policy?: string }
  | {
      kind: "redistribute";
      from: "connected" | "static" | "kernel";
      family?: Family;
      policy?: string;
      metric?: number;
      /** Patterns of interfaces whose networks the daemon does not know, "cali*": BIRD's direct protocol leaves them out. */
      except?: string[];
    }
  | {
      kind: "aggregate";
      prefix: string;
      summaryOnly?: boolean;
      asSet?: boolean;
      origin?: "igp" | "egp" | "incomplete";
      policy?: string;
    };

export interface PrefixListEntry {
  seq?: number;
  action: "permit" | "deny";
  /** "any" matches every prefix of either family. */
  prefix: string;
  ge?: number;
  le?: number;
}

export interface CommunityListEntry {
  seq?: number;
  action: "permit" | "deny";
  kind: "standard" | "large";
  /** All of them must be present ("64512:100", "no-export", "64512:1:1"). */
  communities?: string[];
  /** Or a regular expression over the printed community. */
  regex?: string;
}

export interface AsPathListEntry {
  seq?: number;
  action: "permit" | "deny";
  regex: string;
}

/** An ordered policy. A route that no term decides gets `otherwise`; FRR's route-maps deny. */
export interface Policy {
  terms: Term[];
  otherwise?: "accept" | "reject";
  source?: Source;
}

export interface Term {
  seq?: number;
  /** All present conditions must hold; none present: every route. */
  match?: Match;
  set?: SetActions;
  /** "continue" applies what is set and goes on with the next term (or the one at `goto`). */
  action: "accept" | "reject" | "continue";
  goto?: number;
  /** A policy that is asked once this term has set what it sets: what that refuses is refused. One that is missing refuses nothing. */
  call?: string;
  source?: Source;
}

export interface PrefixMatch {
  prefix: string;
  ge?: number;
  le?: number;
}

export interface Match {
  /** Inline prefixes, any of them; without ge and le exactly that prefix. */
  prefixes?: PrefixMatch[];
  /** None of these. */
  notPrefixes?: PrefixMatch[];
  prefixList?: string;
  nextHopPrefixList?: string;
  communityList?: string;
  /** "any": one community of the list is enough. "exact": those of the list and no others. Default: all of an entry. */
  communityMatch?: "any" | "exact";
  /** At most so many communities. */
  communityCountMax?: number;
  /** Inline communities, all of them. */
  communities?: string[];
  asPathList?: string;
  /** The leading ASNs of the path (Calico's asPathPrefix). */
  asPathPrefix?: number[];
  /** At most so many ASNs in the path. */
  asPathCountMax?: number;
  /** The session's neighbor (on import), or who sent the path (on export): address, interface, group, or "local". */
  peer?: string;
  /** Who sent the path, on import and on export: address, interface or group. */
  sourcePeer?: string;
  tag?: number;
  origin?: "igp" | "egp" | "incomplete";
  peerType?: "ebgp" | "ibgp";
  /** By which kind of session the path came; own routes came by none (EOS `match route-type`). */
  learnedBy?: "ebgp" | "ibgp";
  /** How the route came to be: learned by BGP, or which local source. */
  source?: ("bgp" | "connected" | "static" | "kernel" | "aggregate")[];
  localPreference?: number;
  med?: number;
  /** Name or glob of the interface that the route goes out of. */
  interface?: string;
  /** Route metric below this (BIRD krt_metric). */
  metricBelow?: number;
}

export interface SetActions {
  /** A number, or "+n" / "-n". */
  localPreference?: number | string;
  /** A number, or "+n" / "-n". */
  med?: number | string;
  weight?: number;
  origin?: "igp" | "egp" | "incomplete";
  prepend?: number[];
  /** So many times the path's first ASN in front of it; nothing where the path is empty (route_set_aspath_prepend, FRR 8.4). */
  prependFirst?: number;
  /** ASNs that are taken out of the path. */
  exclude?: number[];
  /** An address, "self", "peer", or "unchanged": whatever the path came with. */
  nextHop?: string;
  communities?: { add?: string[]; remove?: string[]; set?: string[]; removeList?: string };
  largeCommunities?: { add?: string[]; remove?: string[]; set?: string[]; removeList?: string };
  tag?: number;
  /** Preference inside the speaker (BIRD preference). */
  preference?: number;
}
