/** Selective peering: a few nodes of each rack speak for the whole cluster, chosen by a label. */
import { NodePatch } from "@pulumi/kubernetes/core/v1/nodePatch";
import * as pulumi from "@pulumi/pulumi";
import type { SpeakerPart } from "../../bgp/combine";
import { calicoObjects } from "../../cni/calico/intent";
import type { PeerIntent } from "../../cni/calico/intentTypes";
import type { BgpPeerSpec } from "../../cni/calico/types";
import { customResource } from "../clusters/customResource";
import type { Resource } from "../../cni/objects";
import { Arguments } from "../../plan/arguments";
import type { ClusterHandle, NodeHandle, RackHandle } from "../handles";
import { type NetworkPart, announcedList } from "../../plan/part";

export interface SpeakerSelection {
  /** Label that makes a node a speaker; its value is "true". @default "bgp-peer" */
  label?: string;
  /** Nodes that carry it, as the program names them. Two to four a rack, over failure domains. @example ["worker", "worker2"] */
  nodes: string[];
}

export interface SelectiveBgpFabricArgs {
  /** The cluster whose nodes speak. */
  cluster: ClusterHandle;
  /** The racks whose routers they speak to; a node speaks to the router of its own rack. */
  racks: RackHandle[];
  /** Which nodes speak. */
  speakers: SpeakerSelection;
  /** Name of the BGPPeer, with the rack's name behind it where there are several racks. @default "bgppeer-arista" */
  peerName?: string;
}

interface FabricPlan {
  label: string;
  /** The nodes on the fabric's racks. */
  candidates: NodeHandle[];
  speakers: NodeHandle[];
  peers: PeerIntent[];
  objects: Resource<BgpPeerSpec>[];
}

/**
 * Creates
 * 1. a patch of each node on the racks: the label on those that speak,
 * 2. a BGPPeer for each rack's router, which selects by the label.
 * The mesh between the nodes is off: they announce the same services, and have nothing to tell each other.
 */
export class SelectiveBgpFabric extends pulumi.ComponentResource {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: SelectiveBgpFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planFabric(name, args);
    super("bgpfabric:index:SelectiveBgpFabric", name, {}, opts);
    this.network = fabricPart(args, plan);
    const options = { parent: this, provider: args.cluster.kubernetes };
    // Every node has its patch, most of them without a label: taking a label away is then an update, which comes before
    // the gate looks, and not a deletion, which the engine leaves for last.
    for (const node of plan.candidates) {
      new NodePatch(
        `${name}-${node.name}`,
        { metadata: { name: node.fullName, labels: plan.speakers.includes(node) ? { [plan.label]: "true" } : {} } },
        options,
      );
    }
    for (const peer of plan.objects) customResource(`${name}-${peer.metadata.name}`, peer, options);
    this.resources = [this];
    this.registerOutputs({ speakers: plan.speakers.map(({ fullName }) => fullName) });
  }
}

function planFabric(name: string, args: SelectiveBgpFabricArgs): FabricPlan {
  const check = new Arguments(`new SelectiveBgpFabric("${name}")`);
  const label = args.speakers.label ?? "bgp-peer";
  if (args.racks.length === 0) check.add({ path: "racks", found: "", expected: "at least one rack" });
  const speakers: NodeHandle[] = [];
  args.speakers.nodes.forEach((wanted, index) => {
    const path = `speakers.nodes[${index}]`;
    const node = args.cluster.nodes.find((one) => one.name === wanted || one.fullName === wanted);
    if (node === undefined) {
      const names = args.cluster.nodes.map((one) => one.name).join(", ");
      check.add({ path, found: wanted, expected: `a node of ${args.cluster.name}: ${names}` });
    } else if (speakers.includes(node)) {
      check.add({ path, found: wanted, expected: "each node once" });
    } else if (!args.racks.some((rack) => rack.name === node.rack)) {
      const names = args.racks.map((rack) => rack.name).join(", ");
      check.add({ path, found: wanted, expected: `a node on one of the racks ${names}; it stands on ${node.rack}` });
    } else speakers.push(node);
  });
  if (args.speakers.nodes.length === 0) {
    check.add({ path: "speakers.nodes", found: "", expected: "at least one node: nobody would announce a service" });
  }
  const stem = args.peerName ?? "bgppeer-arista";
  const links = args.racks.flatMap((rack) =>
    Object.entries(rack.router.addresses).map(([segment, address]) => ({ rack, segment, address })),
  );
  const used = links.filter(({ segment }) => args.cluster.nodes.some((node) => node.segment === segment));
  const peers = used.map(({ rack, segment, address }): PeerIntent => ({
    name: used.length === 1 ? stem : `${stem}-${segment}`,
    address,
    asn: rack.router.asn,
    nodes: used.length === 1 ? `${label} == "true"` : `${label} == "true" && segment == "${segment}"`,
  }));
  const objects = check.take(calicoObjects({ peers }));
  check.done();
  const candidates = args.cluster.nodes.filter((node) => args.racks.some((rack) => rack.name === node.rack));
  return { label, candidates, speakers, peers, objects: objects?.bgpPeers ?? [] };
}

function fabricPart(args: SelectiveBgpFabricArgs, plan: FabricPlan): NetworkPart {
  return {
    speakers: args.racks.map((rack) => routerPart(args.cluster, rack, plan)),
    clusters: [
      {
        cluster: args.cluster.name,
        intent: {
          mesh: false,
          peers: plan.peers,
          nodes: Object.fromEntries(plan.speakers.map((node) => [node.fullName, { labels: { [plan.label]: "true" } }])),
        },
      },
    ],
  };
}

/** The router's side: what the cluster announces comes in and nothing else; nodes have no use for the router's routes. */
function routerPart(cluster: ClusterHandle, rack: RackHandle, plan: FabricPlan): SpeakerPart {
  const [list, into, out] = [announcedList(cluster.name), `${cluster.name}-in`, `${cluster.name}-out`];
  const settings = {
    remoteAs: cluster.asn,
    families: { ipv4: { importPolicy: into, exportPolicy: out } },
  };
  const nodes = plan.speakers.filter((node) => node.rack === rack.name);
  return {
    name: rack.router.name,
    groups: { [cluster.name]: settings },
    ...(rack.router.neighbors === "listen"
      ? {
          listen: rack.segments
            .filter((segment) => cluster.nodes.some((node) => node.segment === segment.name))
            .map(({ prefix }) => ({ prefix, group: cluster.name })),
        }
      : {
          neighbors: nodes.map((node) => ({ address: node.address, group: cluster.name, description: node.fullName })),
        }),
    policies: {
      [into]: { terms: [{ seq: 10, match: { prefixList: list }, action: "accept" }] },
      [out]: { terms: [{ seq: 10, action: "reject" }] },
    },
    prefixLists: { [list]: [] },
  };
}
