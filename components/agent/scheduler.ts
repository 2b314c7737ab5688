/** Binds pods to nodes: the fewest pods first, then by name. Selectors, tolerations and cordons count; resources do not. */
import type { Api } from "./api";
import { log } from "./log";
import type { Node, Pod } from "./objects";

/** Which pod goes where: a pure answer, pods without a fitting node are left out. */
export function schedule(pods: Pod[], nodes: Node[]): { pod: Pod; node: string }[] {
  const load = new Map<string, number>(nodes.map((node) => [node.metadata.name, 0]));
  for (const { spec } of pods) {
    if (spec.nodeName !== undefined) load.set(spec.nodeName, (load.get(spec.nodeName) ?? 0) + 1);
  }
  const placed: { pod: Pod; node: string }[] = [];
  for (const pod of pods) {
    if (pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const best = nodes
      .filter((node) => fits(pod, node))
      .map(({ metadata: { name } }) => ({ name, pods: load.get(name) ?? 0 }))
      .sort((a, b) => a.pods - b.pods || (a.name < b.name ? -1 : 1))[0];
    if (best === undefined) continue;
    load.set(best.name, best.pods + 1);
    placed.push({ pod, node: best.name });
  }
  return placed;
}

export async function bind(api: Api, pod: Pod, node: string): Promise<void> {
  const { name, namespace } = pod.metadata;
  await api.create(`/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name, namespace },
    target: { apiVersion: "v1", kind: "Node", name: node },
  });
  log("scheduler", `${namespace}/${name} runs on ${node}`);
}

function fits(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const ready = node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  return (
    ready && selected && node.spec.unschedulable !== true && (node.spec.taints ?? []).every((t) => tolerated(pod, t))
  );
}

function tolerated(pod: Pod, taint: { key: string; effect: string }): boolean {
  if (taint.effect === "PreferNoSchedule") return true;
  return (pod.spec.tolerations ?? []).some(
    ({ key, operator, effect }) =>
      (effect === undefined || effect === "" || effect === taint.effect) &&
      (key === taint.key || ((key === undefined || key === "") && operator === "Exists")),
  );
}
