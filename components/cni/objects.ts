/**
 * The Kubernetes objects that a reading starts from, typed as far as BGP needs them. Plain values: from manifests (see
 * load.ts), from an API server, or made by a component. Secrets are known by name and key only, never by value.
 */
import type { Source } from "../bgp/network";

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export interface Resource<Spec = Record<string, unknown>> extends KubernetesObject {
  spec: Spec;
}

export interface Node extends KubernetesObject {
  spec?: { podCIDR?: string; podCIDRs?: string[] };
  status?: {
    addresses?: { type: string; address: string }[];
    conditions?: { type: string; status: string }[];
  };
}

export interface Service extends KubernetesObject {
  spec: {
    type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
    clusterIP?: string;
    clusterIPs?: string[];
    externalIPs?: string[];
    loadBalancerIP?: string;
    loadBalancerClass?: string;
    ipFamilies?: string[];
    externalTrafficPolicy?: "Cluster" | "Local";
    internalTrafficPolicy?: "Cluster" | "Local";
  };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
}

export interface EndpointSlice extends KubernetesObject {
  addressType: string;
  endpoints?: {
    addresses: string[];
    nodeName?: string;
    conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  }[];
}

export interface SecretName {
  namespace: string;
  name: string;
  keys: string[];
}

export interface ClusterObjects {
  nodes: Node[];
  services?: Service[];
  endpointSlices?: EndpointSlice[];
  /** Absent: nobody looked, and no secret is reported missing. */
  secrets?: SecretName[];
  /** The CNI's own objects, of any of its kinds: BGPPeer, IPPool, CiliumBGPClusterConfig, IPAddressPool ... */
  resources?: KubernetesObject[];
  /** Where objects were read, by nameOf(object). */
  sources?: Record<string, Source>;
}

/** "BGPPeer/rack-a", "Service/default/web". */
export function nameOf(object: KubernetesObject): string {
  const { name, namespace } = object.metadata;
  return namespace === undefined ? `${object.kind}/${name}` : `${object.kind}/${namespace}/${name}`;
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** The objects of a kind, by name, as the API server lists them; the groups are the API groups that hold the kind. */
export function resourcesOf<Spec>(
  objects: readonly KubernetesObject[],
  groups: readonly string[],
  kind: string,
): Resource<Spec>[] {
  return objects
    .filter((object): object is Resource<Spec> => object.kind === kind && groups.includes(groupOf(object.apiVersion)))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0));
}

export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

/** The slices of each service, by "namespace/name". */
export function slicesByService(slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const name = slice.metadata.labels?.[SERVICE_NAME_LABEL];
    if (name === undefined) continue;
    const key = `${slice.metadata.namespace ?? "default"}/${name}`;
    const known = byService.get(key);
    if (known === undefined) byService.set(key, [slice]);
    else known.push(slice);
  }
  return byService;
}

export function serviceKey(service: Service): string {
  return `${service.metadata.namespace ?? "default"}/${service.metadata.name}`;
}
