/** An echo service's plan: the nodes that its pods are bound to, and what of it is announced. */
import { cniOf } from "../cni";
import type { TrafficPolicy } from "../cni/intent";
import { familyOf } from "../model/address";
import { containsAddress, parsePrefix } from "../model/prefix";
import { SERVICE_NAME_LABEL } from "../cni/objects";
import { Arguments } from "./arguments";
import { type EachFamily, both, eachAddress, hostAt, titleOf } from "./families";
import type { ClusterPart } from "./part";
import { type ClusterFacts, type NodeFacts, type Planned, nodeCalled, serviceDaemon, through } from "./facts";

export interface EchoSpec<Cluster extends ClusterFacts = ClusterFacts> {
  /** The cluster that it runs in. */
  cluster: Cluster;
  /** TCP port of the service. @example 80 */
  port: number;
  /** TCP port that the pods listen on. @default the service's @example 8080 */
  targetPort?: number;
  /** Pods. @default 2 */
  replicas?: number;
  /** The one node that pods may run on, as the program names it. @default any node @example "worker4" */
  node?: string;
  /** In place of `node`: as many pods as `replicas` says on each of these. @example ["worker", "worker2"] */
  nodes?: readonly string[];
  /**
   * "Local": nodes give packets from outside to their own pods alone, keep the client's address, and announce the service
   * only where such a pod is ready. It takes an `address`, and `node` or `nodes`: the forecast must know who announces it.
   * @default "Cluster" @example "Local"
   */
  externalTrafficPolicy?: TrafficPolicy;
  /**
   * Address that the service asks for: one of a pool, or of the services' range for a ClusterIP. kube-router knows no wish:
   * there it is the address that its allocator will give, the first free one. With `dualStack` one of each family.
   * @default a free one @example "10.0.50.1" @example ["10.0.50.1", "fd00:50::1"]
   */
  address?: EachFamily;
  /** "ClusterIP": a cluster address alone. "LoadBalancer": an address of a pool besides. @default "LoadBalancer" */
  type?: "ClusterIP" | "LoadBalancer";
  /** Whether it has an address of each family, where the cluster has both. @default false: one of the first family */
  dualStack?: boolean;
}

export interface EchoDeployment {
  readonly name: string;
  readonly replicas: number;
  /** As Kubernetes names it. Absent: any. */
  readonly node?: string;
}

export interface EchoPlan extends Planned {
  readonly targetPort: number;
  /** One for each place that pods are bound to; one alone where they may run anywhere. */
  readonly deployments: readonly EchoDeployment[];
  /** Of a service that reaches outside. */
  readonly externalTrafficPolicy: TrafficPolicy;
  /** The addresses that it asks for, one of a family. */
  readonly addresses: readonly string[];
  /** An address that stands in for the service's own in a forecast, where the program knows one. */
  readonly destination: string | undefined;
  /** The nodes that its pods may run on, by full name. */
  readonly backends: readonly string[];
  /** Annotations by which the service asks for its address. */
  readonly addressRequest: Readonly<Record<string, string>>;
}

