/**
 * The directed halves of sessions, one a family: what a speaker hears and says there, with everything that stays the
 * same from route to route looked up once. Channels with equal rules share the memory of what they did to attributes.
 */
import { familyOf } from "../model/address";
import type { Memories, Memory } from "./memories";
import { excludesAsns, varyingIn, type Named, type Varying } from "./policy";
import type { Bundle, Sent } from "./attributes";
import { addressOn, type Compiled, type CompiledSpeaker } from "./compile";
import type { Dialect } from "./dialects";
import type { Family, FamilySettings, Policy } from "./network";
import { connectedNetwork } from "./reach";
import type { End, Link } from "./sessions/ends";

export interface Channel {
  /** Index within the speaker's channels of this family. */
  index: number;
  /** Its session is gone, and its place is kept: what others hold points to places. */
  closed?: true;
  speaker: CompiledSpeaker;
  remote: CompiledSpeaker;
  /** Index of the far half within the remote's channels. */
  remoteIndex: number;
  link: Link;
  own: End;
  far: End;
  kind: "ebgp" | "ibgp";
  confed: boolean;
  family: Family;
  settings: FamilySettings;
  /** Own address as a next hop to the far side, as the far side writes it. */
  selfNextHop: string;
  /** How the speaker names the neighbor: its address, or its own interface. */
  name: string;
  importPolicy: PolicyRef;
  exportPolicy: PolicyRef;
  importMemory: Memory;
  exportMemory: Memory;
  /** What goes out with the speaker's own address as next hop, by attributes: the same array each time. */
  selfSent: Map<Bundle, readonly Sent[]>;
  /** Several paths a prefix go out here, and the far side takes them. */
  sendsAll: false | "all" | "best-per-as";
  /** The far side refuses every path with this ASN in it, and nothing here takes ASNs out: no use in sending it. */
  refusedAsn: number | undefined;
  /** Next hops must be connected (FRR's eBGP of one hop). */
  connectedOnly: boolean;
  /** The connected network that the neighbor stands on. */
  farNetwork: string | undefined;
  /** Neighbors with equal keys share FRR's update group; counted by connected network. */
  group: UpdateGroup;
  reflectorClient: boolean;
  clusterId: string;
}

/** A policy by name: none attached, one that exists, or a name without a policy behind it. */
export interface PolicyRef {
  policy?: Policy;
  missing: boolean;
  /** What its answer depends on beside prefix and attributes; absent: on nothing else. */
  varies?: ReadonlySet<Varying>;
}

/** How many neighbors of one update group stand on each connected network. */
export type UpdateGroup = Map<string, number>;

export interface Channels {
  /** For each family, each speaker's channels. */
  ipv4: Channel[][];
  ipv6: Channel[][];
}

/** `gone` are sessions that carried routes until a limit ended them: FRR's update groups were formed with them. */
export function buildChannels(
  compiled: Compiled,
  links: readonly Link[],
  memories: Memories,
  gone: readonly Link[] = [],
): Channels {
  const channels: Channels = {
    ipv4: compiled.speakers.map(() => []),
    ipv6: compiled.speakers.map(() => []),
  };
  const groups = new Map<string, UpdateGroup>();
  for (const link of gone) {
    for (const family of link.families) {
      for (const [own, far] of [link.ends, [link.ends[1], link.ends[0]]] as [End, End][]) {
        const speaker = compiled.speakers[own.speaker];
        const remote = compiled.speakers[far.speaker];
        const settings = own.settings.families?.[family] ?? {};
        if (speaker === undefined || remote === undefined) continue;
        updateGroup(groups, speaker, remote, own, far, link, family, settings);
      }
    }
  }
  for (const link of links) {
    for (const family of link.families) {
      const [a, b] = link.ends;
      const listA = channels[family][a.speaker];
      const listB = channels[family][b.speaker];
      const left = compiled.speakers[a.speaker];
      const right = compiled.speakers[b.speaker];
      if (listA === undefined || listB === undefined || left === undefined || right === undefined) continue;
      const indexA = listA.length;
      const indexB = listB.length;
      listA.push(half(left, right, a, b, link, family, indexA, indexB, memories, groups));
      listB.push(half(right, left, b, a, link, family, indexB, indexA, memories, groups));
    }
  }
  return channels;
}

