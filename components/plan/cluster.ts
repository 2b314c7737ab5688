/** A cluster's plan: its nodes with names, addresses and blocks, its own objects, and its piece of the Network. */
import { cniNames, cniOf } from "../cni";
import { BLOCK_LENGTH, type CniChoice, announcesPods, choiceIntent } from "../cni/choice";
import type { ClusterIntent } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { type Address, familyOf } from "../model/address";
import { allocatePrefixes } from "../model/allocate";
import type { Fault } from "../model/errors";
import { type Prefix, overlaps, prefixLength } from "../model/prefix";
import { Arguments } from "./arguments";
import type { ClusterFacts, NodeFacts, Planned, SegmentFacts } from "./facts";
import type { ClusterPart, NetworkPart } from "./part";
import type { Place } from "./place";

export interface ClusterSpec<On extends SegmentFacts = SegmentFacts> {
  /** The CNI. @example calico({ asn: 65010 }) */
  cni: CniChoice;
  /**
   * What announces the services' addresses beside the CNI: pools and sessions for services are its own then.
   * @default none: the CNI announces them @example metallb({ asn: 65020, mode: "native" })
   */
  balancer?: CniChoice;
  /** Prefix of the pods' addresses; nodes get blocks of it. @example "192.168.0.0/16" */
  pods: string;
  /** Prefix of the services' cluster addresses. @default "10.96.0.0/16" */
  services?: string;
  /** The nodes, control plane first, as `place` gives them. Names become "CLUSTER-NAME"; the cluster's own name stays. */
  nodes: readonly Place<On>[];
  /** Port on the Docker host's loopback where the API server answers. @default one that stays the same for the stack */
  apiPort?: number;
}

