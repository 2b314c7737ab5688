/**
 * A CNI as its makers ship it, as data: which release each version stands for, where its chart is, and what is asked of it
 * for one cluster. Runtimes read it and know no CNI; nothing is installed here.
 */
import type { Fault } from "../model/errors";
import type { Resource } from "./objects";

export interface CniImages {
  /** The release that is installed for each version: "3.32" -> "v3.32.3". */
  releases: Readonly<Record<string, string>>;
  /** Absent: it has none, and its DaemonSet is written here. */
  chart?: CniChart;
  /** What it cannot do of a cluster's plan by its own images. */
  cannot?: (cluster: ImagesCluster) => Fault[];
  /** Values of the chart. */
  values?: (cluster: ImagesCluster) => Readonly<Record<string, unknown>>;
  /** What the chart's operator is told, in this order. Each is there when it reports so. */
  asks?: (cluster: ImagesCluster) => AskedObject[];
  /** The pools of pods that the cluster's plan has are in `asks`: nobody else makes them. */
  bringsPools?: true;
  /** Who reads the passwords of sessions, where no chart allows it. */
  passwordReader?: { account: string; namespace: string };
  /** The image and what runs it, where no chart does. */
  daemonSet?: { image: string; parts: (cluster: ImagesCluster, image: string) => DaemonSetParts };
}

export interface CniChart {
  name: string;
  /** URL of the makers' own repository. */
  repository: string;
  /** Where its release is kept. */
  namespace: (settings: Readonly<Record<string, unknown>>) => string;
}

/** What is asked depends on this much of a cluster. */
export interface ImagesCluster {
  version: string;
  settings: Readonly<Record<string, unknown>>;
  asn: number;
  /** Range of the pods, or one of each family. */
  pods: readonly string[];
  /** Range of the services, or one of each family. */
  services: readonly string[];
  /** How kube-proxy forwards. */
  kubeProxyMode: "iptables" | "nftables";
  /** Whether nodes announce their pod blocks. */
  announcesPods: boolean;
  /** The plan's own objects: pools of pods. */
  objects: readonly Resource<object>[];
}

export interface AskedObject extends Resource<object> {
  /** The condition of its status that says that it is done: "Ready". */
  condition: string;
}

/** What a DaemonSet of a CNI without a chart is made of. */
export interface DaemonSetParts {
  namespace: string;
  name: string;
  /** Of its ClusterRole. */
  rules: readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[];
  /** Of the ConfigMap of the same name. */
  files: Readonly<Record<string, string>>;
  labels: Record<string, string>;
  /** The pods' spec. */
  pod: object;
  /** The container whose arguments hold the flags that all parts of a program want together. */
  container: string;
}

export function isDual(ranges: readonly string[]): boolean {
  return ranges.length > 1;
}
