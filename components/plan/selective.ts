/** The plan of selective peering: which nodes speak, to which router, and the router's side of it. */
import type { SpeakerPart } from "../bgp/combine";
import type { Family, FamilySettings, NeighborSettings } from "../bgp/network";
import { cniNames, cniOf } from "../cni";
import type { NodeSet, Peering } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { apiPaths } from "./apiPaths";
import { Arguments } from "./arguments";
import { type ClusterFacts, type NodeFacts, type Planned, type RackFacts, serviceDaemon, through } from "./facts";
import { familyOf } from "../model/address";
import { both, titleOf } from "./families";
import { type Daemon, announcedList, intentFor } from "./part";
import { type SessionSpec, argumentOf, nodeEnd, passwordName, routerEnd, sessionFits } from "./session";
import { type SpeakerSelection, chooseSpeakers, nodesOn, speakerLabel, standsOn } from "./speakers";

export interface SelectiveSpec<
  Cluster extends ClusterFacts = ClusterFacts,
  Rack extends RackFacts = RackFacts,
  Password = string,
> {
  /** The cluster whose nodes speak. */
  cluster: Cluster;
  /** The racks whose routers they speak to; a node speaks to the router of its own rack. */
  racks: readonly Rack[];
  /** Which nodes speak. @example { nodes: ["worker", "worker2"] } @example { perRack: 2 } @example "all" */
  speakers: SpeakerSelection;
  /**
   * Which daemon of the nodes speaks: the CNI announces pods and what it knows of services, the balancer its pools alone.
   * @default "balancer" where the cluster has one, else "cni"
   */
  daemon?: Daemon;
  /** What both ends of a session are told. @default eBGP to the router's address on the segment, the daemons' own values */
  session?: SessionSpec<Password>;
  /**
   * Whether nodes announce to the router only what is theirs, and nothing that they learned from other nodes: each pod
   * block then comes from its owner alone. @default false
   */
  ownRoutesOnly?: boolean;
  /** Whether the nodes keep the sessions among each other that the CNI makes by itself. @default false */
  mesh?: boolean;
  /** Name of the peering's object, with the segment's name behind it where there are several. @default "bgppeer-arista" */
  peerName?: string;
}

export interface SelectivePlan extends Planned {
  /** Label of the speakers; undefined where every node speaks. */
  readonly label: string | undefined;
  /** The nodes on the fabric's racks. */
  readonly candidates: readonly NodeFacts[];
  readonly speakers: readonly NodeFacts[];
  readonly objects: readonly Resource<object>[];
  /** Their paths in the API, of a system that checks all its objects as one. */
  readonly paths: readonly string[] | undefined;
  /** Where the cluster keeps the sessions' password, if they have one. */
  readonly secret: { readonly name: string; readonly namespace: string; readonly type?: string } | undefined;
}

/** Nodes with one far end: the router's address on a segment, or its loopback. */
interface Link {
  rack: RackFacts;
  /** Put behind the object's name where there are several. */
  name: string;
  address: string;
  /** The node label that tells who stands there. */
  label: "segment" | "rack";
  /** Over IPv6 beside a link over IPv4: one session of each node more. */
  six: boolean;
}

