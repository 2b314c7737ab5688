/**
 * Runs the pods that are bound to this node: a process each in a network namespace of its own (podProgram.ts). A pod that
 * this node cannot run is told so in its status.
 */
import type { ChildProcess } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { type Address, addressFromBigint, familyOf } from "../model/address";
import { type Prefix, bounds } from "../model/prefix";
import { type Api, PATCH, isNotFound } from "./api";
import type { ProgramLog } from "./kubelet/programLog";
import type { Program } from "./kubelet/server";
import { log } from "./log";
import { type Pod, PATHS } from "./objects";
import { connectPod } from "./podNetwork";
import { podPidFile } from "./podPidFile";
import { notRunnable, podFolder, startProgram } from "./podProgram";
import { type NodeSettings, ownAddresses, ownBlocks } from "./settings";
import { Store } from "./store";

/** A pod that is told to go serves on until every node's kube-proxy sends it nothing more. */
const DRAIN_MS = 2_000;
const READY_POLL_MS = 50;
const READY_TIMEOUT_MS = 10_000;

/** Label of a Pod whose program the agent runs by itself, beside the node's pods. */
export const AGENT_RUNS = "bgpfabric/runs";

interface Running {
  process: ChildProcess;
  log: ProgramLog;
  /** One of each block of the node. */
  addresses: readonly string[];
  /** Whether it has been seen to answer. */
  answered: boolean;
}

