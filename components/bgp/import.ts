/**
 * What becomes of a path that a neighbor sends: loop checks, lists, RFC 8212, policy and next hop, in the order of FRR's
 * bgp_update (8.4). The other dialects differ in what they check, not in the outcome of this order.
 */
import type { Prefix } from "../model/prefix";
import { changed, countAsn, withCommunity, type Attributes, type Bundle, type Interner, type Sent } from "./attributes";
import { namesOf, nameSeen, type Channel } from "./channels";
import { hasBeenOutside, isSilenced } from "./confederation";
import type { Candidate } from "./compare";
import { asPathListPermits, prefixListPermits } from "./lists";
import { applyPolicy, type Passed, type Varying } from "./policy";
import type { Resolver } from "./resolve";

export function importPath(
  channel: Channel,
  sent: Sent,
  prefix: Prefix,
  intern: Interner,
  resolver: Resolver,
): Candidate | undefined {
  const { speaker } = channel;
  const { bundle } = sent;
  if (bundle.originatorId !== undefined && bundle.originatorId === speaker.speaker.routerId) return undefined;
  if (bundle.clusterList.length > 0 && clusterLoop(channel, bundle)) return undefined;
  if (!passesLoops(channel, bundle)) return undefined;
  const { varies } = channel.importPolicy;
  const seen = varies === undefined ? "" : hopSeen(channel, varies, sent.nextHop);
  const memory = channel.importMemory.of(seen, prefix);
  let passed = memory.get(bundle.id);
  if (passed === undefined) {
    passed = accept(channel, sent, prefix, intern);
    memory.set(bundle.id, passed);
  }
  if (passed === null) return undefined;
  const nextHop = passed.nextHop === undefined ? sent.nextHop : setNextHop(channel, passed.nextHop, sent.nextHop);
  const through = speaker.dialect.linkLocalNextHop && passed.nextHop === undefined ? sent.through : undefined;
  const resolution = resolver.resolve(channel, nextHop, prefix, through);
  if (resolution === "rejected") return undefined;
  const candidate: Candidate = {
    bundle: passed.bundle,
    nextHop,
    channel: channel.index,
    kind: channel.kind,
    valid: resolution.valid,
    igpMetric: resolution.metric,
    routerId: channel.remote.speaker.routerId,
    address: channel.far.address,
    peerAsn: channel.far.asn,
    pathId: sent.pathId,
  };
  if (through !== undefined) candidate.through = through;
  if (channel.confed) candidate.confed = true;
  if (resolution.overBgp !== undefined) candidate.overBgp = resolution.overBgp;
  return candidate;
}

/** The checks of ASNs: one's own in the path, and the neighbor's in front of it. */
function passesLoops(channel: Channel, bundle: Bundle): boolean {
  if (asLoop(channel, bundle)) return false;
  const { speaker, dialect } = channel.speaker;
  if (channel.kind !== "ebgp" || !(speaker.bgp.enforceFirstAs ?? dialect.enforceFirstAs)) return true;
  return bundle.asPath[0] === channel.far.asn;
}

/** What a policy may look at besides attributes and prefix. */
function hopSeen(channel: Channel, varies: ReadonlySet<Varying>, nextHop: string): string {
  const port = varies.has("interface") ? (channel.own.port?.name ?? "") : "";
  const hop = varies.has("nextHopPrefixList") ? nextHop : "";
  return `${port} ${hop} ${varies.has("peer") || varies.has("sourcePeer") ? nameSeen(channel) : ""}`;
}

/** Is a path ignored for a loop, and not refused by a rule? GoBGP then leaves what stood there before. */
export function ignoresLoop(channel: Channel, { bundle }: Sent): boolean {
  if (bundle.originatorId !== undefined && bundle.originatorId === channel.speaker.speaker.routerId) return true;
  if (bundle.clusterList.length > 0 && clusterLoop(channel, bundle)) return true;
  return asLoop(channel, bundle);
}

function clusterLoop(channel: Channel, bundle: Bundle): boolean {
  if (channel.speaker.dialect.clusterLoop === "client-sessions" && !channel.reflectorClient) return false;
  return bundle.clusterList.includes(channel.clusterId);
}

function setNextHop(channel: Channel, wanted: string, sent: string): string {
  if (wanted === "peer") return channel.far.address;
  if (wanted === "self") return channel.own.address;
  return wanted === "unchanged" ? sent : wanted;
}

