/**
 * The cluster's part of the agent, beside the API server: what a scheduler, Calico's IPAM and its node agents decide is
 * decided here, for all nodes at once, from the objects in the API server alone. The answer for a node is one Secret
 * that the node's own agent applies; a node whose answer stays the same is not touched.
 */
import { type Api, type ApiObject, isConflict } from "./api";
import { type IpPool, addressOf, assign } from "./cnis/calico/addresses";
import { log } from "./log";
import { type Node, PATHS, type Pod, type Secret, type Service } from "./objects";
import { type Rendering, render } from "./cnis/calico/render";
import { bind, schedule } from "./scheduler";
import { AGENT_NAMESPACE } from "./settings";
import { Store } from "./store";

/** Changes that come together are answered together. */
const SETTLE_MS = 30;
const RETRY_MS = 1_000;
const NOT_READY_TAINT = "node.kubernetes.io/not-ready";

export class ClusterAgent {
  private readonly nodes: Store<Node>;
  private readonly pods: Store<Pod>;
  private readonly services: Store<Service>;
  private readonly pools: Store<IpPool>;
  private readonly others: Record<string, Store<ApiObject>>;
  private readonly written = new Map<string, string>();
  private readonly said = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private working = false;
  private again = false;

  /** `calico`: the version whose rules hold. */
  constructor(
    private readonly api: Api,
    private readonly calico: string,
  ) {
    const changed = () => this.soon();
    const kinds = (kind: string) => new Store<ApiObject>(api, `${PATHS.calico}/${kind}`, changed);
    this.nodes = new Store(api, PATHS.nodes, changed);
    this.pods = new Store(api, PATHS.pods, changed);
    this.services = new Store(api, PATHS.services, changed);
    this.pools = new Store(api, `${PATHS.calico}/ippools`, changed);
    this.others = {
      bgpConfigurations: kinds("bgpconfigurations"),
      bgpPeers: kinds("bgppeers"),
      bgpFilters: kinds("bgpfilters"),
      blockAffinities: kinds("blockaffinities"),
      endpointSlices: new Store(api, PATHS.endpointSlices, changed),
      secrets: new Store(api, PATHS.secrets, changed),
    };
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.working) this.again = true;
      else void this.work();
    }, SETTLE_MS);
  }

  private async work(): Promise<void> {
    const stores = [this.nodes, this.pods, this.services, this.pools, ...Object.values(this.others)];
    if (!stores.every(({ ready }) => ready)) return;
    this.working = true;
    const parts = {
      untaint: () => this.untaint(),
      place: () => this.place(),
      giveAddresses: () => this.giveAddresses(),
      giveBlocks: () => this.giveBlocks(),
      configure: () => this.configure(),
    };
    for (const [name, part] of Object.entries(parts)) {
      try {
        await part();
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

  private async giveAddresses(): Promise<void> {
    for (const { service, address, reason } of assign(this.services.all, this.pools.all)) {
      const { name, namespace } = service.metadata;
      if (reason !== undefined) this.once(`${namespace}/${name}: ${reason}`);
      if (address === addressOf(service)) continue;
      await this.api.patch(`/api/v1/namespaces/${namespace}/services/${name}/status`, {
        metadata: { resourceVersion: service.metadata.resourceVersion },
        status: { loadBalancer: { ingress: address === undefined ? null : [{ ip: address, ipMode: "VIP" }] } },
      });
      if (address !== undefined) log("agent", `${namespace}/${name} gets ${address}`);
    }
  }

  /** The block that each node's plan gave it, as Calico's IPAM would have written it down. */
  private async giveBlocks(): Promise<void> {
    const present = new Set(this.others["blockAffinities"]?.all.map(({ metadata }) => metadata.name));
    for (const node of this.nodes.all) {
      const cidr = node.spec.podCIDR;
      if (cidr === undefined) continue;
      const name = `${node.metadata.name}-${cidr.replace(/[./:]/g, "-")}`;
      if (present.has(name)) continue;
      await this.api.apply(`${PATHS.calico}/blockaffinities/${name}`, {
        apiVersion: "projectcalico.org/v3",
        kind: "BlockAffinity",
        metadata: { name },
        spec: { cidr, node: node.metadata.name, state: "confirmed", deleted: false },
      });
    }
  }

  private async configure(): Promise<void> {
    const { nodes, findings } = this.render();
    for (const finding of findings) this.once(finding);
    for (const [node, rendering] of nodes) {
      const text = JSON.stringify(rendering);
      if (this.written.get(node) === text) continue;
      const encode = (value: string) => Buffer.from(value, "utf8").toString("base64");
      const body = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: node, namespace: AGENT_NAMESPACE, labels: { "bgpfabric/node": node } },
        type: "Opaque",
        data: { "bird.conf": encode(rendering.bird), routes: encode(rendering.routes.join("\n")) },
      };
      await this.api.apply(`/api/v1/namespaces/${AGENT_NAMESPACE}/secrets/${node}`, body);
      this.written.set(node, text);
      log("agent", `${node}: configuration written`);
    }
  }

  private render(): { nodes: Map<string, Rendering>; findings: string[] } {
    const of = <T extends ApiObject>(name: string) => (this.others[name]?.all ?? []) as T[];
    return render({
      version: this.calico,
      nodes: this.nodes.all,
      pools: this.pools.all,
      services: this.services.all,
      bgpConfigurations: of("bgpConfigurations"),
      bgpPeers: of("bgpPeers"),
      bgpFilters: of("bgpFilters"),
      blockAffinities: of("blockAffinities"),
      endpointSlices: of("endpointSlices"),
      secrets: of<Secret>("secrets").filter(({ metadata }) => metadata.namespace !== AGENT_NAMESPACE),
    });
  }

  /** A finding is said when it appears, not each time that something else changes. */
  private once(line: string): void {
    if (this.said.has(line)) return;
    this.said.add(line);
    log("agent", line);
  }
}

/** What must stand in the API server before nodes and users come: the agent's namespace, its access, the CNI's kinds. */
export async function prepareCluster(api: Api, definitions: ApiObject[]): Promise<void> {
  await Promise.all([
    ...definitions.map((definition) => api.apply(`${PATHS.crds}/${definition.metadata.name}`, definition)),
    prepareNamespace(api),
  ]);
}

async function prepareNamespace(api: Api): Promise<void> {
  await api.apply(`${PATHS.namespaces}/${AGENT_NAMESPACE}`, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: AGENT_NAMESPACE },
  });
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name: "nodes", namespace: AGENT_NAMESPACE } };
  const path = `${PATHS.rbac}/namespaces/${AGENT_NAMESPACE}`;
  await api.apply(`${path}/roles/nodes`, {
    ...role,
    kind: "Role",
    rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] }],
  });
  await api.apply(`${path}/rolebindings/nodes`, {
    ...role,
    kind: "RoleBinding",
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "nodes" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:nodes" }],
  });
}
