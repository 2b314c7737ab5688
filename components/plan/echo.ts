/** An echo service's plan: the node that its pods are bound to. */
import { cniOf } from "../cni";
import { containsAddress, parsePrefix } from "../model/prefix";
import { SERVICE_NAME_LABEL } from "../cni/objects";
import { Arguments } from "./arguments";
import { hostAt } from "./families";
import type { ClusterPart } from "./part";
import { type ClusterFacts, type Planned, nodeCalled, serviceDaemon, through } from "./facts";

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
  /** Address that the service asks for: one of a pool, or of the services' range for a ClusterIP. @default a free one */
  address?: string;
  /** "ClusterIP": a cluster address alone. "LoadBalancer": an address of a pool besides. @default "LoadBalancer" */
  type?: "ClusterIP" | "LoadBalancer";
}

export interface EchoPlan extends Planned {
  readonly targetPort: number;
  readonly replicas: number;
  /** As Kubernetes names it. */
  readonly node: string | undefined;
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
  const address = args.address === undefined ? undefined : check.address(args.address, "address");
  const services = parsePrefix(args.cluster.serviceNetwork);
  if (args.type === "ClusterIP" && address !== undefined && services.ok && !containsAddress(services.value, address)) {
    check.add({ path: "address", found: address, expected: `an address of the services' range ${services.value}` });
  }
  const node = args.node === undefined ? undefined : nodeCalled(args.cluster, args.node);
  if (args.node !== undefined && node === undefined) {
    check.add({
      path: "node",
      found: args.node,
      expected: `a node of ${args.cluster.name}: ${args.cluster.nodes.map((one) => one.name).join(", ")}`,
    });
  }
  const { balancer } = args.cluster;
  if (balancer !== undefined && args.type !== "ClusterIP" && args.address === undefined) {
    check.add({
      path: "address",
      found: "",
      expected: `an address of a pool: ${cniOf(balancer).title} announces each service by its own address, which the forecast must know`,
      fix: 'for example address: "10.0.50.1"',
    });
  }
  check.done();
  const backends = node === undefined ? args.cluster.nodes.map(({ fullName }) => fullName) : [node.fullName];
  return {
    targetPort: args.targetPort ?? args.port,
    replicas: args.replicas ?? 2,
    node: node?.fullName,
    addressRequest:
      address === undefined || args.type === "ClusterIP"
        ? {}
        : cniOf(through(args.cluster, serviceDaemon(args.cluster)).cni).addressRequest(address),
    destination: address ?? (args.type === "ClusterIP" ? insideOf(args.cluster.serviceNetwork) : undefined),
    backends,
    network: {
      clusters: [
        {
          cluster: args.cluster.name,
          ...(balancer === undefined || address === undefined || args.type === "ClusterIP"
            ? {}
            : announcedService(`lb-${name}-service`, address, args.cluster, backends)),
        },
      ],
    },
  };
}

/** The service as the balancer will see it: with its address, and an endpoint on a node. */
function announcedService(
  name: string,
  address: string,
  { nodes }: ClusterFacts,
  backends: readonly string[],
): Partial<ClusterPart> {
  const metadata = { name, namespace: "default" };
  return {
    services: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { type: "LoadBalancer" },
        status: { loadBalancer: { ingress: [{ ip: address }] } },
      },
    ],
    endpointSlices: [
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { ...metadata, labels: { [SERVICE_NAME_LABEL]: name } },
        addressType: "IPv4",
        endpoints: nodes
          .filter(({ fullName }) => backends.includes(fullName))
          .map((node) => ({ addresses: [node.address], nodeName: node.fullName, conditions: { ready: true } })),
      },
    ],
  };
}

/** An address of the range that no service has by itself: the first ones are the API server's and DNS's. */
function insideOf(range: string): string | undefined {
  const prefix = parsePrefix(range);
  return prefix.ok ? hostAt(prefix.value, -1) : undefined;
}
