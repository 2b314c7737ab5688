/**
 * What a speaker sends of a path to one neighbor, in the order of FRR's subgroup_announce_check (8.4): communities,
 * lists, reflection, attributes, policy, RFC 8212, next hop. BIRD and GoBGP rewrite attributes before their policy.
 */
import type { Prefix } from "../model/prefix";
import { compareAddresses } from "../model/address";
import {
  changed,
  maintained,
  withCommunity,
  type Attributes,
  type Bundle,
  type Change,
  type Interner,
  type Sent,
} from "./attributes";
import { connectedNetwork } from "./reach";
import { groupOf, namesOf, nameSeen, neighborsIn, type Channel } from "./channels";
import { hasBeenOutside, isInternal, isSilenced } from "./confederation";
import type { CompiledSpeaker } from "./compile";
import type { Candidate } from "./compare";
import { asPathListPermits, prefixListPermits } from "./lists";
import type { SetActions } from "./network";
import { applyPolicy, applySet, type Passed, type Varying } from "./policy";

export const isDefaultRoute = (prefix: string): boolean => prefix === "0.0.0.0/0" || prefix === "::/0";

const unspecified = (nextHop: string): boolean => nextHop === "0.0.0.0" || nextHop === "::";

/** `from` is the channel that the path came by; undefined for own routes. */
export function exportPath(
  channel: Channel,
  from: Channel | undefined,
  path: Candidate,
  prefix: Prefix,
  intern: Interner,
): Sent | undefined {
  const { dialect } = channel.speaker;
  if (path.announced === false) return undefined;
  if (channel.refusedAsn !== undefined && path.bundle.asPath.includes(channel.refusedAsn)) return undefined;
  if (!path.valid && !dialect.exportsUnresolved) return undefined;
  if (dialect.withholdsInactive && isInactive(channel.speaker, path, prefix)) return undefined;
  const { solo } = channel.own.settings;
  if (from !== undefined && (solo === true || !dialect.echo) && sameSource(channel, from)) return undefined;
  // subgroup_announce_check (FRR 8.4): a group of one is also asked for ORIGINATOR_ID.
  if (solo === true && path.bundle.originatorId === channel.remote.speaker.routerId) return undefined;
  if (channel.settings.defaultOriginate !== undefined && channel.settings.defaultOriginate !== false) {
    if (isDefaultRoute(prefix)) return undefined;
  }
  const reflected = from !== undefined && isInternal(from) && isInternal(channel);
  if (reflected && !reflects(channel, from)) return undefined;
  const way =
    from === undefined
      ? (path.local ?? "network")
      : reflected
        ? `${from.kind} ${from.reflectorClient} ${path.routerId} ${from.clusterId}`
        : `${from.kind} ${from.settings.routeServerClient === true}`;
  const { varies } = channel.exportPolicy;
  const seen = varies === undefined ? way : `${way} ${routeSeen(channel, varies, from, path)}`;
  const memory = channel.exportMemory.of(seen, prefix);
  let passed = memory.get(path.bundle.id);
  if (passed === undefined) {
    passed = announce(channel, from, path, prefix, intern);
    memory.set(path.bundle.id, passed);
  }
  if (passed === null) return undefined;
  const nextHop = nextHopFor(channel, from, path, passed.nextHop, reflected);
  // BIRD 1.6 (bgp_get_bucket): no route goes to the neighbor that is its next hop.
  if (dialect.oneTable && nextHop === channel.far.address) return undefined;
  const beside = nextHop !== channel.selfNextHop && linkLocal(channel, from, reflected);
  const sent: Sent = { bundle: passed.bundle, nextHop, pathId: 0 };
  if (beside) sent.through = channel.selfNextHop;
  return sent;
}

/** Does another protocol's route stand in the routing table instead? BGP's own networks are other protocols' routes. */
function isInactive({ speaker, dialect, routes }: CompiledSpeaker, path: Candidate, prefix: Prefix): boolean {
  if (speaker.bgp.advertiseInactive === true || (path.kind === "local" && path.local !== "aggregate")) return false;
  const [own] = routes.get(prefix) ?? [];
  const distance = speaker.bgp.distance ?? dialect.distance;
  return own !== undefined && own.distance <= distance[path.kind];
}

