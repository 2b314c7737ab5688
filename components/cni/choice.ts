/** A cluster's CNI as a program names it: `calico({ asn: 65010 })`. Plain values, with what each CNI has by default. */
import type { CniSettings } from "./cni";
import type { Advertise, ClusterIntent, Pool } from "./intent";
import { usualVersion, type CniName } from "./versions";

/** A CNI as a cluster takes it. */
export interface CniChoice {
  kind: CniName;
  /** ASN of the nodes. */
  asn: number;
  version: string;
  settings: CniSettings;
  /** The pods' pool, where the CNI has one as an object; its range is the cluster's. */
  podPool?: Omit<Pool, "for" | "ranges">;
  /** What is announced from the start. */
  advertise: readonly Advertise[];
}

/** Length of the blocks that nodes get from the pod network. */
export const BLOCK_LENGTH = 26;

export interface CalicoArgs {
  /** AS number of the nodes. The field that Calico keeps it in holds 2147483647 at most. @example 65010 */
  asn: number;
  /** Version of Calico whose rules hold. @default the usual one, first of CNIS.calico.versions */
  version?: string;
  /**
   * How pods' packets travel between nodes. "VXLANCrossSubnet": by the nodes' addresses inside one subnet; "None": by
   * BGP. @default "VXLANCrossSubnet"
   */
  encapsulation?: "None" | "VXLANCrossSubnet";
  /** Whether nodes announce their pod blocks by BGP. @default true with encapsulation None, else false */
  exportPodBlocks?: boolean;
}

export function calico(args: CalicoArgs): CniChoice {
  const encapsulation = args.encapsulation ?? "VXLANCrossSubnet";
  return {
    kind: "calico",
    asn: args.asn,
    version: args.version ?? usualVersion("calico"),
    settings: {},
    podPool: {
      name: "default-ipv4-ippool",
      blockSize: BLOCK_LENGTH,
      encapsulation,
      hidden: !(args.exportPodBlocks ?? encapsulation === "None"),
    },
    advertise: [],
  };
}

export interface CiliumArgs {
  /** AS number of the nodes. @example 65010 */
  asn: number;
  /** Version of Cilium whose rules hold. @default the usual one, first of CNIS.cilium.versions */
  version?: string;
  /** Whether nodes announce their pod CIDRs by BGP. @default true */
  exportPodBlocks?: boolean;
  /** Namespace of the secrets with passwords. @default "kube-system" */
  secretsNamespace?: string;
}

export function cilium(args: CiliumArgs): CniChoice {
  return {
    kind: "cilium",
    asn: args.asn,
    version: args.version ?? usualVersion("cilium"),
    settings: args.secretsNamespace === undefined ? {} : { secretsNamespace: args.secretsNamespace },
    advertise: podsAnnounced(args.exportPodBlocks),
  };
}

export interface MetallbArgs {
  /** AS number of the nodes' speakers. @example 64500 */
  asn: number;
  /** Version of MetalLB whose rules hold. @default the usual one, first of CNIS.metallb.versions */
  version?: string;
  /** Which daemon speaks. @default "frr-k8s" from 0.16 on, "frr" before */
  mode?: "native" | "frr" | "frr-k8s";
  /** MetalLB's namespace. @default "metallb-system" */
  namespace?: string;
}

export function metallb({ asn, version, ...settings }: MetallbArgs): CniChoice {
  return { kind: "metallb", asn, version: version ?? usualVersion("metallb"), settings, advertise: [] };
}

export interface KubeRouterArgs {
  /** AS number of the nodes: kube-router takes private ones alone. @example 64512 */
  asn: number;
  /** Version of kube-router whose rules hold. @default the usual one, first of its versions */
  version?: string;
  /** Whether nodes announce their pod CIDRs to routers by BGP. @default true */
  exportPodBlocks?: boolean;
  /** Whether nodes of other subnets are reached through tunnels. @default true */
  overlay?: boolean;
}

export function kubeRouter(args: KubeRouterArgs): CniChoice {
  return {
    kind: "kube-router",
    asn: args.asn,
    version: args.version ?? usualVersion("kube-router"),
    settings: args.overlay === undefined ? {} : { overlay: args.overlay },
    advertise: podsAnnounced(args.exportPodBlocks),
  };
}

function podsAnnounced(wanted = true): Advertise[] {
  return wanted ? [{ name: "pods", addresses: "pods" }] : [];
}

/** What the CNI itself brings to its cluster's intent. */
export function choiceIntent({ asn, podPool, advertise }: CniChoice, pods: string): ClusterIntent {
  return {
    asn,
    ...(podPool === undefined ? {} : { pools: [{ ...podPool, for: "pods", ranges: [pods] }] }),
    ...(advertise.length === 0 ? {} : { advertise }),
  };
}
