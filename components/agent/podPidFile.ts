/** The file on a bare node that holds the process whose network is a pod's, by the pod's name: how commands get into it. */
export function podPidFile(namespace: string, name: string): string {
  return `/run/bgpfabric/pods/${namespace}_${name}.pid`;
}
