/**
 * MetalLB's own validation of its configuration (internal/config, 0.14 to 0.16): one object that it refuses makes it
 * refuse all of it, and the speakers go on with what they had, or with nothing.
 */
import { parseAddress } from "../../model/address";
import { parseAnyCommunity } from "../../model/community";
import { rangePrefixes, rangesOverlap } from "../../model/range";
import { prefixLength } from "../../model/prefix";
import { durationSeconds } from "../duration";
import type { ClusterObjects } from "../objects";
import { repeats } from "./repeats";
import type { Advertisement, MetallbObjects, Mode, Peer, Refusal } from "./types";

/** A peer by itself. Since 0.16 a speaker looks at the peers of its own node alone. */
export function peerRefusals(peer: Peer, mode: Mode, metallb: MetallbObjects, objects: ClusterObjects): Refusal[] {
  const { spec } = peer;
  const found: Refusal[] = [];
  const refuse = (path: string, sentence: string, fix: string, rule = "invalid", extra: { transient?: true } = {}) =>
    found.push({ object: peer, path: `spec.${path}`, sentence, fix, rule, ...extra });
  if (spec.myASN === 0) refuse("myASN", "myASN 0 is not an ASN", "set the cluster's ASN");
  if ((spec.peerASN === undefined || spec.peerASN === 0) === (spec.dynamicASN === undefined)) {
    refuse("peerASN", "exactly one of peerASN and dynamicASN must be set", "set peerASN");
  }
  if ((spec.peerAddress === undefined) === (spec.interface === undefined)) {
    refuse("peerAddress", "exactly one of peerAddress and interface must be set", "set peerAddress");
  }
  if (spec.peerAddress !== undefined && !parseAddress(spec.peerAddress).ok) {
    refuse("peerAddress", `"${spec.peerAddress}" is not an address`, "correct it; no length belongs to it");
  }
  if (spec.sourceAddress !== undefined && !parseAddress(spec.sourceAddress).ok) {
    refuse("sourceAddress", `"${spec.sourceAddress}" is not an address`, "correct it");
  }
  if (spec.routerID !== undefined && !parseAddress(spec.routerID).ok) {
    refuse("routerID", `"${spec.routerID}" is not an address`, "correct it");
  }
  if (spec.ebgpMultiHop === true && spec.peerASN === spec.myASN) {
    refuse("ebgpMultiHop", "ebgpMultiHop is refused where peerASN is myASN", "remove it: iBGP is multihop anyway");
  }
  // A keepalive time alone makes the hold time, three times as long: then there is nothing to compare.
  const hold = spec.holdTime === undefined ? undefined : durationSeconds(spec.holdTime);
  const keepalive = durationSeconds(spec.keepaliveTime ?? "0");
  if (hold !== undefined && hold !== 0 && hold < 3)
    refuse("holdTime", "a hold time is 0 or at least 3 seconds", "raise it");
  if (hold !== undefined && keepalive !== undefined && keepalive > hold) {
    refuse("keepaliveTime", "keepaliveTime is longer than holdTime", "shorten it to a third of holdTime");
  }
  const connect = spec.connectTime === undefined ? undefined : durationSeconds(spec.connectTime);
  if (connect !== undefined && (connect < 1 || connect > 65535 || connect % 1 !== 0)) {
    refuse("connectTime", "connectTime is in whole seconds from 1 to 65535", "round it");
  }
  if (spec.password !== undefined && spec.passwordSecret?.name !== undefined) {
    refuse("password", "password and passwordSecret exclude each other", "keep passwordSecret");
  }
  found.push(...repeats(peer, { selectors: { nodeSelectors: spec.nodeSelectors } }));
  found.push(...secretRefusals(peer, objects));
  if (mode === "native") found.push(...nativeRefusals(peer));
  else if (spec.bfdProfile !== undefined && !metallb.profiles.has(spec.bfdProfile)) {
    const sentence = `there is no BFDProfile ${spec.bfdProfile}`;
    refuse("bfdProfile", sentence, "create it, or correct the name", "bfd-profile-missing", { transient: true });
  }
  const echo = metallb.profiles.get(spec.bfdProfile ?? "")?.spec.echoMode === true;
  if (echo && spec.peerAddress?.includes(":") === true) {
    refuse("bfdProfile", "BFD's echo mode has no IPv6", "take echoMode out of the profile, or name another one");
  }
  return found;
}

