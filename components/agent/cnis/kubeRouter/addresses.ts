/**
 * Load balancer addresses as kube-router's allocator gives them (2.11, --run-loadbalancer): each Service without one gets
 * the next free address of --loadbalancer-ip-range, of each family that it has; it knows no wish. Pure.
 */
import { type AddressFamily, addressFromBigint, familyOf } from "../../../model/address";
import { bounds, parsePrefix } from "../../../model/prefix";
import type { Service } from "../../objects";

export interface Assignment {
  service: Service;
  /** None: no range has a free one of a family that it must have. */
  addresses: readonly string[];
}

export function assign(services: readonly Service[], ranges: readonly string[]): Assignment[] {
  const balancers = services.filter(
    ({ spec }) => spec.type === "LoadBalancer" && (spec.loadBalancerClass ?? "kube-router") === "kube-router",
  );
  const taken = new Set(balancers.flatMap(addressesOf));
  return balancers
    .filter((service) => addressesOf(service).length === 0)
    .map((service) => {
      const found = familiesOf(service).map((family) => firstFree(ranges, family, taken));
      const addresses = found.filter((address) => address !== undefined);
      if (addresses.length < found.length) return { service, addresses: [] };
      for (const address of addresses) taken.add(address);
      return { service, addresses };
    });
}

function addressesOf({ status }: Service): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}

function familiesOf({ spec }: Service): AddressFamily[] {
  return (spec.ipFamilies ?? ["IPv4"]).map((family) => (family === "IPv6" ? "ipv6" : "ipv4"));
}

function firstFree(ranges: readonly string[], family: AddressFamily, taken: ReadonlySet<string>): string | undefined {
  for (const range of ranges.filter((one) => familyOf(one) === family)) {
    const prefix = parsePrefix(range);
    if (!prefix.ok) continue;
    const { first, last } = bounds(prefix.value);
    for (let value = first === last ? first : first + 1n; value <= last; value++) {
      const address = addressFromBigint(value, family);
      if (!taken.has(address)) return address;
    }
  }
  return undefined;
}