/** What a policy may look at besides attributes and prefix. */
const routeSeen = (
  channel: Channel,
  varies: ReadonlySet<Varying>,
  from: Channel | undefined,
  path: Candidate,
): string =>
  [
    varies.has("interface") ? (path.interface ?? from?.own.port?.name) : "",
    varies.has("metricBelow") ? path.metric : "",
    varies.has("nextHopPrefixList") ? path.nextHop : "",
    varies.has("peer") ? nameSeen(channel) : "",
    varies.has("sourcePeer") && from !== undefined ? nameSeen(from) : "",
  ].join(" ");

/** GoBGP asks for the router id, others for the session. */
export function sameSource(channel: Channel, from: Channel): boolean {
  return channel === from || (channel.speaker.dialect.marksOwnRoutesToClients && channel.remote === from.remote);
}

export function reflects(channel: Channel, from: Channel): boolean {
  if (!from.reflectorClient && !channel.reflectorClient) return false;
  return !(
    from.reflectorClient &&
    channel.reflectorClient &&
    channel.speaker.speaker.bgp.clientToClientReflection === false
  );
}

function withheld(channel: Channel, bundle: Bundle): boolean {
  const has = (name: string): boolean => bundle.communities.includes(name);
  if (bundle.communities.length === 0 || !channel.speaker.dialect.honoursNoExport) return false;
  if (has("no-advertise")) return true;
  if (channel.kind === "ebgp" && has("no-export")) return true;
  return (channel.kind === "ebgp" || channel.confed) && (has("no-export-subconfed") || has("local-AS"));
}

