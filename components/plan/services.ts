/** Whether the services of a cluster fit its pools: what EchoService and LoadBalancerPool say of each other's policy. */
import type { Cni } from "../cni/cni";
import type { Service } from "../cni/objects";
import { parseAddress } from "../model/address";
import type { Fault } from "../model/errors";
import { parseRange, rangeContains } from "../model/range";
import type { ClusterPart } from "./part";

export function serviceFaults(shares: readonly ClusterPart[], cni: Pick<Cni, "title" | "announces">): Fault[] {
  return shares
    .flatMap(({ services = [] }) => services)
    .flatMap((service) => [...otherThanPool(service, shares), ...unknownClusterIp(service, shares, cni)]);
}

/** A pool may say which policy its services have. */
function otherThanPool(service: Service, shares: readonly ClusterPart[]): Fault[] {
  const found = policyOf(service);
  const addresses = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip = "" }) => {
    const address = parseAddress(ip);
    return address.ok ? [address.value] : [];
  });
  const pools = shares.flatMap(({ intent, balancerIntent }) => [
    ...(intent?.pools ?? []),
    ...(balancerIntent?.pools ?? []),
  ]);
  return pools
    .filter(({ trafficPolicy }) => trafficPolicy !== undefined && trafficPolicy !== found)
    .filter(({ ranges }) =>
      ranges.some((text) => {
        const range = parseRange(text);
        return range.ok && addresses.some((address) => rangeContains(range.value, address));
      }),
    )
    .map(({ name, trafficPolicy = "" }) => ({
      path: `${service.metadata.name}: externalTrafficPolicy`,
      found,
      expected: `${trafficPolicy}, as the pool ${name} says of its services`,
    }));
}

/**
 * confd (Calico 3.31 to 3.33) announces the cluster address of a Local service by itself where the services' range is
 * announced, and the API server chooses that address.
 */
function unknownClusterIp(
  service: Service,
  shares: readonly ClusterPart[],
  { title, announces }: Pick<Cni, "title" | "announces">,
): Fault[] {
  const wanted = shares
    .flatMap(({ intent }) => intent?.advertise ?? [])
    .find(({ addresses }) => addresses === "cluster");
  if (announces !== "ranges" || wanted === undefined || policyOf(service) !== "Local") return [];
  return [
    {
      path: `${service.metadata.name}: externalTrafficPolicy`,
      found: "Local",
      expected: `Cluster beside AdvertisedServices with clusterIPs: ${title} announces the cluster address of a Local service by itself, and the API server chooses that address`,
    },
  ];
}

function policyOf({ spec }: Service): string {
  return spec.externalTrafficPolicy ?? "Cluster";
}
