/**
 * MetalLB's reading of a cluster's objects: every node that a BGPPeer selects as a speaker, MetalLB's own (native) or FRR
 * (frr, frr-k8s), with its sessions and the service addresses it announces, 0.14 to 0.16. Pods' routes are not its business.
 */
import type { FamilySettings, Neighbor, Policy, Speaker, Term, Unmodelled } from "../../bgp/network";
import type { Prefix } from "../../model/prefix";
import { parseRange, rangeOf, type AddressRange } from "../../model/range";
import { parsePrefix } from "../../model/prefix";
import { compareVersions } from "../../model/version";
import { frrConfigurationKind, metallbKinds } from "../crds/metallb";
import { durationSeconds } from "../duration";
import { sortFindings, type ObjectFinding } from "../finding";
import { resourcesOf, slicesByService, type ClusterObjects, type KubernetesObject, type Node } from "../objects";
import { machineAddresses, madeRouterId, speakerName, standing, addSegment } from "../place";
import { acceptResources, reporter, sourceOf, type CniReading, type Report } from "../reading";
import { USUAL } from "./versions";
import { checkMetallb } from "./findings";
import {
  asnOf,
  configurationsOf,
  withConfigurations,
  type FrrConfiguration,
  type FrrConfigurationSpec,
} from "./frrConfiguration";
import { type MetallbOptions, NAMESPACE, modeOf } from "./options";
import { isDialled, isOn } from "./peers";
import { preferenceRefusals, said } from "./preferences";
import { announcements, boundPools, type Announcement } from "./services";
import type {
  AdvertisementSpec,
  BfdSpec,
  CommunityAliases,
  MetallbObjects,
  Mode,
  Peer,
  PeerSpec,
  PoolSpec,
  Refusal,
} from "./types";
import { communityOf, peerRefusals, poolRefusals, sharedRefusals } from "./validate";

export type { MetallbOptions } from "./options";

const GROUP = ["metallb.io"] as const;
const FRR_GROUP = ["frrk8s.metallb.io"] as const;

export function readMetallb(objects: ClusterObjects, options: MetallbOptions = {}): CniReading {
  const findings: ObjectFinding[] = [];
  const report = reporter("metallb", objects, findings);
  const version = (options.version ?? USUAL).replace(/^v/, "");
  const mode = modeOf(options, version);
  const metallb = sortOut(objects, version, options.namespace ?? NAMESPACE, report);
  const nodes = [...objects.nodes].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const ofNode = (node: Node) => metallb.peers.filter((peer) => isOn(peer, node));
  const refused = refusals(metallb, nodes, mode, version, objects, ofNode);
  for (const { object, path, sentence, fix, rule, transient } of refused.all) {
    const rest = transient === true ? "the configuration waits for it" : "no part of the configuration is taken";
    report(rule, "error", object, path, `${sentence}; ${rest} (ConfigurationState Invalid)`, fix);
  }
  const slices = slicesByService(objects.endpointSlices ?? []);
  const segments = new Map<string, CniReading["segments"][number]>();
  const extra = frrConfigurations(objects, mode, version, report);
  const speakers = nodes.flatMap((node): Speaker[] => {
    const more = configurationsOf(node, extra);
    // A refused configuration of MetalLB leaves frr-k8s with what others have written.
    const peers = refused.isOut(node) ? [] : ofNode(node).filter((peer) => isDialled(peer, mode));
    const asn = peers[0]?.spec.myASN ?? asnOf(more);
    if (asn === undefined) return [];
    const told = announcements(node, objects.services ?? [], slices, metallb, options);
    const addresses = machineAddresses(node, options.nodes?.[node.metadata.name]);
    const stand = standing(node, addresses, options);
    for (const segment of stand.segments) addSegment(segments, segment);
    const own = speakerOf({ node, asn, peers, told, stand, mode, metallb, objects, options });
    return [more.length === 0 ? own : withConfigurations(own, more)];
  });
  checkMetallb({ objects, metallb, nodes, mode, version, options }, report);
  return { speakers, segments: [...segments.values()], findings: sortFindings(findings) };
}

