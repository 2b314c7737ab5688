/** Cilium's own BGP control plane on the node: it reads its configuration from the API server and reports there. */
import type { CiliumOptions } from "../../../cni/cilium/options";
import { Daemon } from "../../daemon";
import type { NodePart, NodeView } from "../cni";
import { MEMORY } from "./cluster";
import { kubeconfigFile, PROGRAM } from "./program";

export function ciliumNode({ settings, access, cni }: NodeView): NodePart {
  const file = kubeconfigFile(settings, "agent", access);
  const { ipam, noEndpointsRoutable } = cni.settings as CiliumOptions;
  const agent = new Daemon({
    name: "cilium-agent",
    command: PROGRAM,
    args: [
      "agent",
      `--node-name=${settings.name}`,
      `--k8s-kubeconfig-path=${file}`,
      ...(ipam === undefined ? [] : [`--ipam=${ipam}`]),
      ...(noEndpointsRoutable === undefined ? [] : [`--enable-no-service-endpoints-routable=${noEndpointsRoutable}`]),
    ],
    environment: MEMORY,
  });
  return {
    unready: () => (agent.running ? undefined : "Cilium's control plane does not run yet"),
    stop: () => agent.stop(),
  };
}