function accept(channel: Channel, sent: Sent, prefix: Prefix, intern: Interner): Passed | null {
  const { speaker, settings, kind } = channel;
  const { dialect } = speaker;
  if (!dialect.acceptsRoutes || isSilenced(channel)) return null;
  const { bundle } = sent;
  const plain = speaker.speaker;
  if ((plain.bgp.rejectAsSets ?? dialect.rejectsAsSets) && (bundle.asSet ?? []).length > 0) return null;
  if (settings.importPrefixList !== undefined) {
    const list = plain.prefixLists?.[settings.importPrefixList];
    if (list === undefined ? dialect.missingList === "reject" : !prefixListPermits(list, prefix)) return null;
  }
  if (settings.importAsPathList !== undefined) {
    const list = plain.asPathLists?.[settings.importAsPathList];
    if (list === undefined ? dialect.missingList === "reject" : !asPathListPermits(list, bundle)) return null;
  }
  const hasPolicy = settings.importPolicy ?? settings.importPrefixList ?? settings.importAsPathList;
  if (kind === "ebgp" && speaker.requiresPolicy && hasPolicy === undefined) return null;

  const arrived = intern(received(channel, bundle));
  let passed: Passed = { bundle: arrived };
  if (channel.importPolicy.missing && dialect.missingPolicy === "reject") return null;
  if (channel.importPolicy.policy !== undefined) {
    const result = applyPolicy(
      plain,
      dialect,
      channel.importPolicy.policy,
      arrived,
      {
        prefix,
        nextHop: sent.nextHop,
        source: "bgp",
        peerType: kind,
        learnedBy: kind,
        self: channel.own.address,
        peer: channel.far.address,
        neighbor: namesOf(channel),
        // FRR falls back to the session's neighbor (route_match_src_peer, 10.3).
        sender: namesOf(channel),
        defaultLocalPreference: plain.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference,
        ...(channel.own.port === undefined ? {} : { interface: channel.own.port.name }),
      },
      intern,
    );
    if (result === undefined) return null;
    passed = result;
  }
  const known = wellKnown(channel, passed.bundle);
  return known === passed.bundle ? passed : { ...passed, bundle: intern(known) };
}

/** Own ASN in the path more often than allowed; FRR's local-as is looked for too. */
function asLoop(channel: Channel, bundle: Bundle): boolean {
  const { speaker, settings } = channel;
  const own = speaker.speaker.asn;
  const allowed = settings.allowAsIn;
  const times = typeof allowed === "number" ? allowed : 0;
  const localAs = channel.own.settings.localAs;
  if (localAs !== undefined) {
    // bgp_update (FRR 8.4): the ASN that the import itself puts in front is counted, and tolerated once.
    const added = localAs.noPrepend === true ? 0 : 1;
    if (countAsn(bundle, localAs.asn) + added > (times > 0 ? times : added)) return true;
  }
  if (hasBeenOutside(speaker, bundle) > times) return true;
  if (allowed === "origin" && bundle.asPath[bundle.asPath.length - 1] === own) return false;
  return countAsn(bundle, own) > times;
}

/** Attributes as they stand before the policy: what is only local is made anew, LOCAL_PREF counts within an AS alone. */
function received(channel: Channel, bundle: Bundle): Attributes {
  const { dialect, speaker } = channel.speaker;
  const localPreference =
    channel.kind === "ibgp" && bundle.localPreference !== undefined
      ? bundle.localPreference
      : dialect.attachesLocalPreference
        ? (speaker.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference)
        : undefined;
  const localAs = channel.own.settings.localAs;
  return changed(bundle, {
    weight: channel.settings.weight ?? 0,
    tag: undefined,
    preference: 100,
    localPreference,
    // bgp_attr_aspath_check (FRR 8.4 and 10.3): a path looks as if it had passed the other ASN.
    ...(localAs === undefined || localAs.noPrepend === true ? {} : { asPath: [localAs.asn, ...bundle.asPath] }),
    ...(channel.kind === "ebgp" ? { originatorId: undefined, clusterList: [] } : {}),
  });
}

function wellKnown(channel: Channel, bundle: Bundle): Attributes {
  const { dialect } = channel.speaker;
  let result: Attributes = bundle;
  if (
    (dialect.honoursBlackhole === "all" || (dialect.honoursBlackhole === "ebgp" && channel.kind === "ebgp")) &&
    bundle.communities.includes("blackhole") &&
    !bundle.communities.includes("no-export")
  ) {
    result = changed(result, { communities: withCommunity(result.communities, "no-export") });
  }
  if (channel.kind !== "ebgp") return result;
  if (dialect.honoursGracefulShutdown && bundle.communities.includes("graceful-shutdown")) {
    result = changed(result, { localPreference: 0 });
  } else if (channel.speaker.speaker.bgp.gracefulShutdown === true || channel.own.settings.gracefulShutdown === true) {
    // bgp_attr_add_gshut_community (FRR 8.4) lowers the preference along with it.
    const communities = withCommunity(result.communities, "graceful-shutdown");
    result = changed(result, { communities, localPreference: 0 });
  }
  return result;
}
