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

// "family: dual" gives everything an IPv6 address beside its IPv4 one: the rack of site 1 is on fd00:1:20::/64.
const dual = config.get("family") === "dual";
const each = (ipv4: string, ipv6: string) => (dual ? [ipv4, ipv6] : ipv4);
const ANYCAST = each("10.97.0.0/28", "fd00:97::/124");
const SERVICE = each("10.97.0.1", "fd00:97::1");
const SITES = [
  { name: "east", asn: 64510, n: 1, pods: each("10.244.0.0/17", "fd00:244:1::/48") },
  { name: "west", asn: 64520, n: 2, pods: each("10.244.128.0/17", "fd00:244:2::/48") },
].map((site) => ({ ...site, services: each(`10.96.${(site.n - 1) * 128}.0/17`, `fd00:96:${site.n}::/112`) }));
const lan = (n: number) => each(`10.${n}.20.0/26`, `fd00:${n}:20::/64`);
const at = (n: number, host: number) => each(`10.${n}.20.${host}`, `fd00:${n}:20::${host}`);

const fabric = new MultiSiteFabric("dci", {
  sites: SITES.map(({ name, asn, n, pods, services }): SiteSpec => ({
    name,
    asn,
    leaves: [{ name: `${name}-rack`, segments: [lan(n)], router: { os: "frr", address: at(n, 1), maximumPaths: 4 } }],
    // Pods, services, and what the site's own nodes have.
    summaries: [pods, services, each(`10.${n}.0.0/16`, `fd00:${n}::/32`)].flat(),
  })),
  anycast: [ANYCAST].flat(),
  prefer: { site: "west", prepend: config.getNumber("prepend") ?? 3 },
});

const sides = SITES.map(({ name, asn, n, pods, services }) => {
  const { racks } = fabric.site(name);
  const cluster = new Cluster(name, {
    runtime: config.get<"bare" | "kind">("runtime") ?? "bare",
    cni: calico({ asn: asn + 5, encapsulation: "None" }),
    pods,
    services,
    nodes: racks.flatMap((rack) => place(rack, ["cp", "worker"], { from: at(n, 10) })),
  });
  const tor = new SelectiveBgpFabric(`${name}-tor`, { cluster, racks, speakers: "all", ownRoutesOnly: true });
  const clusterIPs = new AdvertisedServices(`${name}-services`, { cluster, clusterIPs: true });
  const advertise = announcing.includes(name);
  const pool = new LoadBalancerPool(`${name}-anycast`, { cluster, cidr: ANYCAST, advertise });
  const web = new EchoService(`${name}-web`, { cluster, port: 80, address: SERVICE, dualStack: dual });
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
const anycast = routes.filter((line) => /(10\.97\.0\.0|fd00:97::)\//.test(line));
export const summary = live.answers.apply((answers = []) =>
  [`${sessions.length} sessions`, ...anycast, ...answers].join("\n  "),
);
