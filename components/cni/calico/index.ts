/**
 * Calico's reading of a cluster's objects: every node as a speaker, BIRD 1.6 with the sessions, policies and routes
 * that calico-node of v3.31, 3.32 or 3.33 would give it. What is written but will not do what it says is a finding.
 */
import type { Neighbor, Policy, Speaker, StaticRoute } from "../../bgp/network";
import { compareVersions } from "../../model/version";
import { calicoKinds, CALICO_GROUPS, blockAffinitySpecV1 } from "../crds/calico";
import { sortFindings, type ObjectFinding } from "../finding";
import { groupOf, resourcesOf, type ClusterObjects, type KubernetesObject } from "../objects";
import { madeRouterId, speakerName, standing, type CniOptions, addSegment } from "../place";
import { acceptResources, reporter, type CniReading, type Report } from "../reading";
import { USUAL } from "./versions";
import { felixRoutes } from "./felix";
import { checkCalico } from "./findings";
import { readNodes, type CalicoNode } from "./nodes";
import { computePeers, sameSettings } from "./peers";
import { exportPolicy, importPolicy, kernelPolicy, type PolicyInputs, type SessionKind } from "./policies";
import { advertisedBy, serviceRanges, serviceRoutes } from "./services";
import { meshSessions, peerSessions, type NodeSession } from "./sessions";
import {
  type BgpConfigurationSpec,
  type BgpFilterSpec,
  type BgpPeerSpec,
  type BlockAffinitySpec,
  type CalicoObjects,
  type IpPoolSpec,
  SECRETS_NAMESPACE,
  type Version,
} from "./types";

export interface CalicoOptions extends CniOptions {
  /** Where calico-node runs and looks for secrets. Default "calico-system", as the operator has it. */
  namespace?: string;
}

export function readCalico(objects: ClusterObjects, options: CalicoOptions = {}): CniReading {
  const findings: ObjectFinding[] = [];
  const report = reporter("calico", objects, findings);
  const version = versionOf(options.version ?? USUAL, report);
  const calico = sortOut(objects, version, report);
  const nodes = readNodes(objects.nodes, calico, options, report);
  const peers = computePeers(nodes, calico);
  const ranges = serviceRanges(calico);
  const routes = serviceRoutes(objects, ranges, version);
  const inputs = { objects, calico, version, secretsNamespace: options.namespace ?? SECRETS_NAMESPACE };
  const policyInputs: PolicyInputs = { version, calico, ranges };
  const kernel = kernelPolicy(policyInputs);
  // What confd's template leaves out of BIRD's direct protocol, and what the cluster adds to it.
  const except = [...(calico.defaults.ignoredInterfaces ?? []), "cali*", "kube-ipvs*"];

  const speakers: Speaker[] = [];
  const segments = new Map<string, CniReading["segments"][number]>();
  const sessions = new Map<CalicoNode, NodeSession[]>();
  for (const node of nodes) {
    const explicit = [...peers.global, ...(peers.node.get(node.name) ?? [])];
    const own = [...meshSessions(node, nodes, inputs), ...peerSessions(node, explicit, inputs)].sort((a, b) =>
      (a.neighbor.description ?? "") < (b.neighbor.description ?? "") ? -1 : 1,
    );
    sessions.set(node, own);
    const stand = standing(node.node, node.addresses, options);
    for (const segment of stand.segments) addSegment(segments, segment);
    const felix = felixRoutes(node, nodes, calico, version);
    const advertised = advertisedBy(node, ranges, routes);
    const statics = [
      ...blackholes(node.blocks.filter((block) => !/\/(32|128)$/.test(block))),
      ...blackholes(advertised),
      ...reachable(explicit),
    ];
    const others = [...stand.routes, ...felix.routes];
    const { neighbors, policies } = attach(own, (kind) => ({
      import: importPolicy(kind, policyInputs),
      export: exportPolicy(kind, node, advertised, others, policyInputs),
    }));
    const routerId = options.nodes?.[node.name]?.routerId ?? node.ipv4;
    const unmodelled = [
      ...(routerId === undefined
        ? [{ what: "the router id, which CALICO_ROUTER_ID of the node's container says" }]
        : []),
      ...felix.unmodelled,
      ...(peers.workloads.get(node.name) ?? []).map((peer) => ({
        what: `sessions with workloads on the node (BGPPeer ${peer.metadata.name})`,
      })),
      ...stand.adrift.map((address) => ({ what: `the network of ${address}, whose length is not given` })),
      ...randomWinners(node, peers.collisions),
    ];
    speakers.push({
      name: speakerName(node.node, options),
      dialect: { system: "bird", version: "1.6" },
      role: "node",
      place: stand.place,
      asn: node.asn,
      routerId: routerId ?? madeRouterId(node.name),
      interfaces: stand.interfaces,
      routes: [...statics, ...others],
      bgp: {
        ...(node.port === undefined ? {} : { port: node.port }),
        ...(calico.defaults.bindMode === "NodeIP"
          ? { listenAddresses: [node.ipv4, node.ipv6].filter((each) => each !== undefined) }
          : {}),
        ...(node.clusterId === "" ? {} : { clusterId: node.clusterId }),
        gracefulRestart: true,
        ...(kernel.terms.length === 0 ? {} : { fibPolicy: "kernel" }),
      },
      neighbors,
      originate: [
        { kind: "redistribute", from: "static" },
        { kind: "redistribute", from: "connected", except },
        { kind: "redistribute", from: "kernel" },
      ],
      policies: { ...policies, ...(kernel.terms.length === 0 ? {} : { kernel }) },
      ...(unmodelled.length === 0 ? {} : { unmodelled }),
    });
  }
  checkCalico({ objects, calico, version, nodes, peers, sessions, ranges, inputs }, report);
  return { speakers, segments: [...segments.values()], findings: sortFindings(findings) };
}

