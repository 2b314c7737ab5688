/**
 * Cilium's reading of a cluster's objects: every node that a cluster configuration selects as a speaker, GoBGP with the
 * sessions and advertisements that operator and agent of 1.18 to 1.20 would give it. It takes no routes, passes none on
 * and puts none into the kernel. Older policies are translated first; from 1.19 on they are nothing.
 */
import type { FamilySettings, Interface, Neighbor, Policy, Speaker, Term, Unmodelled } from "../../bgp/network";
import { ciliumKinds, ciliumNodeKind } from "../crds/cilium";
import { compareVersions } from "../../model/version";
import { sortFindings, type ObjectFinding } from "../finding";
import { selects } from "../labels";
import { resourcesOf, type ClusterObjects, type KubernetesObject, type Resource } from "../objects";
import { speakerName, standing, addSegment } from "../place";
import { acceptResources, reporter, sourceOf, type CniReading, type Report } from "../reading";
import { USUAL } from "./versions";
import { prefixLength, type Prefix } from "../../model/prefix";
import { advertised, advertSources, selectedBy, type AdvertSources, type Attributes } from "./adverts";
import { contested } from "./contested";
import { checkCilium } from "./findings";
import { nodeInstances, readFacts, type NodeInstance, type NodePeer } from "./nodes";
import { overridesFromAnnotations, translatePolicy } from "./policyV1";
import type {
  AdvertisementSpec,
  CiliumNodeSpec,
  CiliumObjects,
  ClusterConfigSpec,
  OverrideSpec,
  PeerConfig,
  PeerConfigSpec,
  PolicySpec,
  PoolSpec,
} from "./types";
import { type CiliumOptions, SECRETS_NAMESPACE } from "./options";

export type { CiliumOptions } from "./options";

const GROUP = ["cilium.io"] as const;

export function readCilium(objects: ClusterObjects, options: CiliumOptions = {}): CniReading {
  const findings: ObjectFinding[] = [];
  const report = reporter("cilium", objects, findings);
  const version = (options.version ?? USUAL).replace(/^v/, "");
  const { cilium, resources } = sortOut(objects, version, report);
  const ciliumNodes = resourcesOf<CiliumNodeSpec>(resources, GROUP, "CiliumNode");
  const facts = readFacts(objects.nodes, ciliumNodes, options);
  const instances = nodeInstances(facts, cilium, options, report);
  const labels = new Map([...cilium.podPools].map(([name, pool]) => [name, pool.metadata.labels ?? {}]));
  const sources = advertSources(objects, labels, options);
  const segments = new Map<string, CniReading["segments"][number]>();
  const speakers = instances.map((instance) => {
    const stand = standing(instance.facts.node, instance.facts.addresses, options);
    for (const segment of stand.segments) addSegment(segments, segment);
    return speakerOf(instance, stand, { objects, cilium, sources, options });
  });
  checkCilium({ objects, cilium, facts, instances, sources, options }, report);
  return { speakers, segments: [...segments.values()], findings: sortFindings(findings) };
}

interface Inputs {
  objects: ClusterObjects;
  cilium: CiliumObjects;
  sources: AdvertSources;
  options: CiliumOptions;
}

/** The interface of Cilium's own that leads to the node's pods. */
const PODS = "cilium_host";

function speakerOf(instance: NodeInstance, stand: ReturnType<typeof standing>, inputs: Inputs): Speaker {
  const { facts, localAsn, localPort } = instance;
  const policies: Record<string, Policy> = { import: { terms: [], otherwise: "reject" } };
  const originated = new Set<Prefix>();
  const doubts: Unmodelled[] = [];
  const neighbors = instance.peers.flatMap((peer): Neighbor[] => {
    const config = inputs.cilium.peerConfigs.get(peer.peerConfigRef?.name ?? "");
    // No address, or a configuration that does not exist: no session.
    if (peer.peerAddress === undefined || (peer.peerConfigRef !== undefined && config === undefined)) return [];
    const local = localAddress(peer, config, stand.interfaces);
    if (local === "ambiguous") return [];
    const family = (v6: boolean): FamilySettings => {
      if (!isActive(config, v6)) return { active: false };
      const prefixes = advertised(selectedBy(config, v6, inputs.cilium.advertisements), v6, facts, inputs.sources);
      for (const prefix of prefixes.keys()) originated.add(prefix);
      const name = `export-${peer.name}-${v6 ? "v6" : "v4"}`;
      policies[name] = exportPolicy(prefixes);
      for (const { type, names } of contested(config, v6, inputs.cilium.advertisements)) {
        doubts.push({ what: `which of ${names.join(", ")} gives ${type} its attributes`, policy: name });
      }
      return { active: true, importPolicy: "import", exportPolicy: name };
    };
    return [neighborOf(instance, peer, config, local, { ipv4: family(false), ipv6: family(true) }, inputs)];
  });
  const unmodelled: Unmodelled[] = [
    ...doubts,
    ...(instance.routerIdMade ? [{ what: "the router id, which Cilium makes of a MAC address" }] : []),
    ...stand.adrift.map((address) => ({ what: `the network of ${address}, whose length is not given` })),
  ];
  const podRoutes = facts.podCidrs.map((prefix) => ({ prefix, interface: PODS, source: "kernel" as const }));
  const interfaces: Interface[] = podRoutes.length === 0 ? [] : [{ name: PODS, addresses: [] }];
  return {
    name: nameOfInstance(instance, inputs.options),
    dialect: { system: "gobgp", version: "3" },
    role: "node",
    place: instance.shared ? onOneNode(stand.place, facts.name) : stand.place,
    asn: localAsn,
    routerId: instance.routerId,
    interfaces: [...stand.interfaces, ...interfaces],
    routes: [...podRoutes, ...stand.routes],
    bgp: localPort === undefined ? { listens: false } : { port: localPort },
    neighbors,
    originate: [...originated].map((prefix) => ({ kind: "network", prefix })),
    policies,
    ...(unmodelled.length === 0 ? {} : { unmodelled }),
  };
}

