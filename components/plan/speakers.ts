/** Which nodes of a cluster speak to the routers of its racks: all, those that are named, or a number in each rack. */
import type { Arguments } from "./arguments";
import { type ClusterFacts, type NodeFacts, type RackFacts, nodeCalled } from "./facts";

/** All nodes on the racks, without a label; those that are named; or the first ones of each rack. */
export type SpeakerSelection = "all" | NamedSpeakers | SpeakersPerRack;

export interface NamedSpeakers {
  /** Label that makes a node a speaker; its value is "true". @default "bgp-peer" */
  label?: string;
  /** Nodes that carry it, as the program names them. Two to four a rack, over failure domains. @example ["worker", "worker2"] */
  nodes: string[];
}

export interface SpeakersPerRack {
  /** Label that makes a node a speaker; its value is "true". @default "bgp-peer" */
  label?: string;
  /**
   * Number of speakers in each rack that has nodes: the first ones in the order of the cluster's nodes, so that a node
   * which is appended changes no speaker. @example 2
   */
  perRack: number;
}

const LABEL = "bgp-peer";

/** The label of the speakers; undefined where every node speaks. */
export function speakerLabel(speakers: SpeakerSelection): string | undefined {
  return speakers === "all" ? undefined : (speakers.label ?? LABEL);
}

/** The nodes that stand on one of the racks. */
export function nodesOn({ nodes }: ClusterFacts, racks: readonly RackFacts[]): NodeFacts[] {
  return nodes.filter((node) => racks.some((rack) => standsOn(node, rack)));
}

export function standsOn(node: NodeFacts, { segments }: RackFacts): boolean {
  return segments.some(({ name }) => name === node.segment);
}

export function chooseSpeakers(
  cluster: ClusterFacts,
  racks: readonly RackFacts[],
  speakers: SpeakerSelection,
  check: Arguments,
): NodeFacts[] {
  const here = nodesOn(cluster, racks);
  if (speakers === "all") {
    if (here.length === 0) {
      check.add({ path: "racks", found: names(racks), expected: `a rack on which nodes of ${cluster.name} stand` });
    }
    return here;
  }
  if ("perRack" in speakers) return racks.flatMap((rack) => firstOf(cluster, rack, speakers.perRack, check));
  return named(cluster, racks, speakers.nodes, check);
}

function firstOf(cluster: ClusterFacts, rack: RackFacts, wanted: number, check: Arguments): NodeFacts[] {
  const there = nodesOn(cluster, [rack]);
  if (!Number.isInteger(wanted) || wanted < 1) {
    check.add({ path: "speakers.perRack", found: String(wanted), expected: "a whole number, 1 or more" });
  } else if (there.length > 0 && there.length < wanted) {
    check.add({
      path: "speakers.perRack",
      found: String(wanted),
      expected: `at most ${there.length}: ${rack.name} has no more nodes of ${cluster.name}`,
    });
  }
  return there.slice(0, Math.max(0, wanted));
}

function named(
  cluster: ClusterFacts,
  racks: readonly RackFacts[],
  nodes: readonly string[],
  check: Arguments,
): NodeFacts[] {
  const speakers: NodeFacts[] = [];
  nodes.forEach((wanted, index) => {
    const path = `speakers.nodes[${index}]`;
    const node = nodeCalled(cluster, wanted);
    if (node === undefined) {
      check.add({ path, found: wanted, expected: `a node of ${cluster.name}: ${names(cluster.nodes)}` });
    } else if (speakers.includes(node)) {
      check.add({ path, found: wanted, expected: "each node once" });
    } else if (!racks.some((rack) => standsOn(node, rack))) {
      const stands = node.rack ?? node.segment;
      check.add({
        path,
        found: wanted,
        expected: `a node on one of the racks ${names(racks)}; it stands on ${stands}`,
      });
    } else speakers.push(node);
  });
  if (nodes.length === 0) {
    check.add({ path: "speakers.nodes", found: "", expected: "at least one node: nobody would announce a service" });
  }
  return speakers;
}

function names(all: readonly { readonly name: string }[]): string {
  return all.map(({ name }) => name).join(", ");
}