/** Since 0.16 a speaker is spared the peers of other nodes; before, one bad peer stops them all. */
function refusals(
  metallb: MetallbObjects,
  nodes: readonly Node[],
  mode: Mode,
  version: string,
  objects: ClusterObjects,
  ofNode: (node: Node) => Peer[],
): { all: Refusal[]; isOut: (node: Node) => boolean } {
  const perNode = compareVersions(version, "0.16") >= 0;
  const everywhere = [
    ...poolRefusals(metallb, mode, (advertisement) => boundPools(advertisement, metallb.pools)),
    ...preferenceRefusals(metallb, nodes),
  ];
  const byPeer = new Map(metallb.peers.map((peer) => [peer, peerRefusals(peer, mode, metallb, objects)]));
  const shared = new Map<string, Refusal>();
  const sharedOn = new Set<string>();
  for (const node of nodes) {
    for (const refusal of sharedRefusals(ofNode(node), mode)) {
      shared.set(`${refusal.object.metadata.name} ${refusal.path}`, refusal);
      sharedOn.add(node.metadata.name);
    }
  }
  const all = [...everywhere, ...[...byPeer.values()].flat(), ...shared.values()];
  return {
    all,
    isOut: (node) =>
      everywhere.length > 0 ||
      (perNode
        ? sharedOn.has(node.metadata.name) || ofNode(node).some((peer) => (byPeer.get(peer) ?? []).length > 0)
        : all.length > 0),
  };
}

/** In the other modes nobody reads them. */
function frrConfigurations(objects: ClusterObjects, mode: Mode, version: string, report: Report): FrrConfiguration[] {
  const taken = acceptResources(objects, [frrConfigurationKind], FRR_GROUP, version, report);
  const all = resourcesOf<FrrConfigurationSpec>(taken, FRR_GROUP, "FRRConfiguration");
  if (mode === "frr-k8s") return all;
  for (const one of all) {
    report(
      "frr-configuration-ignored",
      "warning",
      one,
      "kind",
      `in the ${mode} mode no frr-k8s runs for MetalLB: nothing of it happens`,
      "run the FRR-K8s backend, or remove it",
    );
  }
  return [];
}

interface SpeakerInputs {
  node: Node;
  asn: number;
  peers: Peer[];
  told: Announcement[];
  stand: ReturnType<typeof standing>;
  mode: Mode;
  metallb: MetallbObjects;
  objects: ClusterObjects;
  options: MetallbOptions;
}

function speakerOf(inputs: SpeakerInputs): Speaker {
  const { node, asn, peers, told, stand, mode, options } = inputs;
  const policies: Record<string, Policy> = { import: { terms: [], otherwise: "reject" } };
  const originated = new Set<Prefix>();
  const doubts: Unmodelled[] = [];
  const neighbors = peers.map((peer): Neighbor => {
    const own = told.filter(({ advertisement }) => {
      const { peers: named = [] } = advertisement.spec;
      return named.length === 0 || named.includes(peer.metadata.name);
    });
    const family = (v6: boolean): FamilySettings => {
      if (!speaks(peer, v6, mode)) return { active: false };
      const ours = own.filter(({ prefix }) => prefix.includes(":") === v6);
      for (const { prefix } of ours) originated.add(prefix);
      const name = `export-${peer.metadata.name}-${v6 ? "v6" : "v4"}`;
      policies[name] = exportPolicy(ours, peer, inputs);
      if (mode === "native" && areOpen(ours)) {
        doubts.push({ what: `which advertisement gives BGPPeer ${peer.metadata.name} its communities`, policy: name });
      }
      return { active: true, importPolicy: "import", exportPolicy: name };
    };
    return neighborOf(peer, asn, { ipv4: family(false), ipv6: family(true) }, inputs);
  });
  const id = routerId(peers, inputs);
  const unmodelled: Unmodelled[] = [
    ...otherRouterIds(peers, id, inputs),
    ...doubts,
    ...peers
      .filter(({ spec }) => spec.vrf !== undefined && spec.vrf !== "")
      .map(({ metadata, spec }) => ({ what: `the VRF ${spec.vrf ?? ""} (BGPPeer ${metadata.name})` })),
    ...stand.adrift.map((address) => ({ what: `the network of ${address}, whose length is not given` })),
  ];
  return {
    name: speakerName(node, options),
    dialect:
      mode === "native"
        ? { system: "metallb", version: USUAL }
        : { system: "frr", version: "10.5", profile: "traditional" },
    role: "node",
    place: stand.place,
    asn,
    routerId: id,
    interfaces: stand.interfaces,
    ...(stand.routes.length === 0 ? {} : { routes: stand.routes }),
    // bgpd is started with -p 0, and the native speaker has no listener at all.
    bgp: mode === "native" ? { listens: false } : { listens: false, ebgpRequiresPolicy: false, importCheck: false },
    neighbors,
    originate: [...originated].sort().map((prefix) => ({ kind: "network", prefix })),
    policies,
    ...(unmodelled.length === 0 ? {} : { unmodelled }),
  };
}

