/** Which service addresses a kube-router node advertises to its external peers (2.8 to 2.11). */
import { parseAddress } from "../../model/address";
import { hostPrefix, type Prefix } from "../../model/prefix";
import { rangeContains, type AddressRange } from "../../model/range";
import { serviceKey, type EndpointSlice, type Service } from "../objects";

export interface VipOptions {
  /** Flags --advertise-cluster-ip, --advertise-external-ip, --advertise-loadbalancer-ip. Default false, each. */
  advertiseClusterIp?: boolean;
  advertiseExternalIp?: boolean;
  advertiseLoadBalancerIp?: boolean;
}

export interface VipRanges {
  /** --strict-external-ip-validation: then addresses outside the ranges are dropped, all of them without a range. */
  strict: boolean;
  externalIps: AddressRange[];
  loadBalancerIps: AddressRange[];
}

/** Addresses that the node advertises, and those that only the ranges keep back. */
export function vips(
  services: readonly Service[],
  slices: ReadonlyMap<string, EndpointSlice[]>,
  node: string,
  options: VipOptions,
  ranges: VipRanges,
): { advertised: Prefix[]; dropped: { service: Service; address: string; kind: "external" | "load-balancer" }[] } {
  const advertised = new Set<Prefix>();
  const dropped: ReturnType<typeof vips>["dropped"] = [];
  for (const service of services) {
    const { spec, status } = service;
    const wants = (kind: string, byFlag: boolean | undefined) => {
      const annotated = service.metadata.annotations?.[`kube-router.io/service.advertise.${kind}`];
      return annotated === undefined ? byFlag === true : annotated === "true";
    };
    const local = service.metadata.annotations?.["kube-router.io/service.local"] === "true";
    const isHere = endpointsOn(slices.get(serviceKey(service)) ?? [], node);
    const external = !(local || spec.externalTrafficPolicy === "Local") || isHere;
    const internal = !(local || spec.internalTrafficPolicy === "Local") || isHere;
    if (wants("clusterip", options.advertiseClusterIp) && internal) {
      for (const text of spec.clusterIPs ?? [spec.clusterIP]) add(advertised, text);
    }
    const ranged = (texts: (string | undefined)[], allowed: AddressRange[], kind: "external" | "load-balancer") => {
      for (const text of texts) {
        const address = parseAddress(text ?? "");
        if (!address.ok) continue;
        if (ranges.strict && !allowed.some((range) => rangeContains(range, address.value))) {
          dropped.push({ service, address: address.value, kind });
        } else add(advertised, address.value);
      }
    };
    if (wants("externalip", options.advertiseExternalIp) && external) {
      ranged(spec.externalIPs ?? [], ranges.externalIps, "external");
    }
    const skipped = service.metadata.annotations?.["kube-router.io/service.skiplbips"] === "true";
    if (
      spec.type === "LoadBalancer" &&
      !skipped &&
      wants("loadbalancerip", options.advertiseLoadBalancerIp) &&
      external
    ) {
      const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
      ranged(ingress, ranges.loadBalancerIps, "load-balancer");
    }
  }
  return { advertised: [...advertised], dropped };
}

function add(found: Set<Prefix>, text: string | undefined): void {
  const address = parseAddress(text ?? "");
  if (address.ok) found.add(hostPrefix(address.value));
}

function endpointsOn(slices: readonly EndpointSlice[], node: string): boolean {
  return slices.some(({ endpoints = [] }) =>
    endpoints.some(({ nodeName, conditions }) => nodeName === node && conditions?.ready !== false),
  );
}
