/** The built-in Kubernetes objects that the agent reads, with the fields that it looks at. */
import type { ApiObject } from "./api";

export interface Node extends ApiObject {
  spec: { podCIDR?: string; podCIDRs?: string[]; taints?: { key: string; effect: string }[]; unschedulable?: boolean };
  status?: { conditions?: Condition[]; addresses?: { type: string; address: string }[] };
}

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastHeartbeatTime?: string;
  lastTransitionTime?: string;
}

export interface Pod extends ApiObject {
  spec: {
    nodeName?: string;
    hostNetwork?: boolean;
    nodeSelector?: Record<string, string>;
    tolerations?: { key?: string; operator?: string; value?: string; effect?: string }[];
    containers: { name: string; image: string; ports?: { containerPort: number; protocol?: string }[] }[];
  };
  status?: { phase?: string; podIP?: string; podIPs?: { ip: string }[]; conditions?: Condition[] };
}

export interface Service extends ApiObject {
  spec: {
    type?: string;
    clusterIP?: string;
    loadBalancerIP?: string;
    loadBalancerClass?: string;
    /** The families of its addresses, in order. */
    ipFamilies?: ("IPv4" | "IPv6")[];
  };
  status?: { loadBalancer?: { ingress?: { ip?: string }[] } };
}

export interface Secret extends ApiObject {
  /** Base64 values. */
  data?: Record<string, string>;
}

export const PATHS = {
  nodes: "/api/v1/nodes",
  pods: "/api/v1/pods",
  services: "/api/v1/services",
  secrets: "/api/v1/secrets",
  namespaces: "/api/v1/namespaces",
  endpointSlices: "/apis/discovery.k8s.io/v1/endpointslices",
  leases: "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
  crds: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  rbac: "/apis/rbac.authorization.k8s.io/v1",
} as const;
