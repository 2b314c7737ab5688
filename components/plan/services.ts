/** Whether the services of a cluster fit its pools: what EchoService and LoadBalancerPool say of each other's policy. */
import type { Cni } from "../cni/cni";
import type { Pool } from "../cni/intent";
import type { Service } from "../cni/objects";
import { type Address, parseAddress } from "../model/address";
import type { Fault } from "../model/errors";
import { parseRange, rangeContains } from "../model/range";
import type { ClusterPart } from "./part";

export function serviceFaults(shares: readonly ClusterPart[], cni: Pick<Cni, "title" | "announces">): Fault[] {
  return shares
    .flatMap(({ services = [] }) => services)
    .flatMap((service) => [
      ...outsideOfPools(service, shares),
      ...otherThanPool(service, shares),
      ...unknownClusterIp(service, shares, cni),
    ]);
}

/** Nothing gives an address that no pool has. Without a pool in the program, one may be there by hand. */
function outsideOfPools(service: Service, shares: readonly ClusterPart[]): Fault[] {
  const pools = poolsOf(shares);
  if (pools.length === 0) return [];
  return addressesOf(service)
    .filter((address) => !pools.some((pool) => holds(pool, address)))
    .map((found) => ({
      path: `${service.metadata.name}: address`,
      found,
      expected: `an address of a pool of the cluster: ${pools.flatMap(({ ranges }) => ranges).join(", ")}`,
    }));
}

/** A pool may say which policy its services have. */
function otherThanPool(service: Service, shares: readonly ClusterPart[]): Fault[] {
  const found = policyOf(service);
  const addresses = addressesOf(service);
  return poolsOf(shares)
    .filter(({ trafficPolicy }) => trafficPolicy !== undefined && trafficPolicy !== found)
    .filter((pool) => addresses.some((address) => holds(pool, address)))
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

function addressesOf({ status }: Service): Address[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = "" }) => {
    const address = parseAddress(ip);
    return address.ok ? [address.value] : [];
  });
}

/** Pools that services have addresses of. */
function poolsOf(shares: readonly ClusterPart[]): Pool[] {
  return shares
    .flatMap(({ intent, balancerIntent }) => [...(intent?.pools ?? []), ...(balancerIntent?.pools ?? [])])
    .filter((pool) => pool.for === "services" && pool.disabled !== true);
}

function holds({ ranges }: Pool, address: Address): boolean {
  return ranges.some((text) => {
    const range = parseRange(text);
    return range.ok && rangeContains(range.value, address);
  });
}

function policyOf({ spec }: Service): string {
  return spec.externalTrafficPolicy ?? "Cluster";
}
