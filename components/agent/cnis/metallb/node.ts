/**
 * MetalLB's part on a node: its speaker, which dials the routers itself (native), or writes FRR's configuration (frr), or
 * hands it to frr-k8s' daemon (frr-k8s). The speaker reads the API server by itself: the cluster's part gives it nothing.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { NAMESPACE, modeOf } from "../../../cni/metallb/options";
import { Daemon } from "../../daemon";
import { kubeconfig } from "../../kubeconfig";
import type { NodePart, NodeView } from "../cni";
import { podName } from "./cluster";
import { startFrr } from "./frr";
import { KUBECONFIG, METRICS_PORT, RELOADER } from "./paths";

export function metallbNode({ settings, access, cni }: NodeView): NodePart {
  const mode = modeOf(cni.settings, cni.version);
  mkdirSync(path.dirname(KUBECONFIG), { recursive: true });
  const text = kubeconfig({ cluster: settings.cluster, user: "speaker", ...access });
  writeFileSync(KUBECONFIG, text, { mode: 0o600 });
  const environment = {
    KUBECONFIG,
    FRR_CONFIG_FILE: `${RELOADER}/frr.conf`,
    FRR_RELOADER_PID_FILE: `${RELOADER}/reloader.pid`,
  };
  // Before whoever signals it that a configuration is there.
  const frr = mode === "native" ? undefined : startFrr(settings.name);
  const speaker = new Daemon({
    name: "speaker",
    command: "metallb-speaker",
    args: [`--port=${METRICS_PORT}`, "--log-level=warn"],
    environment: {
      ...environment,
      METALLB_BGP_TYPE: mode,
      METALLB_NAMESPACE: NAMESPACE,
      METALLB_NODE_NAME: settings.name,
      METALLB_POD_NAME: settings.pod ?? podName(settings.name),
      METALLB_HOST: "127.0.0.1",
    },
  });
  const daemon =
    mode === "frr-k8s"
      ? new Daemon({
          name: "frr-k8s",
          command: "frr-k8s",
          args: [`--node-name=${settings.name}`, `--namespace=${NAMESPACE}`, "--log-level=warn"],
          environment: { ...environment, NAMESPACE },
        })
      : undefined;
  return {
    // The speaker ends when its Pod is not there yet, and is started again: the sessions are the gate's to see.
    unready: () => frr?.unready(),
    stop: async () => {
      await Promise.all([speaker.stop(), daemon?.stop()]);
      await frr?.stop();
    },
  };
}