/** "worker", and "worker red" for a further instance of the node. */
function nameOfInstance({ facts, config, instance }: NodeInstance, options: CiliumOptions): string {
  const name = speakerName(facts.node, options);
  return config.spec.bgpInstances[0] === instance ? name : `${name} ${instance.name}`;
}

/** The label by which speakers that share a node's addresses know each other. */
function onOneNode(place: NonNullable<Speaker["place"]>, name: string): NonNullable<Speaker["place"]> {
  return { ...place, labels: { "kubernetes.io/hostname": name, ...place.labels } };
}

/** Without a list of families both are spoken, and nothing is advertised in either. */
function isActive(config: PeerConfig | undefined, v6: boolean): boolean {
  const families = config?.spec.families;
  return (
    families === undefined || families.some(({ afi, safi }) => afi === (v6 ? "ipv6" : "ipv4") && safi === "unicast")
  );
}

function neighborOf(
  { localAsn, config: clusterConfig }: NodeInstance,
  peer: NodePeer,
  config: PeerConfig | undefined,
  local: string | undefined,
  families: NonNullable<Neighbor["families"]>,
  { objects, options }: Inputs,
): Neighbor {
  const { transport, timers, gracefulRestart, ebgpMultihop = 1, authSecretRef } = config?.spec ?? {};
  const remoteAs = peer.peerASN ?? 0;
  const secret = objects.secrets?.find(
    ({ name, namespace }) => name === authSecretRef && namespace === (options.secretsNamespace ?? SECRETS_NAMESPACE),
  );
  // A secret that is not there counts as an empty password.
  const password = objects.secrets === undefined || secret !== undefined ? authSecretRef : undefined;
  return {
    address: peer.peerAddress ?? "",
    description: peer.name,
    role: "tor",
    remoteAs: remoteAs === 0 ? "any" : remoteAs,
    ...(local === undefined ? {} : { localAddress: local }),
    ...(transport?.peerPort === undefined || transport.peerPort === 179 ? {} : { port: transport.peerPort }),
    timers: {
      connectRetry: timers?.connectRetryTimeSeconds ?? 120,
      hold: timers?.holdTimeSeconds ?? 90,
      keepalive: timers?.keepAliveTimeSeconds ?? 30,
    },
    ...(password === undefined ? {} : { password }),
    ...(ebgpMultihop > 1 && remoteAs !== localAsn ? { multihop: ebgpMultihop } : {}),
    ...(gracefulRestart?.enabled === true
      ? { gracefulRestart: { mode: "restarter", restartTime: gracefulRestart.restartTimeSeconds ?? 120 } }
      : {}),
    families,
    source: sourceOf(objects, clusterConfig, `spec.bgpInstances peers ${peer.name}`),
  };
}

/** The override's address, or the one usable address of the source interface: with several the peer is skipped. */
function localAddress(
  peer: NodePeer,
  config: PeerConfig | undefined,
  interfaces: readonly Interface[],
): string | undefined {
  if (peer.localAddress !== undefined) return peer.localAddress;
  const wanted = config?.spec.transport?.sourceInterface;
  if (wanted === undefined || wanted === "") return undefined;
  const v6 = peer.peerAddress?.includes(":") === true;
  const usable = (interfaces.find(({ name }) => name === wanted)?.addresses ?? [])
    .map((text) => text.split("/")[0] ?? "")
    .filter((address) => address.includes(":") === v6 && !address.startsWith("fe80"));
  return usable.length === 1 ? usable[0] : "ambiguous";
}

