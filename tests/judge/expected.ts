/**
 * What the forecast says a listener would hear, and what it heard, as lines of the same words: one a session with the
 * parameters of its OPEN, one a path with its attributes. A line on one side alone is a miss.
 */
import { NETWORK_VERSION, type Network, type Neighbor, type Segment, type Speaker } from "../../components/bgp/network";
import { solve } from "../../components/bgp/solve";
import type { Path, Session, Solution } from "../../components/bgp/solution";
import { validateNetwork } from "../../components/bgp/validate";
import type { CniReading } from "../../components/cni/reading";
import { orThrow } from "../../components/model/errors";
import { type Heard, type Router, routerId } from "./listener";
import type { Announced } from "./messages";

/** Where nodes and routers stand. */
export const SEGMENT = "nodes";
export const NETWORK: Segment = { name: SEGMENT, prefixes: ["10.9.0.0/24", "fd09::/64"] };

export interface Lines {
  sessions: string[];
  paths: string[];
}

/** With what no rule of the forecast covers: the reasons, and how the lines begin that are left out for it. */
export interface Expected extends Lines {
  open: string[];
  isOpen: (line: string) => boolean;
}

export function expected(reading: CniReading, routers: readonly Router[]): Expected {
  const { speakers } = reading;
  const addresses = new Map(
    speakers.flatMap(({ name, interfaces }) =>
      interfaces.flatMap(({ segment, addresses }) =>
        segment === undefined ? [] : addresses.map((text): [string, string] => [bare(text), name]),
      ),
    ),
  );
  const network: Network = {
    version: NETWORK_VERSION,
    speakers: [...speakers, ...routers.map((router) => routerSpeaker(router, [...addresses.keys()]))],
    segments: [NETWORK, ...reading.segments],
  };
  const solution = solve(orThrow(validateNetwork(network)));
  const names = new Set(routers.map(({ name }) => name));
  const sessions = solution.sessions.flatMap((session) => sessionLine(session, solution, names));
  const paths = routers.flatMap(({ name }) =>
    [...solution.table(name).rib.values()]
      .flat()
      .flatMap((path) => (path.kind === "local" ? [] : [pathLine(name, path)])),
  );
  const far = new Map(routers.map(({ address, name }) => [address, name]));
  const doubts = speakers.flatMap((speaker) => (speaker.unmodelled ?? []).map((one) => ({ speaker, ...one })));
  const starts = doubts.flatMap(({ speaker, neighbor, policy }) => {
    const own = speaker.interfaces.flatMap((one) => one.addresses).map(bare);
    const routers = speaker.neighbors
      .filter(({ address, families }) => {
        const exports = [families?.ipv4?.exportPolicy, families?.ipv6?.exportPolicy];
        if (neighbor !== undefined) return address === neighbor;
        return policy === undefined || exports.includes(policy);
      })
      .flatMap(({ address = "" }) => far.get(address) ?? []);
    return routers.flatMap((router) => own.map((from) => ({ router, from, paths: policy !== undefined })));
  });
  const open = doubts.map(({ speaker, what }) => `${speaker.name}: ${what}`);
  const isOpen = (line: string): boolean =>
    starts.some(({ router, from, paths }) =>
      paths
        ? line.startsWith(`${router} `) && line.includes(` from ${from}: `)
        : line.startsWith(`${from} - ${router}: `),
    );
  return { sessions: sessions.sort(), paths: paths.sort(), open, isOpen };
}

/** It waits, takes any ASN and everything that is announced, and announces nothing. */
function routerSpeaker({ name, address, asn }: Router, nodes: readonly string[]): Speaker {
  const v6 = address.includes(":");
  const both = { active: true };
  return {
    name,
    dialect: { system: "gobgp", version: "3" },
    role: "router",
    asn,
    routerId: routerId({ name, address, asn }),
    interfaces: [{ name: "eth0", segment: SEGMENT, addresses: [`${address}/${v6 ? 64 : 24}`] }],
    bgp: {},
    neighbors: nodes
      .filter((node) => node.includes(":") === v6)
      .map((node): Neighbor => ({
        address: node,
        remoteAs: "any",
        passive: true,
        families: { ipv4: both, ipv6: both },
      })),
  };
}

function sessionLine(session: Session, { network }: Solution, routers: ReadonlySet<string>): string[] {
  const node = session.ends.find(({ speaker }) => !routers.has(speaker));
  const router = session.ends.find(({ speaker }) => routers.has(speaker));
  if (!session.up || node === undefined || router === undefined) return [];
  const speaker = network.speakers.find(({ name }) => name === node.speaker);
  const neighbor = speaker?.neighbors[node.neighbor ?? -1];
  const { hold = 90 } = neighbor?.timers ?? {};
  const restart = neighbor?.gracefulRestart;
  return [
    describeSession({
      from: node.address,
      router: router.speaker,
      asn: node.asn,
      hold,
      routerId: speaker?.routerId ?? "",
      families: session.families,
      ...(restart?.restartTime === undefined ? {} : { restartTime: restart.restartTime }),
    }),
  ];
}

interface SessionFacts {
  from: string;
  router: string;
  asn: number;
  hold: number;
  routerId: string;
  families: readonly string[];
  restartTime?: number;
}

function describeSession({ from, router, asn, hold, routerId, families, restartTime }: SessionFacts): string {
  const restart = restartTime === undefined ? "" : `, graceful restart ${restartTime}`;
  return `${from} - ${router}: AS ${asn}, hold ${hold}, id ${routerId}, ${[...families].sort().join(" ")}${restart}`;
}

function pathLine(router: string, path: Path): string {
  const { from, kind, localPreference } = path;
  return describePath(router, from?.address ?? "", {
    ...path,
    ...(kind === "ibgp" ? { localPreference } : { localPreference: undefined }),
  });
}

type PathFacts = Omit<Announced, "localPreference" | "med"> & { localPreference?: number | undefined; med?: number };

function describePath(router: string, from: string, path: PathFacts): string {
  const { prefix, nextHop, asPath, origin, med, localPreference, communities, largeCommunities } = path;
  const words = [
    `via ${nextHop.replace(/^::ffff:/, "")}`,
    `path ${asPath.join(" ") || "empty"}`,
    origin,
    ...(med === undefined ? [] : [`med ${med}`]),
    ...(localPreference === undefined ? [] : [`preference ${localPreference}`]),
    ...[...communities, ...largeCommunities].sort(),
  ];
  return `${router} ${prefix} from ${from}: ${words.join(", ")}`;
}

/** What the listener heard, in the same words. */
export function heardLines(heard: readonly Heard[]): Lines {
  const sessions = heard.map(({ router, from, open }) => describeSession({ from, router: router.name, ...open }));
  const paths = heard.flatMap(({ router, from, paths }) =>
    [...paths.values()].map((path) => describePath(router.name, from, path)),
  );
  return { sessions: sessions.sort(), paths: paths.sort() };
}

function bare(text: string): string {
  return text.split("/")[0] ?? "";
}
