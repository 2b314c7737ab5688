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
 * Where the tier goes, this is undone from the end: drain, mesh, cluster id, peerings, labels, end of the drain. With
 * kube-router the gate stops there: a reflector gives the ToR every block until its mark is deleted, which Pulumi does last.
 */
export class RouteReflectorTier extends pulumi.ComponentResource implements ReflectorTierHandle {
  readonly name: string;
  readonly cluster: ClusterHandle;
  readonly label: string;
  readonly reflectors: readonly NodeHandle[];
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  /** The mesh goes after these. */
  readonly before: pulumi.Resource[];
  /** Registers the end of the drain, after the mesh has gone. */
  readonly after: (shared: readonly pulumi.Resource[]) => readonly pulumi.Resource[];

  constructor(name: string, args: RouteReflectorTierArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planReflectorTier(name, args);
    super("bgpfabric:index:RouteReflectorTier", name, {}, opts);
    const { cluster } = args;
    this.name = name;
    this.cluster = cluster;
    this.label = plan.label;
    this.reflectors = plan.reflectors;
    this.network = plan.network;
    const schedulable = (suffix: string, wanted: boolean, dependsOn: readonly pulumi.Resource[]) =>
      new Live(
        "Schedulable",
        `${name}-${suffix}`,
        {
          kubeconfig: cluster.kubeconfig,
          nodes: plan.reflectors.map(({ fullName }) => fullName),
          schedulable: wanted,
          timeout: args.timeout ?? 60,
        },
        { parent: this, dependsOn: [...dependsOn] },
      );
    const sessionsUp = (suffix: string, waits: Waits, dependsOn: readonly pulumi.Resource[]) =>
      new Live(
        "SessionsUp",
        `${name}-${suffix}`,
        { ...this.watched(plan.system, waits), timeout: args.timeout ?? 60 },
        { parent: this, dependsOn: [...dependsOn] },
      );
    const drain = schedulable("drain", false, []);
    const start = sessionsUp("start", { sessions: [], back: plan.meshOfAll }, [drain]);
    const labels = this.patches(`${name}-label`, plan.labels, [start]);
    const peerings = ownObjects(`${name}-peering`, plan.objects, {
      parent: this,
      provider: cluster.kubernetes,
      dependsOn: labels,
    });
    const established = sessionsUp("established", { sessions: plan.sessions, back: [] }, [...labels, ...peerings]);
    const clusterIds = this.patches(`${name}-cluster-id`, plan.clusterIds, [established]);
    const reflecting = sessionsUp("reflecting", { sessions: plan.reflected, back: plan.mesh }, clusterIds);
    this.before = [reflecting];
    this.after = (shared) => [schedulable("uncordon", true, [reflecting, ...shared])];
    this.resources = [this];
    this.registerOutputs({ reflectors: plan.reflectors.map(({ fullName }) => fullName) });
  }

  /** A patch of every node, of most without a mark: a mark that goes is then an update, before the gate looks. */
  private patches(stem: string, marks: readonly NodeMark[], dependsOn: pulumi.Resource[]): NodePatch[] {
    return this.cluster.nodes.map((node) => {
      const own = marks.find(({ name }) => name === node.fullName);
      const metadata = { name: node.fullName, labels: own?.labels ?? {}, annotations: own?.annotations ?? {} };
      const options = { parent: this, provider: this.cluster.kubernetes, dependsOn };
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

interface Waits {
  /** Sessions that must be established. */
  sessions: readonly SessionView[];
  /** Sessions that must be established before this goes. */
  back: readonly SessionView[];
}
