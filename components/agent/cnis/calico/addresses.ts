/**
 * Load balancer addresses: from the pools that Calico's own controller would take, by its annotations, or the address
 * that a Service asks for. Pure; who writes the answer is cluster.ts.
 */
import { v4FromInt, v4ToInt } from "../../../model/address";
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
  /** The address it gets; none when it has to give one up. */
  address?: string;
  /** Why it gets none. */
  reason?: string;
}

const ANNOTATION = "projectcalico.org/";

/** Services whose status is not what the pools give them, and those that get nothing, with the reason. The oldest Service chooses first. */
export function assign(services: Service[], pools: IpPool[]): Assignment[] {
  const usable = pools.filter(
    ({ spec }) => spec.disabled !== true && (spec.allowedUses ?? []).includes("LoadBalancer") && isV4(spec.cidr),
  );
  const balancers = services.filter(
    ({ spec }) => spec.type === "LoadBalancer" && (spec.loadBalancerClass ?? "calico") === "calico",
  );
  const taken = new Map<string, Service>();
  for (const service of balancers) {
    const address = addressOf(service);
    if (address !== undefined && usable.some((pool) => within(pool.spec.cidr, address))) taken.set(address, service);
  }
  const changes: Assignment[] = [];
  for (const service of [...balancers].sort(byAge)) {
    const now = addressOf(service);
    const wish = requested(service);
    if (now !== undefined && taken.get(now) === service && (wish === undefined || wish === now)) continue;
    const address = wish ?? firstFree(service, usable, taken);
    if (address === undefined) {
      changes.push({ service, reason: "no LoadBalancer pool has a free address" });
    } else if (!usable.some((pool) => within(pool.spec.cidr, address))) {
      changes.push({ service, reason: `${address} is in no LoadBalancer pool` });
    } else if (taken.has(address) && taken.get(address) !== service) {
      changes.push({ service, reason: `${address} belongs to ${taken.get(address)?.metadata.name}` });
    } else {
      if (now !== undefined && taken.get(now) === service) taken.delete(now);
      taken.set(address, service);
      changes.push({ service, address });
    }
  }
  // A Service that stopped being a LoadBalancer gives its address up; a foreign class is not ours to touch.
  for (const service of services) {
    if (service.spec.type !== "LoadBalancer" && addressOf(service) !== undefined) changes.push({ service });
  }
  return changes.filter(({ service, address, reason }) => reason !== undefined || address !== addressOf(service));
}

export function addressOf(service: Service): string | undefined {
  return service.status?.loadBalancer?.ingress?.[0]?.ip;
}

function requested(service: Service): string | undefined {
  const list = listAnnotation(service, "loadBalancerIPs");
  return list?.[0] ?? (service.spec.loadBalancerIP === "" ? undefined : service.spec.loadBalancerIP);
}

/** The first address of the pool after its base: that is where the first Service of the field's labs stands too. */
function firstFree(service: Service, pools: IpPool[], taken: Map<string, Service>): string | undefined {
  const named = listAnnotation(service, "ipv4pools");
  const eligible = pools.filter((pool) =>
    named === undefined
      ? pool.spec.assignmentMode !== "Manual"
      : named.includes(pool.metadata.name) || named.includes(pool.spec.cidr),
  );
  for (const { spec } of eligible) {
    const { base, size } = range(spec.cidr);
    for (let offset = size === 1 ? 0 : 1; offset < size; offset++) {
      const address = v4FromInt(base + offset);
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

function isV4(cidr: string): boolean {
  return !cidr.includes(":");
}

function within(cidr: string, address: string): boolean {
  const { base, size } = range(cidr);
  const value = v4ToInt(address);
  return value >= base && value < base + size;
}

function range(cidr: string): { base: number; size: number } {
  const [address = "", length = "32"] = cidr.split("/");
  return { base: v4ToInt(address), size: 2 ** (32 - Number(length)) };
}
