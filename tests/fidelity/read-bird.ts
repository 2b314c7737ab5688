/** Reads sessions and routes of BIRD 1.6 over its control socket. */
import { connect } from "node:net";
import { communityName } from "../../components/model/community";
import type { LivePath } from "./live";

export function askBird(socket: string, command: string, timeout = 20_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = connect(socket);
    let text = "";
    let greeted = false;
    const timer = setTimeout(() => {
      client.destroy();
      reject(new Error(`${socket}: no answer to "${command}" within ${timeout} ms`));
    }, timeout);
    client.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    client.setEncoding("utf8");
    client.on("data", (chunk: string) => {
      text += chunk;
      // An answer ends with a line whose code is followed by a space; lines before it have a dash or start with one.
      if (!/^\d{4} .*\n$/m.test(text.slice(text.lastIndexOf("\n", text.length - 2) + 1))) return;
      if (!greeted) {
        greeted = true;
        text = "";
        client.write(`${command}\n`);
        return;
      }
      clearTimeout(timer);
      client.end();
      resolve(text.replace(/^(\d{4}[- ]| )/gm, (code) => (code.length === 5 ? "" : "")));
    });
  });
}

/** The far-end address of every BGP protocol, and whether it is established. */
export async function birdSessions(socket: string): Promise<Record<string, boolean>> {
  const sessions: Record<string, boolean> = {};
  let established = false;
  for (const line of (await askBird(socket, "show protocols all")).split("\n")) {
    const state = /BGP state:\s+(\S+)/.exec(line)?.[1];
    if (state !== undefined) established = state === "Established";
    const neighbor = /Neighbor address:\s+(\S+)/.exec(line)?.[1];
    if (neighbor !== undefined) sessions[neighbor] = established;
  }
  return sessions;
}

/** Does it keep a lost neighbor's routes for the time that this one may take to restart? */
export async function birdHolds(socket: string): Promise<boolean> {
  return (await askBird(socket, "show protocols all")).includes("Neighbor graceful restart active");
}

export async function birdRib(socket: string): Promise<Record<string, LivePath[]>> {
  return parseBirdRoutes(await askBird(socket, "show route all"));
}

/** Only routes that BGP sessions brought: BIRD's table holds the speaker's own ones beside them. */
export function parseBirdRoutes(text: string): Record<string, LivePath[]> {
  const rib: Record<string, LivePath[]> = {};
  let prefix = "";
  let path: LivePath | undefined;
  for (const line of text.split("\n")) {
    const head =
      /^(\S+\/\d+|\s+)\s*(?:via (\S+) on (\S+)|(unreachable|blackhole|prohibit|dev \S+)|multipath)\s*\[(\S+) [^\]]*?(?: from (\S+))?\]( \*| !)? \(([^)]*)\)/.exec(
        line,
      );
    if (head !== null) {
      if (head[1]?.includes("/") === true) prefix = head[1];
      path = {
        nextHop: head[2] ?? "",
        asPath: "",
        origin: "igp",
        communities: [],
        largeCommunities: [],
        from: head[6] ?? head[2] ?? "",
        valid: head[4] !== "unreachable",
        // "!" is the best path that the kernel has not taken.
        best: head[7] !== undefined,
        clusterList: [],
      };
      continue;
    }
    if (path === undefined) continue;
    const type = /Type: (\S+)/.exec(line)?.[1];
    if (type !== undefined) {
      if (type === "BGP") (rib[prefix] ??= []).push(path);
      continue;
    }
    const attribute = /BGP\.(\w+): ?(.*)$/.exec(line);
    if (attribute !== null) bgpAttribute(path, attribute[1] ?? "", (attribute[2] ?? "").trim());
  }
  return rib;
}

function bgpAttribute(path: LivePath, name: string, value: string): void {
  const tuples = (): string[] => [...value.matchAll(/\(([^)]*)\)/g)].map((m) => (m[1] ?? "").replace(/,\s*/g, ":"));
  switch (name) {
    case "origin":
      path.origin = value === "IGP" ? "igp" : value === "EGP" ? "egp" : "incomplete";
      return;
    case "as_path":
      path.asPath = value.replace(/\{([^}]*)\}/g, (_, set: string) => `{${set.trim().split(/\s+/).join(",")}}`);
      return;
    case "next_hop":
      // The attribute, not the address that a recursive lookup found for it; IPv6 may bring a link-local one along.
      path.nextHop = value.split(" ")[0] ?? "";
      return;
    case "local_pref":
      path.localPreference = Number(value);
      return;
    case "med":
      path.med = Number(value);
      return;
    case "community":
      path.communities = tuples().map(communityName).sort();
      return;
    case "large_community":
      path.largeCommunities = tuples().sort();
      return;
    case "originator_id":
      path.originatorId = value;
      return;
    case "cluster_list":
      path.clusterList = value.split(/\s+/).filter((each) => each !== "");
      return;
    default:
      return;
  }
}
