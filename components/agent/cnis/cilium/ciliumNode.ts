/**
 * The CiliumNode that Cilium's agent writes of its node, as far as BGP reads it (1.19): labels for the selectors, addresses
 * for the router id, pod CIDRs for the announcements. It goes with its Node. Pure.
 */
import type { ApiObject } from "../../api";
import type { Node } from "../../objects";

export type CiliumNode = ApiObject & {
  spec: { addresses: { type: string; ip: string }[]; ipam: { podCIDRs: string[] } };
};

export function ciliumNodeOf({ metadata, spec, status }: Node): CiliumNode {
  const { name, uid, labels = {} } = metadata;
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNode",
    metadata: {
      name,
      labels,
      ...(uid === undefined ? {} : { ownerReferences: [ownerOf(name, uid)] }),
    },
    spec: {
      addresses: (status?.addresses ?? [])
        .filter(({ type }) => type === "InternalIP" || type === "ExternalIP")
        .map(({ type, address }) => ({ type, ip: address })),
      ipam: { podCIDRs: spec.podCIDRs ?? (spec.podCIDR === undefined ? [] : [spec.podCIDR]) },
    },
  };
}

function ownerOf(name: string, uid: string): { uid: string; apiVersion: string; kind: string; name: string } {
  return { apiVersion: "v1", kind: "Node", name, uid };
}
