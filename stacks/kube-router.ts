/** kube-router as most clusters run it: every node meshed with every other, pod CIDRs by BGP, and each node beside its ToR. */
import * as pulumi from "@pulumi/pulumi";
import {
  Cluster,
  EchoService,
  LiveNetwork,
  LoadBalancerPool,
  Rack,
  RouteReflectorTier,
  SelectiveBgpFabric,
  kubeRouter,
  place,
} from "../components";

const config = new pulumi.Config();
// The mesh grows by all nodes with each node; without it a node knows the pods of the others from nobody.
const mesh = config.getBoolean("mesh") ?? true;
// Nodes that reflect to all others in place of the mesh.
const reflectors = config.getObject<string[]>("reflectors") ?? [];
// Back to the mesh in place: the same reflectors with "retire", and after that none.
const retire = config.getBoolean("retire") ?? false;
const workers = config.getNumber("workers") ?? 3;
// "family: dual" gives segment, nodes, pods and the service an IPv6 address beside each IPv4 one.
const dual = config.get("family") === "dual";
const each = (ipv4: string, ipv6: string) => (dual ? [ipv4, ipv6] : ipv4);

const rack = new Rack("rack-a", {
  segments: [each("10.0.20.0/26", "fd00:20::/64")],
  router: { os: "frr", asn: 64501, address: each("10.0.20.1", "fd00:20::1"), neighbors: "listen", maximumPaths: 8 },
});
const cluster = new Cluster("kr", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: kubeRouter({ asn: 64512 }),
  pods: each("10.244.0.0/16", "fd00:10:244::/48"),
  nodes: place(rack, ["control-plane", ...Array.from({ length: workers }, (_, index) => `worker${index + 1}`)], {
    from: each("10.0.20.10", "fd00:20::10"),
  }),
});
const fabric = new SelectiveBgpFabric("tor", {
  cluster,
  racks: [rack],
  speakers: "all",
  mesh: reflectors.length === 0 ? mesh : retire,
});
const nodes = reflectors;
const tier =
  nodes.length === 0
    ? []
    : [new RouteReflectorTier("reflectors", { cluster, reflectors: { nodes }, clusterId: "1.0.0.1", retire })];
// A service with an address of kube-router's own allocator, which every node announces.
const served = config.getBoolean("service") === true ? service() : [];
const live = new LiveNetwork("live", { parts: [rack, cluster, fabric, ...tier, ...served] });

function service() {
  const pool = new LoadBalancerPool("services", { cluster, cidr: each("10.0.50.0/28", "fd00:50::/124") });
  const address = each("10.0.50.1", "fd00:50::1");
  return [pool, new EchoService("web", { cluster, port: 80, address, dualStack: dual })];
}

export const { sessions, routes } = live;
export const kubeconfig = cluster.kubeconfig;
export const summary = [
  `Sessions (${sessions.length})`,
  ...sessions.map((line) => `  ${line}`),
  "Routes of the ToR",
  ...routes.map((line) => `  ${line}`),
].join("\n");
