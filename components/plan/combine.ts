/**
 * Parts become the whole: one Network, and for each cluster the objects that all parts share. It works in a unit test as
 * it does in a deployment.
 */
import { combineParts } from "../bgp/combine";
import type { Network, PrefixListEntry, Segment, Speaker } from "../bgp/network";
import { validateNetwork } from "../bgp/validate";
import { cniOf } from "../cni";
import type { Written } from "../cni/cni";
import type { ObjectFinding } from "../cni/finding";
import { markNodes } from "../cni/marks";
import type { ClusterIntent } from "../cni/intent";
import { mergeIntents } from "../cni/merge";
import { type Fault, type Result, fail, ok, orThrow } from "../model/errors";
import { type Prefix, comparePrefixes, containsPrefix, overlaps, parsePrefix } from "../model/prefix";
import type { Planned } from "./facts";
import { type ClusterPart, type NetworkPart, announcedList } from "./part";
import { serviceFaults } from "./services";

export interface Whole {
  network: Network;
  /** What each cluster's CNI is told, by cluster: its shared objects have no other owner than the whole. */
  written: Map<string, Written>;
  /** What the CNIs would take without a word, and not do. */
  findings: ObjectFinding[];
}

/** The Network of parts or plans; a UserError where they contradict each other. */
export function combine(parts: readonly Planned[]): Network {
  return orThrow(whole(parts)).network;
}

/** As combine, with what LiveNetwork needs besides. */
export function whole(planned: readonly Planned[]): Result<Whole> {
  const parts = planned.map(({ network }) => network);
  const faults: Fault[] = [];
  const take = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    faults.push(...result.faults);
    return undefined;
  };
  const clusters = byCluster(parts.flatMap((part) => part.clusters ?? []));
  const segments = distinct(parts.flatMap((part) => part.segments ?? []));
  faults.push(...apart(segments, clusters, sharedRanges(parts)));

  const written = new Map<string, Written>();
  const findings: ObjectFinding[] = [];
  const nodes: Speaker[] = [];
  const twins = new Map<string, string>();
  for (const [name, shares] of clusters) {
    const named = new Set(shares.filter((share) => share.cni !== undefined));
    if (named.size > 1) {
      faults.push({ path: name, found: `${named.size} clusters`, expected: "a name of its own for each cluster" });
      continue;
    }
    const [choice] = [...named].map(({ cni }) => cni);
    if (choice === undefined) {
      const fix = "add the part of the cluster itself";
      faults.push({ path: name, found: "", expected: "a part that names the cluster's CNI", fix });
      continue;
    }
    const balancer = shares.find((share) => share.balancer !== undefined)?.balancer;
    const own = shares.flatMap((share) => share.nodes ?? []);
    const tell = ({ cni, intents, path, asn }: Told) => {
      const intent = take(mergeIntents(...intents));
      const asked = { ...cni, path, nodes: own, ...(asn === undefined ? {} : { asn }) };
      return intent === undefined ? undefined : take(cniOf(cni).write(intent, asked));
    };
    const told = tell({ cni: choice, path: name, intents: shares.map((share) => share.intent ?? {}) });
    const beside =
      balancer === undefined
        ? undefined
        : tell({
            cni: balancer,
            asn: balancer.asn,
            path: `${name}.balancer`,
            intents: shares.map((share) => share.balancerIntent ?? {}),
          });
    if (told === undefined) continue;
    written.set(name, told);
    // Labels that one daemon's sessions select by are labels of the node, whoever asked for them.
    const marks = [told, beside].flatMap((one) => (one === undefined ? [] : [...one.nodes, ...one.sharedNodes]));
    const marked = markNodes(own, marks);
    const read = (cni: Told["cni"], { shared, own: objects, settings }: Written, services = {}) =>
      cniOf(cni).read(
        { nodes: marked, ...services, resources: [...shared, ...objects] },
        {
          ...settings,
          version: cni.version,
          cluster: name,
          segments,
          nodes: Object.assign({}, ...shares.map((share) => share.places ?? {})) as Record<string, object>,
        },
      );
    const announced = {
      services: shares.flatMap((share) => share.services ?? []),
      endpointSlices: shares.flatMap((share) => share.endpointSlices ?? []),
    };
    faults.push(...serviceFaults(shares, cniOf(balancer ?? choice)));
    const reading = read(choice, told, balancer === undefined ? announced : {});
    nodes.push(...reading.speakers);
    findings.push(...reading.findings);
    if (balancer === undefined || beside === undefined) continue;
    const second = read(balancer, beside, announced);
    faults.push(...sharedSessions(reading.speakers, second.speakers, cniOf(balancer).title));
    for (const speaker of second.speakers) {
      twins.set(besideName(speaker.name, balancer.kind), speaker.name);
      nodes.push({ ...speaker, name: besideName(speaker.name, balancer.kind) });
    }
    findings.push(...second.findings);
  }
  const network = take(
    combineParts([
      ...parts.map(({ speakers, segments }) => ({
        ...(speakers === undefined ? {} : { speakers }),
        ...(segments === undefined ? {} : { segments }),
      })),
      { speakers: nodes },
    ]),
  );
  if (network === undefined || faults.length > 0) return fail(...faults);
  const shared = sharedAddresses(network, twins);
  if (shared.length > 0) return fail(...shared);
  for (const speaker of network.speakers) fillLists(speaker, clusters);
  const valid = take(validateNetwork(network));
  return valid === undefined ? fail(...faults) : ok({ network: valid, written, findings });
}

