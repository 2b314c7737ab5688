/** MetalLB beside Calico: Calico carries the pods by its mesh, MetalLB alone speaks to the ToR and announces services. */
import * as pulumi from "@pulumi/pulumi";
import {
  Cluster,
  EchoService,
  LiveNetwork,
  LoadBalancerPool,
  Rack,
  SelectiveBgpFabric,
  calico,
  metallb,
  place,
} from "../components";

const config = new pulumi.Config();
// "family: dual" gives segment, nodes, pods and the service an IPv6 address beside each IPv4 one.
const dual = config.get("family") === "dual";
const each = (ipv4: string, ipv6: string) => (dual ? [ipv4, ipv6] : ipv4);
const mode = config.get<"native" | "frr" | "frr-k8s">("mode") ?? (dual ? "frr" : "native");
// The native speaker has no IPv6: of a cluster with both families it announces IPv4 addresses alone.
const native = mode === "native";
// BFD needs one of the FRR backends; the native speaker has none, and the preview says so.
const bfd = config.getBoolean("bfd") ?? !native;
// Both ends of each session know it; a secret of the stack: pulumi config set --secret password ...
const password = config.getSecret("password");
// The service from the workers with a pod of it alone, and its pods see the client's own address.
const local = config.getBoolean("local") ?? false;

const address = each("10.0.20.1", "fd00:20::1");
const rack = new Rack("rack-a", {
  segments: [each("10.0.20.0/26", "fd00:20::/64")],
  router: { os: "frr", asn: 64501, address, neighbors: "listen", maximumPaths: 4, bfd },
});
const cluster = new Cluster("mlb", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: calico({ asn: 64512 }),
  balancer: metallb({ asn: 64513, version: "0.15", mode }),
  pods: each("10.244.0.0/16", "fd00:10:244::/48"),
  nodes: place(rack, ["control-plane", "worker1", "worker2"], { from: each("10.0.20.10", "fd00:20::10") }),
});
const fabric = new SelectiveBgpFabric("tor", {
  cluster,
  racks: [rack],
  speakers: "all",
  peerName: "rack-a",
  session: {
    ...(dual && native ? { families: ["ipv4"] as const } : {}),
    ...(bfd ? { bfd: { interval: 300, multiplier: 3 } } : {}),
    ...(password === undefined ? {} : { password }),
  },
});
const served = (ipv4: string, ipv6: string) => (native ? ipv4 : each(ipv4, ipv6));
const pool = new LoadBalancerPool("services", {
  cluster,
  cidr: served("10.0.50.0/27", "fd00:50::/123"),
  poolName: "services",
});
const web = new EchoService("web", {
  cluster,
  port: 80,
  address: served("10.0.50.1", "fd00:50::1"),
  dualStack: dual && !native,
  ...(local ? { externalTrafficPolicy: "Local", nodes: ["worker1", "worker2"], replicas: 1 } : {}),
});
const live = new LiveNetwork("live", { parts: [rack, cluster, fabric, pool, web] });

export const { sessions, routes } = live;
export const kubeconfig = cluster.kubeconfig;
export const url = web.url;
export const summary = [
  `Sessions (${sessions.length}, MetalLB ${mode})`,
  ...sessions.map((line) => `  ${line}`),
  "Routes of the ToR",
  ...routes.map((line) => `  ${line}`),
].join("\n");
