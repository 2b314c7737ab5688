/** kube-router as most clusters run it: every node meshed with every other, pod CIDRs by BGP, and each node beside its ToR. */
import * as pulumi from "@pulumi/pulumi";
import { Cluster, LiveNetwork, Rack, SelectiveBgpFabric, kubeRouter, place } from "../components";

const config = new pulumi.Config();
// The mesh grows by all nodes with each node; without it a node knows the pods of the others from nobody.
const mesh = config.getBoolean("mesh") ?? true;
const workers = config.getNumber("workers") ?? 3;

const rack = new Rack("rack-a", {
  segments: ["10.0.20.0/26"],
  router: { os: "frr", asn: 64501, address: "10.0.20.1", neighbors: "listen" },
});
const cluster = new Cluster("kr", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: kubeRouter({ asn: 64512 }),
  pods: "10.244.0.0/16",
  nodes: place(rack, ["control-plane", ...Array.from({ length: workers }, (_, index) => `worker${index + 1}`)], {
    from: "10.0.20.10",
  }),
});
const fabric = new SelectiveBgpFabric("tor", { cluster, racks: [rack], speakers: "all", mesh });
const live = new LiveNetwork("live", { parts: [rack, cluster, fabric] });

export const { sessions, routes } = live;
export const kubeconfig = cluster.kubeconfig;
export const summary = [
  `Sessions (${sessions.length})`,
  ...sessions.map((line) => `  ${line}`),
  "Routes of the ToR",
  ...routes.map((line) => `  ${line}`),
].join("\n");
