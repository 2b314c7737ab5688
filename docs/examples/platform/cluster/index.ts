/** The cluster team's stack: a cluster with its CNI, and the way into it for others. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, Segment, calico, place } from "bgpfabric";
import { SHOP } from "../lib/facts";

const config = new pulumi.Config();
const lan = new Segment("lan", { prefix: SHOP.lan });
const cluster = new Cluster("shop", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: calico({ asn: SHOP.asn }),
  pods: SHOP.pods,
  nodes: place(lan, [...SHOP.nodes], { from: SHOP.firstNode }),
});
// As Calico's operator makes it: there, and empty.
new CustomResource(
  "bgp",
  { apiVersion: "projectcalico.org/v3", kind: "BGPConfiguration", metadata: { name: "default" }, spec: {} },
  { provider: cluster.kubernetes },
);

export const kubeconfig = cluster.kubeconfig;
export const network = lan.networks["lan"];
