/** Reads sessions and routes of FRR from its own JSON. */
import { communityName } from "../../components/model/community";
import type { LivePath } from "./live";
import { ask } from "./vty";

interface Peer {
  state: string;
}
interface FrrPath {
  aspath?: { string: string };
  origin: string;
  metric?: number;
  locPrf?: number;
  weight?: number;
  valid?: boolean;
  bestpath?: { overall?: boolean };
  multipath?: boolean;
  originatorId?: string;
  clusterList?: { list: string[] };
  community?: { list: string[] };
  largeCommunity?: { list: string[] };
  nexthops?: { ip?: string; scope?: string; used?: boolean; afi?: string }[];
  peer: { peerId: string; hostname?: string; interface?: string };
}

async function json<T>(socket: string, command: string): Promise<T> {
  const text = await ask(socket, command);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`"${command}" did not answer with JSON: ${text.slice(0, 200)}`);
  }
}

const bgp = (vrf: string | undefined): string => (vrf === undefined ? "show bgp" : `show bgp vrf ${vrf}`);

export async function frrSessions(socket: string, vrf?: string): Promise<Record<string, boolean>> {
  const sessions: Record<string, boolean> = {};
  for (const family of ["ipv4", "ipv6"]) {
    const summary = await json<{ peers?: Record<string, Peer> }>(socket, `${bgp(vrf)} ${family} unicast summary json`);
    for (const [peer, { state }] of Object.entries(summary.peers ?? {})) sessions[peer] = state === "Established";
  }
  return sessions;
}

export async function frrRib(socket: string, vrf?: string): Promise<Record<string, LivePath[]>> {
  const rib: Record<string, LivePath[]> = {};
  for (const family of ["ipv4", "ipv6"]) {
    const table = await json<{ routes?: Record<string, unknown> }>(socket, `${bgp(vrf)} ${family} unicast json`);
    for (const prefix of Object.keys(table.routes ?? {})) {
      const { paths } = await json<{ paths?: FrrPath[] }>(socket, `${bgp(vrf)} ${family} unicast ${prefix} json`);
      if (paths !== undefined && paths.length > 0) rib[prefix] = paths.map(frrPath);
    }
  }
  return rib;
}

function frrPath(path: FrrPath): LivePath {
  // An IPv6 route brings a link-local next hop along, which FRR then prefers; the global one is what was announced.
  const hops = path.nexthops ?? [];
  // Over an unnumbered session the link-local one is all that counts.
  const scope = path.peer.interface === undefined ? "global" : "link-local";
  const hop = hops.find((each) => each.scope === scope) ?? hops.find((each) => each.used === true) ?? hops[0];
  const own = path.peer.peerId === "0.0.0.0" || path.peer.peerId === "::" || path.peer.peerId === "(unspec)";
  return {
    nextHop: hop?.ip ?? "",
    asPath: path.aspath === undefined || path.aspath.string === "Local" ? "" : path.aspath.string,
    origin: path.origin === "IGP" ? "igp" : path.origin === "EGP" ? "egp" : "incomplete",
    ...(path.locPrf === undefined ? {} : { localPreference: path.locPrf }),
    ...(path.metric === undefined ? {} : { med: path.metric }),
    weight: path.weight ?? 0,
    communities: (path.community?.list ?? []).map(communityName).sort(),
    largeCommunities: (path.largeCommunity?.list ?? []).sort(),
    ...(path.originatorId === undefined ? {} : { originatorId: path.originatorId }),
    clusterList: path.clusterList?.list ?? [],
    from: own ? "" : (path.peer.interface ?? path.peer.peerId),
    valid: path.valid === true,
    best: path.bestpath?.overall === true,
    multipath: path.multipath === true,
  };
}
