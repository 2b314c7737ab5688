/** A cluster that outgrew its mesh: reflectors on control-plane nodes, eBGP with the ToR of each rack, two spines above. */
import * as pulumi from "@pulumi/pulumi";
import {
  AdvertisedServices,
  Cluster,
  EchoService,
  LeafSpineFabric,
  LiveNetwork,
  ReachabilityCheck,
  RouteReflectorTier,
  SelectiveBgpFabric,
  Shell,
  calico,
  place,
} from "../components";

const config = new pulumi.Config();
// On kind one node runs the control plane, and a machine's usual limit of inotify bears nine nodes.
const runtime = config.get<"bare" | "kind">("runtime") ?? "bare";
const [controlPlanes, usual] = runtime === "kind" ? [1, 8] : [3, 24];
const size = config.getNumber("nodes") ?? usual;
// The seed's way from one to the other: every node with every other, then with the reflectors alone.
const reflected = config.getBoolean("reflectors") ?? true;
const reflecting = controlPlanes > 1 ? ("control-plane" as const) : ["cp-01", "worker-01", "worker-02"];

const fabric = new LeafSpineFabric("dc", {
  spines: [1, 2].map((number) => ({ name: `spine-${number}`, os: "frr", asn: 64500 })),
  leaves: [
    { name: "rack-a", segments: ["10.0.20.0/26"], router: { os: "frr", asn: 64501, address: "10.0.20.1" } },
    { name: "rack-b", segments: ["10.0.20.64/26"], router: { os: "frr", asn: 64502, address: "10.0.20.65" } },
  ].map((leaf) => ({ ...leaf, router: { ...leaf.router, os: "frr" as const, maximumPaths: 16 } })),
});
const [a, b] = [fabric.rack("rack-a"), fabric.rack("rack-b")];

// In turn on both racks, so that a node which is appended moves no other.
const numbered = (stem: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${stem}-${String(index + 1).padStart(2, "0")}`);
const everyOther = (names: string[], rest: number) => names.filter((_, index) => index % 2 === rest);
const onBoth = (names: string[], host: number, controlPlane = false) => [
  ...place(a, everyOther(names, 0), { from: `10.0.20.${host}`, controlPlane }),
  ...place(b, everyOther(names, 1), { from: `10.0.20.${64 + host}`, controlPlane }),
];
const cluster = new Cluster("k8s", {
  runtime,
  cni: calico({ asn: 64512, encapsulation: "None" }),
  pods: "10.244.0.0/16",
  services: "10.96.0.0/12",
  nodes: [
    ...onBoth(numbered("cp", controlPlanes), 2, true),
    ...onBoth(numbered("worker", size - controlPlanes), 10),
  ].sort((one, other) => one.name.localeCompare(other.name)),
});
const tors = new SelectiveBgpFabric("tors", {
  cluster,
  racks: [a, b],
  speakers: "all",
  ownRoutesOnly: true,
  mesh: !reflected,
  peerName: "tor",
});
const services = new AdvertisedServices("services", { cluster, clusterIPs: true, externalIPs: ["10.0.50.0/24"] });
const reflectors = reflected
  ? [new RouteReflectorTier("reflectors", { cluster, reflectors: { nodes: reflecting }, clusterId: "1.0.0.1" })]
  : [];
const web = new EchoService("web", { cluster, type: "ClusterIP", port: 80 });
const near = new Shell("shell-a", { cluster, node: "worker-01" });
const far = new Shell("shell-b", { cluster, node: "worker-02" });
const live = new LiveNetwork("live", {
  timeout: 180,
  parts: [
    ...[fabric, cluster, tors, services, ...reflectors, web, near, far],
    new ReachabilityCheck("rack-to-rack", { from: near, to: far, by: "path" }),
    new ReachabilityCheck("service", { from: far, to: web }),
  ],
});
export const { sessions, routes } = live;
export const kubeconfig = cluster.kubeconfig;
export const summary = live.answers.apply((answers = []) =>
  [`${size} nodes, ${sessions.length} sessions`, ...answers].join("\n  "),
);
