/**
 * A bare node's Node object: registers it, keeps its lease and its conditions fresh. What runs in the node's pods is
 * pods.ts; what the API server asks about them is server.ts.
 */
import { arch, release, totalmem, cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { type Api, PATCH, isConflict } from "../api";
import { log } from "../log";
import { type Condition, PATHS } from "../objects";
import { type NodeSettings, ownAddresses, ownAnnotations, ownBlocks } from "../settings";
import { KUBELET_PORT } from "./server";

const LEASE_SECONDS = 40;
const LEASE_RENEWAL_MS = 10_000;
const STATUS_MS = 60_000;
const RETRY_MS = 300;
const PODS = "110";

export interface KubeletOptions {
  api: Api;
  settings: NodeSettings;
  version: string;
  /** As people write it: "Calico". */
  cni: string;
  /** Why the node is not ready, or undefined when it is. */
  unready: () => string | undefined;
}

/** Registers the Node and keeps it: resolves when it is registered, goes on beating until the process ends. */
export async function startKubelet(options: KubeletOptions): Promise<void> {
  await retry("register the Node", () => register(options));
  await retry("renew the lease", () => renewLease(options));
  let known: { ready: boolean; since: string } | undefined;
  let reported = 0;
  const beat = async () => {
    const why = options.unready();
    const ready = why === undefined;
    if (ready === known?.ready && Date.now() - reported < STATUS_MS) return;
    const since = ready === known?.ready ? known.since : new Date().toISOString();
    await patchStatus(options, why, since);
    known = { ready, since };
    reported = Date.now();
  };
  await retry("report the status", beat);
  setInterval(() => void beat().catch(report("report the status")), RETRY_MS);
  setInterval(() => void renewLease(options).catch(report("renew the lease")), LEASE_RENEWAL_MS);
}

async function register({ api, settings }: KubeletOptions): Promise<void> {
  const node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: settings.name,
      labels: {
        "kubernetes.io/hostname": settings.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": kubernetesArch(),
        ...(settings.controlPlane ? { "node-role.kubernetes.io/control-plane": "" } : {}),
        ...settings.labels,
      },
      annotations: ownAnnotations(settings),
    },
    spec: { podCIDR: settings.podBlock, podCIDRs: ownBlocks(settings) },
  };
  try {
    await api.create(PATHS.nodes, node);
    log("kubelet", `registered Node ${settings.name}`);
  } catch (error) {
    if (!isConflict(error)) throw error;
    // A restart of the container: the Node is there, with whatever labels others gave it meanwhile.
    const { labels, annotations } = node.metadata;
    await api.patch(`${PATHS.nodes}/${settings.name}`, { metadata: { labels, annotations } });
  }
}

async function renewLease({ api, settings }: KubeletOptions): Promise<void> {
  await api.apply(`${PATHS.leases}/${settings.name}`, {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: settings.name, namespace: "kube-node-lease" },
    spec: {
      holderIdentity: settings.name,
      leaseDurationSeconds: LEASE_SECONDS,
      renewTime: new Date().toISOString().replace("Z", "000Z"),
    },
  });
}

async function patchStatus(
  { api, settings, version, cni }: KubeletOptions,
  why: string | undefined,
  since: string,
): Promise<void> {
  const now = new Date().toISOString();
  const condition = (type: string, status: Condition["status"], reason: string, message: string): Condition => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: since,
  });
  const resources = { cpu: String(cpus().length), memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: PODS };
  await api.patch(
    `${PATHS.nodes}/${settings.name}/status`,
    {
      status: {
        // A strategic merge takes an address's type for its key: two InternalIPs would be one (kubelet 1.36 does the same).
        addresses: [
          { $patch: "replace" },
          ...ownAddresses(settings).map((address) => ({ type: "InternalIP", address })),
          { type: "Hostname", address: settings.name },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
        // Without it the API server (1.36) turns kubectl's WebSocket into SPDY, which a bare node does not speak.
        declaredFeatures: ["ExtendWebSocketsToKubelet"],
        capacity: resources,
        allocatable: resources,
        nodeInfo: {
          architecture: kubernetesArch(),
          kernelVersion: release(),
          kubeletVersion: version,
          kubeProxyVersion: version,
          operatingSystem: "linux",
          osImage: "bgpfabric bare node",
          containerRuntimeVersion: "bgpfabric://1",
          bootID: "",
          machineID: "",
          systemUUID: "",
        },
        conditions: [
          condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "not measured on a bare node"),
          condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "not measured on a bare node"),
          condition("PIDPressure", "False", "KubeletHasSufficientPID", "not measured on a bare node"),
          condition("NetworkUnavailable", "False", `${cni}IsUp`, "routes are programmed by the node's agent"),
          why === undefined
            ? condition("Ready", "True", "KubeletReady", "kube-proxy and the BGP daemon run")
            : condition("Ready", "False", "KubeletNotReady", why),
        ],
      },
    },
    PATCH.strategic,
  );
}

async function retry(what: string, action: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await action();
      return;
    } catch (error) {
      report(what)(error);
      await delay(RETRY_MS);
    }
  }
}

function report(what: string): (error: unknown) => void {
  return (error) => log("kubelet", `cannot ${what}: ${error instanceof Error ? error.message : String(error)}`);
}

function kubernetesArch(): string {
  return arch() === "x64" ? "amd64" : arch();
}
