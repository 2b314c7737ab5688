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
// "family: dual" gives everything an IPv6 address beside its IPv4 one: the second network of rack1 is fd00:0:0:4::/64.
const dual = config.get("family") === "dual";
const each = (ipv4: string, ipv6: string) => (dual ? [ipv4, ipv6] : ipv4);
const lan = (n: number) => each(`10.0.${n}.0/24`, `fd00:0:0:${n}::/64`);
const at = (n: number, host: number) => each(`10.0.${n}.${host}`, `fd00:0:0:${n}::${host}`);

const tor = { os: "frr", neighbors: "listed" } as const;
const backbone = new LeafSpineFabric("backbone", {
  // The lab by hand has unnumbered links: sessions over IPv6 link-local addresses.
  links: config.get<"numbered" | "unnumbered">("links") ?? "numbered",
  // There is no outside: the default route that router0 announces ends there, as does what 10.0.0.0/8 has no route for.
  spines: [
    { name: "router0", os: "frr", asn: 65000, loopback: at(0, 0), originateDefault: true, blackhole: ["10.0.0.0/8"] },
  ],
  // rack0 has the networks 1 and 2 behind tor0, AS 65010; rack1 has 3 and 4 behind tor1, AS 65011.
  leaves: [0, 1].map((n) => ({
    name: `rack${n}`,
    segments: [lan(2 * n + 1), lan(2 * n + 2)],
    router: { ...tor, name: `tor${n}`, asn: 65010 + n, loopback: at(0, n + 1), address: at(2 * n + 1, 1) },
  })),
});
const [rack0, rack1] = [backbone.rack("rack0"), backbone.rack("rack1")];
const further = Array.from({ length: Math.max(0, workers - 3) }, (_, index) => `worker${index + 4}`);
const cluster = new Cluster("demo", {
  runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
  cni: cilium({ asn: 65010 }),
  pods: each("10.1.0.0/16", "fd00:10:1::/48"),
  nodes: [
    ...place(rack0, ["control-plane"], { segment: "rack0-1", from: at(1, 2) }),
    ...place(rack0, ["worker"], { segment: "rack0-2", from: at(2, 2) }),
    ...place(rack1, ["worker2"], { segment: "rack1-1", from: at(3, 2) }),
    ...place(rack1, ["worker3", ...further], { segment: "rack1-2", from: at(4, 2) }),
  ],
});
// iBGP with each ToR, by its loopback. Cilium dials and does not listen.
const session = { asn: "rack", to: "loopback" } as const;
const racks = [rack0, rack1];
const peers = new SelectiveBgpFabric("racks", { cluster, racks, speakers: "all", peerName: "tor", session });
// Cilium's LB-IPAM gives the address; a node with a pod in each rack announces it.
const cidr = each("10.0.50.0/28", "fd00:50::/124");
const pool = new LoadBalancerPool("services", { cluster, cidr, poolName: "services" });
const web = new EchoService("web", {
  cluster,
  port: 80,
  address: each("10.0.50.1", "fd00:50::1"),
  dualStack: dual,
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
