/** A cluster's CNI as a program names it: `calico({ asn: 65010 })`. Plain values, with what each CNI has by default. */
import type { CniSettings } from "./cni";
import type { Advertise, ClusterIntent, Pool } from "./intent";

/** A CNI as a cluster takes it. */
export interface CniChoice {
  /** Its name in CNIS. */
  kind: string;
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

/** Pod CIDRs that nodes announce from the start. */
export function podsAnnounced(wanted = true): Advertise[] {
  return wanted ? [{ name: "pods", addresses: "pods" }] : [];
}

/** Whether its nodes announce their pod blocks. */
export function announcesPods({ podPool, advertise }: CniChoice): boolean {
  return podPool === undefined ? advertise.some(({ addresses }) => addresses === "pods") : podPool.hidden !== true;
}

/** What the CNI itself brings to its cluster's intent. */
export function choiceIntent({ asn, podPool, advertise }: CniChoice, pods: string): ClusterIntent {
  return {
    asn,
    ...(podPool === undefined ? {} : { pools: [{ ...podPool, for: "pods", ranges: [pods] }] }),
    ...(advertise.length === 0 ? {} : { advertise }),
  };
}