/** A segment that stands alone comes with its own part, and with each rack that it belongs to. */
function distinct(segments: readonly Segment[]): Segment[] {
  return [...new Map(segments.map((segment) => [segment.name, segment])).values()];
}

function byCluster(shares: ClusterPart[]): Map<string, ClusterPart[]> {
  const clusters = new Map<string, ClusterPart[]>();
  for (const share of shares) clusters.set(share.cluster, [...(clusters.get(share.cluster) ?? []), share]);
  return clusters;
}

/** What a cluster announces, in the lists of the routers that keep one for it; longer prefixes are single services'. */
function fillLists(speaker: Speaker, clusters: Map<string, ClusterPart[]>): void {
  for (const [name, shares] of clusters) {
    const list = announcedList(name);
    if (speaker.prefixLists?.[list] === undefined) continue;
    const longest = new Map<string, number>();
    for (const prefix of shares.flatMap((share) => share.announced ?? [])) longest.set(prefix, isV6(prefix) ? 128 : 32);
    // A balancer announces no pods: where it alone speaks to routers, they take none.
    const podsToo = shares.some(({ intent }) => (intent?.peerings ?? []).length > 0);
    const blocks = podsToo ? shares.flatMap((share) => share.blocks ?? []) : [];
    for (const { prefix, length } of blocks) longest.set(prefix, length);
    const permitted = ([...longest.keys()] as Prefix[]).sort(comparePrefixes);
    const entries = permitted.map((prefix, index): PrefixListEntry => {
      const le = longest.get(prefix) ?? 0;
      return { seq: (index + 1) * 10, action: "permit", prefix, ...(prefix.endsWith(`/${le}`) ? {} : { le }) };
    });
    // A list that does not exist denies everything at FRR; an empty one says so in words.
    speaker.prefixLists = {
      ...speaker.prefixLists,
      [list]:
        entries.length > 0 ? [...defaultDenied(permitted), ...entries] : [{ seq: 10, action: "deny", prefix: "any" }],
    };
  }
}

/** Nothing permitted holds it; said all the same, since a node that announces it would draw all of the rack's traffic. */
function defaultDenied(permitted: readonly Prefix[]): PrefixListEntry[] {
  return [false, true]
    .filter((v6) => permitted.some((prefix) => isV6(prefix) === v6))
    .map((v6, index) => ({ seq: 4 + index, action: "deny", prefix: v6 ? "::/0" : "0.0.0.0/0" }));
}

