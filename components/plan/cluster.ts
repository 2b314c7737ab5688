/** A cluster's plan: its nodes with names, addresses and blocks, its own objects, and its piece of the Network. */
import { cniNames, cniOf } from "../cni";
import { BLOCK_LENGTH, BLOCK_LENGTH_6, type CniChoice, announcesPods, choiceIntent } from "../cni/choice";
import type { ClusterIntent } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { type Address, familyOf } from "../model/address";
import { allocatePrefixes } from "../model/allocate";
import type { Fault } from "../model/errors";
import { type Prefix, overlaps, prefixLength } from "../model/prefix";
import { Arguments } from "./arguments";
import type { ClusterFacts, NodeFacts, Planned, SegmentFacts } from "./facts";
import { type EachFamily, both, eachPrefix, titleOf } from "./families";
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
  /**
   * Prefix of the pods' addresses, or one of each family; nodes get blocks of it. @example "192.168.0.0/16"
   * @example ["192.168.0.0/16", "fd00:192:168::/48"]
   */
  pods: EachFamily;
  /**
   * Prefix of the services' cluster addresses, or one of each family. @default "10.96.0.0/16" and "fd00:10:96::/112", of
   * the families that pods have
   */
  services?: EachFamily;
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
  /** The same of an IPv6 address beside an IPv4 one. */
  readonly cidr6?: string;
  readonly podBlock: string;
  /** Where it has no IPv4 address to take it from. */
  readonly routerId?: string;
  /** Where it sends what it has no route for; absent: nowhere. */
  readonly defaultRoute?: string;
  readonly defaultRoute6?: string;
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
  const pods = eachPrefix(args.pods, "pods", check);
  const services = eachPrefix(args.services ?? SERVICES.filter(sharesFamily(pods)), "services", check);
  for (const range of pods) {
    const taken = services.find((other) => overlaps(range, other));
    if (taken === undefined) continue;
    check.add({ path: "pods", found: range, expected: `a prefix apart from the services' ${taken}` });
  }
  if (args.apiPort !== undefined && !(Number.isInteger(args.apiPort) && args.apiPort > 1023 && args.apiPort < 65536)) {
    check.add({ path: "apiPort", found: String(args.apiPort), expected: "a port from 1024 to 65535" });
  }
  if (args.nodes.length === 0) {
    check.add({ path: "nodes", found: "", expected: "at least one node", fix: 'place(rack, ["control-plane"])' });
  }
  placesFit(args.nodes, { pods, services }, check);
  familiesFit(args.nodes, { pods, services }, check);
  choicesFit(args, check);
  const [blocks, blocks6] = pods.map((range) => check.take(podBlocks(args.nodes, range)));
  const intent = choiceIntent(args.cni, pods);
  // A pods' prefix that is none is told once, by its own name.
  const told =
    pods.length === 0 ? undefined : check.take(cniOf(args.cni).write(intent, { ...args.cni, path: "cni", part: true }));
  const blocksOut = announcesPods(args.cni) ? pods.map((range) => ({ prefix: range, length: blockLength(range) })) : [];
  const [podNetwork = "", podNetwork6] = pods;
  const [serviceNetwork = "", serviceNetwork6] = services;
  const facts = {
    name,
    asn: args.cni.asn,
    cni: args.cni,
    ...(args.balancer === undefined ? {} : { balancer: args.balancer }),
    podNetwork,
    ...(podNetwork6 === undefined ? {} : { podNetwork6 }),
    serviceNetwork,
    ...(serviceNetwork6 === undefined ? {} : { serviceNetwork6 }),
    apiPort: args.apiPort,
    nodes: args.nodes.map((node, index) => {
      const podBlock = options.podBlocks?.[node.name] ?? blocks?.get(node.name) ?? "";
      const known = options.nodeNames === "as given" ? node.name : fullName(name, node.name);
      const plan = nodePlan(known, node, index === 0 || node.controlPlane === true, args.cni, podBlock);
      const podBlock6 = blocks6?.get(node.name);
      return podBlock6 === undefined ? plan : { ...plan, podBlock6 };
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
  return Math.max(familyOf(pods) === "ipv4" ? BLOCK_LENGTH : BLOCK_LENGTH_6, prefixLength(pods));
}

const SERVICES = ["10.96.0.0/16", "fd00:10:96::/112"];

/** Of a family that one of the prefixes has; of IPv4 where there is none to look at. */
function sharesFamily(prefixes: readonly Prefix[]): (text: string) => boolean {
  const families = prefixes.length === 0 ? ["ipv4"] : prefixes.map(familyOf);
  return (text) => families.includes(familyOf(text));
}

/** Pods have addresses of the nodes' families alone, and services of the pods'; a node with IPv6 alone has a router id. */
function familiesFit(
  nodes: readonly Place[],
  { pods, services }: Record<"pods" | "services", readonly Prefix[]>,
  check: Arguments,
): void {
  nodes.forEach(({ name, address, address6, routerId }, index) => {
    if (both(address, address6).some((one) => familyOf(one) === "ipv4") || routerId !== undefined) return;
    const expected = `a router id: ${name} has no IPv4 address to take it from`;
    check.add({
      path: `nodes[${index}].routerId`,
      found: "",
      expected,
      fix: 'place(rack, [...], { routerIds: "10.0.0.10" })',
    });
  });
  for (const range of pods) {
    const family = familyOf(range);
    const without = nodes.find(
      ({ address, address6 }) => !both(address, address6).some((one) => familyOf(one) === family),
    );
    if (without === undefined) continue;
    const fix = `give its segment an ${titleOf(family)} prefix: segments: [["10.10.10.0/24", "fd00:10::/64"]]`;
    const expected = `a prefix of a family that every node has: ${without.name} has no ${titleOf(family)} address`;
    check.add({ path: "pods", found: range, expected, fix });
  }
  for (const range of pods.length === 0 ? [] : services) {
    if (pods.some((one) => familyOf(one) === familyOf(range))) continue;
    const expected = `a prefix of a family that pods have: they have no ${titleOf(familyOf(range))} addresses`;
    check.add({ path: "services", found: range, expected });
  }
}

function nodePlan<On extends SegmentFacts>(
  fullName: string,
  place: Place<On>,
  controlPlane: boolean,
  cni: CniChoice,
  podBlock: string,
): NodePlan<On> {
  const { name, on, segment, address, prefix, address6, prefix6, routerId } = place;
  // The runtime gives the first node its role.
  const role = place.controlPlane === true ? { [ROLE]: "" } : {};
  const rack = on.rack === undefined ? {} : { rack: on.rack };
  const length = prefixLength(prefix as Prefix);
  const own = { address: address as Address, length };
  const length6 = prefix6 === undefined ? undefined : prefixLength(prefix6 as Prefix);
  const ipv6 = length6 === undefined ? undefined : { address: address6 as Address, length: length6 };
  const { defaultRoute, defaultRoute6 } = on.segments.find(({ name }) => name === segment) ?? {};
  return {
    name,
    fullName,
    address,
    ...(address6 === undefined ? {} : { address6 }),
    segment,
    ...rack,
    ...(controlPlane ? { controlPlane } : {}),
    on,
    cidr: `${address}/${length}`,
    ...(ipv6 === undefined ? {} : { cidr6: `${ipv6.address}/${ipv6.length}` }),
    podBlock,
    ...(routerId === undefined ? {} : { routerId }),
    ...(defaultRoute === undefined ? {} : { defaultRoute }),
    ...(defaultRoute6 === undefined ? {} : { defaultRoute6 }),
    // Where it stands, for selectors.
    labels: { ...rack, segment, ...role },
    annotations: cniOf(cni).addressMarks({ [familyOf(own.address)]: own, ...(ipv6 === undefined ? {} : { ipv6 }) }),
  };
}

const ROLE = "node-role.kubernetes.io/control-plane";

/** "k01-worker". A cluster's first node is often called as the cluster is, and then needs no second name. */
function fullName(cluster: string, node: string): string {
  return node === cluster ? node : `${cluster}-${node}`;
}

function placesFit(
  places: readonly Place[],
  ranges: Record<"pods" | "services", readonly Prefix[]>,
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
    const segment = node.on.segments.find(({ name }) => name === node.segment);
    for (const address of both(node.address, node.address6)) {
      const holder = addresses.get(address);
      if (holder !== undefined) {
        check.add({
          path: `${path}.address`,
          found: address,
          expected: `an address of its own: nodes[${holder}], ${places[holder]?.name ?? ""}, has it`,
        });
      }
      addresses.set(address, index);
      if (segment?.reserved.includes(address) === true) {
        check.add({
          path: `${path}.address`,
          found: address,
          expected: `an address that neither the router nor the gateway of ${node.segment} has`,
        });
      }
    }
    for (const [what, all] of Object.entries(ranges)) {
      for (const prefix of both(node.prefix, node.prefix6)) {
        const range = all.find((one) => overlaps(one, prefix as Prefix));
        if (range === undefined) continue;
        check.add({ path: what, found: range, expected: `a prefix apart from the segment ${node.segment}, ${prefix}` });
      }
    }
  });
}

