/**
 * The plan of a reflector tier: which nodes reflect routes to all others, and the two steps in which nodes are marked.
 * Labels come first, so that sessions with the reflectors stand before a cluster id takes a reflector out of the mesh.
 */
import type { System } from "../bgp/network";
import { cniOf } from "../cni";
import type { NodeMark } from "../cni/cni";
import type { ClusterIntent, Reflectors } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { type Address, familyOf } from "../model/address";
import { Arguments } from "./arguments";
import { type ClusterFacts, type NodeFacts, type Planned, nodeCalled } from "./facts";
import { both } from "./families";

export interface ReflectorSelection {
  /** Label that marks a reflector; its value is "true". @default "route-reflector" */
  label?: string;
  /**
   * The reflectors, as the program names them, or "control-plane": the nodes that run the control plane, which are the
   * stable ones. Two or three, over racks. @example ["m03", "m04"]
   */
  nodes: readonly string[] | "control-plane";
}

export interface ReflectorTierSpec<Cluster extends ClusterFacts = ClusterFacts> {
  /** The cluster whose routes are reflected. */
  cluster: Cluster;
  /** Which nodes reflect. */
  reflectors: ReflectorSelection;
  /** Cluster id that all reflectors of the tier share, in the form of an IPv4 address. @example "244.0.0.1" */
  clusterId: string;
  /** Racks that the reflectors stand in at least. @default 2, where the cluster's nodes stand in two or more @example 1 */
  racks?: number;
  /**
   * Whether the mesh comes back: the reflectors are marked no longer, in an order that loses no answer. Once that is up, the
   * tier may leave the program, which changes no session any more. @default false @example true
   */
  retire?: boolean;
}

/** A reflector tier as other components see it. */
export interface ReflectorTierFacts {
  readonly name: string;
  readonly cluster: ClusterFacts;
  readonly label: string;
  readonly reflectors: readonly NodeFacts[];
  /** Whether the mesh takes their place again. */
  readonly retire?: boolean;
}

/** One end's view of a session that must be established: the speaker, and the address of its peer. */
export interface SessionView {
  readonly speaker: string;
  readonly peer: string;
  /** Prefixes that the speaker must have taken over it, besides. */
  readonly accepted?: number;
  /** Prefixes that it may have taken over it: a node that has ceased to reflect gives its own. */
  readonly most?: number;
}

export interface ReflectorTierPlan extends Planned, ReflectorTierFacts {
  readonly retire: boolean;
  /** Step 1: labels, by which sessions with the reflectors are made. */
  readonly labels: readonly NodeMark[];
  /** Step 2: annotations, by which a reflector begins to reflect. */
  readonly clusterIds: readonly NodeMark[];
  /** Objects that make the sessions. */
  readonly objects: readonly Resource<object>[];
  /** Sessions of every node with every reflector. */
  readonly sessions: readonly SessionView[];
  /** The same when the reflectors reflect: where that shows, each other node has the routes of all nodes from each. */
  readonly reflected: readonly SessionView[];
  /** Sessions of the other nodes among each other: what the mesh must give back before the reflectors go. */
  readonly mesh: readonly SessionView[];
  /** Sessions of all nodes among each other: the whole mesh. */
  readonly meshOfAll: readonly SessionView[];
  /** The daemon that the nodes run. */
  readonly system: System;
}

export function planReflectorTier(name: string, args: ReflectorTierSpec): ReflectorTierPlan {
  const { cluster } = args;
  const check = new Arguments(`new RouteReflectorTier("${name}")`);
  const reflectors = chosen(args, check);
  spread(args, reflectors, check);
  const label = args.reflectors.label ?? "route-reflector";
  const wanted: Reflectors = { nodes: reflectors.map(({ fullName }) => fullName), clusterId: args.clusterId, label };
  const { cni, asn } = cluster;
  const nodes = cluster.nodes.map(({ fullName }) => ({
    apiVersion: "v1" as const,
    kind: "Node" as const,
    metadata: { name: fullName },
  }));
  // Without a reflector the CNI has nothing to judge: the selection's own fault says why.
  const written =
    reflectors.length === 0
      ? undefined
      : check.take(cniOf(cni).write({ reflectors: wanted }, { ...cni, asn, nodes, part: true }));
  check.done();
  const others = cluster.nodes.filter((node) => !reflectors.includes(node));
  const marks = written?.nodes ?? [];
  const system = systemOf(cluster);
  const sessions = pairs(cluster.nodes, reflectors, system);
  return {
    name,
    cluster,
    label,
    reflectors,
    retire: args.retire === true,
    labels: marks.map((mark) => ({ ...mark, annotations: {} })).filter(marked),
    clusterIds: marks.map((mark) => ({ ...mark, labels: {} })).filter(marked),
    objects: written?.own ?? [],
    sessions,
    reflected: system === "gobgp" ? sessions.map((view) => withRoutes(view, cluster, reflectors)) : sessions,
    mesh: pairs(others, others, system).map((view) => withOwn(view, cluster, system)),
    meshOfAll: pairs(cluster.nodes, cluster.nodes, system).map((view) => withOwn(view, cluster, system)),
    system,
    network: { clusters: [{ cluster: cluster.name, intent: shareOf(args, wanted) }] },
  };
}

/** A tier that retires asks for the mesh, so that a part that asks for none is found. */
function shareOf({ retire }: ReflectorTierSpec, reflectors: Reflectors): ClusterIntent {
  return retire === true ? { mesh: true } : { mesh: false, reflectors };
}