export interface NodePlan<On extends SegmentFacts = SegmentFacts> extends NodeFacts {
  /** What it stands on. */
  readonly on: On;
  /** Its address with the length of the segment's prefix: "10.10.10.11/24". */
  readonly cidr: string;
  readonly podBlock: string;
  /** Where it sends what it has no route for; absent: nowhere. */
  readonly defaultRoute?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A cluster's arguments with everything decided. What the runtime alone knows is not part of it. */
export interface ClusterPlan<On extends SegmentFacts = SegmentFacts> extends ClusterFacts, Planned {
  readonly nodes: readonly NodePlan<On>[];
  /** Where the program says it; else the runtime chooses. */
  readonly apiPort: number | undefined;
  /** The pod network's own. */
  readonly objects: readonly Resource<object>[];
}

/** What a runtime cannot do of a plan. */
export type Fits = (plan: ClusterPlan) => Fault[];

export interface ClusterPlanOptions {
  /** Kubernetes has the nodes under the names that the program gives. @default "CLUSTER-NAME" */
  nodeNames?: "as given";
  /** Blocks of the pod network by the node's name, where they are known. */
  podBlocks?: Readonly<Record<string, string>>;
}

export function planCluster<On extends SegmentFacts>(
  name: string,
  args: ClusterSpec<On>,
  fits: Fits = () => [],
  options: ClusterPlanOptions = {},
): ClusterPlan<On> {
  const check = new Arguments(`new Cluster("${name}")`);
  const pods = check.prefix(args.pods, "pods");
  const services = check.prefix(args.services ?? "10.96.0.0/16", "services");
  if (pods !== undefined && services !== undefined && overlaps(pods, services)) {
    check.add({ path: "pods", found: pods, expected: `a prefix apart from the services' ${services}` });
  }
  if (args.apiPort !== undefined && !(Number.isInteger(args.apiPort) && args.apiPort > 1023 && args.apiPort < 65536)) {
    check.add({ path: "apiPort", found: String(args.apiPort), expected: "a port from 1024 to 65535" });
  }
  if (args.nodes.length === 0) {
    check.add({ path: "nodes", found: "", expected: "at least one node", fix: 'place(rack, ["control-plane"])' });
  }
  placesFit(args.nodes, { pods, services }, check);
  choicesFit(args, check);
  const blocks = pods === undefined ? undefined : check.take(podBlocks(args.nodes, pods));
  const intent = choiceIntent(args.cni, args.pods);
  // A pods' prefix that is none is told once, by its own name.
  const told =
    pods === undefined
      ? undefined
      : check.take(cniOf(args.cni).write(intent, { ...args.cni, path: "cni", part: true }));
  const blocksOut =
    pods !== undefined && announcesPods(args.cni) ? [{ prefix: pods as string, length: blockLength(pods) }] : [];
  const facts = {
    name,
    asn: args.cni.asn,
    cni: args.cni,
    ...(args.balancer === undefined ? {} : { balancer: args.balancer }),
    podNetwork: args.pods,
    serviceNetwork: services ?? "",
    apiPort: args.apiPort,
    nodes: args.nodes.map((node, index) => {
      const podBlock = options.podBlocks?.[node.name] ?? blocks?.get(node.name) ?? "";
      const known = options.nodeNames === "as given" ? node.name : fullName(name, node.name);
      return nodePlan(known, node, index === 0 || node.controlPlane === true, args.cni, podBlock);
    }),
    objects: told?.own ?? [],
  };
  const plan = { ...facts, network: clusterPart(facts, intent, blocksOut), clusters: [facts] };
  for (const fault of fits(plan)) check.add(fault);
  check.done();
  return plan;
}

/** The CNI carries pods, and what stands beside it does not. */
function choicesFit({ cni, balancer }: Pick<ClusterSpec, "cni" | "balancer">, check: Arguments): void {
  if (!cniOf(cni).carriesPods) {
    check.add({
      path: "cni",
      found: cni.kind,
      expected: `a CNI that carries pods: ${cniOf(cni).title} announces services alone`,
      fix: `say balancer: ${cni.kind}(...) beside a CNI that does: ${cniNames(true).join(", ")}`,
    });
  }
  if (balancer !== undefined && cniOf(balancer).carriesPods) {
    check.add({
      path: "balancer",
      found: balancer.kind,
      expected: `${cniNames(false).join(" or ")}: a cluster has one CNI, and it announces services itself where no balancer stands beside it`,
    });
  }
}

function podBlocks(nodes: readonly Place[], pods: Prefix) {
  const names = [...new Set(nodes.map((node) => node.name))];
  return allocatePrefixes(names, pods, blockLength(pods), { path: "pods" });
}

function blockLength(pods: Prefix): number {
  return Math.max(BLOCK_LENGTH, prefixLength(pods));
}

function nodePlan<On extends SegmentFacts>(
  fullName: string,
  place: Place<On>,
  controlPlane: boolean,
  cni: CniChoice,
  podBlock: string,
): NodePlan<On> {
  const { name, on, segment, address, prefix } = place;
  // The runtime gives the first node its role.
  const role = place.controlPlane === true ? { [ROLE]: "" } : {};
  const rack = on.rack === undefined ? {} : { rack: on.rack };
  const length = prefixLength(prefix as Prefix);
  const own = { address: address as Address, length };
  const defaultRoute = on.segments.find(({ name }) => name === segment)?.defaultRoute;
  return {
    name,
    fullName,
    address,
    segment,
    ...rack,
    ...(controlPlane ? { controlPlane } : {}),
    on,
    cidr: `${address}/${length}`,
    podBlock,
    ...(defaultRoute === undefined ? {} : { defaultRoute }),
    // Where it stands, for selectors.
    labels: { ...rack, segment, ...role },
    annotations: cniOf(cni).addressMarks({ [familyOf(own.address)]: own }),
  };
}

const ROLE = "node-role.kubernetes.io/control-plane";

/** "k01-worker". A cluster's first node is often called as the cluster is, and then needs no second name. */
function fullName(cluster: string, node: string): string {
  return node === cluster ? node : `${cluster}-${node}`;
}

function placesFit(
  places: readonly Place[],
  ranges: Record<"pods" | "services", Prefix | undefined>,
  check: Arguments,
): void {
  const names = new Map<string, number>();
  const addresses = new Map<string, number>();
  places.forEach((node, index) => {
    const path = `nodes[${index}]`;
    if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(node.name)) {
      check.add({ path: `${path}.name`, found: node.name, expected: "lower-case letters, digits, dashes and dots" });
    }
    const namesake = names.get(node.name);
    if (namesake !== undefined) {
      check.add({ path: `${path}.name`, found: node.name, expected: `a name of its own: nodes[${namesake}] has it` });
    }
    names.set(node.name, index);
    const holder = addresses.get(node.address);
    if (holder !== undefined) {
      check.add({
        path: `${path}.address`,
        found: node.address,
        expected: `an address of its own: nodes[${holder}], ${places[holder]?.name ?? ""}, has it`,
      });
    }
    addresses.set(node.address, index);
    const segment = node.on.segments.find(({ name }) => name === node.segment);
    if (segment?.reserved.includes(node.address) === true) {
      check.add({
        path: `${path}.address`,
        found: node.address,
        expected: `an address that neither the router nor the gateway of ${node.segment} has`,
      });
    }
    for (const [what, range] of Object.entries(ranges)) {
      if (range !== undefined && overlaps(range, node.prefix as Prefix)) {
        check.add({
          path: what,
          found: range,
          expected: `a prefix apart from the segment ${node.segment}, ${node.prefix}`,
        });
      }
    }
  });
}

function clusterPart(
  plan: Pick<ClusterPlan, "name" | "nodes" | "cni" | "balancer">,
  intent: ClusterIntent,
  blocks: NonNullable<ClusterPart["blocks"]>,
): NetworkPart {
  return {
    clusters: [
      {
        cluster: plan.name,
        cni: plan.cni,
        ...(plan.balancer === undefined ? {} : { balancer: plan.balancer }),
        intent,
        ...(blocks.length === 0 ? {} : { blocks }),
        nodes: plan.nodes.map(({ fullName, address, labels, annotations, podBlock, controlPlane }) => ({
          apiVersion: "v1",
          kind: "Node",
          metadata: {
            name: fullName,
            labels: { "kubernetes.io/hostname": fullName, ...labels, ...(controlPlane === true ? { [ROLE]: "" } : {}) },
            annotations: { ...annotations },
          },
          spec: { podCIDR: podBlock, podCIDRs: [podBlock] },
          status: { addresses: [{ type: "InternalIP", address }] },
        })),
        places: Object.fromEntries(
          plan.nodes.map(({ fullName, cidr, segment, rack, defaultRoute }) => [
            fullName,
            {
              address: cidr,
              segment,
              ...(rack === undefined ? {} : { rack }),
              ...(defaultRoute === undefined ? {} : { gateways: [defaultRoute] }),
            },
          ]),
        ),
      },
    ],
  };
}
