/** Two clusters on one network become one routed network, without NAT: from a mesh each to reflectors that peer. */
import * as pulumi from "@pulumi/pulumi";
import {
  AdvertisedServices,
  Cluster,
  ClusterPeering,
  EchoService,
  LiveNetwork,
  ReachabilityCheck,
  RouteReflectorTier,
  Segment,
  Shell,
  calico,
  kubeconfigs,
  place,
} from "../components";

const config = new pulumi.Config();
// How far the procedure has come; each step keeps what the ones before it did.
const STEPS = ["mesh", "reflectors", "peering", "pools"];
const step = config.get("step") ?? "pools";
if (!STEPS.includes(step)) throw new Error(`step: found "${step}", expected one of ${STEPS.join(", ")}`);
const reached = (wanted: string) => STEPS.indexOf(step) >= STEPS.indexOf(wanted);
// The first two parts of the network's /16: a lab that meets a network of yours moves as a whole.
const net = config.get("network") ?? "172.28";

const lan = new Segment("calico_cluster_peer_demo", { prefix: `${net}.0.0/16` });

function side(letter: "a" | "b", asn: number, third: number, range: string) {
  const name = `cluster-${letter}`;
  const cluster = new Cluster(name, {
    runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
    cni: calico({ asn, encapsulation: "None" }),
    pods: `${range}0.0.0/16`,
    services: `${range}1.0.0/16`,
    nodes: place(lan, [name, "m02", "m03", "m04"], { from: `${net}.${third}.1` }),
  });
  const services = new AdvertisedServices(`${letter}-services`, { cluster, clusterIPs: true });
  const echo = new EchoService(`echoserver-${letter}`, { cluster, type: "ClusterIP", port: 8385, targetPort: 8080 });
  const shell = new Shell(`tmp-shell-${letter}`, { cluster, node: "m02" });
  return { cluster, echo, shell, parts: [cluster, services, echo, shell] };
}
const a = side("a", 64512, 1, "10.20");
const b = side("b", config.getNumber("asnB") ?? 64513, 2, "10.21");

const tiers = reached("reflectors")
  ? ([a, b].map(
      ({ cluster }, index) =>
        new RouteReflectorTier(`${cluster.name}-reflectors`, {
          cluster,
          reflectors: { label: "route-reflector", nodes: ["m03", "m04"] },
          clusterId: `244.0.0.${index + 1}`,
        }),
    ) as [RouteReflectorTier, RouteReflectorTier])
  : [];
const [ra, rb] = tiers;
const between =
  ra !== undefined && rb !== undefined && reached("peering")
    ? [new ClusterPeering("a-b", { between: [ra, rb], pools: reached("pools") })]
    : [];
const checks = reached("pools")
  ? [
      new ReachabilityCheck("a-to-service-of-b", { from: a.shell, to: b.echo }),
      new ReachabilityCheck("b-to-service-of-a", { from: b.shell, to: a.echo }),
      new ReachabilityCheck("a-to-pod-of-b", { from: a.shell, to: b.shell, by: "path" }),
      new ReachabilityCheck("b-to-pod-of-a", { from: b.shell, to: a.shell, by: "path" }),
    ]
  : [];
const live = new LiveNetwork("live", { parts: [lan, ...a.parts, ...b.parts, ...tiers, ...between, ...checks] });

export const { sessions, routes } = live;
export const kubeconfig = kubeconfigs(a.cluster, b.cluster);
export const summary = live.answers.apply((answers = []) =>
  [`Step ${step}: ${sessions.length} sessions`, ...sessions, "Asked from pods", ...answers].join("\n  "),
);
