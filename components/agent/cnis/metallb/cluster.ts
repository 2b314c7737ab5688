/**
 * MetalLB's part beside the API server: its controller, which gives services their addresses, and on bare nodes the Pod
 * objects that its speakers look themselves up by. The speakers own their status objects through these Pods.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { NAMESPACE } from "../../../cni/metallb/options";
import type { ApiObject } from "../../api";
import { Daemon } from "../../daemon";
import { kubeconfig } from "../../kubeconfig";
import { AGENT_RUNS } from "../../pods";
import type { Store } from "../../store";
import type { ClusterPart, ClusterView } from "../cni";
import { CONTROLLER_KUBECONFIG, CONTROLLER_PORT } from "./paths";

const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

type SpeakerPod = ApiObject & { status?: { phase?: string } };

export function metallbCluster(view: ClusterView): ClusterPart {
  const { api, settings, access, nodes } = view;
  const controller = startController();
  // Among real kubelets the speaker's Pod is the agent's own.
  const steps = settings.pod === undefined ? standIns() : {};

  function startController(): Daemon {
    const text = kubeconfig({ cluster: settings.cluster, user: "metallb-controller", ...access });
    mkdirSync(path.dirname(CONTROLLER_KUBECONFIG), { recursive: true });
    writeFileSync(CONTROLLER_KUBECONFIG, text, { mode: 0o600 });
    return new Daemon({
      name: "metallb-controller",
      command: "metallb-controller",
      args: ["--webhook-mode=disabled", "--disable-cert-rotation", `--port=${CONTROLLER_PORT}`, "--log-level=warn"],
      environment: { KUBECONFIG: CONTROLLER_KUBECONFIG, METALLB_NAMESPACE: NAMESPACE },
    });
  }

  function standIns(): ClusterPart["steps"] {
    const pods = view.watch<SpeakerPod>(PODS);
    return { speakerPods: () => speakerPods(pods), goneNodes: () => goneNodes(pods) };
  }

  async function speakerPods(pods: Store<SpeakerPod>): Promise<void> {
    for (const { metadata, status } of nodes.all) {
      const name = podName(metadata.name);
      const pod = pods.get(name, NAMESPACE);
      if (pod === undefined) {
        await api.create(PODS, podOf(metadata.name));
        continue;
      }
      if (pod.status?.phase === "Running") continue;
      const address = status?.addresses?.find(({ type }) => type === "InternalIP")?.address;
      await api.patch(`${PODS}/${name}/status`, { status: running(address) });
    }
  }

  async function goneNodes(pods: Store<SpeakerPod>): Promise<void> {
    const names = new Set(nodes.all.map(({ metadata }) => podName(metadata.name)));
    for (const { metadata } of pods.all) {
      if (!names.has(metadata.name)) await api.delete(`${PODS}/${metadata.name}`, { gracePeriodSeconds: 0 });
    }
  }

  return { steps, stop: () => controller.stop() };
}

/** The Pod of a node's speaker. */
export function podName(node: string): string {
  return `speaker-${node}`;
}

function podOf(node: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: podName(node),
      namespace: NAMESPACE,
      labels: { app: "metallb", component: "speaker", [AGENT_RUNS]: "speaker" },
    },
    spec: {
      nodeName: node,
      hostNetwork: true,
      tolerations: [{ operator: "Exists" }],
      automountServiceAccountToken: false,
      containers: [{ name: "speaker", image: "quay.io/metallb/speaker:v0.15.2" }],
    },
  };
}

function running(address: string | undefined): object {
  const lastTransitionTime = new Date().toISOString();
  return {
    phase: "Running",
    ...(address === undefined ? {} : { hostIP: address, podIP: address, podIPs: [{ ip: address }] }),
    conditions: ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
      type,
      status: "True",
      lastTransitionTime,
    })),
  };
}
