/** Route reflectors of a cluster instead of its mesh, and the order in which the one takes the other's place. */
import { NodePatch } from "@pulumi/kubernetes/core/v1/nodePatch";
import * as pulumi from "@pulumi/pulumi";
import type { System } from "../../bgp/network";
import type { NodeMark } from "../../cni/cni";
import { liveSystem } from "../../live/systems";
import type { NetworkPart } from "../../plan/part";
import { type ReflectorTierSpec, type SessionView, planReflectorTier } from "../../plan/reflectorTier";
import { ownObjects } from "../clusters/customResource";
import { Live } from "../dynamic";
import type { ClusterHandle, NodeHandle, ReflectorTierHandle } from "../handles";
import { speakerAt } from "../speakerAt";

export interface RouteReflectorTierArgs extends ReflectorTierSpec<ClusterHandle> {
  /** Seconds that each step may take until its sessions are established. @default 60 */
  timeout?: number;
}

/**
 * Creates, each after the one before it,
 * 1. the drain of the reflectors: no new pods, and their pods run elsewhere,
 * 2. a patch of each node: the label on the reflectors,
 * 3. the objects of the peerings with the labelled nodes,
 * 4. a wait until every node's session with every reflector is established,
 * 5. a patch of each node: the cluster id on the reflectors,
 * 6. a wait until they reflect; after it LiveNetwork takes the mesh away (Calico's setting, kube-router's marks of clients),
 * 7. the end of the drain.
 * With `retire` these same resources go the way back, as updates before the gate: drain, LiveNetwork brings the mesh back, a
 * wait for it, cluster ids and labels off, a wait for the sessions of all nodes, the end of the drain. Where the tier leaves
 * the program without that, deletion goes the same way; with kube-router the gate fails meanwhile, since a reflector gives
 * the ToR every block until its mark is deleted, which Pulumi does after the gate.
 */
export class RouteReflectorTier extends pulumi.ComponentResource implements ReflectorTierHandle {
  readonly name: string;
  readonly cluster: ClusterHandle;
  readonly label: string;
  readonly reflectors: readonly NodeHandle[];
  readonly retire: boolean;
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  /** The mesh goes, or comes back, after these. */
  readonly before: pulumi.Resource[];
  /** Registers what comes after the mesh has gone, or has come back. */
  readonly after: (shared: readonly pulumi.Resource[]) => readonly pulumi.Resource[];

  constructor(name: string, args: RouteReflectorTierArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planReflectorTier(name, args);
    super("bgpfabric:index:RouteReflectorTier", name, {}, opts);
    const { cluster } = args;
    this.name = name;
    this.cluster = cluster;
    this.label = plan.label;
    this.reflectors = plan.reflectors;
    this.retire = plan.retire;
    this.network = plan.network;
    const timeout = args.timeout ?? 60;
    const schedulable = (suffix: string, wanted: boolean, dependsOn: readonly pulumi.Resource[]) =>
      new Live(
        "Schedulable",
        `${name}-${suffix}`,
        {
          kubeconfig: cluster.kubeconfig,
          nodes: plan.reflectors.map(({ fullName }) => fullName),
          schedulable: wanted,
          timeout,
          ...(plan.retire ? { retire: true } : {}),
        },
        { parent: this, dependsOn: [...dependsOn] },
      );
    const wait = (suffix: string, waits: Waits, dependsOn: readonly pulumi.Resource[]) =>
      new Live(
        "SessionsUp",
        `${name}-${suffix}`,
        { ...this.watched(plan.system, plan.retire ? { sessions: waits.back, back: [] } : waits), timeout },
        { parent: this, dependsOn: [...dependsOn] },
      );
    const marks = (suffix: string, wanted: readonly NodeMark[], dependsOn: readonly pulumi.Resource[]) =>
      this.patches(`${name}-${suffix}`, plan.retire ? [] : wanted, dependsOn);
    const peerings = (dependsOn: pulumi.Resource[]) =>
      ownObjects(`${name}-peering`, plan.objects, { parent: this, provider: cluster.kubernetes, dependsOn });
    const steps: Steps = {
      drain: (dependsOn) => schedulable("drain", false, dependsOn),
      start: (dependsOn) => wait("start", { sessions: [], back: plan.meshOfAll }, dependsOn),
      labels: (dependsOn) => marks("label", plan.labels, dependsOn),
      peerings,
      established: (dependsOn) => wait("established", { sessions: plan.sessions, back: [] }, dependsOn),
      clusterIds: (dependsOn) => marks("cluster-id", plan.clusterIds, dependsOn),
      reflecting: (dependsOn) => wait("reflecting", { sessions: plan.reflected, back: plan.mesh }, dependsOn),
      uncordon: (dependsOn) => schedulable("uncordon", true, dependsOn),
    };
    const { before, after } = plan.retire ? toMesh(steps) : toReflectors(steps);
    this.before = before;
    this.after = after;
    this.resources = [this];
    this.registerOutputs({ reflectors: plan.reflectors.map(({ fullName }) => fullName) });
  }