const isV6 = (prefix: string): boolean => prefix.includes(":");

function sharedRanges(parts: readonly NetworkPart[]): Prefix[] {
  return parts.flatMap(({ shared = [] }) => shared.map((text) => orThrow(parsePrefix(text))));
}

/** Segments, pods and pools of all parts lie beside each other; in a shared range several clusters have one pool. */
function apart(segments: readonly Segment[], clusters: Map<string, ClusterPart[]>, shared: readonly Prefix[]): Fault[] {
  const ranges: { what: string; prefix: Prefix }[] = [];
  const add = (what: string, text: string) => {
    const prefix = parsePrefix(text);
    if (prefix.ok) ranges.push({ what, prefix: prefix.value });
  };
  for (const { name, prefixes } of segments) for (const prefix of prefixes) add(`segment ${name}`, prefix);
  for (const [name, shares] of clusters) {
    const pools = shares.flatMap(({ intent, balancerIntent }) => [
      ...(intent?.pools ?? []),
      ...(balancerIntent?.pools ?? []),
    ]);
    // A disabled pool stands for another cluster's range and overlaps it on purpose.
    for (const pool of pools) {
      for (const range of pool.disabled === true ? [] : pool.ranges) add(`${name}'s pool ${pool.name}`, range);
    }
  }
  const faults: Fault[] = [];
  ranges.forEach((one, index) => {
    for (const other of ranges.slice(0, index)) {
      if (!overlaps(one.prefix, other.prefix)) continue;
      if (shared.some((range) => [one, other].every(({ prefix }) => containsPrefix(range, prefix)))) continue;
      faults.push({
        path: one.what,
        found: one.prefix,
        expected: `a prefix apart from ${other.what}, ${other.prefix}`,
      });
    }
  });
  return faults;
}

/** One of a cluster's two daemons, and what the parts want of it. */
interface Told {
  cni: NonNullable<ClusterPart["cni"]>;
  intents: readonly ClusterIntent[];
  path: string;
  asn?: number;
}

/** The name of a node's second speaker: "k01-worker/metallb". */
export function besideName(node: string, balancer: string): string {
  return `${node}/${balancer}`;
}

/** A router takes one session from an address: of two daemons on one node that dial it, the second is refused. */
function sharedSessions(first: readonly Speaker[], second: readonly Speaker[], balancer: string): Fault[] {
  return second.flatMap(({ name, neighbors }) => {
    const taken = first.find((speaker) => speaker.name === name)?.neighbors.map(({ address }) => address) ?? [];
    return neighbors
      .filter(({ address }) => address !== undefined && taken.includes(address))
      .map(({ address = "" }) => ({
        path: `${name}: sessions with ${address}`,
        found: `one of the CNI and one of ${balancer}`,
        expected: "one session from one address: a router refuses the second",
        fix: `let ${balancer} or the CNI alone speak to this router`,
      }));
  });
}

/** No two nodes or routers have one address on a segment; the two daemons of one node share the node's. */
function sharedAddresses({ speakers }: Network, twins: ReadonlyMap<string, string>): Fault[] {
  const holders = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { name: speaker, interfaces } of speakers) {
    const name = twins.get(speaker) ?? speaker;
    for (const { segment, addresses } of interfaces) {
      if (segment === undefined) continue;
      for (const address of addresses.map((text) => text.split("/")[0] ?? "")) {
        const holder = holders.get(`${segment} ${address}`);
        if (holder !== undefined && holder !== name) {
          faults.push({ path: `${name}.address`, found: address, expected: `an address of its own: ${holder} has it` });
        }
        holders.set(`${segment} ${address}`, name);
      }
    }
  }
  return faults;
}