function versionOf(text: string, report: Report): Version {
  const known: Version[] = ["3.31", "3.32", "3.33"];
  const wanted = known.find((version) => text === version || text.startsWith(`${version}.`));
  if (wanted !== undefined) return wanted;
  const nearest = compareVersions(text.replace(/^v/, ""), "3.32") < 0 ? "3.31" : "3.33";
  const plain = known.find((version) => text.replace(/^v/, "").startsWith(version));
  if (plain !== undefined) return plain;
  report(
    "version",
    "warning",
    "Calico",
    "version",
    `the rules of Calico ${text} are not known here; those of ${nearest} are used`,
    `name one of ${known.join(", ")}`,
  );
  return nearest;
}

function sortOut(objects: ClusterObjects, version: Version, report: Report): CalicoObjects {
  const v3 = (objects.resources ?? []).filter(({ apiVersion }) => groupOf(apiVersion) === "projectcalico.org");
  const v1 = (objects.resources ?? []).filter(({ apiVersion }) => groupOf(apiVersion) === "crd.projectcalico.org");
  const kindsV1 = calicoKinds.map((kind) =>
    kind.kind === "BlockAffinity" ? { ...kind, spec: blockAffinitySpecV1 } : kind,
  );
  const take = (resources: KubernetesObject[], kinds: typeof calicoKinds) =>
    acceptResources({ ...objects, resources }, kinds, CALICO_GROUPS, version, report, explainViolation);
  const resources = [...take(v3, calicoKinds), ...take(v1, kindsV1)];
  const configurations = resourcesOf<BgpConfigurationSpec>(resources, CALICO_GROUPS, "BGPConfiguration");
  const defaultConfiguration = configurations.find(({ metadata }) => metadata.name === "default");
  const filters = resourcesOf<BgpFilterSpec>(resources, CALICO_GROUPS, "BGPFilter");
  return {
    resources,
    defaultConfiguration,
    defaults: defaultConfiguration?.spec ?? {},
    perNode: new Map(
      configurations
        .filter(({ metadata }) => metadata.name.startsWith("node."))
        .map((configuration) => [configuration.metadata.name.slice("node.".length), configuration]),
    ),
    peers: resourcesOf<BgpPeerSpec>(resources, CALICO_GROUPS, "BGPPeer"),
    filters: new Map(filters.map((filter) => [filter.metadata.name, filter])),
    pools: resourcesOf<IpPoolSpec>(resources, CALICO_GROUPS, "IPPool"),
    affinities: resourcesOf<BlockAffinitySpec>(resources, CALICO_GROUPS, "BlockAffinity"),
  };
}

