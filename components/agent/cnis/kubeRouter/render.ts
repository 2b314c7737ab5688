/**
 * From Nodes and Services in the API server to each node's gobgpd, by the reading and the writer that the forecast uses.
 * Pure.
 */
import { NETWORK_VERSION, type FamilySettings, type Neighbor, type Network, type Speaker } from "../../../bgp/network";
import { readKubeRouter, type KubeRouterOptions } from "../../../cni/kubeRouter";
import { PREFIX } from "../../../cni/kubeRouter/annotations";
import type { ClusterObjects } from "../../../cni/objects";
import { ADDRESS6_ANNOTATION, ADDRESS_ANNOTATION } from "../../settings";
import { gobgpCommands, writeGobgp } from "../../../config/gobgp";

const SERVER = `${PREFIX}rr.server`;

export interface Rendering {
  configuration: string;
  /** What gobgpd learns only as it starts: the cluster id of a reflector, and its fellow reflectors. */
  reflecting: string;
  /** Prefixes that the node originates. */
  originated: string[];
}

export function render(
  objects: ClusterObjects,
  options: KubeRouterOptions,
): { nodes: Map<string, Rendering>; findings: string[] } {
  const { speakers: read, segments, findings } = readKubeRouter(objects, { ...options, nodes: placesOf(objects) });
  // What is not modelled of a kube-router node are its tunnels and links, of which gobgpd's text says nothing.
  const reflectors = objects.nodes.filter(({ metadata }) => metadata.annotations?.[SERVER] !== undefined);
  const fellows = new Set(reflectors.map(({ metadata }) => metadata.name));
  const speakers = read.map((speaker): Speaker => {
    const written = { ...speaker, neighbors: speaker.neighbors.map((one) => reflectedTo(one, speaker, fellows)) };
    delete written.unmodelled;
    return written;
  });
  const network: Network = { version: NETWORK_VERSION, speakers, segments };
  const nodes = new Map<string, Rendering>();
  const said = findings.map(({ severity, object, path, sentence, fix }) =>
    [`${severity}:`, object, path, sentence, fix].filter((part) => part !== undefined).join(" "),
  );
  for (const speaker of speakers) {
    const text = writeGobgp(network, speaker.name);
    // A node whose configuration cannot be written keeps the one it has.
    if (text.ok) {
      const originated = gobgpCommands(speaker).map((words) => words[3] ?? "");
      const { clusterId } = speaker.bgp;
      const reflecting = clusterId === undefined ? "" : [clusterId, ...[...fellows].sort()].join(" ");
      nodes.set(speaker.name, { configuration: text.value, reflecting, originated });
    } else said.push(...text.faults.map(({ path, found, expected }) => `error: ${path}: ${found}, wanted ${expected}`));
  }
  return { nodes, findings: said };
}

/**
 * A reflector reflects to each node that is none, before that node is marked as its client: the mark takes the node out of
 * the mesh at once, and by then the reflected routes must be there. kube-router's reflectors look for the mark as they
 * start, and their clients leave the mesh as they start, one after the other.
 */
function reflectedTo(neighbor: Neighbor, { bgp }: Speaker, reflectors: ReadonlySet<string>): Neighbor {
  const node = neighbor.role === "tor" ? undefined : neighbor.description;
  if (bgp.clusterId === undefined || node === undefined || reflectors.has(node)) return neighbor;
  const { ipv4, ipv6 } = neighbor.families ?? {};
  const reflected = (family: FamilySettings | undefined) =>
    family?.active === true ? { ...family, reflectorClient: true } : family;
  return {
    ...neighbor,
    families: {
      ...(ipv4 === undefined ? {} : { ipv4: reflected(ipv4) }),
      ...(ipv6 === undefined ? {} : { ipv6: reflected(ipv6) }),
    } as NonNullable<Neighbor["families"]>,
  };
}

/** kube-router finds the length of a node's network on its link; the node's agent writes it down. */
function placesOf({ nodes }: ClusterObjects): Record<string, { address: string; address6?: string }> {
  return Object.fromEntries(
    nodes.flatMap(({ metadata }) => {
      const { [ADDRESS_ANNOTATION]: address, [ADDRESS6_ANNOTATION]: address6 } = metadata.annotations ?? {};
      if (address === undefined) return [];
      return [[metadata.name, { address, ...(address6 === undefined ? {} : { address6 }) }]];
    }),
  );
}