export function half(
  speaker: CompiledSpeaker,
  remote: CompiledSpeaker,
  own: End,
  far: End,
  link: Link,
  family: Family,
  index: number,
  remoteIndex: number,
  memories: Memories,
  groups: Map<string, UpdateGroup>,
): Channel {
  const settings = own.settings.families?.[family] ?? {};
  const importPolicy = policyRef(speaker, settings.importPolicy);
  const exportPolicy = policyRef(speaker, settings.exportPolicy);
  const keys = memories.keys(speaker, own, far, link, settings);
  return {
    index,
    speaker,
    remote,
    remoteIndex,
    link,
    own,
    far,
    kind: link.kind,
    confed: link.confed,
    family,
    settings,
    selfNextHop: selfNextHop(speaker.dialect, own, far, family, extendsNextHop(speaker, own, remote, far, family)),
    name: own.settings.interface ?? far.address,
    importPolicy,
    exportPolicy,
    selfSent: new Map(),
    importMemory: memories.of(keys.in, speaker, importPolicy.policy, settings.importPrefixList),
    exportMemory: memories.of(keys.out, speaker, exportPolicy.policy, settings.exportPrefixList),
    sendsAll: addPath(speaker, own, remote, far, family),
    refusedAsn: excludesAsns(exportPolicy.policy) ? undefined : refusedAsn(remote, far, link.kind, family, settings),
    connectedOnly: speaker.dialect.connectedNextHop && link.kind === "ebgp" && singleHop(own),
    farNetwork: connectedNetwork(speaker, far.address),
    group: updateGroup(groups, speaker, remote, own, far, link, family, settings),
    reflectorClient: settings.reflectorClient === true,
    clusterId: speaker.speaker.bgp.clusterId ?? speaker.speaker.routerId,
  };
}

/** The channel of a session that stays, between its speakers as they are now: rules and settings are as they were. */
export function renewed(channel: Channel, { speakers }: Compiled): Channel {
  const [speaker, remote] = [speakers[channel.speaker.index], speakers[channel.remote.index]];
  if (speaker === undefined || remote === undefined) return channel;
  return { ...channel, speaker, remote, farNetwork: connectedNetwork(speaker, channel.far.address) };
}

function refusedAsn(
  remote: CompiledSpeaker,
  far: End,
  kind: string,
  family: Family,
  settings: FamilySettings,
): number | undefined {
  if (kind !== "ebgp" || remote.dialect.keepsIgnored || !remote.dialect.acceptsRoutes) return undefined;
  if (far.settings.families?.[family]?.allowAsIn !== undefined || far.settings.localAs !== undefined) return undefined;
  if (settings.asOverride === true || (settings.removePrivateAs ?? false) !== false) return undefined;
  return remote.speaker.asn;
}

/** FRR: eBGP of TTL 1 without disable-connected-check tracks its next hops as connected ones. */
function singleHop({ settings }: End): boolean {
  return (settings.multihop ?? 1) <= 1 && settings.ttlSecurity === undefined && settings.disableConnectedCheck !== true;
}

/** FRR 8.4 (updgrp_hash_cmp): kind, flags, capabilities, group and names of outbound filters. */
export function updateGroup(
  groups: Map<string, UpdateGroup>,
  speaker: CompiledSpeaker,
  remote: CompiledSpeaker,
  own: End,
  far: End,
  { kind, confed }: Pick<Link, "kind" | "confed">,
  family: Family,
  settings: FamilySettings,
): UpdateGroup {
  if (!speaker.dialect.updateGroups) return NO_GROUP;
  const flags = [
    settings.sendCommunity,
    settings.defaultOriginate,
    settings.reflectorClient === true,
    settings.nextHopSelf,
    settings.nextHopUnchanged === true,
    settings.removePrivateAs,
    settings.asOverride === true,
    settings.addPath?.send,
    settings.exportPolicy,
    settings.exportPrefixList,
    settings.exportAsPathList,
    settings.routeServerClient === true,
    settings.maximumPrefixOut,
    own.settings.senderLoopCheck === true ? far.asn : 0,
    // A group of its own (updgrp_hash_key_make, 8.4 and 10.3).
    own.settings.solo === true || settings.maximumPrefixOut !== undefined ? far.address : "",
  ];
  const takesSeveral = far.settings.families?.[family]?.addPath?.receive ?? remote.dialect.addPath.receive;
  // max_packet_size is one of the key's parts.
  const long = speaker.dialect.extendedMessages && remote.dialect.extendedMessages;
  const unnumbered = own.address.startsWith("interface%");
  const key = JSON.stringify([
    speaker.index,
    kind,
    confed,
    family,
    own.settings.localAs,
    own.settings.group,
    takesSeveral,
    long,
    unnumbered,
    extendsNextHop(speaker, own, remote, far, family),
    flags,
  ]);
  let group = groups.get(key);
  if (group === undefined) groups.set(key, (group = new Map<string, number>()));
  const network = connectedNetwork(speaker, far.address);
  if (network !== undefined) group.set(network, (group.get(network) ?? 0) + 1);
  return group;
}