function announce(
  channel: Channel,
  from: Channel | undefined,
  path: Candidate,
  prefix: Prefix,
  intern: Interner,
): Passed | null {
  const { speaker, settings, kind } = channel;
  const { dialect } = speaker;
  const plain = speaker.speaker;
  const { bundle } = path;
  if (isSilenced(channel)) return null;
  const transparent = servesBoth(channel, from);
  if (!transparent && withheld(channel, bundle)) return null;
  if (looksForNeighborAsn(channel) && path.kind !== "local" && bundle.asPath.includes(channel.far.asn)) return null;
  if (settings.exportPrefixList !== undefined) {
    const list = plain.prefixLists?.[settings.exportPrefixList];
    if (list === undefined ? dialect.missingList === "reject" : !prefixListPermits(list, prefix)) return null;
  }
  if (settings.exportAsPathList !== undefined) {
    const list = plain.asPathLists?.[settings.exportAsPathList];
    if (list === undefined ? dialect.missingList === "reject" : !asPathListPermits(list, bundle)) return null;
  }
  const reflected = from !== undefined && isInternal(from) && isInternal(channel);
  if (hasBeenOutside(speaker, bundle) > 0) return null;
  // BIRD 1.6 and GoBGP also look for the cluster id before they send to a client.
  if (
    dialect.clusterLoop === "client-sessions" &&
    channel.reflectorClient &&
    bundle.clusterList.includes(channel.clusterId)
  ) {
    return null;
  }

  let now: Attributes = bundle;
  if (kind === "ibgp" && now.localPreference === undefined) {
    now = changed(now, { localPreference: plain.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference });
  }
  if (kind === "ebgp" && from !== undefined && !transparent && now.med !== undefined && dialect.medToEbgp !== "keep") {
    now = changed(now, { med: dialect.medToEbgp === "zero" ? 0 : undefined });
  }
  if (kind === "ebgp" && !dialect.policySeesAllAsns) now = otherAsns(channel, now);
  if (reflected && dialect.reflectionAddsMed && now.originatorId === undefined && now.med === undefined) {
    now = changed(now, { med: 0 });
  }
  if (dialect.rewritesBeforePolicy) now = rewritten(channel, from, path, now);

  let nextHop: string | undefined;
  if (channel.exportPolicy.missing && dialect.missingPolicy === "reject") return null;
  if (channel.exportPolicy.policy !== undefined) {
    const before = intern(now);
    const result = applyPolicy(
      plain,
      dialect,
      channel.exportPolicy.policy,
      before,
      {
        prefix,
        nextHop: path.nextHop,
        source: path.kind === "local" ? sourceOf(path) : "bgp",
        peerType: kind,
        ...(path.kind === "local" ? {} : { learnedBy: path.kind }),
        self: channel.own.address,
        peer: channel.far.address,
        // An update group has no address or interface, only the peer-group (conf_copy, FRR 8.4 and 10.3).
        neighbor: dialect.updateGroups ? groupOf(channel) : namesOf(channel),
        ...(from === undefined ? {} : { sender: namesOf(from) }),
        defaultLocalPreference: plain.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference,
        ...(from?.own.port === undefined ? {} : { interface: from.own.port.name }),
        ...(path.interface === undefined ? {} : { interface: path.interface }),
        ...(path.metric === undefined ? {} : { metric: path.metric }),
      },
      intern,
    );
    if (result === undefined) return null;
    // FRR: a reflected route passes or not, but keeps its attributes.
    const keeps = reflected && !(plain.bgp.reflectorAllowsOutboundPolicy ?? dialect.reflectorAllowsOutboundPolicy);
    if (!keeps) {
      now = result.bundle;
      nextHop = result.nextHop;
    }
  }
  const hasPolicy = settings.exportPolicy ?? settings.exportPrefixList ?? settings.exportAsPathList;
  if (kind === "ebgp" && speaker.requiresPolicy && hasPolicy === undefined) return null;
  if (kind === "ebgp" && dialect.policySeesAllAsns) now = otherAsns(channel, now);
  if (now.asPath.includes(0)) return null;
  if (shutsDown(channel)) {
    now =
      kind === "ibgp"
        ? changed(now, { localPreference: 0 })
        : changed(now, { communities: withCommunity(now.communities, "graceful-shutdown") });
  }
  if (!dialect.rewritesBeforePolicy) now = rewritten(channel, from, path, now);
  const result = intern(stripped(channel, now));
  return nextHop === undefined ? { bundle: result } : { bundle: result, nextHop };
}

/** RFC 8326: what goes out is a last resort (subgroup_announce_check, FRR 8.4 for the router, 10.6 for a neighbor). */
function shutsDown({ speaker, own }: Channel): boolean {
  if (speaker.speaker.bgp.gracefulShutdown === true) return true;
  return own.settings.gracefulShutdown === true && speaker.dialect.marksOnTheWayOut;
}

function looksForNeighborAsn({ speaker: { dialect }, own: { settings } }: Channel): boolean {
  if (settings.senderLoopCheck !== true) return dialect.senderLoopCheck;
  return !dialect.loopCheckOfSoloAlone || settings.solo === true;
}

export type RouteSource = "connected" | "static" | "kernel" | "aggregate";

/** How a policy names the source of an own route. */
export function sourceOf(path: Candidate): RouteSource {
  const { local } = path;
  return local === "connected" || local === "kernel" || local === "aggregate" ? local : "static";
}

/**
 * What a speaker puts in front towards eBGP: with local-as both ASNs, unless that replaces the real one. FRR 8.4 and 10.3
 * (bgp_append_local_as): remove-private-AS, of whatever kind, also takes the real one where it is private.
 */
function ownAsns(channel: Channel): number[] {
  // bgp_packet_attribute (FRR 8.4): a route server's ASN goes to none of its clients, not even with its own routes.
  if (channel.settings.routeServerClient === true) return [];
  const localAs = channel.own.settings.localAs;
  const { asn, bgp } = channel.speaker.speaker;
  if (bgp.confederation !== undefined) return [bgp.confederation.identifier];
  if (localAs === undefined) return [asn];
  const removes = (channel.settings.removePrivateAs ?? false) !== false;
  return localAs.replaceAs === true || (removes && isPrivate(asn)) ? [localAs.asn] : [localAs.asn, asn];
}

