/** The plan of what a cluster announces besides its pools: the cluster addresses and external addresses of its services. */
import { cniOf } from "../cni";
import type { Advertise } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { overlaps, parsePrefix } from "../model/prefix";
import { Arguments } from "./arguments";
import type { ClusterFacts, Planned } from "./facts";
import { both } from "./families";

export interface AdvertisedSpec<Cluster extends ClusterFacts = ClusterFacts> {
  /** The cluster whose services are announced. */
  cluster: Cluster;
  /** Whether nodes announce the ranges of the services' cluster addresses, of each family that there is. @default false @example true */
  clusterIPs?: boolean;
  /** Ranges of the services' external addresses. @default none @example ["10.0.50.0/24"] */
  externalIPs?: readonly string[];
}

export interface AdvertisedPlan extends Planned {
  /** The prefixes that nodes announce. */
  readonly ranges: readonly string[];
  readonly objects: readonly Resource<object>[];
}

export function planAdvertised(name: string, args: AdvertisedSpec): AdvertisedPlan {
  const { cluster, clusterIPs = false, externalIPs = [] } = args;
  const check = new Arguments(`new AdvertisedServices("${name}")`);
  if (!clusterIPs && externalIPs.length === 0) {
    check.add({
      path: "clusterIPs",
      found: String(clusterIPs),
      expected: "true, or ranges under externalIPs: there is nothing to announce",
    });
  }
  let sound = true;
  externalIPs.forEach((text, index) => {
    const path = `externalIPs[${index}]`;
    const range = check.prefix(text, path);
    sound &&= range !== undefined;
    if (range === undefined) return;
    const others = [
      ...both(cluster.podNetwork, cluster.podNetwork6).map((one) => ["the pods'", one] as const),
      ...both(cluster.serviceNetwork, cluster.serviceNetwork6).map((one) => ["the services'", one] as const),
    ];
    for (const [whose, other] of others) {
      const taken = parsePrefix(other);
      if (!taken.ok || !overlaps(range, taken.value)) continue;
      check.add({ path, found: range, expected: `a prefix apart from ${whose} ${other}` });
    }
    const earlier = externalIPs.slice(0, index).find((one) => {
      const parsed = parsePrefix(one);
      return parsed.ok && overlaps(parsed.value, range);
    });
    if (earlier !== undefined) check.add({ path, found: range, expected: `a prefix apart from ${earlier}` });
  });
  const clusterRanges = both(cluster.serviceNetwork, cluster.serviceNetwork6);
  const advertise: Advertise[] = [
    ...(clusterIPs ? [{ name: `${name}-cluster`, addresses: "cluster", ranges: clusterRanges } as const] : []),
    ...(externalIPs.length > 0
      ? [{ name: `${name}-external`, addresses: "external", ranges: externalIPs } as const]
      : []),
  ];
  const { cni, asn } = cluster;
  // A range that is no prefix is reported once, under its own argument.
  const written = sound ? check.take(cniOf(cni).write({ advertise }, { ...cni, asn, part: true })) : undefined;
  check.done();
  const ranges = advertise.flatMap((one) => one.ranges ?? []);
  return {
    ranges,
    objects: written?.own ?? [],
    network: { clusters: [{ cluster: cluster.name, intent: { advertise }, announced: ranges }] },
  };
}
