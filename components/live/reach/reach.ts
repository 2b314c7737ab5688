/**
 * How one gets to a speaker: the second axis beside its system. Docker's is written into the state as `container`, as it
 * was before there were others, so that a stack that is up stays as it is.
 */

export type Reach =
  | { by: "docker"; container: string }
  | { by: "ssh"; host: string; user: string; key: string; hostKey: string; port?: number }
  | { by: "eapi"; url: string; user: string; password: string; authority?: string }
  | { by: "pod"; kubeconfig: string; namespace: string; pod: string; container?: string };

/** A reach as a resource's inputs hold it. */
export type At = { container: string } | { reach: Reach };

export function reachOf(at: At): Reach {
  return "reach" in at ? at.reach : { by: "docker", container: at.container };
}

/** Where it leads, for messages. */
export function placeOf(reach: Reach): string {
  switch (reach.by) {
    case "docker":
      return reach.container;
    case "ssh":
      return reach.host;
    case "eapi":
      return reach.url;
    case "pod":
      return `${reach.namespace}/${reach.pod}`;
  }
}
