/**
 * The cluster's part of the agent, beside the API server: a scheduler, and what the cluster's CNI decides for all nodes at
 * once (cnis/). It answers changes of the API server's objects in rounds and keeps nothing of its own.
 */
import { type Api, type ApiObject, isConflict } from "./api";
import type { LoadedCni } from "./cnis";
import type { AccessRule } from "../cni/agentNeeds";
import type { ClusterPart, ClusterView } from "./cnis/cni";
import { give } from "./given";
import { log } from "./log";
import { type Node, PATHS, type Pod, type Service } from "./objects";
import { bind, schedule } from "./scheduler";
import { AGENT_NAMESPACE, type InstalledCni, type NodeSettings, type ProgramAccess } from "./settings";
import { Store } from "./store";

/** Changes that come together are answered together. */
const SETTLE_MS = 30;
const RETRY_MS = 1_000;
const NOT_READY_TAINT = "node.kubernetes.io/not-ready";

export interface ClusterOptions {
  api: Api;
  settings: NodeSettings;
  access: ProgramAccess;
  cnis: readonly LoadedCni[];
  /** Kubernetes' own scheduler and node controller run: pods are placed and taints lifted without the agent. */
  complete?: boolean;
}

export class ClusterAgent {
  private readonly api: Api;
  private readonly complete: boolean;
  private readonly nodes: Store<Node>;
  private readonly pods: Store<Pod>;
  private readonly services: Store<Service>;
  private readonly stores: Pick<Store<ApiObject>, "ready" | "close">[] = [];
  private readonly parts: ClusterPart[];
  private readonly written = new Map<string, string>();
  private readonly said = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private working = false;
  private again = false;

  constructor({ api, settings, access, cnis, complete = false }: ClusterOptions) {
    this.complete = complete;
    this.api = api;
    this.nodes = this.watch(PATHS.nodes);
    this.pods = this.watch(PATHS.pods);
    this.services = this.watch(PATHS.services);
    this.parts = cnis.map(({ cni, installed }) => cni.cluster(this.view(settings, access, installed)));
  }

  async stop(): Promise<void> {
    for (const store of this.stores) store.close();
    for (const part of this.parts) await part.stop?.();
  }

  private view(settings: NodeSettings, access: ProgramAccess, cni: InstalledCni): ClusterView {
    return {
      api: this.api,
      settings,
      access,
      cni,
      nodes: this.nodes,
      services: this.services,
      watch: (path) => this.watch(path),
      give: (node, given) => this.give(node, cni.kind, given),
      say: (line) => this.once(line),
    };
  }

  private watch<T extends ApiObject>(path: string): Store<T> {
    const store = new Store<T>(this.api, path, () => this.soon());
    this.stores.push(store);
    return store;
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.working) this.again = true;
      else void this.work();
    }, SETTLE_MS);
  }

  private async work(): Promise<void> {
    if (!this.stores.every(({ ready }) => ready)) return;
    this.working = true;
    const own = this.complete ? {} : { untaint: () => this.untaint(), place: () => this.place() };
    for (const [name, step] of [own, ...this.parts.map(({ steps }) => steps)].flatMap((one) => Object.entries(one))) {
      try {
        await step();
      } catch (error) {
        // Someone else was faster: their change starts this again.
        if (isConflict(error)) continue;
        this.once(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        setTimeout(() => this.soon(), RETRY_MS);
      }
    }
    this.working = false;
    if (this.again) {
      this.again = false;
      this.soon();
    }
  }

  /** The API server taints new nodes; a kubelet's controller takes the taint off when the node is Ready. */
  private async untaint(): Promise<void> {
    for (const node of this.nodes.all) {
      const taints = node.spec.taints ?? [];
      const ready = node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
      if (!ready || !taints.some(({ key }) => key === NOT_READY_TAINT)) continue;
      const kept = taints.filter(({ key }) => key !== NOT_READY_TAINT);
      await this.api.patch(`${PATHS.nodes}/${node.metadata.name}`, {
        metadata: { resourceVersion: node.metadata.resourceVersion },
        spec: { taints: kept.length > 0 ? kept : null },
      });
      log("agent", `${node.metadata.name} is ready`);
    }
  }

  private async place(): Promise<void> {
    for (const { pod, node } of schedule(this.pods.all, this.nodes.all)) await bind(this.api, pod, node);
  }

  private async give(node: string, kind: string, given: Readonly<Record<string, string>>): Promise<void> {
    const text = JSON.stringify(given);
    const key = `${node} ${kind}`;
    if (this.written.get(key) === text) return;
    await give(this.api, node, kind, given);
    this.written.set(key, text);
    log("agent", `${node}: configuration written`);
  }

  /** A finding is said when it appears, not each time that something else changes. */
  private once(line: string): void {
    if (this.said.has(line)) return;
    this.said.add(line);
    log("agent", line);
  }
}

/** What must stand in the API server before nodes and users come: the agent's namespace, its access, the CNIs' kinds. */
export async function prepareCluster(api: Api, cnis: readonly LoadedCni[]): Promise<void> {
  const namespaces = cnis.flatMap(({ cni }) => cni.namespaces ?? []);
  await Promise.all([
    installKinds(api, cnis),
    ...namespaces.map((name) => api.apply(`${PATHS.namespaces}/${name}`, namespaceCalled(name))),
    prepareNamespace(api),
    prepareAccess(
      api,
      cnis.flatMap(({ cni }) => cni.access ?? []),
    ),
  ]);
}

/** The kinds of the CNIs, as their installers would bring them. */
export async function installKinds(api: Api, cnis: readonly LoadedCni[]): Promise<void> {
  const definitions = await Promise.all(cnis.map(async ({ cni, installed }) => cni.kinds(installed.version)));
  await Promise.all(definitions.flat().map((one) => api.apply(`${PATHS.crds}/${one.metadata.name}`, one)));
}

const RBAC = "rbac.authorization.k8s.io";
const NODES = { apiGroup: RBAC, kind: "Group", name: "system:nodes" };

function namespaceCalled(name: string): ApiObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

async function prepareNamespace(api: Api): Promise<void> {
  await api.apply(`${PATHS.namespaces}/${AGENT_NAMESPACE}`, namespaceCalled(AGENT_NAMESPACE));
  const role = { apiVersion: `${RBAC}/v1`, metadata: { name: "nodes", namespace: AGENT_NAMESPACE } };
  const path = `${PATHS.rbac}/namespaces/${AGENT_NAMESPACE}`;
  await api.apply(`${path}/roles/nodes`, {
    ...role,
    kind: "Role",
    rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] }],
  });
  await api.apply(`${path}/rolebindings/nodes`, {
    ...role,
    kind: "RoleBinding",
    roleRef: { apiGroup: RBAC, kind: "Role", name: "nodes" },
    subjects: [NODES],
  });
}

/** The nodes' parts of the CNIs speak as their node, and ask more than a kubelet does. */
async function prepareAccess(api: Api, rules: AccessRule[]): Promise<void> {
  if (rules.length === 0) return;
  const role = { apiVersion: `${RBAC}/v1`, metadata: { name: "bgpfabric-nodes" } };
  await api.apply(`${PATHS.rbac}/clusterroles/bgpfabric-nodes`, { ...role, kind: "ClusterRole", rules });
  await api.apply(`${PATHS.rbac}/clusterrolebindings/bgpfabric-nodes`, {
    ...role,
    kind: "ClusterRoleBinding",
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "bgpfabric-nodes" },
    subjects: [NODES],
  });
}