/** The daemon of the cluster's CNI, as the reading of a node has it. */
function systemOf({ cni, nodes }: ClusterFacts): System {
  const read = cniOf(cni);
  const [first] = nodes;
  const address = first?.address ?? "";
  const own = { address: address as Address, length: 32 };
  const { speakers } = read.read(
    {
      nodes: [
        {
          apiVersion: "v1",
          kind: "Node",
          metadata: {
            name: first?.fullName ?? "",
            annotations: { ...read.addressMarks({ [familyOf(own.address)]: own }) },
          },
          status: { addresses: [{ type: "InternalIP", address }] },
        },
      ],
      resources: [],
    },
    { ...cni.settings, version: cni.version },
  );
  return speakers[0]?.dialect.system ?? "bird";
}

/**
 * BIRD makes the sessions of a new reflector anew, and an established one reflects. GoBGP counts what it took: a reflector
 * has a node's own blocks from it, and a node that is none has those of all others from each reflector. Services' addresses
 * count as well, but reflectors alone announce them to other nodes.
 */
function withRoutes(view: SessionView, cluster: ClusterFacts, reflectors: readonly NodeFacts[]): SessionView {
  const blocks = both(cluster.podNetwork, cluster.podNetwork6).length;
  const reflects = reflectors.some(({ fullName }) => fullName === view.speaker);
  return { ...view, accepted: reflects ? blocks : blocks * (cluster.nodes.length - 1) };
}

/**
 * In the mesh a node has from each other that one's own blocks and no more. GoBGP is asked for that: a session may stand
 * before its routes are there, and a reflector's may stand until it has started anew.
 */
function withOwn(view: SessionView, cluster: ClusterFacts, system: System): SessionView {
  if (system !== "gobgp") return view;
  const own = both(cluster.podNetwork, cluster.podNetwork6).length;
  return { ...view, accepted: own, most: own };
}

/** Each node's view of its session with each far node, and the far node's view of it, once. */
function pairs(nodes: readonly NodeFacts[], far: readonly NodeFacts[], system: System): SessionView[] {
  // kube-router's nodes have one session for the routes of both families, between their primary addresses.
  const addressesOf = ({ address, address6 }: NodeFacts) => (system === "gobgp" ? [address] : both(address, address6));
  const views = new Map<string, SessionView>();
  for (const a of nodes) {
    for (const b of far) {
      if (a === b) continue;
      for (const view of [
        ...addressesOf(b).map((peer) => ({ speaker: a.fullName, peer })),
        ...addressesOf(a).map((peer) => ({ speaker: b.fullName, peer })),
      ]) {
        views.set(`${view.speaker} ${view.peer}`, view);
      }
    }
  }
  return [...views.values()];
}

function marked({ labels, annotations }: NodeMark): boolean {
  return Object.keys(labels).length + Object.keys(annotations).length > 0;
}

function chosen({ cluster, reflectors: { nodes } }: ReflectorTierSpec, check: Arguments): NodeFacts[] {
  if (nodes === "control-plane") {
    const own = cluster.nodes.filter(({ controlPlane }) => controlPlane === true);
    if (own.length === 0) {
      const expected = `names of nodes: ${cluster.name} has no node that is known to run the control plane`;
      check.add({ path: "reflectors.nodes", found: nodes, expected });
    }
    return own;
  }
  const found: NodeFacts[] = [];
  nodes.forEach((wanted, index) => {
    const path = `reflectors.nodes[${index}]`;
    const node = nodeCalled(cluster, wanted);
    if (node === undefined) {
      const names = cluster.nodes.map((one) => one.name).join(", ");
      check.add({ path, found: wanted, expected: `a node of ${cluster.name}: ${names}` });
    } else if (found.includes(node)) check.add({ path, found: wanted, expected: "each node once" });
    else found.push(node);
  });
  if (nodes.length === 0) {
    check.add({ path: "reflectors.nodes", found: "", expected: "at least one node, better two in different racks" });
  }
  return found;
}

/** A rack that fails must not take every reflector with it. */
function spread({ cluster, racks }: ReflectorTierSpec, reflectors: readonly NodeFacts[], check: Arguments): void {
  if (racks !== undefined && !(Number.isInteger(racks) && racks >= 1)) {
    check.add({ path: "racks", found: String(racks), expected: "a whole number, 1 or more" });
    return;
  }
  const racksOf = (nodes: readonly NodeFacts[]) => [...new Set(nodes.flatMap(({ rack }) => rack ?? []))];
  const there = racksOf(cluster.nodes);
  const used = racksOf(reflectors);
  const least = racks ?? Math.min(2, there.length);
  if (reflectors.length === 0 || used.length >= least) return;
  if (racks !== undefined && there.length < racks) {
    check.add({
      path: "racks",
      found: String(racks),
      expected: `${there.length} at most: the nodes of ${cluster.name} stand in no more racks`,
    });
    return;
  }
  const free = cluster.nodes.filter(({ rack }) => rack !== undefined && !used.includes(rack)).map(({ name }) => name);
  check.add({
    path: "reflectors.nodes",
    found: reflectors.map(({ name }) => name).join(", "),
    expected: `reflectors in at least ${least} racks; all of these stand in ${used.join(", ")}`,
    fix: `take one of ${free.slice(0, 5).join(", ")}, or say racks: ${used.length}`,
  });
}
