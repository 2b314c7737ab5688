/** Which service addresses a node announces, and as which prefixes (MetalLB's speaker, 0.14 to 0.16). */
import { parseAddress, type Address } from "../../model/address";
import { makePrefix, type Prefix } from "../../model/prefix";
import { rangeContains } from "../../model/range";
import { selects } from "../labels";
import { EXCLUDE_LABEL } from "../../model/labels";
import { serviceKey, type EndpointSlice, type Node, type Service } from "../objects";
import type { Advertisement, MetallbObjects } from "./types";

export interface Announcement {
  prefix: Prefix;
  advertisement: Advertisement;
  service: Service;
}

export interface ServiceOptions {
  /** --lb-class: services of another class are somebody else's. */
  loadBalancerClass?: string;
  /** --ignore-exclude-lb. */
  ignoreExcludeLabel?: boolean;
}

/** The pools of an advertisement: those it names and those it selects; all where it does neither. */
export function boundPools({ spec }: Advertisement, pools: MetallbObjects["pools"]): MetallbObjects["pools"] {
  const { ipAddressPools = [], ipAddressPoolSelectors = [] } = spec;
  if (ipAddressPools.length === 0 && ipAddressPoolSelectors.length === 0) return pools;
  return pools.filter(
    ({ pool }) =>
      ipAddressPools.includes(pool.metadata.name) ||
      ipAddressPoolSelectors.some((selector) => selects(selector, pool.metadata.labels ?? {})),
  );
}

/** May the node announce anything? Labels and a dead network keep it out. */
export function announces(node: Node, options: ServiceOptions): boolean {
  const unavailable = node.status?.conditions?.some(
    ({ type, status }) => type === "NetworkUnavailable" && status === "True",
  );
  const excluded = node.metadata.labels?.[EXCLUDE_LABEL] !== undefined && options.ignoreExcludeLabel !== true;
  return unavailable !== true && !excluded;
}

export function announcements(
  node: Node,
  services: readonly Service[],
  slices: ReadonlyMap<string, EndpointSlice[]>,
  metallb: MetallbObjects,
  options: ServiceOptions,
): Announcement[] {
  if (!announces(node, options)) return [];
  return services.flatMap((service) => {
    const { addresses, pool } = addressesOf(service, metallb, options);
    if (pool === undefined || !isServed(service, slices.get(serviceKey(service)) ?? [], node.metadata.name)) return [];
    return metallb.advertisements
      .filter((advertisement) => applies(advertisement, pool, node, service, metallb))
      .flatMap((advertisement) =>
        addresses.map((address) => ({ prefix: aggregated(address, advertisement), advertisement, service })),
      );
  });
}

/** The service's addresses, which must all be of one pool. */
export function addressesOf(
  { spec, status }: Service,
  { pools }: MetallbObjects,
  options: ServiceOptions,
): { addresses: Address[]; pool?: MetallbObjects["pools"][number] } {
  if (spec.type !== "LoadBalancer" || (spec.loadBalancerClass ?? "") !== (options.loadBalancerClass ?? "")) {
    return { addresses: [] };
  }
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => {
    const address = parseAddress(ip ?? "");
    return address.ok ? [address.value] : [];
  });
  const pool = pools.find(({ ranges }) => addresses.every((one) => ranges.some((range) => rangeContains(range, one))));
  return addresses.length === 0 || pool === undefined ? { addresses } : { addresses, pool };
}

function applies(
  advertisement: Advertisement,
  pool: MetallbObjects["pools"][number],
  node: Node,
  service: Service,
  metallb: MetallbObjects,
): boolean {
  const { nodeSelectors = [], serviceSelectors = [] } = advertisement.spec;
  const any = (selectors: typeof nodeSelectors, labels: Record<string, string> | undefined) =>
    selectors.length === 0 || selectors.some((selector) => selects(selector, labels ?? {}));
  return (
    boundPools(advertisement, metallb.pools).includes(pool) &&
    any(nodeSelectors, node.metadata.labels) &&
    any(serviceSelectors, service.metadata.labels)
  );
}

/**
 * Traffic policy Local wants an endpoint on the node, ready or serving; otherwise any will do. An address that one slice
 * calls ready and another unready counts as unready.
 */
function isServed(service: Service, slices: readonly EndpointSlice[], node: string): boolean {
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  const isReady = ({ conditions }: (typeof endpoints)[number]) =>
    conditions?.ready !== false || conditions.serving === true;
  const unready = new Set(endpoints.filter((one) => !isReady(one)).flatMap(({ addresses }) => addresses));
  const usable = endpoints.filter((one) => isReady(one) && !one.addresses.every((address) => unready.has(address)));
  return service.spec.externalTrafficPolicy === "Local"
    ? usable.some(({ nodeName }) => nodeName === node)
    : usable.length > 0;
}

function aggregated(address: Address, { spec }: Advertisement): Prefix {
  const { aggregationLength = 32, aggregationLengthV6 = 128 } = spec;
  return makePrefix(address, address.includes(":") ? aggregationLengthV6 : aggregationLength);
}