export function planSelective(name: string, given: SelectiveSpec<ClusterFacts, RackFacts, unknown>): SelectivePlan {
  const daemon = given.daemon ?? serviceDaemon(given.cluster);
  const args = { ...given, cluster: through(given.cluster, daemon) };
  const { cluster, racks, session = {} } = args;
  const check = new Arguments(`new SelectiveBgpFabric("${name}")`);
  if (daemon === "balancer" && given.cluster.balancer === undefined) {
    const fix = `give the cluster one, balancer: ${cniNames(false).join(" or ")}({ asn: 65020 })`;
    check.add({ path: "daemon", found: daemon, expected: `"cni": ${cluster.name} has no balancer`, fix });
  }
  if (racks.length === 0) check.add({ path: "racks", found: "", expected: "at least one rack" });
  sessionFits(session, racks, check);
  const label = speakerLabel(args.speakers);
  const speakers = chooseSpeakers(cluster, racks, args.speakers, check);
  const there = linksOf(args).filter((link) => cluster.nodes.some((node) => isOn(node, link)));
  const links = there.filter(({ address }) => session.families?.includes(familyOf(address)) ?? true);
  familiesFit(session, there, check);
  limitsFit(racks, speakers, links, check);
  const stem = args.peerName ?? "bgppeer-arista";
  const alone = there.filter(({ six }) => !six).length === 1;
  const peerings = links.map((link): Peering => {
    const nodes = nodesOf(link, { label, alone, cluster });
    return {
      name: `${stem}${alone ? "" : `-${link.name}`}${link.six ? "-ipv6" : ""}`,
      to: { address: link.address },
      ...(nodes === undefined ? {} : { nodes }),
      ...nodeEnd(name, session, link.rack.router, cluster),
      ...(args.ownRoutesOnly === true ? { ownRoutesOnly: true } : {}),
    };
  });
  const { cni, asn } = cluster;
  const system = cniOf(cni);
  const told = system.write({ peerings }, { ...cni, asn, part: true });
  // Several peerings of one kind say the same about one argument.
  const faults = told.ok ? [] : told.faults.map(argumentOf);
  const once = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  for (const fault of once.values()) check.add(fault);
  check.done();
  const namespace = system.secretsNamespace(cni.settings);
  return {
    label,
    candidates: nodesOn(cluster, racks),
    speakers,
    objects: told.ok ? told.value.own : [],
    paths: told.ok && system.checksAsOne === true ? apiPaths(told.value.own, system.kinds(cni.version)) : undefined,
    secret:
      session.password === undefined || namespace === undefined
        ? undefined
        : {
            name: passwordName(name),
            namespace,
            ...(system.secretType === undefined ? {} : { type: system.secretType }),
          },
    network: {
      speakers: racks.map((rack) => routerPart(name, args, rack, speakers)),
      clusters: [
        {
          cluster: cluster.name,
          // A balancer has no mesh, and the CNI's carries the pods that it does not announce.
          ...intentFor(daemon, {
            ...(daemon === "cni" ? { mesh: args.mesh ?? false } : {}),
            peerings,
            ...marksOf(speakers, label),
          }),
        },
      ],
    },
  };
}

function familiesFit({ families }: SessionSpec<unknown>, links: readonly Link[], check: Arguments): void {
  if (families?.length === 0) check.add({ path: "session.families", found: "[]", expected: '"ipv4", "ipv6" or both' });
  for (const [index, family] of (families ?? []).entries()) {
    if (links.length === 0 || links.some(({ address }) => familyOf(address) === family)) continue;
    const expected = `a family of which the racks' routers have addresses: none has an ${titleOf(family)} one`;
    check.add({ path: `session.families[${index}]`, found: family, expected });
  }
}

/** Every session counts at its router; one that bears fewer of them would refuse the last ones to come. */
function limitsFit(
  racks: readonly RackFacts[],
  speakers: readonly NodeFacts[],
  links: readonly Link[],
  check: Arguments,
): void {
  const routers = new Map(racks.map(({ router }) => [router.name, router]));
  for (const { name, peerLimit } of routers.values()) {
    const own = links.filter(({ rack }) => rack.router.name === name);
    const there = speakers.filter((node) => own.some((link) => isOn(node, link)));
    const sessions = speakers.flatMap((node) => own.filter((link) => isOn(node, link))).length;
    if (peerLimit === undefined || sessions <= peerLimit) continue;
    const twice = sessions > there.length ? `, ${sessions} sessions over both families` : "";
    check.add({
      path: "speakers",
      found: `${there.length} nodes${twice}`,
      expected: `at most ${peerLimit} at ${name}: it bears no more sessions`,
      fix: "choose fewer, { perRack: 2 }, or raise the router's peerLimit",
    });
  }
}

function linksOf({ racks, speakers, session = {} }: SelectiveSpec<ClusterFacts, RackFacts, unknown>): Link[] {
  return racks.flatMap((rack): Link[] => {
    const { loopback, loopback6, addresses, addresses6 } = rack.router;
    const each = (link: Pick<Link, "name" | "label">, addresses: readonly string[]) =>
      addresses.map((address, index): Link => ({ rack, ...link, address, six: index > 0 }));
    if (session.to === "loopback" && speakers === "all") {
      return each({ name: rack.name, label: "rack" }, both(loopback, loopback6));
    }
    return rack.segments.flatMap(({ name }): Link[] => {
      const own = session.to === "loopback" ? both(loopback, loopback6) : both(addresses[name], addresses6?.[name]);
      return each({ name, label: "segment" }, own);
    });
  });
}

