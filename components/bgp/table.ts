/** A speaker's table as plain values: every path with its reasons, and what stands in the FIB. */
import { containsAddress, prefixLength, type Prefix } from "../model/prefix";
import type { Address } from "../model/address";
import type { Channel } from "./channels";
import type { CompiledSpeaker, OwnRoute } from "./compile";
import { hopOf, type Candidate, type Weighing } from "./compare";
import { decide, type Decision } from "./decide";
import type { Held } from "./step";
import { entersFib } from "./fibPolicy";
import { connectedNetwork } from "./reach";
import { isMapped } from "./resolve";
import type { FibRoute, NextHop, Path } from "./solution";

export interface Row {
  prefix: Prefix;
  held: Held;
  channels: readonly Channel[];
  suppressed: boolean;
}

export function pathsOf(
  w: Weighing,
  row: Omit<Row, "prefix">,
): { decision: Decision; paths: (prefix: string) => Path[] } {
  const decision = decide(w, row.held.candidates, row.held.best);
  return {
    decision,
    paths: (prefix) =>
      decision.order.filter((each) => each.announced !== false).map((each) => toPath(w, row, decision, each, prefix)),
  };
}

/** Made a field at a time: there are millions of these, and a spread costs more than all the rest. */
function toPath(w: Weighing, row: Omit<Row, "prefix">, decision: Decision, candidate: Candidate, prefix: string): Path {
  const { bundle } = candidate;
  const channel = row.channels[candidate.channel];
  const step = decision.steps.get(candidate);
  const path = { prefix, nextHop: candidate.nextHop, asPath: [...bundle.asPath] } as Path;
  if (bundle.confederation !== undefined) path.confederation = [...bundle.confederation];
  if (bundle.asSet !== undefined) path.asSet = [...bundle.asSet];
  path.origin = bundle.origin;
  path.localPreference = bundle.localPreference ?? w.defaultLocalPreference;
  if (bundle.med !== undefined) path.med = bundle.med;
  else if (w.showsMissingMed) path.med = 4294967295;
  path.weight = bundle.weight;
  path.communities = [...bundle.communities];
  path.largeCommunities = [...bundle.largeCommunities];
  if (bundle.originatorId !== undefined) path.originatorId = bundle.originatorId;
  path.clusterList = [...bundle.clusterList];
  if (bundle.atomicAggregate === true) path.atomicAggregate = true;
  if (bundle.aggregator !== undefined) path.aggregator = { ...bundle.aggregator };
  if (channel !== undefined) {
    path.from = { speaker: channel.remote.speaker.name, address: channel.name, routerId: candidate.routerId };
  }
  path.kind = candidate.kind;
  if (candidate.local !== undefined) path.local = candidate.local;
  path.valid = candidate.valid;
  path.best = candidate === decision.best;
  path.multipath = decision.multipath.length > 1 && decision.multipath.includes(candidate);
  if (row.suppressed) path.suppressed = true;
  if (candidate.pathId > 0 && candidate.channel >= 0) path.addPathId = candidate.pathId;
  if (step !== undefined) path.step = step;
  path.igpMetric = candidate.igpMetric;
  return path;
}

/** What BGP would install for a prefix, before other routes are asked. */
export interface BgpRoute {
  source: "bgp" | "aggregate";
  distance: number;
  nextHops: string[];
  unreachable?: boolean;
  /** Next hops that are not connected stay out. */
  connectedOnly?: boolean;
}

export function bgpRoute(
  speaker: CompiledSpeaker,
  channels: readonly Channel[],
  decision: Pick<Decision, "best" | "multipath">,
): BgpRoute | undefined {
  const { best, multipath } = decision;
  const { dialect } = speaker;
  if (best === undefined || !(speaker.speaker.bgp.installs ?? dialect.installs)) return undefined;
  const distance = speaker.speaker.bgp.distance ?? dialect.distance;
  if (best.kind === "local") {
    return best.local === "aggregate" && best.valid
      ? { source: "aggregate", distance: distance.local, nextHops: [] }
      : undefined;
  }
  // BIRD's best path may be unreachable, and its kernel protocol then installs an unreachable route.
  if (!best.valid) return { source: "bgp", distance: distance.ebgp, nextHops: [], unreachable: true };
  const hops = (multipath.length > 0 ? multipath : [best]).filter(
    ({ nextHop }) => !dialect.mappedNextHop || !isMapped(nextHop),
  );
  if (hops.length === 0) return undefined;
  return {
    source: "bgp",
    distance: best.kind === "ebgp" ? distance.ebgp : distance.ibgp,
    nextHops: [...new Set(hops.map(hopOf))],
    ...(dialect.recursesByBestPath && !recurses(channels[best.channel]) ? { connectedOnly: true } : {}),
  };
}

/** FRR 8.4 (bgp_zebra_announce): iBGP, eBGP of another TTL than 1, and without the connected check. */
function recurses(channel: Channel | undefined): boolean {
  if (channel === undefined || channel.kind === "ibgp") return true;
  const { multihop, ttlSecurity, disableConnectedCheck } = channel.own.settings;
  return (multihop ?? 1) !== 1 || ttlSecurity !== undefined || disableConnectedCheck === true;
}

export type LongestBgp = (address: string, exclude: string) => { prefix: string; route: BgpRoute } | undefined;

