/** What an intent may want and kube-router cannot give, or only alike for all nodes: each with the argument's path. */
import type { Fault } from "../../model/errors";
import type { Announcing, ClusterIntent, Peering, Pool } from "../intent";
import { refuseFields, shown } from "../intentFaults";

export function kubeRouterFaults(intent: ClusterIntent, at: (field: string) => string): Fault[] {
  const { peerings = [], pools = [], advertise = [], nodes = {} } = intent;
  const faults: Fault[] = [];
  peerings.forEach((peering, i) => faults.push(...peeringFaults(peering, at(`peerings[${i}]`))));
  faults.push(
    ...flagFaults(peerings, "timers.hold", ({ timers }) => timers?.hold, at),
    ...flagFaults(peerings, "gracefulRestart", ({ gracefulRestart }) => gracefulRestart, at),
    ...flagFaults(peerings, "multihop", ({ multihop }) => multihop, at),
    ...flagFaults(peerings, "nextHop", ({ nextHop }) => nextHop, at),
  );
  pools.forEach((pool, i) => faults.push(...poolFaults(pool, at(`pools[${i}]`))));
  advertise.forEach((one, i) => {
    const path = at(`advertise[${i}]`);
    faults.push(...announcingFaults(one, path));
    faults.push(...refuseFields(one, path, { services: "annotate each service: kube-router.io/service.advertise.*" }));
    if (typeof one.addresses === "object") {
      const expected = "pods, cluster or external: kube-router announces no link's addresses";
      faults.push({ path: `${path}.addresses`, found: one.addresses.interface, expected });
    }
    if (one.addresses === "external" && one.ranges === undefined) {
      faults.push({ path: `${path}.ranges`, found: "", expected: "the ranges: strict validation drops all others" });
    }
  });
  for (const [name, node] of Object.entries(nodes)) {
    faults.push(
      ...refuseFields(node, at(`nodes.${name}`), {
        routerId: "--router-id is one flag for all nodes",
        listenPort: "--bgp-port is one flag for all nodes",
      }),
    );
  }
  return faults;
}

function peeringFaults(peering: Peering, path: string): Fault[] {
  const { to, asn, timers, bfd, nextHop } = peering;
  const faults = [
    ...refuseFields(peering, path, {
      localAsn: "a node has one ASN, nodes.NAME.asn",
      source: "name the address: nodes.NAME.sources",
      password: "kube-router reads passwords from a file or an annotation, not from a secret",
      ttlSecurity: "kube-router has no TTL security",
      allowAsIn: "kube-router has no such setting",
      reachableBy: "give the nodes a route to the peer",
      families: "the family of the address decides",
      accept: "kube-router takes everything but default routes",
    }),
    ...refuseFields(timers ?? {}, `${path}.timers`, {
      keepalive: "kube-router takes a third of the hold time",
      connectRetry: "kube-router leaves GoBGP's",
    }),
    ...refuseFields(bfd ?? {}, `${path}.bfd`, { transmit: "--bfd-* is one flag for all nodes" }),
  ];
  if (!("address" in to)) faults.push({ path: `${path}.to`, found: JSON.stringify(to), expected: "an address" });
  if (asn === "external" || asn === "any") {
    faults.push({ path: `${path}.asn`, found: asn, expected: 'a number or "internal"' });
  }
  if (nextHop === "keep") {
    faults.push({ path: `${path}.nextHop`, found: nextHop, expected: '"self", or nothing for the node\'s address' });
  }
  return faults;
}

/** A flag of kube-router is one value for every node and peer. */
function flagFaults(
  peerings: readonly Peering[],
  field: string,
  of: (peering: Peering) => unknown,
  at: (field: string) => string,
): Fault[] {
  const [first] = peerings;
  if (first === undefined) return [];
  return peerings.flatMap((peering, i): Fault[] => {
    if (JSON.stringify(of(peering)) === JSON.stringify(of(first))) return [];
    return [
      {
        path: at(`peerings[${i}].${field}`),
        found: shown(of(peering) ?? ""),
        expected: `what ${first.name} has, ${shown(of(first) ?? "nothing")}: kube-router has one flag for all peers`,
      },
    ];
  });
}

function poolFaults(pool: Pool, path: string): Fault[] {
  if (pool.for === "pods") {
    const expected = "a services' pool: pods' blocks come from the nodes' podCIDR, advertise announces them";
    return [{ path, found: "pods", expected }];
  }
  const faults = refuseFields(pool, path, {
    blockSize: "kube-router gives out single addresses",
    encapsulation: "that is --overlay-encap",
    natOutgoing: "that is --enable-pod-egress",
    disabled: "leave the pool out",
    nodes: "every node shares a services' pool",
    services: "kube-router has one range for all services",
  });
  if (pool.autoAssign === false) {
    const expected = "true: the range is for every service";
    faults.push({ path: `${path}.autoAssign`, found: "false", expected });
  }
  return pool.advertise === undefined ? faults : [...faults, ...announcingFaults(pool.advertise, `${path}.advertise`)];
}

function announcingFaults(how: Announcing, path: string): Fault[] {
  const { ipv4 = 32, ipv6 = 128 } = how.lengths ?? {};
  const faults = refuseFields(how, path, {
    nodes: "every node announces what its services have",
    peers: "every external peer gets it",
    communities: "annotate the nodes: kube-router.io/node.bgp.communities",
    localPreference: "kube-router sets none",
  });
  if (ipv4 !== 32 || ipv6 !== 128) {
    const expected = "32 and 128: kube-router announces each address by itself";
    faults.push({ path: `${path}.lengths`, found: JSON.stringify(how.lengths), expected });
  }
  return faults;
}
