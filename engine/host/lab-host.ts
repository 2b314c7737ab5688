/**
 * The lab host: the Docker daemon that a lab runs on, the user's own or a private one of ours.
 */
export interface LabHost {
  kind: "yours" | "private";
  /** What DOCKER_HOST has to be; empty means Docker's default. */
  dockerHost: string;
  /** The network namespace that everything of the lab runs in; only a private daemon has one. */
  namespace?: string;
  /** The folder with a docker client for people, where we brought one. */
  client?: string;
}

/** The command as it has to be run to be inside the lab. */
export function inside(host: LabHost, command: string, args: readonly string[]): [string, string[]] {
  if (host.namespace === undefined) return [command, [...args]];
  // Not `ip netns exec`: that mounts /sys anew and hides the cgroups.
  return ["nsenter", [`--net=${netnsFile(host.namespace)}`, "--", command, ...args]];
}

export function netnsFile(namespace: string): string {
  return `/var/run/netns/${namespace}`;
}