  /** A patch of every node, of most without a mark: a mark that goes is then an update, before the gate looks. */
  private patches(stem: string, marks: readonly NodeMark[], dependsOn: readonly pulumi.Resource[]): NodePatch[] {
    return this.cluster.nodes.map((node) => {
      const own = marks.find(({ name }) => name === node.fullName);
      const metadata = { name: node.fullName, labels: own?.labels ?? {}, annotations: own?.annotations ?? {} };
      const options = { parent: this, provider: this.cluster.kubernetes, dependsOn: [...dependsOn] };
      return new NodePatch(`${stem}-${node.name}`, { metadata }, options);
    });
  }

  /** What is waited for, as far as the nodes can be asked. */
  private watched(system: System, { sessions, back }: Waits): pulumi.Inputs {
    const asked = this.cluster.nodes.filter(({ reach }) => reach !== undefined && liveSystem(system) !== undefined);
    const speakers = asked.flatMap(({ fullName, reach }) => speakerAt(fullName, system, reach));
    const known = (views: readonly SessionView[]) =>
      views.filter(({ speaker }) => asked.some(({ fullName }) => fullName === speaker));
    return { speakers, sessions: known(sessions), back: known(back) };
  }
}

function toReflectors(steps: Steps): Order {
  const drain = steps.drain([]);
  const start = steps.start([drain]);
  const labels = steps.labels([start]);
  const established = steps.established([...labels, ...steps.peerings(labels)]);
  const reflecting = steps.reflecting(steps.clusterIds([established]));
  return { before: [reflecting], after: (shared) => [steps.uncordon([reflecting, ...shared])] };
}

/** The same steps from their end. Objects of peerings stay: they choose by a label that no node has any more. */
function toMesh(steps: Steps): Order {
  const drain = steps.drain([]);
  const after = (shared: readonly pulumi.Resource[]) => {
    const meshed = steps.reflecting([drain, ...shared]);
    const established = steps.established(steps.clusterIds([meshed]));
    const labels = steps.labels([established]);
    const start = steps.start([...labels, ...steps.peerings(labels)]);
    return [steps.uncordon([start])];
  };
  return { before: [drain], after };
}

interface Order {
  /** LiveNetwork's change of the mesh depends on these. */
  before: pulumi.Resource[];
  after: (shared: readonly pulumi.Resource[]) => readonly pulumi.Resource[];
}

/** What registers each step, given what it depends on. */
interface Steps {
  drain: One;
  start: One;
  labels: Several;
  peerings: Several;
  established: One;
  clusterIds: Several;
  reflecting: One;
  uncordon: One;
}

type One = (dependsOn: pulumi.Resource[]) => pulumi.Resource;
type Several = (dependsOn: pulumi.Resource[]) => pulumi.Resource[];

interface Waits {
  /** Sessions that must be established. */
  sessions: readonly SessionView[];
  /** Sessions that must be established before this goes. */
  back: readonly SessionView[];
}