/** Own ASN in front towards eBGP; ORIGINATOR_ID and CLUSTER_LIST where a path is reflected. */
function rewritten(channel: Channel, from: Channel | undefined, path: Candidate, now: Attributes): Attributes {
  if (channel.kind === "ebgp") {
    return changed(now, { asPath: [...ownAsns(channel), ...now.asPath], confederation: undefined });
  }
  const { dialect } = channel.speaker;
  if (channel.confed) {
    const confederation = [channel.own.asn, ...(now.confederation ?? [])];
    return changed(now, { confederation, originatorId: undefined, clusterList: [] });
  }
  if (dialect.marksOwnRoutesToClients) {
    // GoBGP (UpdatePathAttrs): both attributes to clients, on whatever route, and to nobody else.
    if (!channel.reflectorClient) return changed(now, { originatorId: undefined, clusterList: [] });
    const originator = now.originatorId ?? (from === undefined ? channel.speaker.speaker.routerId : path.routerId);
    return changed(now, { originatorId: originator, clusterList: [channel.clusterId, ...now.clusterList] });
  }
  if (from === undefined || !isInternal(from)) return now;
  const change: Change = { originatorId: now.originatorId ?? path.routerId };
  change.clusterList = [channel.clusterId, ...now.clusterList];
  if (dialect.sortsClusterList) change.clusterList = [...change.clusterList].sort(compareAddresses);
  return changed(now, change);
}

/** What the session does not carry. */
function stripped(channel: Channel, now: Attributes): Attributes {
  const { dialect } = channel.speaker;
  const standard = channel.settings.sendCommunity?.standard ?? dialect.sendCommunity.standard;
  const large = channel.settings.sendCommunity?.large ?? dialect.sendCommunity.large;
  return changed(now, {
    weight: 0,
    tag: undefined,
    preference: 100,
    ...(channel.kind === "ebgp" ? { localPreference: undefined, originatorId: undefined, clusterList: [] } : {}),
    ...(standard ? {} : { communities: [] }),
    ...(large ? {} : { largeCommunities: [] }),
  });
}

/** Between two clients of a route server a path keeps what the one said (subgroup_announce_check, FRR 8.4). */
const servesBoth = ({ settings }: Channel, from: Channel | undefined): boolean =>
  settings.routeServerClient === true && from?.settings.routeServerClient === true;

/** What remove-private-AS and as-override leave of the ASNs of others. */
function otherAsns(channel: Channel, now: Attributes): Attributes {
  const left = privateAs(channel, now);
  if (channel.settings.asOverride !== true) return left;
  const { asn } = channel.speaker.speaker;
  return changed(left, { asPath: left.asPath.map((each) => (each === channel.far.asn ? asn : each)) });
}

const isPrivate = (asn: number): boolean => (asn >= 64512 && asn <= 65534) || (asn >= 4200000000 && asn <= 4294967294);

/** FRR 8.4 (bgp_peer_remove_private_as): without `all` only a path of private ASNs alone loses them. */
function privateAs(channel: Channel, now: Attributes): Attributes {
  const how = channel.settings.removePrivateAs;
  if (how === undefined || how === false) return now;
  const peer = channel.far.asn;
  const { asn } = channel.speaker.speaker;
  if (how === true || how === "replace-private-only") {
    if (now.asPath.length === 0 || !now.asPath.every(isPrivate)) return now;
    if (how !== true) return changed(now, { asPath: now.asPath.map((each) => (each === peer ? each : asn)) });
    return changed(now, { asPath: now.asPath.filter((each) => each === peer) });
  }
  if (how === "replace") {
    return changed(now, { asPath: now.asPath.map((each) => (isPrivate(each) && each !== peer ? asn : each)) });
  }
  return changed(now, { asPath: now.asPath.filter((each) => !isPrivate(each) || each === peer) });
}

