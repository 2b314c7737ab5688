/**
 * CiliumBGPPeeringPolicy (v2alpha1) as the v2 objects that say the same. Cilium 1.19 ignores the old kind without a word,
 * so the translation is also what a migration needs.
 */
import type { Node, Resource } from "../objects";
import type { Report } from "../reading";
import type {
  Advert,
  AdvertisementSpec,
  ClusterConfigSpec,
  OverrideSpec,
  PeerConfigSpec,
  PeeringPolicy,
  PolicyNeighbor,
  PolicySpec,
} from "./types";

/** Label by which a translated peer finds its advertisements. */
export const TRANSLATED = "advertise";
const ROUTER_ANNOTATION = /^cilium\.io\/bgp-virtual-router\.(\d+)$/;

export interface Translation {
  clusterConfig: Resource<ClusterConfigSpec>;
  peerConfigs: Resource<PeerConfigSpec>[];
  advertisements: Resource<AdvertisementSpec>[];
}

export function translatePolicy(policy: PeeringPolicy, report?: Report): Translation {
  const { name } = policy.metadata;
  const peerConfigs: Resource<PeerConfigSpec>[] = [];
  const advertisements: Resource<AdvertisementSpec>[] = [];
  const bgpInstances = policy.spec.virtualRouters.map((router, i) => ({
    name: instanceName(router.localASN, i),
    localASN: router.localASN,
    peers: router.neighbors.map((neighbor, j) => {
      const own = `${name}-${i}-${j}`;
      const adverts = advertsOf(router, neighbor);
      peerConfigs.push(resource("CiliumBGPPeerConfig", own, peerConfig(neighbor, own)));
      if (adverts.length > 0) {
        const advertisement = resource<AdvertisementSpec>("CiliumBGPAdvertisement", own, { advertisements: adverts });
        advertisements.push({ ...advertisement, metadata: { name: own, labels: { [TRANSLATED]: own } } });
      }
      (neighbor.advertisedPathAttributes ?? []).forEach(({ selectorType }, k) => {
        if (selectorType !== "CiliumLoadBalancerIPPool") return;
        report?.(
          "no-twin-in-v2",
          "warning",
          policy,
          `spec.virtualRouters[${i}].neighbors[${j}].advertisedPathAttributes[${k}]`,
          "attributes by load-balancer pool do not exist in v2: the translation leaves them out",
          "select the services by label in a CiliumBGPAdvertisement and set the attributes there",
        );
      });
      return {
        name: `peer-${j}`,
        peerAddress: neighbor.peerAddress.split("/")[0] ?? "",
        peerASN: neighbor.peerASN,
        peerConfigRef: { name: own },
      };
    }),
  }));
  const { nodeSelector } = policy.spec;
  return {
    clusterConfig: resource("CiliumBGPClusterConfig", name, {
      ...(nodeSelector === undefined ? {} : { nodeSelector }),
      bgpInstances,
    }),
    peerConfigs,
    advertisements,
  };
}

function instanceName(asn: number, index: number): string {
  return `instance-${asn}-${index}`;
}

function resource<Spec>(kind: string, name: string, spec: Spec): Resource<Spec> {
  return { apiVersion: "cilium.io/v2", kind, metadata: { name }, spec };
}

function peerConfig(neighbor: PolicyNeighbor, own: string): PeerConfigSpec {
  const { connectRetryTimeSeconds, holdTimeSeconds, keepAliveTimeSeconds, authSecretRef, gracefulRestart } = neighbor;
  const families = neighbor.families ?? [
    { afi: "ipv4", safi: "unicast" },
    { afi: "ipv6", safi: "unicast" },
  ];
  return {
    ...(neighbor.peerPort === undefined ? {} : { transport: { peerPort: neighbor.peerPort } }),
    timers: {
      ...(connectRetryTimeSeconds === undefined ? {} : { connectRetryTimeSeconds }),
      ...(holdTimeSeconds === undefined ? {} : { holdTimeSeconds }),
      ...(keepAliveTimeSeconds === undefined ? {} : { keepAliveTimeSeconds }),
    },
    ...(authSecretRef === undefined ? {} : { authSecretRef }),
    ...(gracefulRestart === undefined ? {} : { gracefulRestart }),
    ...(neighbor.eBGPMultihopTTL === undefined ? {} : { ebgpMultihop: neighbor.eBGPMultihopTTL }),
    families: families.map((family) => ({ ...family, advertisements: { matchLabels: { [TRANSLATED]: own } } })),
  };
}

function advertsOf(router: PolicySpec["virtualRouters"][number], neighbor: PolicyNeighbor): Advert[] {
  const attributes = (type: "PodCIDR" | "CiliumPodIPPool"): Pick<Advert, "attributes"> => {
    const found = neighbor.advertisedPathAttributes?.find(({ selectorType }) => selectorType === type);
    if (found === undefined) return {};
    const { communities, localPreference } = found;
    return {
      attributes: {
        ...(communities === undefined ? {} : { communities }),
        ...(localPreference === undefined ? {} : { localPreference }),
      },
    };
  };
  const adverts: Advert[] = [];
  if (router.exportPodCIDR === true) adverts.push({ advertisementType: "PodCIDR", ...attributes("PodCIDR") });
  if (router.podIPPoolSelector !== undefined) {
    adverts.push({
      advertisementType: "CiliumPodIPPool",
      selector: router.podIPPoolSelector,
      ...attributes("CiliumPodIPPool"),
    });
  }
  if (router.serviceSelector !== undefined) {
    adverts.push({
      advertisementType: "Service",
      service: { addresses: router.serviceAdvertisements ?? ["LoadBalancerIP"] },
      selector: router.serviceSelector,
    });
  }
  return adverts;
}

/** Node annotations "cilium.io/bgp-virtual-router.ASN" = "router-id=10.0.0.1,local-port=179", for the instances above. */
export function overridesFromAnnotations(
  node: Node,
  config: Resource<ClusterConfigSpec>,
): Resource<OverrideSpec> | undefined {
  const bgpInstances = Object.entries(node.metadata.annotations ?? {}).flatMap(([key, value]) => {
    const asn = Number(ROUTER_ANNOTATION.exec(key)?.[1]);
    const instance = config.spec.bgpInstances.find(({ localASN }) => localASN === asn);
    if (instance === undefined) return [];
    const settings = new Map(
      value.split(",").map((part) => part.split("=").map((one) => one.trim()) as [string, string]),
    );
    const [routerID, port] = [settings.get("router-id"), Number(settings.get("local-port"))];
    return [
      {
        name: instance.name,
        ...(routerID === undefined ? {} : { routerID }),
        ...(port > 0 ? { localPort: port } : {}),
      },
    ];
  });
  if (bgpInstances.length === 0) return undefined;
  return resource("CiliumBGPNodeConfigOverride", node.metadata.name, { bgpInstances });
}
