/** Two of five nodes speak for the cluster: a service behind any node answers, over two BGP sessions instead of five. */
import * as pulumi from "@pulumi/pulumi";
import {
  Cluster,
  EchoService,
  LiveNetwork,
  LoadBalancerPool,
  Rack,
  SelectiveBgpFabric,
  calico,
  place,
} from "../components";

const config = new pulumi.Config();
const workers = ["worker", "worker2", "worker3", "worker4"];
// The first three parts of the rack's /24: a lab that meets a network of yours moves as a whole.
const net = config.get("network") ?? "10.10.10";
// "family: dual" gives every segment, node, pod, service and pool an IPv6 address beside its IPv4 one, "ipv6" that alone.
const family = config.get("family");
const each = (ipv4: string, ipv6: string) => (family === "dual" ? [ipv4, ipv6] : family === "ipv6" ? ipv6 : ipv4);
// A router id has the form of an IPv4 address; without such an address it has to be given.
const ids = family === "ipv6" ? { router: { routerId: "10.0.0.1" }, nodes: { routerIds: "10.0.0.10" } } : {};

const rack = new Rack("rack1", {
  segments: [each(`${net}.0/24`, "fd00:10::/64")],
  router: {
    os: "frr",
    asn: 65001,
    address: each(`${net}.1`, "fd00:10::1"),
    ...ids.router,
    neighbors: "listen",
    maximumPaths: config.getNumber("maximumPaths") ?? 4,
    peerLimit: 64,
  },
});
const cluster = new Cluster("k01", {
  // Containers with a real control plane and real BGP daemons, or kind clusters: real kubelets and pods.
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: calico({ asn: 65010 }),
  pods: each("192.168.0.0/16", "fd00:192:168::/48"),
  nodes: place(rack, ["control-plane", ...workers], { from: each(`${net}.10`, "fd00:10::10"), ...ids.nodes }),
});
const fabric = new SelectiveBgpFabric("edge", {
  cluster,
  racks: [rack],
  speakers: { label: "bgp-peer", nodes: config.getObject<string[]>("speakers") ?? ["worker", "worker2"] },
});
const pool = new LoadBalancerPool("services", {
  cluster,
  cidr: each("172.16.0.240/28", "fd00:172:16::/124"),
  advertise: config.getBoolean("advertise") ?? true,
});
const backend = config.get("backend");
const web = new EchoService("nginx", {
  cluster,
  port: 80,
  dualStack: family === "dual",
  // The only backend on a node without a session answers all the same.
  ...(backend === undefined ? {} : { node: backend, replicas: 1 }),
});
const live = new LiveNetwork("live", { parts: [rack, cluster, fabric, pool, web] });

export const { sessions, routes } = live;
export const kubeconfig = cluster.kubeconfig;
export const url = web.url;
export const summary = pulumi
  .all([live.answers])
  .apply(([answers]) =>
    [
      `Sessions (${sessions.length} instead of ${cluster.nodes.length})`,
      ...sessions.map((line) => `  ${line}`),
      "Routes of the ToR",
      ...routes.map((line) => `  ${line}`),
      "The service, asked from the ToR",
      ...(answers ?? []).map((line) => `  ${line}`),
    ].join("\n"),
  );
