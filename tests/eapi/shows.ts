/**
 * What the tests' own switch shows of BGP, in the form of published captures: `show ip bgp summary vrf all` and
 * `show ip bgp` of Batfish's lab validation (cEOS), `show ip bgp ... detail` and `show ip route` of NAPALM (iss_1069). A
 * session is there when it is configured and the neighbor takes part; no policy is applied to what a neighbor announces.
 */

export interface World {
  /** Does the neighbor take part in a session that is configured like this? */
  established(address: string, asn: number): boolean;
  /** What neighbors announce. */
  routes: { prefix: string; from: string; asPath: string; med?: number; communities?: string[] }[];
}

interface Neighbor {
  address: string;
  asn: number;
  shutdown: boolean;
}

function instance(running: string): { asn: string; routerId: string; neighbors: Neighbor[]; paths: number } {
  const [, asn = "", body = ""] = /^router bgp (\d+)\n((?: {3}.*\n)*)/m.exec(running) ?? [];
  const groups = new Map(
    [...body.matchAll(/^ {3}neighbor ([A-Za-z]\S*) remote-as (\d+)$/gm)].map(([, name = "", as]) => [name, Number(as)]),
  );
  const addresses = [...body.matchAll(/^ {3}neighbor ([0-9.]+) (?:remote-as (\d+)|peer group (\S+))$/gm)];
  const neighbors = new Map<string, Neighbor>();
  for (const [, address = "", as, group = ""] of addresses) {
    const shutdown = body.includes(`   neighbor ${address} shutdown\n`);
    const known = as === undefined ? groups.get(group) : Number(as);
    if (known !== undefined) neighbors.set(address, { address, asn: known, shutdown });
  }
  return {
    asn,
    routerId: /^ {3}router-id (\S+)$/m.exec(body)?.[1] ?? "0.0.0.0",
    neighbors: [...neighbors.values()],
    paths: Number(/^ {3}maximum-paths (\d+)/m.exec(body)?.[1] ?? "1"),
  };
}

const up = ({ address, asn, shutdown }: Neighbor, world: World) => !shutdown && world.established(address, asn);

export function bgpSummary(running: string, world: World): unknown {
  const { asn, routerId, neighbors } = instance(running);
  const peers = neighbors.map((neighbor): [string, unknown] => {
    const received = up(neighbor, world) ? world.routes.filter(({ from }) => from === neighbor.address).length : 0;
    const counts = {
      prefixReceived: received,
      prefixAccepted: received,
      msgSent: 12,
      msgReceived: 14,
      inMsgQueue: 0,
      outMsgQueue: 0,
    };
    const state = up(neighbor, world)
      ? { peerState: "Established" }
      : neighbor.shutdown
        ? { peerState: "Idle", peerStateIdleReason: "Admin" }
        : { peerState: "Active" };
    return [
      neighbor.address,
      {
        ...state,
        ...counts,
        asn: String(neighbor.asn),
        version: 4,
        upDownTime: 1683206265.36,
        underMaintenance: false,
      },
    ];
  });
  // Without `router bgp` there is no VRF to tell of.
  if (asn === "") return { vrfs: {} };
  return { vrfs: { default: { routerId, vrf: "default", asn, peers: Object.fromEntries(peers) } } };
}

function byPrefix(running: string, world: World) {
  const { neighbors, paths, ...rest } = instance(running);
  const heard = world.routes.filter(({ from }) => neighbors.some((one) => one.address === from && up(one, world)));
  const prefixes = [...new Set(heard.map(({ prefix }) => prefix))];
  return {
    ...rest,
    paths,
    prefixes: prefixes.map((prefix) => ({ prefix, heard: heard.filter((one) => one.prefix === prefix) })),
  };
}

export function bgpDetail(running: string, world: World): unknown {
  const { asn, routerId, paths, prefixes } = byPrefix(running, world);
  const entries = prefixes.map(({ prefix, heard }): [string, unknown] => {
    const shared = Math.min(heard.length, paths) > 1;
    const bgpRoutePaths = heard.map(({ from, asPath, med = 0, communities = [] }, index) => ({
      asPathEntry: { asPath, asPathType: "External" },
      med,
      localPreference: 100,
      weight: 0,
      nextHop: from,
      peerEntry: { peerRouterId: from, peerAddr: from },
      reasonNotBestpath: "noReason",
      routeType: {
        origin: "Igp",
        valid: true,
        active: index === 0,
        ecmp: shared && index < paths,
        ecmpHead: shared && index === 0,
        ecmpContributor: shared && index < paths,
      },
      routeDetail: {
        origin: "Igp",
        communityList: communities,
        largeCommunityList: [],
        extCommunityList: [],
        rxSafi: "Unicast",
      },
    }));
    const [address, length] = prefix.split("/");
    return [prefix, { address, maskLength: Number(length), totalPaths: heard.length, bgpRoutePaths }];
  });
  return { vrfs: { default: { routerId, vrf: "default", asn, bgpRouteEntries: Object.fromEntries(entries) } } };
}

export function ipRoutes(running: string, world: World): unknown {
  const { paths, prefixes } = byPrefix(running, world);
  const connected = [...running.matchAll(/^interface (\S+)\n(?: {3}.*\n)*? {3}ip address (\S+)$/gm)].map(
    ([, port, prefix = ""]): [string, unknown] => [
      prefix,
      {
        routeType: "connected",
        directlyConnected: true,
        kernelProgrammed: true,
        hardwareProgrammed: true,
        vias: [{ interface: port }],
      },
    ],
  );
  const routes = prefixes.map(({ prefix, heard }): [string, unknown] => [
    prefix,
    {
      routeType: "eBGP",
      preference: 200,
      metric: 0,
      kernelProgrammed: true,
      hardwareProgrammed: true,
      directlyConnected: false,
      routeAction: "forward",
      vias: heard.slice(0, paths).map(({ from }) => ({ nexthopAddr: from, interface: "Vlan10" })),
    },
  ]);
  return { vrfs: { default: { routes: Object.fromEntries([...connected, ...routes]), routingDisabled: false } } };
}
