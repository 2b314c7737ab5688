/**
 * Load balancer addresses: from the pools that Calico's own controller would take, by its annotations, or the address
 * that a Service asks for. Pure; who writes the answer is cluster.ts.
 */
import { type AddressFamily, addressFromBigint, familyOf, parseAddress } from "../../../model/address";
import { type Prefix, bounds, containsAddress, parsePrefix } from "../../../model/prefix";
import type { ApiObject } from "../../api";
import type { Service } from "../../objects";

export interface IpPool extends ApiObject {
  spec: {
    cidr: string;
    disabled?: boolean;
    allowedUses?: string[];
    assignmentMode?: string;
    vxlanMode?: string;
    ipipMode?: string;
  };
}

export interface Assignment {
  service: Service;
  /** The addresses it gets, one of each family that it has; none when it has to give them up. */
  addresses: readonly string[];
  /** Why one is not there. */
  reason?: string;
}

const ANNOTATION = "projectcalico.org/";

/**
 * Services whose status is not what the pools give them, and those that lack an address, with the reason. The oldest
 * Service chooses first.
 */
export function assign(services: Service[], pools: IpPool[]): Assignment[] {
  const usable = pools.filter(
    ({ spec }) => spec.disabled !== true && (spec.allowedUses ?? []).includes("LoadBalancer"),
  );
  const balancers = services.filter(
    ({ spec }) => spec.type === "LoadBalancer" && (spec.loadBalancerClass ?? "calico") === "calico",
  );
  const taken = new Map<string, Service>();
  for (const service of balancers) {
    for (const address of addressesOf(service)) {
      if (usable.some((pool) => within(pool.spec.cidr, address))) taken.set(address, service);
    }
  }
  const changes: Assignment[] = [];
  for (const service of [...balancers].sort(byAge)) {
    const given = familiesOf(service).map((family) => addressOfFamily(service, family, usable, taken));
    const addresses = given.flatMap(({ address }) => address ?? []);
    for (const old of addressesOf(service)) {
      if (taken.get(old) === service && !addresses.includes(old)) taken.delete(old);
    }
    for (const address of addresses) taken.set(address, service);
    const reason = given.find((one) => one.reason !== undefined)?.reason;
    changes.push({ service, addresses, ...(reason === undefined ? {} : { reason }) });
  }
  // A Service that stopped being a LoadBalancer gives its address up; a foreign class is not ours to touch.
  for (const service of services) {
    if (service.spec.type !== "LoadBalancer" && addressesOf(service).length > 0) {
      changes.push({ service, addresses: [] });
    }
  }
  return changes.filter(
    ({ service, addresses, reason }) => reason !== undefined || !sameAddresses(addresses, addressesOf(service)),
  );
}

export function sameAddresses(one: readonly string[], other: readonly string[]): boolean {
  return one.join(" ") === other.join(" ");
}

export function addressesOf(service: Service): string[] {
  return (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}

/** The one that it has, the one that it wishes, or a free one. */
function addressOfFamily(
  service: Service,
  family: AddressFamily,
  pools: IpPool[],
  taken: Map<string, Service>,
): { address?: string; reason?: string } {
  const now = addressesOf(service).find((address) => familyOf(address) === family);
  const wish = requested(service, family);
  if (now !== undefined && taken.get(now) === service && (wish === undefined || wish === now)) return { address: now };
  const own = pools.filter(({ spec }) => familyOf(spec.cidr) === family);
  const address = wish ?? firstFree(service, family, own, taken);
  if (address === undefined) return { reason: "no LoadBalancer pool has a free address" };
  if (!own.some((pool) => within(pool.spec.cidr, address))) return { reason: `${address} is in no LoadBalancer pool` };
  const holder = taken.get(address);
  if (holder !== undefined && holder !== service) return { reason: `${address} belongs to ${holder.metadata.name}` };
  return { address };
}

function familiesOf({ spec }: Service): AddressFamily[] {
  return (spec.ipFamilies ?? ["IPv4"]).map((family) => (family === "IPv6" ? "ipv6" : "ipv4"));
}

function requested(service: Service, family: AddressFamily): string | undefined {
  const { loadBalancerIP } = service.spec;
  const list = listAnnotation(service, "loadBalancerIPs") ?? (loadBalancerIP === undefined ? [] : [loadBalancerIP]);
  return list.find((address) => address !== "" && familyOf(address) === family);
}

/** The first address of the pool after its base: that is where the first Service of the field's labs stands too. */
function firstFree(
  service: Service,
  family: AddressFamily,
  pools: IpPool[],
  taken: Map<string, Service>,
): string | undefined {
  const named = listAnnotation(service, `${family}pools`);
  const eligible = pools.filter((pool) =>
    named === undefined
      ? pool.spec.assignmentMode !== "Manual"
      : named.includes(pool.metadata.name) || named.includes(pool.spec.cidr),
  );
  for (const { spec } of eligible) {
    const { first, last } = bounds(spec.cidr as Prefix);
    for (let value = first === last ? first : first + 1n; value <= last; value++) {
      const address = addressFromBigint(value, family);
      if (!taken.has(address)) return address;
    }
  }
  return undefined;
}

function listAnnotation(service: Service, name: string): string[] | undefined {
  const value = service.metadata.annotations?.[ANNOTATION + name];
  if (value === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function byAge(a: Service, b: Service): number {
  const key = ({ metadata }: Service) =>
    `${metadata.creationTimestamp ?? ""} ${metadata.namespace ?? ""}/${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}

function within(cidr: string, address: string): boolean {
  const prefix = parsePrefix(cidr);
  const own = parseAddress(address);
  return prefix.ok && own.ok && containsAddress(prefix.value, own.value);
}
