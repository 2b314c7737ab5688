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
  /** The pool of the pods' IPv6 range. */
  podPool6?: Omit<Pool, "for" | "ranges">;
  /** What is announced from the start. */
  advertise: readonly Advertise[];
}

/** Length of the blocks that nodes get from the pod network: 64 addresses each. */
export const BLOCK_LENGTH = 26;
export const BLOCK_LENGTH_6 = 122;

/** Pod CIDRs that nodes announce from the start. */
export function podsAnnounced(wanted = true): Advertise[] {
  return wanted ? [{ name: "pods", addresses: "pods" }] : [];
}

/** Whether its nodes announce their pod blocks. */
export function announcesPods({ podPool, advertise }: CniChoice): boolean {
  return podPool === undefined ? advertise.some(({ addresses }) => addresses === "pods") : podPool.hidden !== true;
}

/** What the CNI itself brings to its cluster's intent; `pods` has a range, or one of each family. */
export function choiceIntent({ asn, podPool, podPool6, advertise }: CniChoice, pods: readonly string[]): ClusterIntent {
  const pools = pods.flatMap((range): Pool[] => {
    const pool = range.includes(":") ? podPool6 : podPool;
    return pool === undefined ? [] : [{ ...pool, for: "pods", ranges: [range] }];
  });
  return {
    asn,
    ...(pools.length === 0 ? {} : { pools }),
    ...(advertise.length === 0 ? {} : { advertise }),
  };
}
