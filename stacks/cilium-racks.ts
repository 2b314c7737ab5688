/** Two racks under a border router: each node runs Cilium's own BGP control plane, in the AS of its ToR. */
import * as pulumi from "@pulumi/pulumi";
import {
  Cluster,
  EchoService,
  LeafSpineFabric,
  LiveNetwork,
  LoadBalancerPool,
  ReachabilityCheck,
  SelectiveBgpFabric,
  Shell,
  cilium,
  place,
} from "../components";

const config = new pulumi.Config();
// The fourth worker and more stand beside the third one.
const workers = config.getNumber("workers") ?? 3;

const backbone = new LeafSpineFabric("backbone", {
  // The lab by hand has unnumbered links: sessions over IPv6 link-local addresses.
  links: config.get<"numbered" | "unnumbered">("links") ?? "numbered",
  // There is no outside: the default route that router0 announces ends there, as does what 10.0.0.0/8 has no route for.
  spines: [
    { name: "router0", os: "frr", asn: 65000, loopback: "10.0.0.0", originateDefault: true, blackhole: ["10.0.0.0/8"] },
  ],
  leaves: [
    {
      name: "rack0",
      segments: ["10.0.1.0/24", "10.0.2.0/24"],
      router: { os: "frr", name: "tor0", asn: 65010, loopback: "10.0.0.1", address: "10.0.1.1", neighbors: "listed" },
    },
    {
      name: "rack1",
      segments: ["10.0.3.0/24", "10.0.4.0/24"],
      router: { os: "frr", name: "tor1", asn: 65011, loopback: "10.0.0.2", address: "10.0.3.1", neighbors: "listed" },
    },
  ],
});
const [rack0, rack1] = [backbone.rack("rack0"), backbone.rack("rack1")];
const further = Array.from({ length: Math.max(0, workers - 3) }, (_, index) => `worker${index + 4}`);
const cluster = new Cluster("demo", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: cilium({ asn: 65010 }),
  pods: "10.1.0.0/16",
  nodes: [
    ...place(rack0, ["control-plane"], { segment: "rack0-1", from: "10.0.1.2" }),
    ...place(rack0, ["worker"], { segment: "rack0-2", from: "10.0.2.2" }),
    ...place(rack1, ["worker2"], { segment: "rack1-1", from: "10.0.3.2" }),
    ...place(rack1, ["worker3", ...further], { segment: "rack1-2", from: "10.0.4.2" }),
  ],
});
const peers = new SelectiveBgpFabric("racks", {
  cluster,
  racks: [rack0, rack1],
  speakers: "all",
  peerName: "tor",
  // iBGP with each ToR, by its loopback. Cilium dials and does not listen.
  session: { asn: "rack", to: "loopback" },
});
// Cilium's LB-IPAM gives the address; a node with a pod in each rack announces it.
const pool = new LoadBalancerPool("services", { cluster, cidr: "10.0.50.0/28", poolName: "services" });
const web = new EchoService("web", {
  cluster,
  port: 80,
  address: "10.0.50.1",
  externalTrafficPolicy: "Local",
  nodes: ["worker", "worker3"],
  replicas: 1,
});
const near = new Shell("netshoot-worker", { cluster, node: "worker" });
const far = new Shell("netshoot-worker3", { cluster, node: "worker3" });
const across = new ReachabilityCheck("across-racks", { from: near, to: far });
const live = new LiveNetwork("live", { parts: [backbone, rack0, rack1, cluster, peers, pool, web, near, far, across] });

export const { sessions, routes } = live;
export const kubeconfig = cluster.kubeconfig;
export const summary = live.answers.apply((answers = []) =>
  [`Sessions (${sessions.length})`, ...sessions, "Asked", ...answers].join("\n  "),
);
