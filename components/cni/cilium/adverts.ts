/**
 * What a node's instance originates and which peer gets it: the advertisements that a peer's families select by label,
 * and the prefixes each of them stands for on that node (Cilium 1.18 to 1.20).
 */
import { parseAddress, type Address } from "../../model/address";
import { parseAnyCommunity } from "../../model/community";
import { hostPrefix, makePrefix, parseInterfaceAddress, type Prefix } from "../../model/prefix";
import { selects } from "../labels";
import { serviceKey, slicesByService, type ClusterObjects, type EndpointSlice, type Service } from "../objects";
import type { CniOptions } from "../place";
import type { NodeFacts } from "./nodes";
import type { Advert, Advertisement, Communities, PeerConfig, ServiceAddress } from "./types";

/** Attributes that a prefix leaves with; several advertisements of one service's prefix add up. */
export interface Attributes {
  communities: string[];
  largeCommunities: string[];
  localPreference?: number;
  by: string;
}

export interface AdvertOptions extends CniOptions {
  /** Chart value enableNoServiceEndpointsRoutable. Default true. */
  noEndpointsRoutable?: boolean;
  /** Chart value ipam.mode. Default "kubernetes"; pod CIDRs are advertised with it and with "cluster-pool" alone. */
  ipam?: "kubernetes" | "cluster-pool" | "multi-pool" | "eni" | "azure" | "alibabacloud" | "delegated-plugin";
}

export interface AdvertSources {
  objects: ClusterObjects;
  slices: Map<string, EndpointSlice[]>;
  /** Labels of the pod IP pools, by name. */
  poolLabels: Map<string, Record<string, string>>;
  options: AdvertOptions;
}

export function advertSources(
  objects: ClusterObjects,
  poolLabels: Map<string, Record<string, string>>,
  options: AdvertOptions,
): AdvertSources {
  return { objects, slices: slicesByService(objects.endpointSlices ?? []), poolLabels, options };
}

/** The advertisements that a family of the peer's configuration selects: none without a selector. */
export function selectedBy(
  config: PeerConfig | undefined,
  v6: boolean,
  advertisements: readonly Advertisement[],
): Advertisement[] {
  const family = config?.spec.families?.find(({ afi, safi }) => afi === (v6 ? "ipv6" : "ipv4") && safi === "unicast");
  const selector = family?.advertisements;
  if (selector === undefined) return [];
  return advertisements.filter(({ metadata }) => selects(selector, metadata.labels ?? {}));
}

export function advertised(
  selected: readonly Advertisement[],
  v6: boolean,
  facts: NodeFacts,
  sources: AdvertSources,
): Map<Prefix, Attributes> {
  const found = new Map<Prefix, Attributes>();
  for (const advertisement of selected) {
    advertisement.spec.advertisements.forEach((advert, i) => {
      const by = `CiliumBGPAdvertisement/${advertisement.metadata.name} spec.advertisements[${i}]`;
      for (const prefix of prefixesOf(advert, facts, sources)) {
        if (prefix.includes(":") !== v6) continue;
        // Only services' advertisements are united; of any other kind the last one holds (contested.ts).
        const known = advert.advertisementType === "Service" ? found.get(prefix) : undefined;
        found.set(prefix, joined(known, advert, by));
      }
    });
  }
  return found;
}

function joined(known: Attributes | undefined, { attributes }: Advert, by: string): Attributes {
  const own = communitiesOf(attributes?.communities);
  // GoBGP takes a preference of 0 for none (1.19.0): its own default goes out.
  const preferences = [known?.localPreference ?? 0, attributes?.localPreference ?? 0].filter((one) => one > 0);
  return {
    communities: [...new Set([...(known?.communities ?? []), ...own.standard])].sort(),
    largeCommunities: [...new Set([...(known?.largeCommunities ?? []), ...own.large])].sort(),
    ...(preferences.length === 0 ? {} : { localPreference: Math.max(...preferences) }),
    by: known?.by ?? by,
  };
}

function communitiesOf(communities: Communities | undefined): { standard: string[]; large: string[] } {
  const { standard = [], wellKnown = [], large = [] } = communities ?? {};
  const canonical = (text: string) => {
    const parsed = parseAnyCommunity(text);
    return parsed.ok ? [parsed.value.community as string] : [];
  };
  return { standard: [...standard, ...wellKnown].flatMap(canonical), large: large.flatMap(canonical) };
}

