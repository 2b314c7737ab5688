/** Two sites, a cluster in each: only summaries cross between them, and a service that both have fails over. */
import * as pulumi from "@pulumi/pulumi";
import {
  AdvertisedServices,
  Cluster,
  EchoService,
  LiveNetwork,
  LoadBalancerPool,
  MultiSiteFabric,
  ReachabilityCheck,
  SelectiveBgpFabric,
  Shell,
  type SiteSpec,
  calico,
  kubeconfigs,
  place,
} from "../components";

const config = new pulumi.Config();
// A site that does not announce the anycast service sends to the other one.
const announcing = config.getObject<string[]>("announcing") ?? ["east", "west"];

const ANYCAST = "10.97.0.0/28";
const SERVICE = "10.97.0.1";
const SITES = [
  { name: "east", asn: 64510, net: "10.1", pods: "10.244.0.0/17", services: "10.96.0.0/17" },
  { name: "west", asn: 64520, net: "10.2", pods: "10.244.128.0/17", services: "10.96.128.0/17" },
];

const fabric = new MultiSiteFabric("dci", {
  sites: SITES.map(({ name, asn, net, pods, services }): SiteSpec => ({
    name,
    asn,
    leaves: [
      {
        name: `${name}-rack`,
        segments: [`${net}.20.0/26`],
        router: { os: "frr", address: `${net}.20.1`, maximumPaths: 4 },
      },
    ],
    // Pods, services, and what the site's own nodes have.
    summaries: [pods, services, `${net}.0.0/16`],
  })),
  anycast: [ANYCAST],
  prefer: { site: "west", prepend: config.getNumber("prepend") ?? 3 },
});

const sides = SITES.map(({ name, asn, net, pods, services }) => {
  const { racks } = fabric.site(name);
  const cluster = new Cluster(name, {
    runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
    cni: calico({ asn: asn + 5, encapsulation: "None" }),
    pods,
    services,
    nodes: racks.flatMap((rack) => place(rack, ["cp", "worker"], { from: `${net}.20.10` })),
  });
  const tor = new SelectiveBgpFabric(`${name}-tor`, { cluster, racks, speakers: "all", ownRoutesOnly: true });
  const clusterIPs = new AdvertisedServices(`${name}-services`, { cluster, clusterIPs: true });
  const advertise = announcing.includes(name);
  const pool = new LoadBalancerPool(`${name}-anycast`, { cluster, cidr: ANYCAST, advertise });
  const web = new EchoService(`${name}-web`, { cluster, port: 80, address: SERVICE });
  const shell = new Shell(`${name}-shell`, { cluster, node: "worker" });
  return { cluster, shell, parts: [cluster, tor, clusterIPs, pool, web, shell] };
});
const [east, west] = sides as [(typeof sides)[number], (typeof sides)[number]];
const live = new LiveNetwork("live", {
  timeout: 180,
  parts: [
    fabric,
    ...sides.flatMap(({ parts }) => parts),
    new ReachabilityCheck("east-to-west", { from: east.shell, to: west.shell, by: "path" }),
    new ReachabilityCheck("west-to-east", { from: west.shell, to: east.shell, by: "path" }),
  ],
});

export const { sessions, routes } = live;
export const kubeconfig = kubeconfigs(east.cluster, west.cluster);
export const summary = live.answers.apply((answers = []) =>
  [`${sessions.length} sessions`, ...routes.filter((line) => line.includes(ANYCAST)), ...answers].join("\n  "),
);
