/** A drawn set of objects, and a control plane that it is given to: what judge.ts knows of either. */
import type { ClusterObjects, KubernetesObject, Node, Service } from "../../components/cni/objects";
import type { CniReading } from "../../components/cni/reading";
import type { Dice } from "../fidelity/dice";
import type { Router } from "./listener";
import type { World } from "./world";

export interface ObjectSet {
  routers: Router[];
  /** The nodes as the set has them: their labels, blocks and what the plane keeps of a node beside it. */
  nodes: Node[];
  /** Everything else, in the order in which it is applied: the CNI's objects, Services, EndpointSlices, Secrets. */
  objects: KubernetesObject[];
}

export interface Plane {
  title: string;
  draw(dice: Dice): ObjectSet;
  /** Kinds and programs. */
  start(world: World): Promise<void>;
  /** What stands in the API of a node, besides the Node. */
  beside(node: Node): KubernetesObject[];
  /** The set as its reading takes it, with the addresses that its Services got. */
  read(objects: ClusterObjects): CniReading;
  /** Whether the next object may be applied, now that those of the set before it are: an order the plane must have seen. */
  mayFollow?(world: World, set: ObjectSet, next: KubernetesObject): boolean;
  /** What the control plane wrote for a daemon that does not run here, read back; it is compared in place of what is heard. */
  written?(world: World, set: ObjectSet): Promise<CniReading>;
  /** Milliseconds that must pass after a set was applied before both sides count as settled. */
  leastMs?: number;
  /** Whether nothing of the last set is at work any more. */
  clean(world: World): Promise<boolean>;
  /** Why a whole set cannot be compared. */
  apart(reading: CniReading): string | undefined;
}

/** The objects as a reading takes them. */
export function asObjects({ nodes, objects }: ObjectSet, services: Service[]): ClusterObjects {
  const of = (kind: string) => objects.filter((one) => one.kind === kind);
  return {
    nodes,
    services,
    endpointSlices: of("EndpointSlice") as NonNullable<ClusterObjects["endpointSlices"]>,
    secrets: of("Secret").map(({ metadata, ...rest }) => ({
      namespace: metadata.namespace ?? "default",
      name: metadata.name,
      keys: Object.keys((rest as { stringData?: object }).stringData ?? {}),
    })),
    resources: objects.filter(({ kind }) => !["Service", "EndpointSlice", "Secret"].includes(kind)),
  };
}
