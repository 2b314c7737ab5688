/** What BIRD 1.6 prints of its table, and what the kernel has of it, as the routes that a forecast has. Pure. */
import type { Route } from "../../forecast/route";
import { communityName } from "../../model/community";
import { byHop } from "./hops";

/** Of `ip -j route show`. */
export interface KernelRoute {
  dst: string;
  protocol?: string;
  gateway?: string;
  dev?: string;
  nexthops?: { gateway?: string; dev?: string }[];
}

const HEAD = /^([\da-f:]\S*\/\d+)\s+(?:via \S+ on \S+|unreachable|blackhole|prohibit|dev \S+|multipath)\s*\[.*\]/;

/** The routes of "show route all" that sessions brought; `protocols` is "show protocols all". */
export function readRoutes(speaker: string, table: string, protocols: string, kernel: readonly KernelRoute[]): Route[] {
  const external = new Set(
    protocols
      .split(/\n(?=\S)/)
      .flatMap((block) => (/Session:\s+external/.test(block) ? (/^\S+/.exec(block) ?? []) : [])),
  );
  const routes: Route[] = [];
  for (const paths of table.split(/\n(?=[\da-f:]\S*\/\d+\s)/)) {
    // The first is the best one; the others of the prefix begin with blanks.
    const all = paths.split(/\n(?= +(?:via|unreachable|blackhole|prohibit|dev|multipath)\b)/);
    const [block = ""] = all;
    const prefix = HEAD.exec(block)?.[1];
    // "Type: BGP unicast univ": what the kernel or a static protocol brought is the node's own.
    if (prefix === undefined || !/Type: BGP\b/.test(block)) continue;
    const field = (name: string) => attribute(block, name);
    const own = kernel.find(
      ({ dst }) => (dst.includes("/") ? dst : `${dst}/${dst.includes(":") ? 128 : 32}`) === prefix,
    );
    const installed = own?.protocol === "bird" ? own : undefined;
    const hops = installed?.nexthops ?? (installed?.gateway === undefined ? [] : [installed]);
    const med = field("med");
    const localPreference = field("local_pref");
    const tuples = (text: string) =>
      [...text.matchAll(/\(([^)]*)\)/g)].map((match) => (match[1] ?? "").replace(/,\s*/g, ":"));
    routes.push({
      speaker,
      prefix,
      state: "used",
      kind: external.has(/\[(\S+) /.exec(block)?.[1] ?? "") ? "ebgp" : "ibgp",
      nextHops: [...new Set(hops.flatMap(({ gateway, dev }) => announced(gateway ?? dev ?? "", all)))].sort(byHop),
      from: [],
      asPath: field("as_path")
        .split(" ")
        .filter((part) => /^\d+$/.test(part))
        .map(Number),
      origin: field("origin") === "IGP" ? "igp" : field("origin") === "EGP" ? "egp" : "incomplete",
      localPreference: localPreference === "" ? 100 : Number(localPreference),
      ...(med === "" ? {} : { med: Number(med) }),
      communities: tuples(field("community")).map(communityName).sort(),
      largeCommunities: tuples(field("large_community")).sort(),
      ...(installed === undefined ? { insteadInstalled: own === undefined ? "nothing" : "kernel" } : {}),
    });
  }
  return routes;
}

/**
 * The next hops as BGP has them that stand behind one of the kernel's: a next hop beyond the node's own networks is reached
 * by another gateway. Only paths as good as the best one are merged into the kernel's route.
 */
function announced(gateway: string, paths: readonly string[]): string[] {
  const rank = (path: string) => ["local_pref", "as_path", "origin"].map((name) => attribute(path, name)).join();
  const [best = ""] = paths;
  const behind = paths.filter((path) => path.includes(`via ${gateway} on `) && rank(path) === rank(best));
  const hops = behind.map((path) => attribute(path, "next_hop").split(" ")[0] ?? "").filter((hop) => hop !== "");
  return hops.length === 0 || hops.includes(gateway) ? [gateway] : hops;
}

function attribute(path: string, name: string): string {
  return new RegExp(`BGP\\.${name}: ?(.*)`).exec(path)?.[1]?.trim() ?? "";
}
