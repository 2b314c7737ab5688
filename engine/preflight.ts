/**
 * What only the machine can know before a lab is made: whether a wanted subnet collides with a route of the host (a VPN),
 * and whether another stack has a network there already. All collisions come back at once.
 */
import type Docker from "dockerode";
import { overlaps, parsePrefix, type Prefix } from "../components/model/prefix";
import { run } from "./exec";
import { inside, type LabHost } from "./host/lab-host";
import { PROJECT_LABEL, STACK_LABEL } from "./stack/orphans";
import type { Target } from "./stack/project";

export interface Wanted {
  /** The argument that asks for it, for the message: "rack1.segments[0]". */
  path: string;
  subnet: string;
}

export interface Machine {
  routes: { prefix: string; device: string }[];
  networks: { name: string; subnet: string; device: string; project?: string; stack?: string }[];
}

/** What is wrong, a line each; empty when every wanted subnet is free. */
export function collisions(wanted: readonly Wanted[], machine: Machine, owner: Target): string[] {
  const said: string[] = [];
  for (const { path, subnet } of wanted) {
    const want = prefix(subnet);
    if (want === undefined) continue;
    const taken = machine.networks.filter((network) => touches(want, network.subnet));
    for (const network of taken) {
      if (network.project === owner.project && network.stack === owner.stack) continue;
      const whose = network.stack === undefined ? "" : ` of stack ${network.project}/${network.stack}`;
      said.push(
        `${path}: ${subnet} is taken by Docker network ${network.name}${whose} (${network.subnet}); ` +
          `destroy that, or give this segment another prefix`,
      );
    }
    for (const { prefix: route, device } of machine.routes) {
      // Docker's own routes are its networks, told above.
      if (machine.networks.some((network) => network.device === device)) continue;
      if (!touches(want, route)) continue;
      said.push(
        `${path}: ${subnet} overlaps the route ${route} of this machine (${device}); give this segment another prefix`,
      );
    }
  }
  return said;
}

/** A default route covers everything and collides with nothing. */
function touches(want: Prefix, other: string): boolean {
  const there = prefix(other);
  return there !== undefined && !/\/0$/.test(there) && overlaps(want, there);
}

function prefix(text: string): Prefix | undefined {
  const parsed = parsePrefix(text);
  return parsed.ok ? parsed.value : undefined;
}

export async function machineNow(host: LabHost, docker: Docker): Promise<Machine> {
  const routes: Machine["routes"] = [];
  for (const family of ["-4", "-6"]) {
    const [command, args] = inside(host, "ip", [family, "-j", "route", "show"]);
    const listed = await run(command, args);
    if (listed.code === 0) routes.push(...routesIn(listed.stdout));
  }
  if (process.platform === "darwin") routes.push(...darwinRoutes((await run("netstat", ["-rn"])).stdout));
  const networks = (await docker.listNetworks()).flatMap((network) =>
    (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => {
      if (Subnet === undefined) return [];
      const labels = network.Labels ?? {};
      const [project, stack] = [labels[PROJECT_LABEL], labels[STACK_LABEL]];
      const device =
        network.Options?.["com.docker.network.bridge.name"] ??
        (network.Name === "bridge" ? "docker0" : `br-${network.Id.slice(0, 12)}`);
      return [
        {
          name: network.Name,
          subnet: Subnet,
          device,
          ...(project === undefined ? {} : { project }),
          ...(stack === undefined ? {} : { stack }),
        },
      ];
    }),
  );
  return { routes, networks };
}

export function routesIn(json: string): Machine["routes"] {
  const listed = JSON.parse(json === "" ? "[]" : json) as { dst: string; dev?: string }[];
  return listed
    .filter(({ dst }) => dst !== "default")
    .map(({ dst, dev }) => ({
      prefix: /\//.test(dst) ? dst : `${dst}/${dst.includes(":") ? 128 : 32}`,
      device: dev ?? "",
    }));
}

/** macOS shortens prefixes: "10.8/16", "192.168.1". */
export function darwinRoutes(table: string): Machine["routes"] {
  const routes: Machine["routes"] = [];
  for (const line of table.split("\n")) {
    const [destination, , , device] = line.trim().split(/\s+/);
    const match = /^(\d+(?:\.\d+){0,3})(?:\/(\d+))?$/.exec(destination ?? "");
    if (match === null || device === undefined) continue;
    const fields = (match[1] ?? "").split(".");
    const length = match[2] ?? String(fields.length * 8);
    routes.push({ prefix: `${[...fields, "0", "0", "0"].slice(0, 4).join(".")}/${length}`, device });
  }
  return routes;
}
