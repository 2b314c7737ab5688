/** The running selective lab as its tests look at it: through Docker's API and the API server's published port. */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Api } from "../../components/agent/api";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { dockerShell } from "../../components/live/reach/docker";
import { output } from "../../components/live/shell";
import { orThrow } from "../../components/model/errors";

export const TOR = "rack1-tor";
export const NODES = ["control-plane", "worker", "worker2", "worker3", "worker4"].map((name) => `k01-${name}`);

/** Runs a program in a container of the lab, by the speaker's name. */
export function inside(name: string, ...command: string[]): Promise<string> {
  return output(dockerShell(`bgpfabric-selective-${name}`), command);
}

export async function vty<T>(command: string): Promise<T> {
  return JSON.parse(await inside(TOR, "vtysh", "-c", command)) as T;
}

/** The API server as an administrator with the stack's kubeconfig reaches it. */
export function api(): Api {
  const file = process.env["KUBECONFIG"];
  if (file === undefined) throw new Error("no KUBECONFIG: run these through `make test`");
  return new Api(orThrow(readKubeconfig(readFileSync(file, "utf8"))));
}

export interface Peer {
  state: string;
  remoteAs: number;
  pfxRcd: number;
  peerUptimeMsec: number;
}

/** Established sessions of the ToR, by the node's address. */
export async function sessions(): Promise<Record<string, Peer>> {
  const { peers = {} } = await vty<{ peers?: Record<string, Peer> }>("show bgp ipv4 unicast summary json");
  return Object.fromEntries(Object.entries(peers).filter(([, { state }]) => state === "Established"));
}

/** Next hops of the service's prefix in the ToR's kernel. */
export async function kernelNextHops(prefix: string): Promise<string[]> {
  const routes = JSON.parse((await inside(TOR, "ip", "-j", "route", "show", prefix)) || "[]") as {
    gateway?: string;
    nexthops?: { gateway: string }[];
  }[];
  return routes.flatMap(({ gateway, nexthops = [] }) => [
    ...(gateway === undefined ? [] : [gateway]),
    ...nexthops.map((hop) => hop.gateway),
  ]);
}

/** What the service answers the ToR by way of one next hop, "200 BODY". */
export async function answerThrough(hop: string, address: string): Promise<string> {
  await inside(TOR, "ip", "route", "replace", `${address}/32`, "via", hop);
  try {
    return await inside(TOR, "curl", "-s", "-m", "5", "-w", "%{http_code}", `http://${address}/`);
  } finally {
    await inside(TOR, "ip", "route", "del", `${address}/32`);
  }
}

/** Looks until the condition holds, and returns how long that took in milliseconds. */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<number> {
  const begin = Date.now();
  for (;;) {
    if (await holds()) return Date.now() - begin;
    if (Date.now() - begin > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    await delay(100);
  }
}
