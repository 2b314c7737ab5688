/**
 * The plan of two clusters that peer with each other: each reflector with every reflector of the other cluster, and the
 * disabled pools that stand for the far ranges, without which the far routes do not pass inside a cluster.
 */
import { cniOf } from "../cni";
import type { ClusterIntent, Peering, Pool } from "../cni/intent";
import type { Resource } from "../cni/objects";
import { overlaps, parsePrefix } from "../model/prefix";
import { Arguments } from "./arguments";
import type { ClusterFacts, Planned } from "./facts";
import { both } from "./families";
import type { ReflectorTierFacts } from "./reflectorTier";

export interface ClusterPeeringSpec<Tier extends ReflectorTierFacts = ReflectorTierFacts> {
  /** The reflectors of the one cluster and those of the other. @example [reflectorsOfA, reflectorsOfB] */
  between: readonly [Tier, Tier];
  /**
   * Whether each cluster gets a disabled pool for the other's pods and one for its services, so that its nodes pass the
   * far routes on. @default true
   */
  pools?: boolean;
}

/** What one of the two clusters is told. */
export interface PeeringSide {
  readonly cluster: string;
  readonly intent: ClusterIntent;
  readonly objects: readonly Resource<object>[];
}

export interface ClusterPeeringPlan extends Planned {
  /** In the order of `between`. */
  readonly sides: readonly [PeeringSide, PeeringSide];
}

export function planClusterPeering(name: string, args: ClusterPeeringSpec): ClusterPeeringPlan {
  const [a, b] = args.between;
  const check = new Arguments(`new ClusterPeering("${name}")`);
  if (a.cluster.name === b.cluster.name) {
    check.add({ path: "between[1]", found: b.name, expected: `reflectors of another cluster than ${a.cluster.name}` });
  } else apart(a.cluster, b.cluster, check);
  for (const [index, { name: tier, retire }] of args.between.entries()) {
    if (retire !== true) continue;
    check.add({
      path: `between[${index}]`,
      found: `${tier}, whose reflectors retire`,
      expected: "reflectors that stay: the sessions between the clusters are theirs",
      fix: "let the ClusterPeering leave the program before its reflectors retire",
    });
  }
  const withPools = args.pools ?? true;
  const sides = [side(a, b, withPools, "between[0]", check), side(b, a, withPools, "between[1]", check)] as const;
  check.done();
  return {
    sides,
    network: { clusters: sides.map(({ cluster, intent }) => ({ cluster, intent })) },
  };
}

function side(
  own: ReflectorTierFacts,
  far: ReflectorTierFacts,
  pools: boolean,
  path: string,
  check: Arguments,
): PeeringSide {
  const intent: ClusterIntent = {
    peerings: far.reflectors.flatMap((node) =>
      both(node.address, node.address6).map((address, index): Peering => ({
        name: `${node.fullName}${index > 0 ? "-ipv6" : ""}`,
        nodes: { label: own.label, value: "true" },
        to: { address },
        asn: far.cluster.asn,
      })),
    ),
    ...(pools ? { pools: farPools(far.cluster) } : {}),
  };
  const { cni, asn, name } = own.cluster;
  const written = check.take(cniOf(cni).write(intent, { ...cni, asn, part: true, path }));
  return { cluster: name, intent, objects: written?.own ?? [] };
}

function farPools(cluster: ClusterFacts): Pool[] {
  return rangesOf(cluster).map(({ what, range, six }): Pool => ({
    name: `${what}-of-${cluster.name}${six ? "-ipv6" : ""}`,
    for: "pods",
    ranges: [range],
    natOutgoing: false,
    disabled: true,
  }));
}

interface ClusterRange {
  what: "pods" | "services";
  range: string;
  /** An IPv6 range beside an IPv4 one. */
  six: boolean;
}

function rangesOf({ podNetwork, podNetwork6, serviceNetwork, serviceNetwork6 }: ClusterFacts): ClusterRange[] {
  const of = (what: ClusterRange["what"], range: string, range6: string | undefined) =>
    both(range, range6).map((one, index) => ({ what, range: one, six: index > 0 }));
  return [...of("pods", podNetwork, podNetwork6), ...of("services", serviceNetwork, serviceNetwork6)];
}

/** Two clusters that route to each other share no address and no ASN. */
function apart(a: ClusterFacts, b: ClusterFacts, check: Arguments): void {
  if (a.asn === b.asn) {
    check.add({
      path: "between[1]",
      found: `AS ${b.asn}`,
      expected: `another ASN than that of ${a.name}: with one ASN each cluster refuses the other's routes as its own`,
      fix: `give ${b.name} an ASN of its own, cni.asn; it changes in place`,
    });
  }
  for (const { what, range } of rangesOf(b)) {
    for (const { what: other, range: taken } of rangesOf(a)) {
      const [one, two] = [parsePrefix(range), parsePrefix(taken)];
      if (!one.ok || !two.ok || !overlaps(one.value, two.value)) continue;
      check.add({
        path: "between[1]",
        found: `${what} ${range} of ${b.name}`,
        expected: `a prefix apart from the ${other} ${taken} of ${a.name}`,
      });
    }
  }
}
