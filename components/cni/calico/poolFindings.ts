/** What is wrong with IPPools, and with services whose addresses nobody advertises. */
import { parseAddress } from "../../model/address";
import { containsAddress, overlaps, parsePrefix, prefixLength } from "../../model/prefix";
import { nameSome } from "../finding";
import type { Report } from "../reading";
import type { Checked } from "./checked";

export function checkPools({ objects, calico, nodes, ranges }: Checked, report: Report): void {
  const pools = calico.pools.flatMap((pool) => {
    const prefix = parsePrefix(pool.spec.cidr, "", { strict: true });
    if (prefix.ok) return [{ pool, prefix: prefix.value }];
    report(
      "pool-cidr",
      "error",
      pool,
      "spec.cidr",
      `"${pool.spec.cidr}": ${prefix.faults[0]?.expected ?? ""} is expected`,
      prefix.faults[0]?.fix ?? "correct the CIDR",
    );
    return [];
  });
  pools.forEach(({ pool, prefix }, i) => {
    for (const other of pools.slice(i + 1)) {
      if (!overlaps(prefix, other.prefix)) continue;
      report(
        "pools-overlap",
        "error",
        other.pool,
        "spec.cidr",
        `${other.prefix} overlaps ${prefix} of IPPool ${pool.metadata.name}: Calico refuses the second, a bare API server takes both`,
        "give each pool a range of its own",
      );
    }
    const covered = nodes.filter(({ ipv4, ipv6 }) =>
      [ipv4, ipv6].some((address) => address !== undefined && containsAddress(prefix, address)),
    );
    if (covered.length > 0) {
      report(
        "pool-covers-nodes",
        "error",
        pool,
        "spec.cidr",
        `${prefix} holds the addresses of ${nameSome(covered.map(({ name }) => name))}: nodes then pass on every learned route within it, those of routers included`,
        "keep the nodes' networks out of every pool",
      );
    }
    const { allowedUses = ["Workload", "Tunnel"], blockSize, disabled } = pool.spec;
    const size = blockSize ?? (prefix.includes(":") ? 122 : 26);
    if (disabled !== true && prefixLength(prefix) > size) {
      report(
        "pool-smaller-than-block",
        "error",
        pool,
        "spec.blockSize",
        `${prefix} is smaller than one block of /${size}: no address can be given out`,
        `set blockSize to ${prefixLength(prefix)} or more`,
      );
    }
    if (!allowedUses.includes("LoadBalancer")) return;
    if (pool.spec.disableBGPExport === true) {
      report(
        "pool-load-balancer",
        "error",
        pool,
        "spec.disableBGPExport",
        "a LoadBalancer pool may not be kept from BGP",
        "remove disableBGPExport",
      );
    }
    if (!ranges.loadBalancerIps.some((range) => overlaps(range, prefix))) {
      report(
        "pool-not-advertised",
        "warning",
        pool,
        "spec.cidr",
        `services get addresses of ${prefix}, and no node advertises them`,
        `add ${prefix} to serviceLoadBalancerIPs of BGPConfiguration default`,
      );
    }
  });
  for (const service of objects.services ?? []) {
    if (service.spec.type !== "LoadBalancer" || ranges.loadBalancerIps.length === 0) continue;
    for (const { ip } of service.status?.loadBalancer?.ingress ?? []) {
      const address = parseAddress(ip ?? "");
      if (!address.ok || ranges.loadBalancerIps.some((range) => containsAddress(range, address.value))) continue;
      report(
        "service-outside-ranges",
        "warning",
        service,
        "status.loadBalancer.ingress",
        `${address.value} is in no range of serviceLoadBalancerIPs: no node advertises it`,
        "add its range to BGPConfiguration default",
      );
    }
  }
}
