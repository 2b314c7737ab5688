/**
 * What carries a stack's labels in Docker: what the stack's state lacks is left from a run that was killed.
 */
import type Docker from "dockerode";
import type { StackState } from "./backend";
import type { Target } from "./project";

export const PROJECT_LABEL = "bgpfabric.project";
export const STACK_LABEL = "bgpfabric.stack";

export interface Orphan {
  kind: "container" | "network" | "volume";
  id: string;
  name: string;
}

/** Containers, networks and volumes of the stack that its state does not know. */
export async function orphans(docker: Docker, target: Target, state: StackState | undefined): Promise<Orphan[]> {
  const known = new Set((state?.resources ?? []).map((resource) => resource.id).filter((id) => id !== undefined));
  const filters = { label: [`${PROJECT_LABEL}=${target.project}`, `${STACK_LABEL}=${target.stack}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  const volumes = await docker.listVolumes({ filters: JSON.stringify(filters) as unknown as typeof filters });
  const found: Orphan[] = [
    ...containers.map(({ Id, Names }) => ({
      kind: "container" as const,
      id: Id,
      name: (Names[0] ?? Id).replace(/^\//, ""),
    })),
    ...networks.map(({ Id, Name }) => ({ kind: "network" as const, id: Id, name: Name })),
    ...volumes.Volumes.map(({ Name }) => ({ kind: "volume" as const, id: Name, name: Name })),
  ];
  return found.filter(({ id }) => !known.has(id));
}

/** Removes them in an order that Docker takes: containers hold networks and volumes. */
export async function removeOrphans(docker: Docker, found: Orphan[]): Promise<void> {
  for (const { kind, id } of found) {
    try {
      if (kind === "container") await docker.getContainer(id).remove({ force: true, v: true });
      else if (kind === "network") await docker.getNetwork(id).remove();
      else await docker.getVolume(id).remove();
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    }
  }
}
