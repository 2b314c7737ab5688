/**
 * From Nodes and Services in the API server to each node's gobgpd, by the reading and the writer that the forecast uses.
 * Pure.
 */
import { NETWORK_VERSION, type Network, type Speaker } from "../../../bgp/network";
import { readKubeRouter, type KubeRouterOptions } from "../../../cni/kubeRouter";
import type { ClusterObjects } from "../../../cni/objects";
import { ADDRESS6_ANNOTATION, ADDRESS_ANNOTATION } from "../../settings";
import { gobgpCommands, writeGobgp } from "../../../config/gobgp";

export interface Rendering {
  configuration: string;
  /** Prefixes that the node originates. */
  originated: string[];
}

export function render(
  objects: ClusterObjects,
  options: KubeRouterOptions,
): { nodes: Map<string, Rendering>; findings: string[] } {
  const { speakers: read, segments, findings } = readKubeRouter(objects, { ...options, nodes: placesOf(objects) });
  // What is not modelled of a kube-router node are its tunnels and links, of which gobgpd's text says nothing.
  const speakers = read.map((speaker): Speaker => {
    const written = { ...speaker };
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
      nodes.set(speaker.name, { configuration: text.value, originated });
    } else said.push(...text.faults.map(({ path, found, expected }) => `error: ${path}: ${found}, wanted ${expected}`));
  }
  return { nodes, findings: said };
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