/** Longer prefixes first; what no advertisement of the peer names stays here. */
function exportPolicy(prefixes: ReadonlyMap<Prefix, Attributes>): Policy {
  const groups = new Map<string, { attributes: Attributes; prefixes: Prefix[] }>();
  const ordered = [...prefixes].sort(([a], [b]) => prefixLength(b) - prefixLength(a) || (a < b ? -1 : 1));
  for (const [prefix, attributes] of ordered) {
    const key = JSON.stringify([prefixLength(prefix), attributes]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { attributes, prefixes: [prefix] });
    else known.prefixes.push(prefix);
  }
  const terms = [...groups.values()].map(({ attributes, prefixes: of }): Term => {
    const { communities, largeCommunities, localPreference, by } = attributes;
    const set = {
      ...(communities.length === 0 ? {} : { communities: { add: communities } }),
      ...(largeCommunities.length === 0 ? {} : { largeCommunities: { add: largeCommunities } }),
      ...(localPreference === undefined ? {} : { localPreference }),
    };
    return {
      match: { prefixes: of.map((prefix) => ({ prefix })) },
      ...(Object.keys(set).length === 0 ? {} : { set }),
      action: "accept",
      source: { field: by },
    };
  });
  return { terms, otherwise: "reject" };
}

function sortOut(
  objects: ClusterObjects,
  version: string,
  report: Report,
): { cilium: CiliumObjects; resources: KubernetesObject[] } {
  const kinds = [...ciliumKinds, ciliumNodeKind];
  const resources = acceptResources(objects, kinds, GROUP, version, report);
  for (const object of resources) {
    if (object.apiVersion !== "cilium.io/v2alpha1" || object.kind === "CiliumBGPPeeringPolicy") continue;
    report(
      "deprecated-version",
      "info",
      object,
      "apiVersion",
      "cilium.io/v2alpha1 is deprecated",
      "write cilium.io/v2: the fields are the same",
    );
  }
  const byName = <Spec>(kind: string) =>
    new Map(resourcesOf<Spec>(resources, GROUP, kind).map((one) => [one.metadata.name, one]));
  const cilium: CiliumObjects = {
    clusterConfigs: resourcesOf<ClusterConfigSpec>(resources, GROUP, "CiliumBGPClusterConfig"),
    peerConfigs: byName<PeerConfigSpec>("CiliumBGPPeerConfig"),
    advertisements: resourcesOf<AdvertisementSpec>(resources, GROUP, "CiliumBGPAdvertisement"),
    overrides: byName<OverrideSpec>("CiliumBGPNodeConfigOverride"),
    pools: resourcesOf<PoolSpec>(resources, GROUP, "CiliumLoadBalancerIPPool"),
    podPools: new Map(
      (objects.resources ?? [])
        .filter(({ kind }) => kind === "CiliumPodIPPool")
        .map((pool) => [pool.metadata.name, pool as Resource<object>]),
    ),
  };
  takePolicies(resourcesOf<PolicySpec>(resources, GROUP, "CiliumBGPPeeringPolicy"), cilium, objects, version, report);
  return { cilium, resources };
}

/** Policies become v2 objects where the version still knows them. */
function takePolicies(
  policies: Resource<PolicySpec>[],
  cilium: CiliumObjects,
  objects: ClusterObjects,
  version: string,
  report: Report,
): void {
  if (policies.length === 0) return;
  const gone = compareVersions(version, "1.19") >= 0;
  for (const policy of policies) {
    report(
      gone ? "policy-removed" : "policy-deprecated",
      gone ? "error" : "warning",
      policy,
      "kind",
      gone
        ? `Cilium ${version} ignores CiliumBGPPeeringPolicy without a word: no session comes of it`
        : "CiliumBGPPeeringPolicy is deprecated, and Cilium 1.19 ignores it without a word",
      "replace it by CiliumBGPClusterConfig, CiliumBGPPeerConfig and CiliumBGPAdvertisement before the upgrade",
    );
  }
  if (gone) return;
  const selected = (policy: Resource<PolicySpec>) =>
    objects.nodes.filter(
      ({ metadata }) =>
        policy.spec.nodeSelector === undefined || selects(policy.spec.nodeSelector, metadata.labels ?? {}),
    );
  const claims = new Map<string, string[]>();
  for (const policy of policies) {
    for (const node of selected(policy)) {
      const { name } = node.metadata;
      claims.set(name, [...(claims.get(name) ?? []), policy.metadata.name]);
    }
  }
  const torn = [...claims].filter(([, names]) => names.length > 1);
  for (const [node, names] of torn) {
    report(
      "policies-conflict",
      "error",
      `Node/${node}`,
      "metadata.labels",
      `the policies ${names.join(" and ")} select it: Cilium then runs none of them there`,
      "let every node be selected by one policy",
    );
  }
  const free = objects.nodes.filter(({ metadata }) => !torn.some(([name]) => name === metadata.name));
  for (const policy of policies) {
    const translated = translatePolicy(policy, report);
    const names = selected(policy).filter((node) => free.includes(node));
    cilium.clusterConfigs.push(translated.clusterConfig);
    for (const config of translated.peerConfigs) cilium.peerConfigs.set(config.metadata.name, config);
    cilium.advertisements.push(...translated.advertisements);
    for (const node of names) {
      const override = overridesFromAnnotations(node, translated.clusterConfig);
      if (override !== undefined && !cilium.overrides.has(node.metadata.name)) {
        cilium.overrides.set(node.metadata.name, override);
      }
    }
  }
  if (torn.length > 0) cilium.excluded = new Set(torn.map(([name]) => name));
}
