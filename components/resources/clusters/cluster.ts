/** A Kubernetes cluster whose nodes speak BGP, on the racks that its nodes are placed on. */
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { allocatePrefixes } from "../../model/allocate";
import { type Prefix, overlaps, prefixLength } from "../../model/prefix";
import { calicoObjects } from "../../cni/calico/intent";
import { Arguments } from "../../plan/arguments";
import { customResource } from "./customResource";
import type { ClusterHandle, NodeHandle, RackHandle } from "../handles";
import { labName, stablePort } from "../names";
import type { NetworkPart } from "../../plan/part";
import { BLOCK_LENGTH, type Cni, podPool } from "../../cni/calico/arguments";
import { type ClusterPlan, bareCluster } from "./bare";
import type { Place } from "../../plan/place";

export interface ClusterArgs {
  /**
   * Where the cluster runs. "bare": containers with a real API server, real BGP daemons and real kube-proxy, without
   * kubelets. @example "bare"
   */
  runtime: "bare";
  /** The CNI. @example calico({ asn: 65010 }) */
  cni: Cni;
  /** Prefix of the pods' addresses; nodes get blocks of it. @example "192.168.0.0/16" */
  pods: string;
  /** Prefix of the services' cluster addresses. @default "10.96.0.0/16" */
  services?: string;
  /** The nodes, control plane first, as `place` gives them. Names become "CLUSTER-NAME". */
  nodes: Place<RackHandle>[];
  /** Port on the Docker host's loopback where the API server answers. @default one that stays the same for the stack */
  apiPort?: number;
  /** Image of the nodes' containers. @default the lab's image */
  image?: pulumi.Input<string>;
}

/**
 * Creates, with runtime "bare",
 * 1. a Docker network that carries the cluster's own traffic, apart from the fabric that is being worked on,
 * 2. the seed of the cluster's credentials,
 * 3. a container for each node; the first one runs the control plane as well,
 * 4. a resource that is there when the API answers and every Node is Ready, and the provider for the cluster's objects,
 * 5. the pod network's IPPool.
 */
export class Cluster extends pulumi.ComponentResource implements ClusterHandle {
  readonly name: string;
  readonly asn: number;
  readonly podNetwork: string;
  readonly serviceNetwork: string;
  readonly nodes: NodeHandle[];
  /** For the cluster's objects; whatever uses it comes after the cluster is ready. */
  readonly kubernetes: Provider;
  /** An administrator's way in. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planCluster(name, args);
    super("bgpfabric:index:Cluster", name, {}, opts);
    this.name = name;
    this.asn = plan.asn;
    this.podNetwork = plan.podNetwork;
    this.serviceNetwork = plan.serviceNetwork;
    this.network = clusterPart(plan, args.cni);

    const running = bareCluster(plan, args.image, this);
    this.nodes = plan.nodes.map(({ name, fullName, address, rack, segment }, index) => {
      const container = running.containers[index];
      return { name, fullName, address, rack: rack.name, segment, ...(container ? { container } : {}) };
    });
    this.kubeconfig = running.kubeconfig;
    this.kubernetes = new Provider(
      `${name}-kubernetes`,
      // New credentials are the same cluster: without its identifier every object under it would be replaced.
      { kubeconfig: running.kubeconfig, clusterIdentifier: labName(name), enableServerSideApply: true },
      { parent: this },
    );
    for (const pool of plan.pools) {
      customResource(`${name}-pods`, pool, { parent: this, provider: this.kubernetes });
    }
    this.resources = [this];
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}

function planCluster(name: string, args: ClusterArgs): ClusterPlan {
  const check = new Arguments(`new Cluster("${name}")`);
  // The type allows one runtime; a program in plain JavaScript may still ask for another.
  if ((args.runtime as string) !== "bare") {
    check.add({
      path: "runtime",
      found: String(args.runtime),
      expected: '"bare", the one runtime that this version has',
    });
  }
  const asn = check.asn(args.cni.asn, "cni.asn");
  if (args.cni.asn > 2147483647 && asn !== undefined) {
    check.add({
      path: "cni.asn",
      found: String(args.cni.asn),
      expected: "at most 2147483647: Calico's asNumber field holds no more",
      fix: "choose an ASN of at most 2147483647, or set the annotation projectcalico.org/ASNumber on each node",
    });
  }
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
  const blocks =
    pods === undefined
      ? undefined
      : check.take(
          allocatePrefixes(
            [...new Set(args.nodes.map((node) => node.name))],
            pods,
            Math.max(BLOCK_LENGTH, prefixLength(pods)),
            { path: "pods" },
          ),
        );
  const objects = check.take(calicoObjects({ pools: [podPool(args.cni, args.pods)] }, { version: args.cni.version }));
  check.done();
  return {
    name,
    pools: objects?.ipPools ?? [],
    asn: args.cni.asn,
    calico: args.cni.version,
    podNetwork: args.pods,
    serviceNetwork: services ?? "",
    apiPort: args.apiPort ?? stablePort(name),
    nodes: args.nodes.map((node) => ({
      ...node,
      fullName: `${name}-${node.name}`,
      podBlock: blocks?.get(node.name) ?? "",
    })),
  };
}

function placesFit(places: Place[], ranges: Record<"pods" | "services", Prefix | undefined>, check: Arguments): void {
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
    const segment = node.rack.segments.find(({ name }) => name === node.segment);
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

function clusterPart(plan: ClusterPlan, cni: Cni): NetworkPart {
  return {
    clusters: [
      {
        cluster: plan.name,
        version: cni.version,
        intent: { asn: cni.asn, pools: [podPool(cni, plan.podNetwork)] },
        nodes: plan.nodes.map((node) => ({
          apiVersion: "v1",
          kind: "Node",
          metadata: {
            name: node.fullName,
            labels: { "kubernetes.io/hostname": node.fullName, ...standingLabels(node) },
            annotations: { "projectcalico.org/IPv4Address": addressOf(node) },
          },
          spec: { podCIDR: node.podBlock, podCIDRs: [node.podBlock] },
        })),
        places: Object.fromEntries(
          plan.nodes.map((node) => [node.fullName, { segment: node.segment, rack: node.rack.name }]),
        ),
      },
    ],
  };
}

/** Where a node stands, as labels that selectors can use. */
export function standingLabels({ rack, segment }: Pick<Place, "rack" | "segment">): Record<string, string> {
  return { rack: rack.name, segment };
}

/** "10.10.10.11/24". */
export function addressOf({ address, prefix }: Pick<Place, "address" | "prefix">): string {
  return `${address}/${prefixLength(prefix as Prefix)}`;
}