export function planEcho(name: string, args: EchoSpec): EchoPlan {
  const check = new Arguments(`new EchoService("${name}")`);
  for (const [path, port] of Object.entries({ port: args.port, targetPort: args.targetPort ?? args.port })) {
    if (Number.isInteger(port) && port >= 1 && port <= 65535) continue;
    if (path === "port" || port !== args.port) {
      check.add({ path, found: String(port), expected: "a port from 1 to 65535" });
    }
  }
  if (args.replicas !== undefined && !(Number.isInteger(args.replicas) && args.replicas >= 0)) {
    check.add({ path: "replicas", found: String(args.replicas), expected: "a whole number, 0 or more" });
  }
  const wishes = args.address === undefined ? [] : eachAddress(args.address, "address", check);
  const addresses = wishes.map(({ address }) => address);
  const ranges = both(args.cluster.serviceNetwork, args.cluster.serviceNetwork6).flatMap((text) => {
    const range = parsePrefix(text);
    return range.ok ? [range.value] : [];
  });
  for (const { address, path } of args.type === "ClusterIP" && ranges.length > 0 ? wishes : []) {
    if (ranges.some((range) => containsAddress(range, address))) continue;
    check.add({ path, found: address, expected: `an address of the services' range ${ranges.join(" or ")}` });
  }
  const places = placesOf(args, check);
  const policy = args.externalTrafficPolicy ?? "Cluster";
  const daemon = cniOf(through(args.cluster, serviceDaemon(args.cluster)).cni);
  const reachesOutside = args.type !== "ClusterIP";
  if (!reachesOutside && args.externalTrafficPolicy !== undefined) {
    check.add({
      path: "externalTrafficPolicy",
      found: policy,
      expected: "nothing: a ClusterIP is not reached from outside",
    });
  }
  if (args.dualStack === true && args.cluster.serviceNetwork6 === undefined) {
    const fix = 'give the cluster both, services: ["10.96.0.0/16", "fd00:10:96::/112"]';
    const expected = `false: services of ${args.cluster.name} have addresses of one family`;
    check.add({ path: "dualStack", found: "true", expected, fix });
  }
  const families = args.dualStack === true ? 2 : 1;
  if (addresses.length > families) {
    const fix = "say dualStack: true";
    check.add({
      path: "address",
      found: addresses.join(", "),
      expected: "one address: the service has one family",
      fix,
    });
  }
  if (addresses.length > 0 && addresses.length < families) {
    const fix = 'for example address: ["10.0.50.1", "fd00:50::1"]';
    check.add({
      path: "address",
      found: addresses.join(", "),
      expected: "one of each family, as dualStack has it",
      fix,
    });
  }
  if (reachesOutside && policy === "Local" && places === undefined) {
    check.add({
      path: "nodes",
      found: "",
      expected: "the nodes of its pods: with externalTrafficPolicy Local they alone announce it",
      fix: 'for example nodes: ["worker"]',
    });
  }
  if (reachesOutside && args.address === undefined && (daemon.announces === "addresses" || policy === "Local")) {
    const why = policy === "Local" ? "a Local service is announced" : `${daemon.title} announces each service`;
    check.add({
      path: "address",
      found: "",
      expected: `an address of a pool: ${why} by its own address, which the forecast must know`,
      fix: 'for example address: "10.0.50.1"',
    });
  }
  check.done();
  const backends = places ?? args.cluster.nodes;
  const { replicas = 2 } = args;
  const announced =
    addresses.length === 0 || !reachesOutside
      ? {}
      : announcedService(`lb-${name}-service`, addresses, policy, args.cluster, replicas > 0 ? backends : []);
  return {
    targetPort: args.targetPort ?? args.port,
    deployments:
      args.nodes === undefined || places === undefined
        ? [{ name: `${name}-deployment`, replicas, ...(places?.[0] === undefined ? {} : { node: places[0].fullName }) }]
        : places.map((node) => ({ name: `${name}-${node.name}-deployment`, replicas, node: node.fullName })),
    externalTrafficPolicy: policy,
    addresses,
    addressRequest: addresses.length === 0 || !reachesOutside ? {} : daemon.addressRequest(addresses),
    destination: addresses[0] ?? (reachesOutside ? undefined : insideOf(args.cluster.serviceNetwork)),
    backends: backends.map(({ fullName }) => fullName),
    network: { clusters: [{ cluster: args.cluster.name, ...announced }] },
  };
}

/** The nodes that pods are bound to; undefined where they may run anywhere. */
function placesOf({ cluster, node, nodes }: EchoSpec, check: Arguments): readonly NodeFacts[] | undefined {
  if (node !== undefined && nodes !== undefined) {
    check.add({ path: "nodes", found: nodes.join(", "), expected: "node or nodes, not both" });
  }
  if (nodes?.length === 0) check.add({ path: "nodes", found: "[]", expected: "one node or more" });
  const wanted = nodes?.map((text, index) => ({ text, path: `nodes[${index}]` })) ?? [];
  const given = node === undefined ? wanted : [{ text: node, path: "node" }];
  const known = given.flatMap(({ text, path }) => {
    const found = nodeCalled(cluster, text);
    if (found !== undefined) return [found];
    const expected = `a node of ${cluster.name}: ${cluster.nodes.map((one) => one.name).join(", ")}`;
    check.add({ path, found: text, expected });
    return [];
  });
  if (new Set(known).size < known.length) {
    check.add({ path: "nodes", found: (nodes ?? []).join(", "), expected: "each node once" });
  }
  return node === undefined && nodes === undefined ? undefined : known;
}

/** The service as whatever announces it will see it: with its addresses, and an endpoint on each node that has a pod. */
function announcedService(
  name: string,
  addresses: readonly string[],
  externalTrafficPolicy: TrafficPolicy,
  { serviceNetwork, serviceNetwork6 }: ClusterFacts,
  backends: readonly NodeFacts[],
): Partial<ClusterPart> {
  const metadata = { name, namespace: "default" };
  const families = addresses.map(familyOf);
  const inside = both(serviceNetwork, serviceNetwork6).flatMap((range) => insideOf(range) ?? []);
  const clusterIPs = inside.filter((address) => families.includes(familyOf(address)));
  const [clusterIP] = clusterIPs;
  return {
    services: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: {
          type: "LoadBalancer",
          externalTrafficPolicy,
          ...(clusterIP === undefined ? {} : { clusterIP }),
          ...(clusterIPs.length > 1 ? { clusterIPs } : {}),
        },
        status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } },
      },
    ],
    // One for each family, as the API server's controller makes them.
    endpointSlices: families.map((family, index) => ({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        ...metadata,
        name: index === 0 ? name : `${name}-${index + 1}`,
        labels: { [SERVICE_NAME_LABEL]: name },
      },
      addressType: titleOf(family),
      endpoints: backends.map((node) => ({
        addresses: [both(node.address, node.address6).find((one) => familyOf(one) === family) ?? node.address],
        nodeName: node.fullName,
        conditions: { ready: true },
      })),
    })),
  };
}

/** An address of the range that no service has by itself: the first ones are the API server's and DNS's. */
function insideOf(range: string): string | undefined {
  const prefix = parsePrefix(range);
  return prefix.ok ? hostAt(prefix.value, -1) : undefined;
}