const NO_GROUP: UpdateGroup = new Map();

export function neighborsIn(channel: Channel, network: string): number {
  return channel.group.get(network) ?? 0;
}

/** The neighbor of a channel as policies name it. */
export function namesOf({ far, own }: Channel): Named {
  const numbered = far.address.startsWith("interface%") ? {} : { address: far.address };
  const { interface: name } = own.settings;
  return { ...numbered, ...(name === undefined ? {} : { interface: name }), ...groupOf({ own }) };
}

/** All that a policy can call the neighbor by. */
export const nameSeen = ({ far, own }: Channel): string =>
  `${far.address} ${own.settings.interface ?? ""} ${own.settings.group ?? ""}`;

export const groupOf = ({ own }: Pick<Channel, "own">): Named =>
  own.settings.group === undefined ? {} : { group: own.settings.group };

function policyRef(speaker: CompiledSpeaker, name: string | undefined): PolicyRef {
  if (name === undefined) return { missing: false };
  const policy = speaker.speaker.policies?.[name];
  if (policy === undefined) return { missing: true };
  const varies = varyingIn(policy);
  return { policy, missing: false, ...(varies.length === 0 ? {} : { varies: new Set(varies) }) };
}

/** The session's own address where it is of the routes' family, or else one of the same interface. */
function selfNextHop(dialect: Dialect, own: End, far: End, family: Family, extended: boolean): string {
  if (own.address.startsWith("interface%")) {
    const shared = family === "ipv4" && own.port !== undefined ? pointToPoint(own) : undefined;
    return shared ?? `interface%${far.port?.name ?? ""}`;
  }
  if (familyOf(own.address) === family || extended) return own.address;
  if (dialect.crossesFamilies) return family === "ipv4" ? own.address : `::ffff:${own.address}`;
  const other = own.port === undefined ? undefined : addressOn(own.port, family);
  return other ?? own.address;
}

/** Do IPv4 routes go with IPv6 next hops here (RFC 8950)? Both ends must say so. */
function extendsNextHop(
  speaker: CompiledSpeaker,
  own: End,
  remote: CompiledSpeaker,
  far: End,
  family: Family,
): boolean {
  if (family !== "ipv4" || !own.address.includes(":")) return false;
  const says = ({ dialect }: CompiledSpeaker, { settings }: End): boolean =>
    settings.extendedNextHop ?? dialect.extendsNextHop;
  return says(speaker, own) && says(remote, far);
}

/** FRR takes the IPv4 addresses of an interface with a /30 or /31 for an unnumbered session. */
function pointToPoint(own: End): string | undefined {
  return own.port?.addresses.find((each) => /\/(30|31)$/.test(each.prefix))?.address;
}

function addPath(
  speaker: CompiledSpeaker,
  own: End,
  remote: CompiledSpeaker,
  far: End,
  family: Family,
): false | "all" | "best-per-as" {
  const takes = far.settings.families?.[family]?.addPath?.receive ?? remote.dialect.addPath.receive;
  if (!takes) return false;
  const said = own.settings.families?.[family]?.addPath?.send;
  return said ?? (speaker.dialect.addPath.send ? "all" : false);
}
