/** What Calico's checks look at: the objects, and what was made of them. */
import type { ClusterObjects } from "../objects";
import type { CalicoNode } from "./nodes";
import type { Peers } from "./peers";
import type { ServiceRanges } from "./services";
import type { NodeSession, SessionInputs } from "./sessions";
import type { CalicoObjects, Version } from "./types";

export interface Checked {
  objects: ClusterObjects;
  calico: CalicoObjects;
  version: Version;
  nodes: CalicoNode[];
  peers: Peers;
  sessions: Map<CalicoNode, NodeSession[]>;
  ranges: ServiceRanges;
  inputs: SessionInputs;
}
