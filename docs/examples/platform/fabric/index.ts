/** The network team's stack: a router beside a cluster that another stack owns, and the sessions between them. */
import * as pulumi from "@pulumi/pulumi";
import { Cluster, LiveNetwork, Rack, calico, place } from "bgpfabric";
import { Edge } from "../lib/edge";
import { SHOP, nodeNames } from "../lib/facts";
import { sharedSegment } from "../lib/handles";

const config = new pulumi.Config();
const shop = new pulumi.StackReference(
  config.get("cluster") ?? `${pulumi.getOrganization()}/platform-cluster/${pulumi.getStack()}`,
);
const lan = sharedSegment("lan", SHOP.lan, shop.requireOutput("network") as pulumi.Output<string>);
const rack = new Rack("edge", {
  segments: [lan],
  router: { os: "frr", asn: 65001, address: "10.30.0.1", neighbors: "listen", maximumPaths: 4 },
});
const cluster = new Cluster("shop", {
  runtime: "existing",
  // What the network team may do in the cluster is a role of its own, where the cluster team has made one.
  existing: { kubeconfig: config.getSecret("kubeconfig") ?? shop.requireOutput("kubeconfig") },
  cni: calico({ asn: SHOP.asn }),
  pods: SHOP.pods,
  nodes: place(rack, nodeNames, { from: SHOP.firstNode }),
});
const edge = new Edge("edge", {
  cluster,
  rack,
  services: "172.30.0.240/28",
  speakers: config.getObject<string[]>("speakers") ?? ["shop-worker", "shop-worker2"],
});
export const { sessions, routes } = new LiveNetwork("live", { parts: [rack, cluster, ...edge.parts] });
