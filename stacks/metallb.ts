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
const mode = config.get<"native" | "frr" | "frr-k8s">("mode") ?? "native";
// BFD needs one of the FRR backends; the native speaker has none, and the preview says so.
const bfd = config.getBoolean("bfd") ?? mode !== "native";
// Both ends of each session know it; a secret of the stack: pulumi config set --secret password ...
const password = config.getSecret("password");
// The service from the workers with a pod of it alone, and its pods see the client's own address.
const local = config.getBoolean("local") ?? false;

const rack = new Rack("rack-a", {
  segments: ["10.0.20.0/26"],
  router: { os: "frr", asn: 64501, address: "10.0.20.1", neighbors: "listen", maximumPaths: 4, bfd },
});
const cluster = new Cluster("mlb", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: calico({ asn: 64512 }),
  balancer: metallb({ asn: 64513, version: "0.15", mode }),
  pods: "10.244.0.0/16",
  nodes: place(rack, ["control-plane", "worker1", "worker2"], { from: "10.0.20.10" }),
});
const fabric = new SelectiveBgpFabric("tor", {
  cluster,
  racks: [rack],
  speakers: "all",
  peerName: "rack-a",
  session: {
    ...(bfd ? { bfd: { interval: 300, multiplier: 3 } } : {}),
    ...(password === undefined ? {} : { password }),
  },
});
const pool = new LoadBalancerPool("services", { cluster, cidr: "10.0.50.0/27", poolName: "services" });
const web = new EchoService("web", {
  cluster,
  port: 80,
  address: "10.0.50.1",
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