/** The session's family decides, unless it is unnumbered or dual-stack; the native speaker's OPEN names both families. */
function speaks({ spec }: Peer, v6: boolean, mode: Mode): boolean {
  if (mode === "native") return true;
  if (spec.interface !== undefined || spec.dualStackAddressFamily === true) return true;
  return (spec.peerAddress?.includes(":") === true) === v6;
}

/** As configured, else the session's IPv4 address, else a hash of the node's name (native). */
function routerId(peers: readonly Peer[], { node, options }: SpeakerInputs): string {
  const configured = peers.find(({ spec }) => spec.routerID !== undefined)?.spec.routerID;
  const own = machineAddresses(node, options.nodes?.[node.metadata.name]).ipv4?.address;
  if (configured !== undefined || own !== undefined) return configured ?? own ?? "";
  return madeRouterId(node.metadata.name);
}

/** The native speaker's sessions have a router id each; a speaker of the forecast has one for all. */
function otherRouterIds(peers: readonly Peer[], id: string, { node, mode, options }: SpeakerInputs): Unmodelled[] {
  if (mode !== "native") return [];
  const own = machineAddresses(node, options.nodes?.[node.metadata.name]).ipv4?.address;
  return peers.flatMap(({ spec, metadata }) => {
    const said = spec.routerID ?? own;
    if (said === undefined || said === id || spec.peerAddress === undefined) return [];
    return [{ what: `the router id ${said} of the session of BGPPeer ${metadata.name}`, neighbor: spec.peerAddress }];
  });
}

function neighborOf(
  peer: Peer,
  speakerAsn: number,
  families: NonNullable<Neighbor["families"]>,
  { mode, metallb, objects }: SpeakerInputs,
): Neighbor {
  const { spec, metadata } = peer;
  const frr = mode !== "native";
  const remoteAs = spec.dynamicASN ?? spec.peerASN ?? "any";
  const internal = remoteAs === "internal" || remoteAs === spec.myASN;
  // frr-k8s gets neither sourceAddress nor localASN (0.16.1).
  const passedOn = mode !== "frr-k8s";
  const localAs = passedOn && spec.localASN !== undefined ? spec.localASN : spec.myASN;
  const { receiveInterval, detectMultiplier } = metallb.profiles.get(spec.bfdProfile ?? "")?.spec ?? {};
  const seconds = (text: string | undefined) => (text === undefined ? undefined : durationSeconds(text));
  const [saidHold, saidKeepalive, connectRetry] = [spec.holdTime, spec.keepaliveTime, spec.connectTime].map(seconds);
  // One of the two makes the other, by the factor three.
  const hold = saidHold ?? (saidKeepalive === undefined ? undefined : saidKeepalive * 3);
  const keepalive = saidKeepalive ?? (saidHold === undefined || !frr ? undefined : Math.floor(saidHold / 3));
  const password = spec.passwordSecret?.name ?? (spec.password === undefined ? undefined : `BGPPeer ${metadata.name}`);
  const v6 = spec.peerAddress?.includes(":") === true;
  return {
    ...(spec.peerAddress === undefined ? {} : { address: spec.peerAddress }),
    ...(spec.interface === undefined ? {} : { interface: spec.interface }),
    description: metadata.name,
    role: "tor",
    remoteAs,
    ...(localAs === speakerAsn ? {} : { localAs: { asn: localAs, noPrepend: true, replaceAs: true } }),
    ...(passedOn && spec.sourceAddress !== undefined ? { localAddress: spec.sourceAddress } : {}),
    ...(spec.peerPort === undefined || spec.peerPort === 179 ? {} : { port: spec.peerPort }),
    ...(hold === undefined && keepalive === undefined && connectRetry === undefined && frr
      ? {}
      : {
          timers: {
            ...(frr ? (hold === undefined ? {} : { hold }) : { hold: hold ?? 90 }),
            ...(keepalive === undefined ? {} : { keepalive }),
            ...(connectRetry === undefined ? {} : { connectRetry }),
          },
        }),
    ...(password === undefined ? {} : { password }),
    ...(spec.ebgpMultiHop === true && frr ? { multihop: 255 } : {}),
    ...(frr && !internal && v6 && spec.ebgpMultiHop !== true ? { disableConnectedCheck: true } : {}),
    ...(spec.bfdProfile === undefined
      ? {}
      : {
          bfd: {
            ...(receiveInterval === undefined ? {} : { minimumInterval: receiveInterval }),
            ...(detectMultiplier === undefined ? {} : { multiplier: detectMultiplier }),
          },
        }),
    ...(spec.enableGracefulRestart === true ? { gracefulRestart: { mode: "restarter" as const } } : {}),
    families,
    source: sourceOf(objects, peer, "spec"),
  };
}