function isOn(node: NodeFacts, { rack, name, label }: Link): boolean {
  return label === "rack" ? standsOn(node, rack) : node.segment === name;
}

/** Nobody is selected where every node has the session: a node that joins later has it too. */
function nodesOf(
  link: Link,
  { label, alone, cluster }: { label: string | undefined; alone: boolean; cluster: ClusterFacts },
): NodeSet | undefined {
  if (label !== undefined) return { label, value: "true", ...(alone ? {} : { segment: link.name }) };
  if (cluster.nodes.every((node) => isOn(node, link))) return undefined;
  return { label: link.label, value: link.name };
}

function marksOf(speakers: readonly NodeFacts[], label: string | undefined) {
  if (label === undefined) return {};
  return { nodes: Object.fromEntries(speakers.map((node) => [node.fullName, { labels: { [label]: "true" } }])) };
}

/** Sessions of each family have settings of their own. */
function groupName({ name }: ClusterFacts, family: Family): string {
  return family === "ipv4" ? name : `${name}-ipv6`;
}

/** The router's side: what the cluster announces comes in and nothing else; nodes have no use for the router's routes. */
function routerPart(
  name: string,
  { cluster, session = {} }: SelectiveSpec<ClusterFacts, RackFacts, unknown>,
  rack: RackFacts,
  speakers: readonly NodeFacts[],
): SpeakerPart {
  const { router, segments } = rack;
  const [list, into, out] = [announcedList(cluster.name), `${cluster.name}-in`, `${cluster.name}-out`];
  const settings = routerEnd(name, session, router, cluster);
  const { maximumPrefixes } = session;
  const limit = maximumPrefixes === undefined ? {} : { maximumPrefix: { limit: maximumPrefixes } };
  // A router that dials must come from the address that the nodes dial.
  const dials = router.neighbors === "listed" && session.to === "loopback";
  const groupOf = (family: Family): [string, NeighborSettings] => {
    const own: FamilySettings = { ...limit, importPolicy: into, exportPolicy: out };
    const source = [router.loopback, router.loopback6].find((one) => one !== undefined && familyOf(one) === family);
    return [
      groupName(cluster, family),
      {
        ...settings,
        ...(dials && source !== undefined ? { localAddress: source } : {}),
        // A session carries the family of its addresses, as the nodes' daemons have it.
        families: family === "ipv4" ? { ipv4: own } : { ipv4: { active: false }, ipv6: { active: true, ...own } },
      },
    ];
  };
  const here = segments.filter((segment) => cluster.nodes.some((node) => node.segment === segment.name));
  const ends =
    session.to === "loopback"
      ? both(router.loopback, router.loopback6)
      : segments.flatMap(({ prefix, prefix6 }) => both(prefix, prefix6));
  const families = new Set(ends.map(familyOf).filter((family) => session.families?.includes(family) ?? true));
  const carried = (one: string) => families.has(familyOf(one));
  const prefixes = here.flatMap(({ prefix, prefix6 }) => both(prefix, prefix6)).filter(carried);
  return {
    name: router.name,
    groups: Object.fromEntries([...families].sort().map(groupOf)),
    ...(router.neighbors === "listen"
      ? { listen: prefixes.map((prefix) => ({ prefix, group: groupName(cluster, familyOf(prefix)) })) }
      : {
          neighbors: speakers
            .filter((node) => standsOn(node, rack))
            .flatMap((node) =>
              both(node.address, node.address6)
                .filter(carried)
                .map((address) => ({
                  address,
                  group: groupName(cluster, familyOf(address)),
                  description: node.fullName,
                })),
            ),
        }),
    policies: {
      [into]: { terms: [{ seq: 10, match: { prefixList: list }, action: "accept" }] },
      [out]: { terms: [{ seq: 10, action: "reject" }] },
    },
    prefixLists: { [list]: [] },
  };
}
