/** Reads sessions and routes of gobgpd through its own command, which prints JSON. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { communityName } from "../../components/model/community";
import type { LivePath } from "./live";

const run = promisify(execFile);

interface Attribute {
  type: number;
  value?: unknown;
  metric?: number;
  nexthop?: string;
  as_paths?: { segment_type: number; asns: number[] }[];
  communities?: number[];
}
interface GobgpPath {
  best?: boolean;
  "neighbor-ip"?: string;
  attrs: Attribute[];
  "is-nexthop-invalid"?: boolean;
}

export type Gobgp = (...args: string[]) => Promise<unknown>;

export const gobgpIn =
  (namespace: string, root: string, port: number): Gobgp =>
  async (...args) => {
    const inside = [`--net=/run/netns/${namespace}`, "chroot", root];
    const { stdout } = await run("nsenter", [...inside, "gobgp", "-p", String(port), "-j", ...args], {
      maxBuffer: 64 << 20,
    });
    return stdout.trim() === "" ? {} : (JSON.parse(stdout) as unknown);
  };

const ESTABLISHED = 6;

export async function gobgpSessions(gobgp: Gobgp): Promise<Record<string, boolean>> {
  const peers = (await gobgp("neighbor")) as { state?: { neighbor_address?: string; session_state?: number } }[];
  if (!Array.isArray(peers)) return {};
  return Object.fromEntries(
    peers.map((peer) => [peer.state?.neighbor_address ?? "", peer.state?.session_state === ESTABLISHED]),
  );
}

export async function gobgpRib(gobgp: Gobgp): Promise<Record<string, LivePath[]>> {
  const rib: Record<string, LivePath[]> = {};
  for (const family of ["ipv4", "ipv6"]) {
    const table = (await gobgp("global", "rib", "-a", family)) as Record<string, GobgpPath[]>;
    for (const [prefix, paths] of Object.entries(table)) rib[prefix] = paths.map(gobgpPath);
  }
  return rib;
}

function gobgpPath(path: GobgpPath): LivePath {
  const of = (type: number): Attribute | undefined => path.attrs.find((each) => each.type === type);
  const neighbor = path["neighbor-ip"] ?? "";
  const med = of(4)?.metric;
  const localPreference = of(5)?.value;
  const originator = of(9)?.value;
  const large = (of(32)?.value ?? []) as { ASN: number; LocalData1: number; LocalData2: number }[];
  return {
    nextHop: of(3)?.nexthop ?? of(14)?.nexthop ?? "",
    asPath: (of(2)?.as_paths ?? [])
      .map((segment) => (segment.segment_type === 1 ? `{${segment.asns.join(",")}}` : segment.asns.join(" ")))
      .join(" "),
    origin: (["igp", "egp", "incomplete"] as const)[Number(of(1)?.value ?? 2)] ?? "incomplete",
    ...(med === undefined ? {} : { med }),
    ...(typeof localPreference === "number" ? { localPreference } : {}),
    communities: (of(8)?.communities ?? [])
      .map((each) => `${each >>> 16}:${each & 0xffff}`)
      .map(communityName)
      .sort(),
    largeCommunities: large.map((each) => `${each.ASN}:${each.LocalData1}:${each.LocalData2}`).sort(),
    ...(typeof originator === "string" ? { originatorId: originator } : {}),
    clusterList: (of(10)?.value ?? []) as string[],
    from: neighbor === "<nil>" ? "" : neighbor,
    valid: path["is-nexthop-invalid"] !== true,
    best: path.best === true,
  };
}
