/**
 * A room with three nodes and a real API server, for control planes that run as plain processes: a network namespace a
 * node, one bridge, and on the bridge the addresses of the routers that listen. All of it goes with the sandbox.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { type Server, connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Api } from "../../components/agent/api";
import { missingKinds } from "../../components/agent/readiness";
import type { KubernetesObject } from "../../components/cni/objects";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { orThrow } from "../../components/model/errors";
import { type ControlPlane, controlPlane } from "../engine/conformance/control-plane";
import { sh } from "../fidelity/sandbox";

export const NODES = [1, 2, 3].map((index) => ({
  name: `n${index}`,
  v4: `10.9.0.1${index}`,
  v6: `fd09::1${index}`,
}));
export type NodePlace = (typeof NODES)[number];
/** What routers may be called by; the listener answers to those that a set names. */
export const ROUTER_ADDRESSES = ["10.9.0.1", "10.9.0.2", "10.9.0.3", "fd09::1", "fd09::2"];
const API_ADDRESS = "10.9.0.254";
const API_PORT = 6443;
const FOLDER = "/run/judge";
const READY_MS = 60_000;
const POLL_MS = 200;

export interface World {
  readonly api: Api;
  /** A path for a kubeconfig that works from every namespace. */
  readonly kubeconfig: string;
  /** Starts a program of a node, or beside the API server; the log stands in the room's folder. */
  run(
    name: string,
    command: string,
    args: readonly string[],
    how?: { node?: string; env?: Record<string, string> },
  ): void;
  /** What a program has said since the last call of `listen`. */
  said(name: string): string;
  listen(): void;
  /** Puts CustomResourceDefinitions into the API server, and waits until their kinds are served. */
  define(kinds: readonly KubernetesObject[]): Promise<void>;
  /** Makes the Nodes with their addresses. */
  nodes(): Promise<void>;
  stop(): Promise<void>;
}

/** `logs` is a folder for what the programs say; the room's own goes with it. */
export async function makeWorld(logs = FOLDER): Promise<World> {
  rooms();
  mkdirSync(logs, { recursive: true });
  const plane = await controlPlane({ nodePorts: 100 });
  const forward = await forwarded(plane);
  const kubeconfig = join(FOLDER, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig.replace(plane.server, `https://${API_ADDRESS}:${API_PORT}`));
  const api = new Api(orThrow(readKubeconfig(plane.kubeconfig)));
  const children: ChildProcess[] = [];
  const started: string[] = [];
  const heard = new Map<string, number>();
  const text = (name: string) => readFileSync(join(logs, `${name}.log`), "utf8");
  return {
    api,
    kubeconfig,
    run: (name, command, args, { node, env } = {}) => {
      const log = openSync(join(logs, `${name}.log`), "w");
      const [program, rest] =
        node === undefined ? [command, [...args]] : ["ip", ["netns", "exec", node, command, ...args]];
      const child = spawn(program, rest, { stdio: ["ignore", log, log], env: { ...process.env, ...env } });
      closeSync(log);
      children.push(child);
      started.push(name);
    },
    said: (name) => text(name).slice(heard.get(name) ?? 0),
    listen: () => {
      for (const name of started) heard.set(name, text(name).length);
    },
    define: async (kinds) => {
      for (const kind of kinds) await api.apply(pathOf(kind), kind);
      const end = Date.now() + READY_MS;
      while ((await missingKinds(api)).length > 0) {
        if (Date.now() > end) throw new Error("the API server does not serve the plane's kinds");
        await delay(POLL_MS);
      }
    },
    nodes: async () => {
      for (const { name, v4, v6 } of NODES) {
        const node = { apiVersion: "v1", kind: "Node", metadata: { name } };
        await api.apply(pathOf(node), node);
        const addresses = [v4, v6].map((address) => ({ type: "InternalIP", address }));
        await api.patch(`${pathOf(node)}/status`, { status: { addresses } });
      }
    },
    stop: async () => {
      for (const child of children) child.kill("SIGKILL");
      forward.close();
      api.close();
      await plane.stop();
    },
  };
}

function rooms(): void {
  const bridge = [...ROUTER_ADDRESSES, API_ADDRESS].map(
    (address) => `ip address add ${address}/${address.includes(":") ? "64" : "24"} dev br0 ${nodad(address)}`,
  );
  const nodes = NODES.flatMap(({ name, v4, v6 }) => [
    `ip netns add ${name}`,
    `ip link add ${name} type veth peer name eth0 netns ${name}`,
    `ip link set ${name} master br0 up`,
    `ip -n ${name} link set lo up`,
    `ip -n ${name} link set eth0 up`,
    `ip -n ${name} address add ${v4}/24 dev eth0`,
    `ip -n ${name} address add ${v6}/64 dev eth0 nodad`,
  ]);
  sh(
    [
      "mount -t tmpfs none /run",
      "mkdir -p /run/netns /run/judge",
      "ip link set lo up",
      "ip link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
      "ip link set br0 up",
      ...bridge,
      ...nodes,
    ].join("\n"),
  );
}

const nodad = (address: string): string => (address.includes(":") ? "nodad" : "");

/** The API server listens on loopback alone; nodes reach it by an address of the bridge. */
async function forwarded({ server }: ControlPlane): Promise<Server> {
  const port = Number(new URL(server).port);
  const forward = createServer((inner) => {
    const outer = connect({ host: "127.0.0.1", port });
    inner.pipe(outer).pipe(inner);
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((ready) => forward.listen({ host: API_ADDRESS, port: API_PORT }, ready));
  return forward;
}

const CLUSTER_SCOPED = new Set(["Node", "Namespace", "CustomResourceDefinition"]);

/** Where an object stands in the API. Objects of Cilium are the cluster's, those of MetalLB a namespace's. */
export function pathOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scoped = CLUSTER_SCOPED.has(kind) || apiVersion.startsWith("cilium.io/");
  const within = scoped ? "" : `/namespaces/${metadata.namespace ?? "default"}`;
  return `${group}${within}/${pluralOf(kind)}/${metadata.name}`;
}

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return /y$/.test(lower) && !/[aeiou]y$/.test(lower) ? lower.replace(/y$/, "ies") : `${lower}s`;
}
