/** Cilium by its chart: BGP control plane on, pods' blocks as the nodes have them, routes left to the fabric. */
import { type CniImages, type ImagesCluster, isDual } from "../images";
import { SECRETS_NAMESPACE } from "./options";
import type { VERSIONS } from "./versions";

/** The releases whose sources the rules were read in, and whose control planes were judged against them. */
const RELEASES: Record<(typeof VERSIONS)[number], string> = { "1.18": "1.18.4", "1.19": "1.19.0", "1.20": "1.20.2" };

export const ciliumImages: CniImages = {
  releases: RELEASES,
  chart: { name: "cilium", repository: "https://helm.cilium.io", namespace: () => "kube-system" },
  values,
};

/** Names and defaults as in the chart's values.yaml, 1.18.4 to 1.20.2. */
function values({ settings, pods }: ImagesCluster): Record<string, unknown> {
  const dual = isDual(pods);
  const [pods4, pods6] = pods;
  const { secretsNamespace } = settings;
  const secrets = typeof secretsNamespace === "string" ? secretsNamespace : SECRETS_NAMESPACE;
  return {
    bgpControlPlane: {
      enabled: true,
      secretsNamespace: { name: secrets, create: secrets !== SECRETS_NAMESPACE },
    },
    // The blocks are the plan's: each Node has its own.
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: true, requireIPv6PodCIDR: dual },
    ipv4: { enabled: true },
    ipv6: { enabled: dual },
    // Pods' packets take the fabric's routes, as they do under our agent.
    routingMode: "native",
    autoDirectNodeRoutes: false,
    ipv4NativeRoutingCIDR: pods4,
    ...(pods6 === undefined ? {} : { ipv6NativeRoutingCIDR: pods6 }),
    kubeProxyReplacement: false,
    // Two of them never share a node: a cluster with one would wait for ever.
    operator: { replicas: 1 },
    // Images that no part of a fabric asks for.
    hubble: { enabled: false },
    envoy: { enabled: false },
    l7Proxy: false,
  };
}
