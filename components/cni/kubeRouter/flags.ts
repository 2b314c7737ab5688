/** kube-router's settings as the flags of its DaemonSet (2.8 to 2.11). A flag that is given twice holds as given last. */
import type { KubeRouterOptions } from "./options";

export function flagsOf(options: KubeRouterOptions): string[] {
  const { gracefulRestart, peerRouters = [], loadBalancerIpRanges, externalIpRanges } = options;
  const given: readonly [flag: string, value: unknown][] = [
    ["cluster-asn", options.clusterAsn],
    ["nodes-full-mesh", options.fullMesh],
    ["enable-ibgp", options.ibgp],
    ["peer-router-multihop-ttl", options.multihopTtl],
    ["bgp-port", options.port],
    ["bgp-holdtime", seconds(options.holdTime)],
    ["bgp-graceful-restart", gracefulRestart === undefined ? undefined : true],
    ["bgp-graceful-restart-time", seconds(gracefulRestart?.restartTime)],
    ["advertise-pod-cidr", options.advertisePodCidr],
    ["advertise-cluster-ip", options.advertiseClusterIp],
    ["advertise-external-ip", options.advertiseExternalIp],
    ["advertise-loadbalancer-ip", options.advertiseLoadBalancerIp],
    ["override-nexthop", options.overrideNextHop],
    ["enable-overlay", options.overlay],
    ["strict-external-ip-validation", options.strictExternalIps],
    ["service-external-ip-range", list(externalIpRanges)],
    ["loadbalancer-ip-range", list(loadBalancerIpRanges)],
    // Its allocator of addresses, which is off without it.
    ["run-loadbalancer", loadBalancerIpRanges === undefined ? undefined : true],
    ["peer-router-ips", list(peerRouters.map(({ address }) => address))],
    ["peer-router-asns", list(peerRouters.map(({ asn }) => asn))],
    ["peer-router-ports", list(peerRouters.map(({ port = 179 }) => port))],
  ];
  return given.flatMap(([flag, value]) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [`--${flag}=${value}`] : [],
  );
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}s`;
}

function list(values: readonly (string | number)[] = []): string | undefined {
  return values.length === 0 ? undefined : values.join(",");
}
