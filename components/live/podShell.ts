/** A shell in a pod's network, from its node: programs are the node's, the network is the pod's. */
import { podPidFile } from "../agent/podPidFile";
import type { Ran, Shell } from "./shell";

/**
 * A bare node notes the pod's process in a file; a node with a real kubelet has it from containerd, by the labels that
 * the CRI plugin gives a pod's first container (containerd 1.6 to 2).
 */
const ENTER = `if [ -e "$0" ]; then
  pid=$(cat "$0")
else
  of='labels."io.kubernetes.pod.namespace"'==$1,'labels."io.kubernetes.pod.name"'==$2,'labels."io.cri-containerd.kind"==sandbox'
  for id in $(ctr -n k8s.io containers list -q "$of"); do
    found=$(ctr -n k8s.io tasks list | awk -v id="$id" '$1 == id && $3 == "RUNNING" { print $2 }')
    pid=\${found:-$pid}
  done
  [ -n "$pid" ] || { echo "no pod $1/$2 runs here" >&2; exit 1; }
fi
shift 2
exec nsenter --net="/proc/$pid/ns/net" "$@"`;

/** `pod` is "NAMESPACE/NAME". */
export function insidePod(shell: Shell, pod: string): Shell {
  const [namespace = "", name = ""] = pod.split("/");
  const run = (command: readonly string[], input?: string): Promise<Ran> =>
    shell.run(["/bin/sh", "-c", ENTER, podPidFile(namespace, name), namespace, name, ...command], input);
  return { name: `${pod} on ${shell.name}`, run };
}
