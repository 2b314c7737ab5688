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
    peerings: far.reflectors.map((node): Peering => ({
      name: node.fullName,
      nodes: { label: own.label, value: "true" },
      to: { address: node.address },
      asn: far.cluster.asn,
    })),
    ...(pools ? { pools: farPools(far.cluster) } : {}),
  };
  const { cni, asn, name } = own.cluster;
  const written = check.take(cniOf(cni).write(intent, { ...cni, asn, part: true, path }));
  return { cluster: name, intent, objects: written?.own ?? [] };
}

function farPools({ name, podNetwork, serviceNetwork }: ClusterFacts): Pool[] {
  const ranges = { pods: podNetwork, services: serviceNetwork };
  return Object.entries(ranges).map(([what, range]): Pool => ({
    name: `${what}-of-${name}`,
    for: "pods",
    ranges: [range],
    natOutgoing: false,
    disabled: true,
  }));
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
  const rangesOf = ({ podNetwork, serviceNetwork }: ClusterFacts) => ({ pods: podNetwork, services: serviceNetwork });
  for (const [what, range] of Object.entries(rangesOf(b))) {
    for (const [other, taken] of Object.entries(rangesOf(a))) {
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
