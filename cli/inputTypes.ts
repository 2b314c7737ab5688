/** What a Network is made from, as plain values: routers, clusters, links and Networks, each with where it was named. */

export interface RouterInput {
  name: string;
  file: string;
  system: "frr" | "eos";
  version?: string;
  profile?: "traditional" | "datacenter";
  /** Where the router was named, for faults. */
  at: { path: string; file?: string; line?: number };
}

export interface ClusterInput {
  cni?: string;
  version?: string;
  settings?: string;
  name?: string;
  /** Manifests: files, folders, or "-". */
  files: string[];
}

export interface Inputs {
  /** Networks, and manifests of the cluster that the flags name. */
  files: string[];
  clusters: ClusterInput[];
  routers: RouterInput[];
  links: string[];
  /** Settings of the rules. */
  rules?: string;
  /** Folders are read with their sub-folders. */
  recursive: boolean;
  /** What a snapshot's folder holds beside it. */
  notes: string[];
}
