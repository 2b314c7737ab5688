/** A bare cluster as a custom resource: there when its API answers, its Nodes are Ready and the CNI's kinds are served. */
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../agent/api";
import { type Node, PATHS } from "../agent/objects";
import { forgetNode, missingKinds } from "../agent/readiness";
import { apiOf } from "./access";
import { type Body, equal } from "./body";

export interface ClusterReadyInputs {
  kubeconfig: string;
  /** Names of the Nodes. */
  nodes: string[];
  /** Ids of the containers: a container made anew is waited for again. */
  containers: string[];
  /** Seconds. */
  timeout: number;
}

export interface ClusterReadyOutputs extends ClusterReadyInputs {
  /** Of Kubernetes: "v1.36.2". */
  version: string;
}

const POLL_MS = 150;

/** What is not there yet; empty when the cluster is ready. */
async function wanting(api: Api, nodes: string[]): Promise<string[]> {
  const { items } = await api.get<{ items: Node[] }>(PATHS.nodes);
  const missing = nodes.flatMap((name) => {
    const node = items.find(({ metadata }) => metadata.name === name);
    if (node === undefined) return [`Node ${name} is not registered`];
    const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status !== "True") return [`Node ${name} is not ready: ${ready?.message ?? "no status yet"}`];
    return node.spec.taints?.some(({ key }) => key === "node.kubernetes.io/not-ready")
      ? [`Node ${name} is still tainted`]
      : [];
  });
  return [...missing, ...(await missingKinds(api)).map((kind) => `${kind} is not served`)];
}

async function wait({ kubeconfig, nodes, timeout }: ClusterReadyInputs): Promise<string> {
  const api = await apiOf(kubeconfig);
  const until = Date.now() + timeout * 1000;
  let left: string[] = [];
  try {
    for (;;) {
      try {
        left = await wanting(api, nodes);
        if (left.length === 0) return (await api.get<{ gitVersion: string }>("/version")).gitVersion;
      } catch (error) {
        left = [error instanceof Error ? error.message : String(error)];
      }
      if (Date.now() > until) throw new Error(`the cluster is not ready after ${timeout} s:\n${left.join("\n")}`);
      await delay(POLL_MS);
    }
  } finally {
    api.close();
  }
}

/** Nodes that left the program have no kubelet any more that would say so. */
async function forget(inputs: ClusterReadyInputs, nodes: string[]): Promise<void> {
  const api = await apiOf(inputs.kubeconfig);
  try {
    for (const name of nodes) await forgetNode(api, name);
  } finally {
    api.close();
  }
}

export const ClusterReady: Body<ClusterReadyInputs, ClusterReadyOutputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: (["kubeconfig", "nodes", "containers"] as const).some((field) => !equal(olds[field], news[field])),
    }),
  create: async (inputs) => ({ id: "cluster", outs: { ...inputs, version: await wait(inputs) } }),
  update: async (_id, olds, news) => {
    const version = await wait(news);
    await forget(
      news,
      olds.nodes.filter((name) => !news.nodes.includes(name)),
    );
    return { outs: { ...news, version } };
  },
};
