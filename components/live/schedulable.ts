/**
 * Whether pods may run on nodes, as a custom resource. False drains the nodes as `kubectl drain --ignore-daemonsets`
 * does, and waits until each pod has its replacement; true ends the drain. Deleting it does the opposite.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Api, ApiError, isNotFound } from "../agent/api";
import { PATHS, type Pod } from "../agent/objects";
import { apiOf } from "./access";
import { type Body, equal } from "./body";

export interface SchedulableInputs {
  kubeconfig: string;
  /** Names of the Nodes. */
  nodes: string[];
  schedulable: boolean;
  /** Seconds for each pod to have its replacement. */
  timeout: number;
  /** On the way back: a change of it does the work again, and nodes that ended so are not drained once more at deletion. */
  retire?: boolean;
}

const POLL_MS = 150;
const TOO_MANY_REQUESTS = 429;

async function bring(inputs: SchedulableInputs, schedulable: boolean): Promise<void> {
  const api = await apiOf(inputs.kubeconfig);
  try {
    for (const name of inputs.nodes) {
      await api.patch(`${PATHS.nodes}/${name}`, { spec: { unschedulable: schedulable ? null : true } });
    }
    if (!schedulable) await drain(api, inputs);
  } finally {
    api.close();
  }
}

/** One pod after the other: a service keeps all other backends while one of them moves. */
async function drain(api: Api, { nodes, timeout }: SchedulableInputs): Promise<void> {
  for (;;) {
    const { items } = await api.get<{ items: Pod[] }>(PATHS.pods);
    const pod = items.find(({ spec, metadata }) => nodes.includes(spec.nodeName ?? "") && isMovable({ metadata }));
    if (pod === undefined) return;
    await move(api, pod, Date.now() + timeout * 1000, timeout);
  }
}

function isMovable({ metadata }: Pick<Pod, "metadata">): boolean {
  return metadata.deletionTimestamp === undefined && !STAYING.includes(ownerOf({ metadata })?.kind ?? "");
}

/** A DaemonSet's pods come back where they were; a static pod is its node's, and the API has its mirror alone. */
const STAYING: readonly string[] = ["DaemonSet", "Node"];

type Owner = NonNullable<Pod["metadata"]["ownerReferences"]>[number];

function ownerOf({ metadata }: Pick<Pod, "metadata">): Owner | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true) ?? metadata.ownerReferences?.[0];
}

async function move(api: Api, pod: Pod, until: number, timeout: number): Promise<void> {
  const { name, namespace } = pod.metadata;
  const owner = ownerOf(pod);
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const ready = async () => {
    const { items } = await api.get<{ items: Pod[] }>(path);
    return items.filter(
      (one) => ownerOf(one)?.uid === owner?.uid && one.metadata.uid !== pod.metadata.uid && isReady(one),
    );
  };
  const others = owner === undefined ? 0 : (await ready()).length;
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  for (;;) {
    try {
      await api.create(`${path}/${name}/eviction`, body);
      break;
    } catch (error) {
      if (isNotFound(error)) break;
      // A disruption budget that allows no eviction now.
      if (!(error instanceof ApiError && error.status === TOO_MANY_REQUESTS)) throw error;
      if (Date.now() > until)
        throw new Error(`${namespace}/${name} may not be evicted: ${error.message}`, { cause: error });
      await delay(POLL_MS);
    }
  }
  // A pod that nothing makes again is gone for good, as with kubectl drain --force; one that served nobody needs no other.
  if (owner === undefined || !isReady(pod)) return;
  while ((await ready()).length <= others) {
    if (Date.now() > until) {
      throw new Error(
        `${namespace}/${name} was evicted and no other pod took its place within ${timeout} s; let its pods run on another node, nodeSelector and tolerations among the reasons`,
      );
    }
    await delay(POLL_MS);
  }
}

function isReady({ metadata, status }: Pod): boolean {
  const condition = status?.conditions?.find(({ type }) => type === "Ready");
  return metadata.deletionTimestamp === undefined && condition?.status === "True";
}

export const Schedulable: Body<SchedulableInputs, SchedulableInputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: (["nodes", "schedulable", "retire"] as const).some((field) => !equal(olds[field], news[field])),
    }),
  create: async (inputs) => {
    await bring(inputs, inputs.schedulable);
    return { id: "nodes", outs: inputs };
  },
  update: async (_id, olds, news) => {
    const left = olds.nodes.filter((name) => !news.nodes.includes(name));
    if (!news.schedulable) await bring({ ...news, nodes: left }, true);
    await bring(news, news.schedulable);
    return { outs: news };
  },
  delete: async (_id, props) => {
    if (props.retire === true && props.schedulable) return;
    try {
      await bring(props, !props.schedulable);
    } catch (error) {
      // An API that is gone, or nodes that are, have nothing to open or close.
      if (!isGone(error)) throw error;
    }
  },
};

function isGone(error: unknown): boolean {
  return isNotFound(error) || (error instanceof Error && /ECONNREFUSED|ECONNRESET|no answer in/.test(error.message));
}
