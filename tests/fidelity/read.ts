/** Reads a whole lab: every speaker's sessions, routes and kernel table, each from the daemon itself. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Speaker } from "../../components/bgp/network";
import { vrfOf } from "./devices";
import { apiPort, namespaceOf, rootOf, type Lab } from "./lab";
import type { Live, LivePath, LiveSpeaker } from "./live";
import { birdHolds, birdRib, birdSessions } from "./read-bird";
import { frrRib, frrSessions } from "./read-frr";
import { gobgpIn, gobgpRib, gobgpSessions } from "./read-gobgp";

const run = promisify(execFile);

interface Questions {
  sessions(): Promise<Record<string, boolean>>;
  rib(): Promise<Record<string, LivePath[]>>;
}

function questions(lab: Lab, speaker: Speaker, index: number): Questions {
  const ns = namespaceOf(lab, index);
  const root = rootOf(lab.roots, speaker);
  switch (speaker.dialect.system) {
    case "frr": {
      const vrf = vrfOf(lab.network, speaker);
      const socket = join(root, "run/frr", vrf === undefined ? ns : namespaceOf(lab, vrf.device), "bgpd.vty");
      return { sessions: () => frrSessions(socket, vrf?.name), rib: () => frrRib(socket, vrf?.name) };
    }
    case "bird": {
      const socket = birdSocket(lab, speaker, index);
      return { sessions: () => birdSessions(socket), rib: () => birdRib(socket) };
    }
    default: {
      const gobgp = gobgpIn(ns, root, apiPort(index));
      return { sessions: () => gobgpSessions(gobgp), rib: () => gobgpRib(gobgp) };
    }
  }
}

const birdSocket = (lab: Lab, speaker: Speaker, index: number): string =>
  join(rootOf(lab.roots, speaker), "run", `${namespaceOf(lab, index)}.ctl`);

export async function readSessions(lab: Lab): Promise<Record<string, Record<string, boolean>>> {
  const entries = await Promise.all(
    running(lab).map(async ({ speaker, index }) => {
      const sessions = await questions(lab, speaker, index).sessions();
      return [speaker.name, sessions] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Does anybody keep routes of a session that is gone? BIRD does when the neighbor's last message is lost with it. */
export async function holdsLost(lab: Lab): Promise<boolean> {
  const birds = running(lab).filter(({ speaker }) => speaker.dialect.system === "bird");
  const held = await Promise.all(birds.map(({ speaker, index }) => birdHolds(birdSocket(lab, speaker, index))));
  return held.includes(true);
}

export async function readAll(lab: Lab): Promise<Live> {
  const entries = await Promise.all(
    running(lab).map(async ({ speaker, index }) => {
      const asked = questions(lab, speaker, index);
      const live: LiveSpeaker = {
        sessions: await asked.sessions(),
        rib: await asked.rib(),
        kernel: await kernel(namespaceOf(lab, index)),
      };
      return [speaker.name, live] as const;
    }),
  );
  return Object.fromEntries(entries);
}

const running = (lab: Lab): { speaker: Speaker; index: number }[] =>
  lab.network.speakers.map((speaker, index) => ({ speaker, index })).filter(({ speaker }) => speaker.down !== true);

interface KernelRoute {
  type?: string;
  dst: string;
  gateway?: string;
  via?: { host: string };
  dev?: string;
  protocol?: string;
  flags?: string[];
  nexthops?: { gateway?: string; via?: { host: string }; dev?: string }[];
}

/** Routes that somebody installed: the kernel's own (connected, link-local) are left out. */
export async function kernel(namespace: string): Promise<Record<string, string[]>> {
  const routes: Record<string, string[]> = {};
  for (const family of ["-4", "-6"]) {
    const { stdout } = await run("ip", ["-n", namespace, family, "-j", "route", "show", "table", "main"]);
    const list = (stdout.trim() === "" ? [] : JSON.parse(stdout)) as KernelRoute[];
    for (const route of list) {
      if (route.protocol === "kernel" || route.protocol === "ra") continue;
      // Behind a lost carrier the kernel keeps the entry and does not use it.
      if (route.flags?.includes("linkdown") === true || route.flags?.includes("dead") === true) continue;
      const prefix = fullPrefix(route.dst, family);
      const dead = ["blackhole", "unreachable", "prohibit"].includes(route.type ?? "");
      const hops = dead ? ["blackhole"] : (route.nexthops ?? [route]).map(hopText);
      routes[prefix] = [...new Set([...(routes[prefix] ?? []), ...hops])].sort();
    }
  }
  return routes;
}

function fullPrefix(dst: string, family: string): string {
  if (dst === "default") return family === "-4" ? "0.0.0.0/0" : "::/0";
  return dst.includes("/") ? dst : `${dst}/${family === "-4" ? 32 : 128}`;
}

/**
 * An IPv6 next hop on the link is installed by its link-local address, which says no more than its interface; where a route
 * of IPv4 cannot have one, zebra writes 169.254.0.1 in its place (ipv4_ll in rt_netlink.c, 8.4.4).
 */
function hopText(hop: { gateway?: string; via?: { host: string }; dev?: string }): string {
  const address = hop.gateway ?? hop.via?.host;
  return address === undefined || address.startsWith("fe80:") || address === "169.254.0.1"
    ? `dev ${hop.dev ?? "?"}`
    : address;
}
