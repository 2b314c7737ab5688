/**
 * Load balancer addresses as kube-router's allocator gives them (2.11, --run-loadbalancer): each Service without one gets
 * the next free address of --loadbalancer-ip-range; it knows no wish. Pure.
 */
import { v4FromInt, v4ToInt } from "../../../model/address";
import type { Service } from "../../objects";

export interface Assignment {
  service: Service;
  /** None: no range has a free one. */
  address?: string;
}

export function assign(services: readonly Service[], ranges: readonly string[]): Assignment[] {
  const balancers = services.filter(
    ({ spec }) => spec.type === "LoadBalancer" && (spec.loadBalancerClass ?? "kube-router") === "kube-router",
  );
  const taken = new Set(balancers.flatMap((service) => addressOf(service) ?? []));
  return balancers
    .filter((service) => addressOf(service) === undefined)
    .map((service) => {
      const address = firstFree(ranges, taken);
      if (address === undefined) return { service };
      taken.add(address);
      return { service, address };
    });
}

function addressOf({ status }: Service): string | undefined {
  return status?.loadBalancer?.ingress?.[0]?.ip;
}

function firstFree(ranges: readonly string[], taken: ReadonlySet<string>): string | undefined {
  for (const range of ranges.filter((one) => !one.includes(":"))) {
    const [base = "", length = "32"] = range.split("/");
    const size = 2 ** (32 - Number(length));
    for (let offset = size === 1 ? 0 : 1; offset < size; offset++) {
      const address = v4FromInt(v4ToInt(base) + offset);
      if (!taken.has(address)) return address;
    }
  }
  return undefined;
}
