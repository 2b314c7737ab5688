/** Calico as a cluster's CNI: what a program says of it, with defaults, and the pool that every Calico cluster has. */
import type { PoolIntent } from "./intentTypes";

export interface CalicoArgs {
  /** AS number of the nodes. The field that Calico keeps it in holds 2147483647 at most. @example 65010 */
  asn: number;
  /** Version of Calico whose rules hold. @default "3.32" */
  version?: string;
  /**
   * How pods' packets travel between nodes. "VXLANCrossSubnet": by the nodes' addresses inside one subnet; "None": by
   * BGP. @default "VXLANCrossSubnet"
   */
  encapsulation?: "None" | "VXLANCrossSubnet";
  /** Whether nodes announce their pod blocks by BGP. @default true with encapsulation None, else false */
  exportPodBlocks?: boolean;
}

/** A CNI as Cluster takes it. */
export interface Cni {
  kind: "calico";
  asn: number;
  version: string;
  encapsulation: "None" | "VXLANCrossSubnet";
  exportPodBlocks: boolean;
}

export function calico(args: CalicoArgs): Cni {
  const encapsulation = args.encapsulation ?? "VXLANCrossSubnet";
  return {
    kind: "calico",
    asn: args.asn,
    version: args.version ?? "3.32",
    encapsulation,
    exportPodBlocks: args.exportPodBlocks ?? encapsulation === "None",
  };
}

/** Length of the blocks that nodes get from the pod network. */
export const BLOCK_LENGTH = 26;

export function podPool(cni: Cni, pods: string): PoolIntent {
  return {
    name: "default-ipv4-ippool",
    cidr: pods,
    blockSize: BLOCK_LENGTH,
    encapsulation: cni.encapsulation,
    hidden: !cni.exportPodBlocks,
  };
}