function secretRefusals(peer: Peer, { secrets }: ClusterObjects): Refusal[] {
  const name = peer.spec.passwordSecret?.name;
  if (name === undefined || secrets === undefined) return [];
  const namespace = peer.metadata.namespace ?? "default";
  const secret = secrets.find((one) => one.name === name && one.namespace === namespace);
  if (secret?.keys.includes("password") === true) return [];
  return [
    {
      object: peer,
      path: "spec.passwordSecret",
      rule: "secret-missing",
      sentence: `there is no secret ${name} with the key password in ${namespace}`,
      fix: `create it there, of type kubernetes.io/basic-auth`,
      transient: true,
    },
  ];
}

const FRR_ONLY = {
  bfdProfile: "BFD",
  keepaliveTime: "keepaliveTime",
  connectTime: "connectTime",
  vrf: "VRFs",
  enableGracefulRestart: "graceful restart",
  dynamicASN: "dynamicASN",
  interface: "unnumbered sessions",
  localASN: "localASN",
  disableMP: "disableMP",
  dualStackAddressFamily: "dualStackAddressFamily",
} as const;

function nativeRefusals(peer: Peer): Refusal[] {
  return (Object.keys(FRR_ONLY) as (keyof typeof FRR_ONLY)[]).flatMap((field): Refusal[] => {
    const value = peer.spec[field];
    if (value === undefined || value === false || value === "") return [];
    return [
      {
        object: peer,
        path: `spec.${field}`,
        rule: "native-cannot",
        sentence: `the native speaker has no ${FRR_ONLY[field]}: it refuses the whole configuration`,
        fix: "run the FRR or FRR-K8s backend, or remove the field",
      },
    ];
  });
}

/** Peers that meet on one node, in the FRR modes: one router id, one ASN a VRF, no address twice. */
export function sharedRefusals(peers: readonly Peer[], mode: Mode): Refusal[] {
  if (mode === "native") return [];
  const found: Refusal[] = [];
  const first = new Map<string, Peer>();
  const hold = (key: string, peer: Peer, path: string, of: (peer: Peer) => unknown, what: string) => {
    const known = first.get(key);
    if (known === undefined) first.set(key, peer);
    else if (of(known) !== of(peer)) {
      found.push({
        object: peer,
        path,
        rule: "invalid",
        sentence: `${what} differs from BGPPeer ${known.metadata.name}'s, and both run on one node`,
        fix: "make them equal, or let them select different nodes",
      });
    }
  };
  for (const peer of peers) {
    const { vrf = "", routerID, peerAddress, interface: name } = peer.spec;
    if (routerID !== undefined) hold("router", peer, "spec.routerID", (one) => one.spec.routerID, "routerID");
    hold(`asn ${vrf}`, peer, "spec.myASN", (one) => one.spec.myASN, "myASN");
    hold(
      `address ${vrf} ${peerAddress ?? name ?? ""}`,
      peer,
      "spec.peerAddress",
      (one) => one,
      `the session to ${peerAddress ?? name ?? ""}`,
    );
  }
  return found;
}

/** Pools and advertisements: every speaker refuses all of it for one of them. */
export function poolRefusals(
  metallb: MetallbObjects,
  mode: Mode,
  bound: (advertisement: Advertisement) => MetallbObjects["pools"],
): Refusal[] {
  const found: Refusal[] = [];
  for (const pools of metallb.pools) found.push(...poolRefusal(pools));
  for (const aliases of metallb.communities) found.push(...communityRefusals(aliases, mode));
  const shown = new Set(metallb.advertisements.flatMap(bound).map(({ pool }) => pool));
  metallb.pools.forEach(({ pool, ranges }, i) => {
    // A pool that no advertisement takes never reaches the speaker's check.
    if (mode === "native" && shown.has(pool) && ranges.some(({ first }) => first.includes(":"))) {
      found.push({
        object: pool,
        path: "spec.addresses",
        rule: "native-cannot",
        sentence: "the native speaker has no IPv6: it refuses the whole configuration",
        fix: "run the FRR or FRR-K8s backend",
      });
    }
    for (const other of metallb.pools.slice(0, i)) {
      if (!ranges.some((a) => other.ranges.some((b) => rangesOverlap(a, b)))) continue;
      found.push({
        object: pool,
        path: "spec.addresses",
        rule: "pools-overlap",
        sentence: `it overlaps IPAddressPool ${other.pool.metadata.name}`,
        fix: "give each pool a range of its own",
      });
    }
  });
  for (const advertisement of metallb.advertisements) {
    found.push(...advertisementRefusals(advertisement, mode, metallb, bound(advertisement)));
  }
  return found;
}