/** Fields that exist in Calico Enterprise alone, and numbers that do not fit Calico's field though they are valid. */
const ENTERPRISE = ["failureDetectionMode", "restartMode", "birdGatewayMode", "routeReflector", "externalNetwork"];

function explainViolation(
  violation: { path: string; sentence: string; fix: string },
  object: KubernetesObject,
): { rule?: string; sentence?: string; fix?: string } {
  const field = violation.path.slice(violation.path.lastIndexOf(".") + 1);
  if (ENTERPRISE.includes(field)) {
    return {
      sentence: `${field} exists in Calico Enterprise alone`,
      fix: field === "failureDetectionMode" ? "remove it: open-source Calico has no BFD" : "remove it",
    };
  }
  const number = /(\d+) is out of range/.exec(violation.sentence)?.[1];
  if (/^(asNumber|localASNumber)$/.test(field) && Number(number) > 2147483647 && Number(number) <= 4294967294) {
    return {
      rule: "asn-too-large",
      sentence: `the ASN ${number ?? ""} is valid, but Calico's field holds at most 2147483647: the API server refuses the object`,
      fix:
        object.kind === "BGPConfiguration"
          ? "set it on each node instead: annotation projectcalico.org/ASNumber, which takes any ASN"
          : "give that speaker an ASN of at most 2147483647, or name a node of this cluster by peerSelector",
    };
  }
  return {};
}

function blackholes(prefixes: readonly string[]): StaticRoute[] {
  return prefixes.map((prefix) => ({ prefix, blackhole: true }));
}

/** reachableBy: a host route to the peer over its gateway. */
function reachable(entries: readonly { address: string; reachableBy?: string }[]): StaticRoute[] {
  return entries.flatMap(({ address, reachableBy }) =>
    reachableBy === undefined ? [] : [{ prefix: `${address}/${address.includes(":") ? 128 : 32}`, via: [reachableBy] }],
  );
}

/** Policies are shared by all sessions of a kind; each gets a name that says what kind. */
function attach(
  sessions: readonly NodeSession[],
  build: (kind: SessionKind) => { import: Policy | undefined; export: Policy },
): { neighbors: Neighbor[]; policies: Record<string, Policy> } {
  const policies: Record<string, Policy> = {};
  const names = new Map<string, { importPolicy?: string; exportPolicy: string }>();
  const neighbors = sessions.map(({ neighbor, kind }): Neighbor => {
    const suffix = [kind.internal ? "ibgp" : "ebgp", kind.v6 ? "v6" : "v4", ...kind.filters].join("-");
    let name = names.get(suffix);
    if (name === undefined) {
      const built = build(kind);
      name = { exportPolicy: `export-${suffix}` };
      policies[name.exportPolicy] = built.export;
      if (built.import !== undefined) {
        name.importPolicy = `import-${suffix}`;
        policies[name.importPolicy] = built.import;
      }
      names.set(suffix, name);
    }
    const given = kind.v6 ? neighbor.families?.ipv6 : neighbor.families?.ipv4;
    const family = { active: true, addPath: { send: "all" as const, receive: true }, ...given, ...name };
    return { ...neighbor, families: kind.v6 ? { ipv4: { active: false }, ipv6: family } : { ipv4: family } };
  });
  return { neighbors, policies };
}

/** Where two BGPPeers claim one peer in the same pass and differ, which one holds is left to the order of a Go map. */
function randomWinners(
  node: CalicoNode,
  collisions: ReturnType<typeof computePeers>["collisions"],
): { what: string; neighbor: string }[] {
  return collisions
    .filter(({ node: name, kept, dropped }) => (name === undefined || name === node.name) && kept.pass === dropped.pass)
    .filter(({ kept, dropped }) => !sameSettings(kept, dropped))
    .map(({ kept, dropped }) => ({
      what: `which of the BGPPeers ${kept.by.metadata.name} and ${dropped.by.metadata.name} holds for ${kept.address}`,
      neighbor: kept.address,
    }));
}
