/** Calico as a cluster's CNI: what a program names of it, with defaults. */
import { BLOCK_LENGTH, BLOCK_LENGTH_6, type CniChoice } from "../choice";
import { USUAL } from "./versions";

export interface CalicoArgs {
  /** AS number of the nodes. The field that Calico keeps it in holds 2147483647 at most. @example 65010 */
  asn: number;
  /** Version of Calico whose rules hold. @default the usual one, first of its versions */
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
  const pool = { encapsulation, hidden: !(args.exportPodBlocks ?? encapsulation === "None") };
  return {
    kind: "calico",
    asn: args.asn,
    version: args.version ?? USUAL,
    settings: {},
    podPool: { name: "default-ipv4-ippool", blockSize: BLOCK_LENGTH, ...pool },
    podPool6: { name: "default-ipv6-ippool", blockSize: BLOCK_LENGTH_6, ...pool },
    advertise: [],
  };
}
