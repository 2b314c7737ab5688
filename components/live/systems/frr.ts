/** A running FRR as the gate sees it: its sessions and its routes. How it is configured is frrLoad.ts's and frrPart.ts's. */
import { isAddress } from "../../model/address";
import { communityName } from "../../model/community";
import type { Route } from "../../forecast/route";
import type { LiveSession, Observation } from "../observation";
import { type Shell, output } from "../shell";
import { abandon, confirm } from "./frrConfirm";
import { applyEdits } from "./edits";
import { edits, push } from "./frrLoad";
import { frrPart } from "./frrPart";
import { byHop } from "./hops";
import type { ShellSystem } from "./system";
import { passwordTrouble } from "./tcpPasswords";

/** A family without a neighbor is left out. */
type Summary = Partial<Record<"ipv4Unicast" | "ipv6Unicast", { peers?: Record<string, Peer> }>>;

interface Peer {
  state: string;
  remoteAs: number;
  localAs: number;
}

interface Neighbors {
  [address: string]: { hostLocal?: string; lastNotificationReason?: string; lastResetDueTo?: string };
}

interface Table {
  routes?: Record<string, Path[]>;
}

interface Path {
  valid?: boolean;
  bestpath?: boolean;
  multipath?: boolean;
  path?: string;
  origin?: string;
  metric?: number;
  locPrf?: number;
  weight?: number;
  pathFrom?: "external" | "internal";
  peerId?: string;
  nexthops?: { ip?: string; scope?: "global" | "link-local"; used?: boolean }[];
}

interface Detail {
  paths?: { bestpath?: { overall?: boolean }; community?: { list: string[] }; largeCommunity?: { list: string[] } }[];
}

type Kernel = Record<string, { protocol: string; installed?: boolean; selected?: boolean; nexthops?: KernelHop[] }[]>;

interface KernelHop {
  ip?: string;
  interfaceName?: string;
  fib?: boolean;
  active?: boolean;
}

export const frr: ShellSystem = {
  answers,
  observe,
  version: async (shell) =>
    /FRRouting (\S+)/.exec(await output(shell, ["vtysh", "-c", "show version"]))?.[0]?.replace("FRRouting", "FRR"),
  configuration: { push, confirm, abandon, running: async (shell, text) => applyEdits(text, await edits(shell, text)) },
  part: frrPart,
};

/** Whether the daemons answer. */
async function answers(shell: Shell): Promise<boolean> {
  const { code, stdout } = await shell.run(["vtysh", "-c", "show bgp summary json"]);
  return code === 0 && stdout.trimStart().startsWith("{");
}

async function observe(shell: Shell, speaker: string): Promise<Observation> {
  const ask = async <T>(command: string): Promise<T> =>
    JSON.parse((await output(shell, ["vtysh", "-c", command])) || "{}") as T;
  const [summary, neighbors, passwords] = await Promise.all([
    ask<Summary>("show bgp summary json"),
    ask<Neighbors>("show bgp neighbors json"),
    passwordTrouble(shell),
  ]);
  // A session that carries both families stands in the summary of each.
  const peers = { ...summary.ipv6Unicast?.peers, ...summary.ipv4Unicast?.peers };
  const sessions = Object.entries(peers).map(([address, peer]): LiveSession => {
    const own = neighbors[address]?.hostLocal;
    return {
      speaker,
      peer: isAddress(address) ? address : `interface%${address}`,
      peerAsn: peer.remoteAs,
      up: peer.state === "Established",
      state: peer.state,
      ...(own === undefined ? {} : { address: own }),
      ...lastOf(neighbors[address]),
    };
  });
  const routes: Route[] = [];
  for (const family of ["ipv4", "ipv6"] as const) {
    if (family === "ipv6" && summary.ipv6Unicast === undefined) continue;
    const [table, kernel] = await Promise.all([
      ask<Table>(`show bgp ${family} unicast json`),
      ask<Kernel>(`show ${family === "ipv4" ? "ip" : "ipv6"} route json`),
    ]);
    for (const [prefix, paths] of Object.entries(table.routes ?? {})) {
      const detail = await ask<Detail>(`show bgp ${family} unicast ${prefix} json`);
      routes.push(routeOf(speaker, prefix, paths, detail, kernel));
    }
  }
  return { sessions, routes, ...(passwords === undefined ? {} : { passwords }) };
}

/** The notification says more than the reason for the reset, which is "BGP Notification received" then (FRR 8.4). */
function lastOf(neighbor: Neighbors[string] | undefined): Pick<LiveSession, "last"> {
  const last = neighbor?.lastNotificationReason ?? neighbor?.lastResetDueTo;
  return last === undefined || last === "" ? {} : { last };
}

function routeOf(speaker: string, prefix: string, paths: Path[], detail: Detail, kernel: Kernel): Route {
  const best = paths.find(({ bestpath }) => bestpath === true);
  const shown = best ?? paths[0] ?? {};
  const attributes = detail.paths?.find(({ bestpath }) => bestpath?.overall === true) ?? detail.paths?.[0];
  const local = shown.peerId === "(unspec)" || ["0.0.0.0", "::"].includes(shown.nexthops?.[0]?.ip ?? "");
  const kind = local ? "local" : shown.pathFrom === "internal" ? "ibgp" : "ebgp";
  // What carries traffic is what the kernel has: a path that BGP calls multipath and zebra leaves out does not count.
  const installed = kernel[prefix]?.find((route) => route.selected === true);
  const hops = (installed?.protocol === "bgp" ? (installed.nexthops ?? []) : [])
    .filter((hop) => hop.fib === true)
    .map((hop) => announced(paths, hop.ip) ?? (hop.ip === undefined ? "" : "interface%") + (hop.interfaceName ?? ""));
  const route: Route = {
    speaker,
    prefix,
    state: best === undefined ? "unusable" : "used",
    kind,
    nextHops: kind === "local" ? [] : [...new Set(hops)].sort(byHop),
    from: [],
    asPath: (shown.path ?? "")
      .split(" ")
      .filter((part) => /^\d+$/.test(part))
      .map(Number),
    origin: shown.origin === "IGP" ? "igp" : shown.origin === "EGP" ? "egp" : "incomplete",
    localPreference: shown.locPrf ?? 100,
    communities: (attributes?.community?.list ?? []).map(communityName).sort(),
    largeCommunities: [...(attributes?.largeCommunity?.list ?? [])].sort(),
  };
  if (shown.metric !== undefined) route.med = shown.metric;
  if (best !== undefined && kind !== "local" && installed?.protocol !== "bgp") {
    route.insteadInstalled = installed === undefined ? "nothing" : sourceOf(installed.protocol);
  }
  return route;
}

/**
 * An IPv6 next hop on the link is installed by its link-local address; the global one beside it is what was announced.
 * Over an unnumbered link there is none: the interface tells.
 */
function announced(paths: readonly Path[], hop: string | undefined): string | undefined {
  if (hop?.startsWith("fe80:") !== true) return hop;
  const hops = paths.map(({ nexthops = [] }) => nexthops).find((all) => all.some(({ ip }) => ip === hop));
  return hops?.find(({ ip, scope }) => scope === "global" && ip?.startsWith("fe80:") !== true)?.ip;
}

function sourceOf(protocol: string): NonNullable<Route["insteadInstalled"]> {
  return protocol === "connected" || protocol === "static" || protocol === "kernel" ? protocol : "nothing";
}