function advertisementRefusals(
  advertisement: Advertisement,
  mode: Mode,
  metallb: MetallbObjects,
  pools: MetallbObjects["pools"],
): Refusal[] {
  const found: Refusal[] = [];
  const {
    aggregationLength = 32,
    aggregationLengthV6 = 128,
    communities = [],
    serviceSelectors = [],
  } = advertisement.spec;
  const refuse = (path: string, sentence: string, fix: string, rule = "invalid", extra: { transient?: true } = {}) =>
    found.push({ object: advertisement, path: `spec.${path}`, sentence, fix, rule, ...extra });
  if (aggregationLength > 32) refuse("aggregationLength", "an IPv4 prefix has at most 32 bits", "use 32 or less");
  if (aggregationLengthV6 > 128)
    refuse("aggregationLengthV6", "an IPv6 prefix has at most 128 bits", "use 128 or less");
  if (serviceSelectors.length > 0 && (aggregationLength !== 32 || aggregationLengthV6 !== 128)) {
    refuse("serviceSelectors", "serviceSelectors and an aggregation length exclude each other", "keep one of them");
  }
  for (const { pool, entries } of pools) {
    for (const entry of entries) {
      for (const v6 of [false, true]) {
        const lengths = entry
          .filter(({ first }) => first.includes(":") === v6)
          .flatMap(rangePrefixes)
          .map(prefixLength);
        const wanted = v6 ? aggregationLengthV6 : aggregationLength;
        if (lengths.length === 0 || wanted >= Math.min(...lengths)) continue;
        refuse(
          v6 ? "aggregationLengthV6" : "aggregationLength",
          `/${wanted} is wider than the entry of IPAddressPool ${pool.metadata.name} it is made of (/${Math.min(...lengths)})`,
          `use ${Math.min(...lengths)} or more`,
        );
      }
    }
  }
  communities.forEach((text, i) => {
    const value = communityOf(text, metallb.aliases);
    const path = `communities[${i}]`;
    if (value === undefined) {
      refuse(
        path,
        `"${text}" is neither a community nor an alias`,
        "define it in a Community object",
        "community-undefined",
        { transient: true },
      );
    } else if (mode === "native" && value.split(":").length === 3) {
      refuse(path, "the native speaker has no large communities", "run the FRR or FRR-K8s backend", "native-cannot");
    }
    if (communities.indexOf(text) < i) refuse(path, `${text} stands twice`, "remove it");
  });
  const { ipAddressPools, peers, nodeSelectors, ipAddressPoolSelectors } = advertisement.spec;
  found.push(
    ...repeats(advertisement, {
      names: { ipAddressPools, peers },
      selectors: { nodeSelectors, ipAddressPoolSelectors, serviceSelectors },
    }),
  );
  return found;
}

/** Addresses that cannot be read, and what is said twice about who may use the pool. */
function poolRefusal({ pool, unread }: MetallbObjects["pools"][number]): Refusal[] {
  const { namespaces, namespaceSelectors, serviceSelectors } = pool.spec.serviceAllocation ?? {};
  const told = repeats(pool, {
    names: { "serviceAllocation.namespaces": namespaces },
    selectors: {
      "serviceAllocation.namespaceSelectors": namespaceSelectors,
      "serviceAllocation.serviceSelectors": serviceSelectors,
    },
  });
  return [
    ...unread.map(({ text, at }) => ({
      object: pool,
      path: `spec.addresses[${at}]`,
      rule: "invalid",
      sentence: `"${text}" is neither a CIDR nor a range`,
      fix: 'write "10.0.0.0/24" or "10.0.0.1-10.0.0.9"',
    })),
    ...told,
  ];
}

/** Aliases: every one must be a community, and no name may stand for two; a large one stops the native speaker. */
function communityRefusals(object: MetallbObjects["communities"][number], mode: Mode): Refusal[] {
  const found: Refusal[] = [];
  const list = object.spec.communities ?? [];
  list.forEach(({ name = "", value = "" }, i) => {
    const refuse = (sentence: string, fix: string, rule = "invalid") =>
      found.push({ object, path: `spec.communities[${i}]`, sentence, fix, rule });
    const read = communityOf(value, new Map());
    if (read === undefined) refuse(`"${value}" is not a community`, 'write "64512:100" or "large:64512:1:1"');
    else if (mode === "native" && read.split(":").length === 3) {
      refuse("the native speaker has no large communities", "run the FRR or FRR-K8s backend", "native-cannot");
    }
    if (list.findIndex((one) => one.name === name) < i) refuse(`the name ${name} stands twice`, "remove one of them");
  });
  return found;
}

/** "64512:1", "large:1:2:3" or an alias, as canonical text. */
export function communityOf(text: string, aliases: ReadonlyMap<string, string>): string | undefined {
  const value = (aliases.get(text) ?? text).replace(/^large:/, "");
  if (!/^\d+:\d+(:\d+)?$/.test(value)) return undefined;
  const parsed = parseAnyCommunity(value);
  return parsed.ok ? parsed.value.community : undefined;
}
