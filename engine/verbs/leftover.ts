/** What a stack has in a lab, and what it left behind after it went. */
import * as fs from "node:fs";
import * as path from "node:path";
import type Docker from "dockerode";
import { must } from "../exec";
import { connect } from "../host/find";
import { inside, type LabHost } from "../host/lab-host";
import { onKind } from "../needs";
import { PROJECT_LABEL, STACK_LABEL } from "../stack/orphans";
import type { Target } from "../stack/project";

export interface Running {
  id: string;
  started: string;
}

/** Containers of the stack with the time of their start: the same list later means that nothing touched them. */
export async function containersOf(host: LabHost, goal: Target): Promise<Running[]> {
  const docker = connect(host.dockerHost);
  const listed = await docker.listContainers({ all: true, filters: filters(goal) });
  const seen = await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect()));
  return seen.map(({ Id, State }) => ({ id: Id, started: State.StartedAt })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Containers, networks and volumes of the stack. */
export async function leftOf(host: LabHost, goal: Target): Promise<string[]> {
  const docker: Docker = connect(host.dockerHost);
  const [containers, networks, { Volumes = [] }] = await Promise.all([
    docker.listContainers({ all: true, filters: filters(goal) }),
    docker.listNetworks({ filters: filters(goal) }) as Promise<{ Name: string }[]>,
    docker.listVolumes({ filters: filters(goal) }) as Promise<{ Volumes?: { Name: string }[] | null }>,
  ]);
  return [
    ...(onKind(goal.stack) ? await leftOfKind(docker, goal) : []),
    ...containers.map(({ Names }) => `container ${Names[0] ?? ""}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ];
}

/** kind's nodes and networks have its label and its names, and not the stack's. */
async function leftOfKind(docker: Docker, { project, stack }: Target): Promise<string[]> {
  const stem = `${project}-${stack}-`;
  const labelled = { all: true, filters: JSON.stringify({ label: ["io.x-k8s.kind.cluster"] }) };
  const [nodes, networks] = await Promise.all([docker.listContainers(labelled), docker.listNetworks()]);
  return [
    ...nodes
      .filter(({ Labels }) => Labels["io.x-k8s.kind.cluster"]?.startsWith(stem))
      .map(({ Names }) => `node ${Names[0] ?? ""}`),
    ...networks.filter(({ Name }) => Name.startsWith(stem)).map(({ Name }) => `network ${Name}`),
  ];
}

/**
 * Of a lab whose daemon is its own and that has no stack: interfaces other than the daemon's, and network namespaces that
 * the daemon still holds. In a daemon of the user's these may be anybody's.
 */
export async function leftInKernel(host: LabHost, run: string): Promise<string[]> {
  if (host.kind !== "private") return [];
  const [command, args] = inside(host, "ip", ["-j", "link"]);
  const links = JSON.parse(await must(command, args)) as { ifname: string }[];
  const daemon = fs.readFileSync(path.join(run, "docker.pid"), "utf8").trim();
  // The names of those that it gave up lie there for a minute more: what it holds is mounted.
  const mounted = fs.readFileSync(`/proc/${daemon}/mountinfo`, "utf8").split("\n");
  const namespaces = mounted.flatMap((line) => /\/exec\/netns\/([0-9a-f]+) /.exec(line)?.[1] ?? []);
  return [
    ...links.filter(({ ifname }) => !["lo", "docker0"].includes(ifname)).map(({ ifname }) => `interface ${ifname}`),
    ...namespaces.map((name) => `network namespace ${name}`),
  ];
}

function filters({ project, stack }: Target): string {
  return JSON.stringify({ label: [`${PROJECT_LABEL}=${project}`, `${STACK_LABEL}=${stack}`] });
}