/** Of nodes with IPv6 alone, where the CNI's objects hold them. */
function routerIds({ cni, nodes }: Pick<ClusterPlan, "cni" | "nodes">): Pick<ClusterIntent, "nodes"> {
  const given = nodes.flatMap(({ fullName, routerId }) => (routerId === undefined ? [] : [[fullName, { routerId }]]));
  if (cniOf(cni).takesRouterIds !== true || given.length === 0) return {};
  return { nodes: Object.fromEntries(given) as NonNullable<ClusterIntent["nodes"]> };
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
        intent: { ...intent, ...routerIds(plan) },
        ...(blocks.length === 0 ? {} : { blocks }),
        nodes: plan.nodes.map(
          ({ fullName, address, address6, labels, annotations, podBlock, podBlock6, controlPlane }) => ({
            apiVersion: "v1",
            kind: "Node",
            metadata: {
              name: fullName,
              labels: {
                "kubernetes.io/hostname": fullName,
                ...labels,
                ...(controlPlane === true ? { [ROLE]: "" } : {}),
              },
              annotations: { ...annotations },
            },
            spec: { podCIDR: podBlock, podCIDRs: both(podBlock, podBlock6) },
            status: { addresses: both(address, address6).map((one) => ({ type: "InternalIP", address: one })) },
          }),
        ),
        places: Object.fromEntries(
          plan.nodes.map(({ fullName, cidr, cidr6, segment, rack, routerId, defaultRoute, defaultRoute6 }) => [
            fullName,
            {
              address: cidr,
              ...(cidr6 === undefined ? {} : { address6: cidr6 }),
              segment,
              ...(rack === undefined ? {} : { rack }),
              ...(routerId === undefined ? {} : { routerId }),
              ...(defaultRoute === undefined ? {} : { gateways: both(defaultRoute, defaultRoute6) }),
            },
          ]),
        ),
      },
    ],
  };
}