function nextHopFor(
  channel: Channel,
  from: Channel | undefined,
  path: Candidate,
  set: string | undefined,
  reflected: boolean,
): string {
  const self = channel.selfNextHop;
  if (set !== undefined && set !== "unchanged") return set === "self" || set === "peer" ? self : set;
  if (unspecified(path.nextHop)) return self;
  const { settings, kind, speaker } = channel;
  // What came over an unnumbered session has a link-local next hop, which no IPv4 session carries on; and an unnumbered
  // session carries no IPv4 next hop (measured on 8.4.4).
  const unnumbered = path.nextHop.startsWith("interface%") || self.startsWith("interface%");
  if ((settings.nextHopUnchanged === true || set === "unchanged") && !unnumbered) return path.nextHop;
  // Whoever sent the path, client or not (measured on 8.4.4 and 10.3).
  if (settings.routeServerClient === true && !unnumbered) return path.nextHop;
  if (settings.nextHopSelf === "force") return self;
  // FRR: next-hop-self leaves reflected paths alone. BIRD 1.6 does not know the difference.
  if (settings.nextHopSelf === true && (!reflected || speaker.dialect.oneTable)) return self;
  if (kind === "ibgp") return path.nextHop.startsWith("interface%") ? self : path.nextHop;
  const { thirdPartyNextHop: rule } = speaker.dialect;
  const keeps = rule === "shared-subnet" || (rule === "one-hop" && channel.own.settings.multihop === 1);
  if (keeps && thirdParty(channel, from, path.nextHop)) return path.nextHop;
  return self;
}

/**
 * FRR 8.4 (bgp_multiaccess_check_v4): next hop and neighbor on one connected network. Towards the path's own sender the
 * update group is asked without it (bgp_subgrp_multiaccess_check_v4): only if another of the group stands on that
 * network does an echo keep the next hop, which its receiver then refuses as its own.
 */
function thirdParty(channel: Channel, from: Channel | undefined, nextHop: string): boolean {
  if (nextHop.startsWith("interface%") || channel.far.address.startsWith("interface%")) return false;
  // The check of an IPv4 route asks for an IPv4 next hop.
  if (channel.family === "ipv4" && nextHop.includes(":")) return false;
  const { speaker } = channel;
  const network = channel.farNetwork;
  if (network === undefined || connectedNetwork(speaker, nextHop) !== network) return false;
  if (channel !== from || !speaker.dialect.updateGroups) return true;
  return neighborsIn(channel, network) > 1;
}

/** Does the own link-local address go beside an IPv6 next hop? To neighbors on the link; over iBGP for own routes alone. */
function linkLocal(
  { family, speaker, farNetwork, kind }: Channel,
  from: Channel | undefined,
  reflected: boolean,
): boolean {
  if (family !== "ipv6" || !speaker.dialect.linkLocalNextHop || farNetwork === undefined || reflected) return false;
  if (from?.reflectorClient === true && speaker.dialect.noLinkLocalOfClients) return false;
  return kind === "ebgp" || from === undefined;
}

/** FRR's default-originate: a default route made for this neighbor alone, whatever the table holds. */
export function defaultOriginated(
  channel: Channel,
  intern: Interner,
  attributes: Attributes,
  set: SetActions,
  prefix: Prefix,
): Sent {
  const { speaker, dialect } = channel.speaker;
  const defaultLocalPreference = speaker.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference;
  const facts = { prefix, nextHop: channel.selfNextHop, source: "bgp" as const, defaultLocalPreference };
  const said = applySet(speaker, dialect, set, changed(attributes, { med: dialect.localMed }), facts);
  const made = maintained(speaker, said);
  const base = changed(made, {
    ...(channel.kind === "ibgp"
      ? {
          localPreference: made.localPreference ?? defaultLocalPreference,
          ...(channel.confed ? { confederation: [channel.own.asn] } : {}),
        }
      : { asPath: [...ownAsns(channel), ...made.asPath] }),
  });
  return { bundle: intern(stripped(channel, base)), nextHop: channel.selfNextHop, pathId: 0 };
}
