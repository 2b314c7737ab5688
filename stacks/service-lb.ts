/** Every node speaks for the cluster: a service's address reaches the ToR over as many next hops as there are nodes. */
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
// The first three parts of the rack's /24: a lab that meets a network of yours moves as a whole.
const net = config.get("network") ?? "10.10.10";

const rack = new Rack("rack1", {
  segments: [`${net}.0/24`],
  // One next hop is the switch's default; 4 spreads the service's traffic over the nodes.
  router: { os: "frr", asn: 65001, address: `${net}.1`, maximumPaths: config.getNumber("maximumPaths") ?? 4 },
});
const cluster = new Cluster("k01", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: calico({ asn: 65010 }),
  pods: "192.168.0.0/16",
  nodes: place(rack, ["control-plane", "worker", "worker2"], { from: `${net}.10` }),
});
const fabric = new SelectiveBgpFabric("edge", { cluster, racks: [rack], speakers: "all" });
const pool = new LoadBalancerPool("services", {
  cluster,
  cidr: "172.16.0.240/28",
  // The service has its address before anybody outside knows a way to it.
  advertise: config.getBoolean("advertise") ?? true,
});
const web = new EchoService("nginx", {
  cluster,
  port: 80,
  // The workers announce the address by itself besides, and the pods see the client's own address.
  ...((config.getBoolean("local") ?? false)
    ? { address: "172.16.0.241", externalTrafficPolicy: "Local", nodes: ["worker", "worker2"], replicas: 1 }
    : {}),
});
// Without a route the ToR has no way to the service, and nothing to ask.
const asked = (config.getBoolean("advertise") ?? true) ? [web] : [];
const live = new LiveNetwork("live", { parts: [rack, cluster, fabric, pool, ...asked] });

export const { sessions, routes } = live;
export const kubeconfig = cluster.kubeconfig;
export const url = web.url;
export const summary = live.answers.apply((answers) =>
  [
    "Sessions, one with each node",
    ...sessions.map((line) => `  ${line}`),
    "Routes of the ToR",
    ...routes.map((line) => `  ${line}`),
    "The service, asked from the ToR",
    ...(answers ?? []).map((line) => `  ${line}`),
  ].join("\n"),
);
