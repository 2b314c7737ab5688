/**
 * Which service ranges and addresses each node advertises: confd's route generator, Calico v3.31 to v3.33. Ranges go
 * out from every node with or without a service; single addresses where a service's traffic policy asks for them.
 */
import { containsAddress, hostPrefix, parsePrefix, prefixLength, type Prefix } from "../../model/prefix";
import { parseAddress, type Address } from "../../model/address";
import { serviceKey, slicesByService, type ClusterObjects, type EndpointSlice, type Service } from "../objects";
import type { CalicoNode } from "./nodes";
import type { CalicoObjects, Version } from "./types";

export interface ServiceRanges {
  clusterIps: Prefix[];
  externalIps: Prefix[];
  loadBalancerIps: Prefix[];
  /** Ranges advertised as they are; single addresses are left to the services. */
  advertised: Prefix[];
  aggregated: boolean;
}

export function serviceRanges(calico: CalicoObjects): ServiceRanges {
  const { serviceClusterIPs, serviceExternalIPs, serviceLoadBalancerIPs } = calico.defaults;
  const clusterIps = prefixes(serviceClusterIPs);
  const externalIps = prefixes(serviceExternalIPs);
  const loadBalancerIps = prefixes(serviceLoadBalancerIPs);
  const aggregated = (calico.defaults.serviceLoadBalancerAggregation ?? "Enabled") === "Enabled";
  const advertised = [
    ...clusterIps,
    ...externalIps.filter((prefix) => !isSingle(prefix)),
    ...(aggregated ? loadBalancerIps.filter((prefix) => !isSingle(prefix)) : []),
  ];
  return { clusterIps, externalIps, loadBalancerIps, advertised: [...new Set(advertised)], aggregated };
}

function prefixes(blocks: readonly { cidr?: string }[] | undefined): Prefix[] {
  return (blocks ?? []).flatMap(({ cidr }) => {
    const prefix = parsePrefix(cidr ?? "");
    return prefix.ok ? [prefix.value] : [];
  });
}

function isSingle(prefix: Prefix): boolean {
  return prefixLength(prefix) === (prefix.includes(":") ? 128 : 32);
}

export interface ServiceRoute {
  prefix: Prefix;
  service: Service;
  /** Nodes that advertise it; absent: all that take part. */
  nodes?: ReadonlySet<string>;
}

/** Routes of single addresses, one for each service and address. */
export function serviceRoutes(objects: ClusterObjects, ranges: ServiceRanges, version: Version): ServiceRoute[] {
  // Manifests of a program hold no slices, which a controller makes: then nothing is said of their absence.
  const known = (objects.endpointSlices ?? []).length > 0;
  const slices = slicesByService(objects.endpointSlices ?? []);
  return (objects.services ?? []).flatMap((service) => {
    const where = advertisers(service, known ? (slices.get(serviceKey(service)) ?? []) : undefined, ranges, version);
    if (where === "none") return [];
    return addressesOf(service, ranges).map((address) => ({
      prefix: hostPrefix(address),
      service,
      ...(where === "all" ? {} : { nodes: where }),
    }));
  });
}

/** Of a node: the ranges and the single addresses, without repetition. */
export function advertisedBy(node: CalicoNode, ranges: ServiceRanges, routes: readonly ServiceRoute[]): Prefix[] {
  if (node.excluded) return [];
  const own = routes.filter(({ nodes }) => nodes === undefined || nodes.has(node.name)).map(({ prefix }) => prefix);
  return [...new Set([...ranges.advertised, ...own])];
}

function addressesOf(service: Service, ranges: ServiceRanges): Address[] {
  const { spec, status } = service;
  const within = (text: string | undefined, allowed: readonly Prefix[]) => {
    const address = parseAddress(text ?? "");
    return address.ok && allowed.some((prefix) => containsAddress(prefix, address.value)) ? [address.value] : [];
  };
  const any = (text: string) => {
    const address = parseAddress(text);
    return address.ok ? [address.value] : [];
  };
  return [
    ...(ranges.clusterIps.length > 0 ? clusterIpsOf(service).flatMap(any) : []),
    ...(spec.externalIPs ?? []).flatMap((text) => within(text, ranges.externalIps)),
    ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => within(ip, ranges.loadBalancerIps)),
  ];
}

function clusterIpsOf({ spec }: Service): string[] {
  return spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
}

function advertisers(
  service: Service,
  slices: readonly EndpointSlice[] | undefined,
  ranges: ServiceRanges,
  version: Version,
): "all" | "none" | ReadonlySet<string> {
  const { spec, status } = service;
  const type = spec.type ?? "ClusterIP";
  const clusterIp = clusterIpsOf(service)[0] ?? "";
  if (type === "ExternalName" || clusterIp === "" || clusterIp === "None") return "none";
  const isListed = (text: string | undefined, allowed: readonly Prefix[]) => {
    const address = parseAddress(text ?? "");
    return address.ok && allowed.some((prefix) => prefix === hostPrefix(address.value));
  };
  // confd looks at a service through its EndpointSlices: without any there is nothing to advertise, ranges of one
  // address included.
  if (slices?.length === 0) return "none";
  // The API server sets the policy on services that reach outside; a manifest may leave it out.
  const policy = spec.externalTrafficPolicy ?? (type === "ClusterIP" ? undefined : "Cluster");
  if (policy === "Cluster") {
    const ingress = [spec.loadBalancerIP, ...(status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)];
    if (type === "LoadBalancer" && ingress.some((ip) => isListed(ip, ranges.loadBalancerIps))) return "all";
    if ((spec.externalIPs ?? []).some((ip) => isListed(ip, ranges.externalIps))) return "all";
  }
  if (policy !== "Local" && ranges.aggregated) return "none";
  const local = new Set<string>();
  let any = false;
  for (const slice of slices ?? []) {
    if (!familiesOf(service).includes(slice.addressType)) continue;
    for (const { nodeName, conditions } of slice.endpoints ?? []) {
      // Since 3.33 an endpoint that is not ready does not count; one without the condition is ready.
      if (version === "3.33" && conditions?.ready === false) continue;
      any = true;
      if (nodeName !== undefined) local.add(nodeName);
    }
  }
  if (policy !== "Local") return any ? "all" : "none";
  return local.size > 0 ? local : "none";
}

/** As the API server fills it in: the families of the cluster's own addresses. */
function familiesOf(service: Service): string[] {
  const { ipFamilies } = service.spec;
  if (ipFamilies !== undefined && ipFamilies.length > 0) return ipFamilies;
  return [...new Set(clusterIpsOf(service).map((address) => (address.includes(":") ? "IPv6" : "IPv4")))];
}