function prefixesOf(advert: Advert, facts: NodeFacts, sources: AdvertSources): Prefix[] {
  switch (advert.advertisementType) {
    case "PodCIDR": {
      const ipam = sources.options.ipam ?? "kubernetes";
      return ipam === "kubernetes" || ipam === "cluster-pool" ? facts.podCidrs : [];
    }
    case "CiliumPodIPPool":
      return [...facts.podPools].flatMap(([name, prefixes]) => {
        const labels = { ...sources.poolLabels.get(name), "io.cilium.podippool.name": name };
        return advert.selector !== undefined && selects(advert.selector, labels) ? prefixes : [];
      });
    case "Interface":
      return interfacePrefixes(advert.interface?.name, facts, sources.options);
    case "Service":
      return (sources.objects.services ?? []).flatMap((service) => servicePrefixes(service, advert, facts, sources));
  }
}

/** Loopback, multicast, link-local and IPv4-mapped addresses. */
const NOT_ADVERTISED = /^(127\.|22[4-9]\.|23\d\.|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:|::1$|::ffff:)/;

function interfacePrefixes(name: string | undefined, facts: NodeFacts, options: CniOptions): Prefix[] {
  const found = options.nodes?.[facts.name]?.interfaces?.find((one) => one.name === name && one.down !== true);
  return (found?.addresses ?? []).flatMap((text) => {
    const parsed = parseInterfaceAddress(text);
    const address = parsed.ok ? parsed.value.address : undefined;
    return address === undefined || NOT_ADVERTISED.test(address) ? [] : [hostPrefix(address)];
  });
}

function servicePrefixes(service: Service, advert: Advert, facts: NodeFacts, sources: AdvertSources): Prefix[] {
  const { name, namespace = "default", labels = {} } = service.metadata;
  const known = { ...labels, "io.kubernetes.service.name": name, "io.kubernetes.service.namespace": namespace };
  if (advert.selector === undefined || !selects(advert.selector, known)) return [];
  const slices = sources.slices.get(serviceKey(service)) ?? [];
  return (advert.service?.addresses ?? []).flatMap((kind) => {
    const { addresses, policy } = addressesOf(service, kind);
    if (addresses.length === 0 || !isServed(slices, policy, facts.name, sources.options)) return [];
    return addresses.map((address) => masked(address, policy, advert));
  });
}

function addressesOf(
  { spec, status }: Service,
  kind: ServiceAddress,
): { addresses: Address[]; policy: "Cluster" | "Local" } {
  const parse = (texts: readonly (string | undefined)[]) =>
    texts.flatMap((text) => {
      const address = parseAddress(text ?? "");
      return address.ok ? [address.value] : [];
    });
  const external = spec.externalTrafficPolicy ?? "Cluster";
  switch (kind) {
    case "LoadBalancerIP": {
      const { type, loadBalancerClass } = spec;
      const ours = loadBalancerClass === undefined || loadBalancerClass === "io.cilium/bgp-control-plane";
      const ips = (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
      return { addresses: type === "LoadBalancer" && ours ? parse(ips) : [], policy: external };
    }
    case "ExternalIP":
      return { addresses: parse(spec.externalIPs ?? []), policy: external };
    case "ClusterIP":
      return {
        addresses: parse(spec.clusterIPs ?? [spec.clusterIP]),
        policy: spec.internalTrafficPolicy ?? "Cluster",
      };
  }
}

/** With policy Local a ready backend must be on the node; else any backend, or none where that is allowed. */
function isServed(
  slices: readonly EndpointSlice[],
  policy: "Cluster" | "Local",
  node: string,
  options: AdvertOptions,
): boolean {
  const backends = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  if (policy === "Local") return backends.some(({ nodeName }) => nodeName === node);
  return backends.length > 0 || (options.noEndpointsRoutable ?? true);
}

/** An address alone, or the aggregate around it unless the traffic policy is Local. */
function masked(address: Address, policy: "Cluster" | "Local", advert: Advert): Prefix {
  const length = address.includes(":") ? advert.service?.aggregationLengthIPv6 : advert.service?.aggregationLengthIPv4;
  return length === undefined || policy === "Local" ? hostPrefix(address) : makePrefix(address, length);
}
