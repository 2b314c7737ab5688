/** The plan of selective peering: which nodes speak, to which router, and the router's side of it. */
import type { SpeakerPart } from "../bgp/combine";
import { cniOf } from "../cni";
import type { Peering } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { Arguments } from "./arguments";
import { type ClusterFacts, type NodeFacts, type Planned, type RackFacts, nodeCalled } from "./facts";
import { type NetworkPart, announcedList } from "./part";

export interface SpeakerSelection {
  /** Label that makes a node a speaker; its value is "true". @default "bgp-peer" */
  label?: string;
  /** Nodes that carry it, as the program names them. Two to four a rack, over failure domains. @example ["worker", "worker2"] */
  nodes: string[];
}

export interface SelectiveSpec<Cluster extends ClusterFacts = ClusterFacts, Rack extends RackFacts = RackFacts> {
  /** The cluster whose nodes speak. */
  cluster: Cluster;
  /** The racks whose routers they speak to; a node speaks to the router of its own rack. */
  racks: readonly Rack[];
  /** Which nodes speak. */
  speakers: SpeakerSelection;
  /** Name of the peering's object, with the segment's name behind it where there are several. @default "bgppeer-arista" */
  peerName?: string;
}

export interface SelectivePlan extends Planned {
  readonly label: string;
  /** The nodes on the fabric's racks. */
  readonly candidates: readonly NodeFacts[];
  readonly speakers: readonly NodeFacts[];
  readonly objects: readonly Resource<object>[];
}

/** A segment of a rack, and the address of the rack's router on it. */
interface Link {
  rack: RackFacts;
  segment: string;
  address: string;
}

export function planSelective(name: string, args: SelectiveSpec): SelectivePlan {
  const { cluster, racks } = args;
  const check = new Arguments(`new SelectiveBgpFabric("${name}")`);
  if (racks.length === 0) check.add({ path: "racks", found: "", expected: "at least one rack" });
  const label = args.speakers.label ?? "bgp-peer";
  const links = racks.flatMap(linksOf);
  const speakers = chosen(args, links, check);
  const used = links.filter(({ segment }) => cluster.nodes.some((node) => node.segment === segment));
  const stem = args.peerName ?? "bgppeer-arista";
  const peerings = used.map(({ rack, segment, address }): Peering => ({
    name: used.length === 1 ? stem : `${stem}-${segment}`,
    to: { address },
    asn: rack.router.asn,
    nodes: { label, value: "true", ...(used.length === 1 ? {} : { segment }) },
  }));
  const { cni, asn } = cluster;
  const told = check.take(cniOf(cni).write({ peerings }, { ...cni, asn, part: true }));
  check.done();
  return {
    label,
    candidates: cluster.nodes.filter((node) => links.some(({ segment }) => segment === node.segment)),
    speakers,
    objects: told?.own ?? [],
    network: fabricPart(args, speakers, peerings, label),
  };
}

function linksOf(rack: RackFacts): Link[] {
  return rack.segments.flatMap(({ name }): Link[] => {
    const address = rack.router.addresses[name];
    return address === undefined ? [] : [{ rack, segment: name, address }];
  });
}

function chosen(
  { cluster, racks, speakers: { nodes } }: SelectiveSpec,
  links: readonly Link[],
  check: Arguments,
): NodeFacts[] {
  const speakers: NodeFacts[] = [];
  nodes.forEach((wanted, index) => {
    const path = `speakers.nodes[${index}]`;
    const node = nodeCalled(cluster, wanted);
    if (node === undefined) {
      const names = cluster.nodes.map((one) => one.name).join(", ");
      check.add({ path, found: wanted, expected: `a node of ${cluster.name}: ${names}` });
    } else if (speakers.includes(node)) {
      check.add({ path, found: wanted, expected: "each node once" });
    } else if (!links.some(({ segment }) => segment === node.segment)) {
      const names = racks.map((rack) => rack.name).join(", ");
      const stands = node.rack ?? node.segment;
      check.add({ path, found: wanted, expected: `a node on one of the racks ${names}; it stands on ${stands}` });
    } else speakers.push(node);
  });
  if (nodes.length === 0) {
    check.add({ path: "speakers.nodes", found: "", expected: "at least one node: nobody would announce a service" });
  }
  return speakers;
}

function fabricPart(
  { cluster, racks }: SelectiveSpec,
  speakers: readonly NodeFacts[],
  peerings: readonly Peering[],
  label: string,
): NetworkPart {
  return {
    speakers: racks.map((rack) => routerPart(cluster, rack, speakers)),
    clusters: [
      {
        cluster: cluster.name,
        intent: {
          mesh: false,
          peerings,
          nodes: Object.fromEntries(speakers.map((node) => [node.fullName, { labels: { [label]: "true" } }])),
        },
      },
    ],
  };
}

/** The router's side: what the cluster announces comes in and nothing else; nodes have no use for the router's routes. */
function routerPart(
  cluster: ClusterFacts,
  { router, segments }: RackFacts,
  speakers: readonly NodeFacts[],
): SpeakerPart {
  const [list, into, out] = [announcedList(cluster.name), `${cluster.name}-in`, `${cluster.name}-out`];
  const settings = {
    remoteAs: cluster.asn,
    families: { ipv4: { importPolicy: into, exportPolicy: out } },
  };
  const here = (node: NodeFacts) => segments.some(({ name }) => name === node.segment);
  return {
    name: router.name,
    groups: { [cluster.name]: settings },
    ...(router.neighbors === "listen"
      ? {
          listen: segments
            .filter((segment) => cluster.nodes.some((node) => node.segment === segment.name))
            .map(({ prefix }) => ({ prefix, group: cluster.name })),
        }
      : {
          neighbors: speakers
            .filter(here)
            .map((node) => ({ address: node.address, group: cluster.name, description: node.fullName })),
        }),
    policies: {
      [into]: { terms: [{ seq: 10, match: { prefixList: list }, action: "accept" }] },
      [out]: { terms: [{ seq: 10, action: "reject" }] },
    },
    prefixLists: { [list]: [] },
  };
}