export class Pods {
  private readonly store: Store<Pod>;
  private readonly running = new Map<string, Running>();
  private readonly refused = new Set<string>();
  private readonly leaving = new Set<string>();
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: Api,
    private readonly settings: NodeSettings,
  ) {
    const path = `${PATHS.pods}?fieldSelector=spec.nodeName%3D${settings.name}`;
    this.store = new Store<Pod>(api, path, () => {
      this.queue = this.queue.then(() => this.reconcile()).catch((error: unknown) => log("pods", String(error)));
    });
  }

  stop(): void {
    this.store.close();
    for (const { process } of this.running.values()) process.kill("SIGTERM");
  }

  /** What runs in a pod, for the kubelet's API. */
  program(namespace: string, name: string): Program {
    const pod = this.store.get(name, namespace);
    if (pod === undefined) return { none: `${this.settings.name} has no pod ${namespace}/${name}` };
    const running = this.running.get(uidOf(pod));
    if (running?.process.pid !== undefined) return { pid: running.process.pid, log: running.log };
    if (pod.metadata.labels?.[AGENT_RUNS] !== undefined)
      return { none: `${name} is a program of the node's agent itself` };
    return { none: notRunnable(pod) ?? `${name} does not run yet` };
  }

  private async reconcile(): Promise<void> {
    const pods = this.store.all.filter(({ metadata }) => metadata.labels?.[AGENT_RUNS] === undefined);
    const present = new Set(pods.map(uidOf));
    for (const uid of this.running.keys()) if (!present.has(uid)) this.end(uid);
    for (const pod of pods) {
      const uid = uidOf(pod);
      if (pod.metadata.deletionTimestamp !== undefined) {
        if (!this.leaving.has(uid)) {
          this.leaving.add(uid);
          setTimeout(() => void this.leave(pod, uid), this.running.has(uid) ? DRAIN_MS : 0);
        }
      } else if (!this.running.has(uid) && !this.refused.has(uid)) {
        await this.begin(pod, uid);
      } else {
        await this.affirm(pod, uid);
      }
    }
  }

  private async begin(pod: Pod, uid: string): Promise<void> {
    const why = notRunnable(pod);
    if (why !== undefined) {
      this.refused.add(uid);
      await this.report(pod, { phase: "Failed", reason: "ImageNotRunnable", message: why });
      return;
    }
    const addresses = this.addressesFor(pod);
    const [address] = addresses;
    if (address === undefined) return;
    const { process, log: written, port } = await startProgram(pod, uid, this.settings.name, addresses);
    this.running.set(uid, { process, log: written, addresses, answered: false });
    process.once("exit", () => {
      if (this.running.get(uid)?.process === process) {
        this.running.delete(uid);
        log("pods", `${pod.metadata.name}: its program ended; starting it again`);
        setTimeout(() => {
          this.queue = this.queue.then(() => this.reconcile()).catch((error: unknown) => log("pods", String(error)));
        }, 1_000);
      }
    });
    try {
      await connectPod(uid, process.pid ?? 0, addresses, ownAddresses(this.settings));
      process.stdin?.end("go\n");
      if (port !== undefined) await answers(address, port);
      writeFileSync(podPidFile(pod.metadata.namespace ?? "default", pod.metadata.name), String(process.pid));
    } catch (error) {
      // Its end starts it anew.
      process.kill("SIGKILL");
      throw error;
    }
    this.running.set(uid, { process, log: written, addresses, answered: true });
    await this.reportRunning(pod, addresses);
    log(
      "pods",
      `${pod.metadata.name}: ${addresses.join(", ")} ${port === undefined ? "runs" : `answers on port ${port}`}`,
    );
  }

  /** The controller calls a node's pods unready when the node was; whoever runs them knows better. */
  private async affirm(pod: Pod, uid: string): Promise<void> {
    const running = this.running.get(uid);
    const ready = pod.status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
    if (running?.answered === true && !ready) await this.reportRunning(pod, running.addresses);
  }

  /** Gone from the endpoints by now: what was under way has ended, and nothing new comes. */
  private async leave(pod: Pod, uid: string): Promise<void> {
    this.end(uid);
    rmSync(podPidFile(pod.metadata.namespace ?? "default", pod.metadata.name), { force: true });
    await this.remove(pod).catch((error: unknown) => log("pods", `${pod.metadata.name}: ${String(error)}`));
    this.leaving.delete(uid);
  }

  private end(uid: string): void {
    const running = this.running.get(uid);
    this.running.delete(uid);
    // The kernel removes the namespace, and with it the link and the route, when its last process ends.
    running?.process.kill("SIGTERM");
    rmSync(podFolder(uid), { recursive: true, force: true });
  }

  private async remove(pod: Pod): Promise<void> {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
    await this.api
      .delete(path, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
  }

  private async reportRunning(pod: Pod, addresses: readonly string[]): Promise<void> {
    const hosts = ownAddresses(this.settings);
    const now = new Date().toISOString();
    const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
      type,
      status: "True",
      lastTransitionTime: now,
    }));
    await this.report(pod, {
      phase: "Running",
      startTime: now,
      podIP: addresses[0],
      podIPs: addresses.map((ip) => ({ ip })),
      hostIP: hosts[0],
      hostIPs: hosts.map((ip) => ({ ip })),
      conditions,
      containerStatuses: pod.spec.containers.map(({ name, image }) => ({
        name,
        image,
        imageID: "",
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      })),
    });
  }

  private async report(pod: Pod, status: Record<string, unknown>): Promise<void> {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`;
    await this.api.patch(path, { status }, PATCH.strategic);
  }

  /** Those that the pod has already, else a free one of each block; none where a block is full. */
  private addressesFor({ metadata, status }: Pod): string[] {
    const known = status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP === undefined ? [] : [status.podIP]);
    const blocks = ownBlocks(this.settings);
    const all = blocks.map((block) => known.find((ip) => familyOf(ip) === familyOf(block)) ?? this.freeAddress(block));
    const full = blocks[all.indexOf(undefined)];
    if (full !== undefined) {
      log("pods", `${metadata.name}: no address is free in ${full}`);
      return [];
    }
    return all.filter((address) => address !== undefined);
  }

  /** The first address of the block after its base that no pod of this node has. */
  private freeAddress(block: string): string | undefined {
    const used = new Set<string>([
      ...[...this.running.values()].flatMap(({ addresses }) => addresses),
      ...this.store.all.flatMap(({ status }) => [status?.podIP ?? "", ...(status?.podIPs ?? []).map(({ ip }) => ip)]),
    ]);
    const { first, last } = bounds(block as Prefix);
    for (let value = first + 1n; value <= last; value++) {
      const address: Address = addressFromBigint(value, familyOf(block));
      if (!used.has(address)) return address;
    }
    return undefined;
  }
}

/** Waits until the pod's server answers over the pod network, as a readiness probe would. */
async function answers(address: string, port: number): Promise<void> {
  const until = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      await new Promise<void>((resolve, reject) => {
        const request = http.get({ host: address, port, timeout: 1_000 }, (response) => {
          response.resume();
          resolve();
        });
        request.on("timeout", () => request.destroy(new Error("no answer")));
        request.on("error", reject);
      });
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(READY_POLL_MS);
    }
  }
}

function uidOf(pod: Pod): string {
  return pod.metadata.uid ?? pod.metadata.name;
}