/** Do advertisements of one prefix name different communities? */
function areOpen(told: readonly Announcement[]): boolean {
  return told.some((one) =>
    told.some((other) => other.prefix === one.prefix && said(other.advertisement) !== said(one.advertisement)),
  );
}

/** One term a prefix: communities of all its advertisements together, the local preference that is set. */
function exportPolicy(told: readonly Announcement[], peer: Peer, { mode, metallb }: SpeakerInputs): Policy {
  const internal = peer.spec.dynamicASN === "internal" || peer.spec.peerASN === peer.spec.myASN;
  const byPrefix = new Map<Prefix, Announcement[]>();
  for (const one of told) byPrefix.set(one.prefix, [...(byPrefix.get(one.prefix) ?? []), one]);
  const terms = [...byPrefix].map(([prefix, list]): Term => {
    const communities = new Set(
      list.flatMap(({ advertisement }) =>
        (advertisement.spec.communities ?? []).flatMap((text) => communityOf(text, metallb.aliases) ?? []),
      ),
    );
    const isLarge = (text: string) => text.split(":").length === 3;
    const standard = [...communities].filter((text) => !isLarge(text)).sort();
    const large = [...communities].filter(isLarge).sort();
    const preference = Math.max(...list.map(({ advertisement }) => advertisement.spec.localPref ?? 0));
    // The native speaker always sends one on iBGP, 0 where none is set; FRR's backends send it when it is not 0.
    const sent = internal && (mode === "native" || preference !== 0);
    const set = {
      ...(standard.length === 0 ? {} : { communities: { add: standard } }),
      ...(large.length === 0 ? {} : { largeCommunities: { add: large } }),
      ...(sent ? { localPreference: preference } : {}),
    };
    const names = [...new Set(list.map(({ advertisement }) => advertisement.metadata.name))].join(", ");
    return {
      match: { prefixes: [{ prefix }] },
      ...(Object.keys(set).length === 0 ? {} : { set }),
      action: "accept",
      source: { field: `BGPAdvertisement/${names}` },
    };
  });
  return { terms, otherwise: "reject" };
}

function sortOut(objects: ClusterObjects, version: string, namespace: string, report: Report): MetallbObjects {
  const accepted = acceptResources(objects, metallbKinds, GROUP, version, report).filter((object) => {
    const own = object.metadata.namespace ?? "default";
    if (own === namespace) return true;
    report(
      "namespace-ignored",
      "error",
      object,
      "metadata.namespace",
      `MetalLB reads its own namespace alone, ${namespace}: this object in ${own} has no effect`,
      `move it to ${namespace}`,
    );
    return false;
  });
  for (const object of accepted) {
    if (object.kind !== "BGPPeer" || object.apiVersion === "metallb.io/v1beta2") continue;
    report(
      "deprecated-version",
      "info",
      object,
      "apiVersion",
      "BGPPeer v1beta1 is deprecated",
      "write metallb.io/v1beta2",
    );
  }
  const communities = resourcesOf<CommunityAliases["spec"]>(accepted, GROUP, "Community");
  return {
    peers: resourcesOf<PeerSpec>(accepted, GROUP, "BGPPeer"),
    pools: readPools(accepted),
    advertisements: resourcesOf<AdvertisementSpec>(accepted, GROUP, "BGPAdvertisement"),
    communities,
    l2: resourcesOf(accepted, GROUP, "L2Advertisement"),
    profiles: new Map(resourcesOf<BfdSpec>(accepted, GROUP, "BFDProfile").map((one) => [one.metadata.name, one])),
    aliases: new Map(
      communities.flatMap(({ spec }) =>
        (spec.communities ?? []).map(({ name = "", value = "" }) => [name, value] as const),
      ),
    ),
  };
}

function readPools(accepted: readonly KubernetesObject[]): MetallbObjects["pools"] {
  return resourcesOf<PoolSpec>(accepted, GROUP, "IPAddressPool").map((pool) => {
    const unread: { text: string; at: number }[] = [];
    const entries = pool.spec.addresses.map((text, at): AddressRange[] => {
      const prefix = parsePrefix(text);
      const range = prefix.ok ? undefined : parseRange(text);
      if (prefix.ok) return [rangeOf(prefix.value)];
      if (range?.ok === true && text.includes("-")) return [range.value];
      unread.push({ text, at });
      return [];
    });
    return { pool, entries, ranges: entries.flat(), unread };
  });
}