/**
 * The FIB: the lowest distance wins a prefix, next hops are followed down to what stands on a link. Of BGP's routes those
 * come here that the speaker's policy lets in.
 */
export function fibOf(
  speaker: CompiledSpeaker,
  bgp: ReadonlyMap<string, BgpRoute>,
  longest: LongestBgp,
): Map<string, FibRoute> {
  const fib = new Map<string, FibRoute>();
  if (!speaker.up) return fib;
  for (const [prefix] of speaker.routes.entries()) {
    const route = ownEntry(speaker, prefix, bgp.get(prefix), longest);
    if (route !== undefined) fib.set(prefix, route);
  }
  const hopsOf = followed(speaker, longest);
  for (const [prefix, learned] of bgp) {
    if (fib.has(prefix)) continue;
    const route = learnedEntry(speaker, prefix, learned, hopsOf);
    if (route !== undefined) fib.set(prefix, route);
  }
  return fib;
}

/** An own route of the speaker, where it has the lowest distance for its prefix. */
export function ownEntry(
  speaker: CompiledSpeaker,
  prefix: string,
  learned: BgpRoute | undefined,
  longest: LongestBgp,
): FibRoute | undefined {
  const own = speaker.routes.get(prefix)?.[0];
  if (own === undefined || (learned !== undefined && learned.distance < own.distance)) return undefined;
  if (!entersFib(speaker, { prefix, source: own.source, nextHop: own.via[0] ?? "" })) return undefined;
  return {
    prefix,
    source: own.source,
    distance: own.distance,
    ...(own.metric > 0 ? { metric: own.metric } : {}),
    nextHops: ownNextHops(speaker, own, longest),
  };
}

export function learnedEntry(
  speaker: CompiledSpeaker,
  prefix: string,
  route: BgpRoute,
  hopsOf: HopsOf,
): FibRoute | undefined {
  const { source, distance } = route;
  const nextHops =
    source === "aggregate" || route.unreachable === true
      ? [{ blackhole: true }]
      : unique(
          route.nextHops
            .filter((hop) => route.connectedOnly !== true || isConnected(speaker, hop))
            .flatMap((hop) => hopsOf(hop, prefix)),
        );
  return nextHops.length === 0 ? undefined : { prefix, source, distance, nextHops };
}

/** Where the next hop of a route to a prefix leads. */
export type HopsOf = (hop: string, prefix: string) => NextHop[];

/** Thousands of prefixes share their next hops, and where one leads is the same for all that do not cover it. */
export function followed(speaker: CompiledSpeaker, longest: LongestBgp): HopsOf {
  const known = new Map<string, NextHop[]>();
  return (hop, prefix) => {
    if (hop.startsWith("interface%") || covers(prefix, hop)) return resolveHop(speaker, hop, longest, prefix, 0);
    let hops = known.get(hop);
    if (hops === undefined) {
      hops = resolveHop(speaker, hop, longest, prefix, 0);
      known.set(hop, hops);
    }
    return hops;
  };
}

const isConnected = (speaker: CompiledSpeaker, hop: string): boolean =>
  hop.startsWith("interface%") || connectedNetwork(speaker, hop) !== undefined;

function ownNextHops(speaker: CompiledSpeaker, own: OwnRoute, longest: LongestBgp): NextHop[] {
  if (own.blackhole === true) return [{ blackhole: true }];
  if (own.via.length === 0) return own.interface === undefined ? [] : [{ interface: own.interface }];
  return unique(own.via.flatMap((hop) => resolveHop(speaker, hop, longest, own.prefix, 0)));
}

function resolveHop(
  speaker: CompiledSpeaker,
  hop: string,
  longest: LongestBgp,
  exclude: string,
  depth: number,
): NextHop[] {
  if (hop.startsWith("interface%")) return [{ interface: hop.slice("interface%".length) }];
  if (depth > 8) return [];
  const learned = longest(hop, exclude);
  for (const [prefix, list] of speaker.routes.around(hop)) {
    if (prefix === exclude && depth === 0) continue;
    if (learned !== undefined && prefixLength(learned.prefix as Prefix) > prefixLength(prefix)) break;
    const own = list[0];
    if (own === undefined) continue;
    if (prefixLength(prefix) === 0 && !speaker.resolveViaDefault) continue;
    if (own.source === "connected") {
      return [{ address: hop, ...(own.interface === undefined ? {} : { interface: own.interface }) }];
    }
    if (own.blackhole === true) return [{ blackhole: true }];
    if (own.via.length === 0) return own.interface === undefined ? [] : [{ address: hop, interface: own.interface }];
    return own.via.flatMap((each) => resolveHop(speaker, each, longest, prefix, depth + 1));
  }
  if (learned === undefined) return [];
  if (learned.route.source === "aggregate" || learned.route.unreachable === true) return [{ blackhole: true }];
  return learned.route.nextHops
    .filter((each) => !covers(learned.prefix, each) || each !== hop)
    .flatMap((each) => resolveHop(speaker, each, longest, learned.prefix, depth + 1));
}

const covers = (prefix: string, address: string): boolean => containsAddress(prefix as Prefix, address as Address);

function unique(hops: NextHop[]): NextHop[] {
  const seen = new Set<string>();
  return hops.filter((hop) => {
    const key = `${hop.address ?? ""} ${hop.interface ?? ""} ${hop.blackhole ?? ""}`;
    return !seen.has(key) && seen.add(key) === seen;
  });
}
