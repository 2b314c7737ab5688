/** What an intent may want and Cilium's BGP control plane cannot give: each with the argument's path. */
import type { Fault } from "../../model/errors";
import type { ClusterIntent, NodeSet, Peering, Pool } from "../intent";
import { aggregateOfLocal, refuseFields } from "../intentFaults";

interface Known {
  at: (field: string) => string;
  /** The cluster's ASN, as far as anybody says it. */
  asn: number | undefined;
  part: boolean | undefined;
}

export function ciliumFaults(intent: ClusterIntent, { at, asn, part }: Known): Fault[] {
  const { peerings = [], pools = [], advertise = [] } = intent;
  const faults = refuseFields(intent, at("").replace(/\.$/, ""), {
    reflectors: "Cilium passes no route on, so that none of its nodes can reflect",
  }).map((fault) => ({ ...fault, path: at("reflectors") }));
  if (intent.mesh === true) {
    faults.push({ path: at("mesh"), found: "true", expected: "false: Cilium takes no routes, and nodes need no mesh" });
  }
  peerings.forEach((peering, i) => {
    faults.push(...peeringFaults(peering, at(`peerings[${i}]`)));
    if (peering.localAsn === undefined && asn === undefined) {
      faults.push({ path: at("asn"), found: "", expected: "the cluster's ASN" });
    }
  });
  faults.push(...overlapFaults(peerings, at));
  pools.forEach((pool, i) => faults.push(...poolFaults(pool, at(`pools[${i}]`))));
  if (part !== true) faults.push(...announcedAlike(pools, at));
  advertise.forEach((one, i) => {
    faults.push(
      ...refuseFields(one, at(`advertise[${i}]`), { nodes: "name the peerings that get it: they have nodes" }),
    );
    if (one.addresses === "pods" && one.services !== undefined) {
      faults.push({ path: at(`advertise[${i}].services`), found: "set", expected: "nothing: these are pods" });
    }
  });
  return faults;
}

function peeringFaults(peering: Peering, path: string): Fault[] {
  const { to, asn, password, nextHop, accept = [], name } = peering;
  const faults = refuseFields(peering, path, {
    bfd: "open-source Cilium has no BFD",
    ttlSecurity: "Cilium has no TTL security; multihop sets the TTL",
    allowAsIn: "Cilium takes no routes",
    reachableBy: "give the nodes a route to the peer",
  });
  if ("nodes" in to || "interface" in to) {
    faults.push({ path: `${path}.to`, found: JSON.stringify(to), expected: "an address or a gateway" });
  }
  if (asn === "external") {
    faults.push({ path: `${path}.asn`, found: asn, expected: 'a number, "internal" or "any"' });
  }
  if (password?.key !== undefined && password.key !== "password") {
    faults.push({
      path: `${path}.password.key`,
      found: password.key,
      expected: '"password": Cilium reads that key alone',
    });
  }
  if (nextHop === "keep") {
    faults.push({
      path: `${path}.nextHop`,
      found: nextHop,
      expected: "nothing: Cilium announces its own routes alone",
    });
  }
  if (accept.length > 0) {
    faults.push({ path: `${path}.accept`, found: accept.join(", "), expected: "nothing: Cilium takes no routes" });
  }
  if (name === "all") {
    faults.push({ path: `${path}.name`, found: name, expected: "another name: this one stands for every peering" });
  }
  return faults;
}

/** A node gets one cluster configuration, so that two sets of nodes are equal or apart. Names alone show it here. */
function overlapFaults(peerings: readonly Peering[], at: Known["at"]): Fault[] {
  const same = (a: NodeSet | undefined, b: NodeSet | undefined) => JSON.stringify(a) === JSON.stringify(b);
  return peerings.flatMap(({ nodes }, i) => {
    const other = peerings.slice(0, i).find((one) => !same(one.nodes, nodes) && meets(one.nodes, nodes));
    if (other === undefined) return [];
    return [
      {
        path: at(`peerings[${i}].nodes`),
        found: JSON.stringify(nodes ?? "all"),
        expected: `the nodes of ${other.name}, or none of them: Cilium gives a node one cluster configuration`,
      },
    ];
  });
}

function meets(a: NodeSet | undefined, b: NodeSet | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if ("names" in a && "names" in b) return a.names.some((name) => b.names.includes(name));
  if ("names" in a || "names" in b) return false;
  // Of one label two values exclude each other, and so do two segments.
  if (a.segment !== undefined && b.segment !== undefined && a.segment !== b.segment) return false;
  return a.label === b.label && a.value === b.value;
}

function poolFaults(pool: Pool, path: string): Fault[] {
  if (pool.for === "pods") {
    const expected = "a services' pool: Cilium's IPAM gives pods their addresses, advertise announces them";
    return [{ path, found: "pods", expected }];
  }
  const faults = refuseFields(pool, path, {
    blockSize: "Cilium gives out single addresses",
    encapsulation: "that is a Helm value of Cilium, for pods",
    natOutgoing: "that is a Helm value of Cilium, for pods",
    nodes: "every node shares a services' pool",
  });
  faults.push(...aggregateOfLocal(pool, path, "Cilium announces the addresses of such services by themselves"));
  if (pool.autoAssign === false) {
    faults.push({
      path: `${path}.autoAssign`,
      found: "false",
      expected: "services, a selector of those that may use it",
    });
  }
  if (pool.advertise !== undefined) {
    faults.push(...refuseFields(pool.advertise, `${path}.advertise`, { nodes: "name the peerings that get it" }));
  }
  return faults;
}

/** Cilium announces services, not pools: a pool without a selector is announced with any other. */
function announcedAlike(pools: readonly Pool[], at: Known["at"]): Fault[] {
  const everything = pools.find(({ advertise, services }) => advertise !== undefined && services === undefined);
  return pools.flatMap(({ advertise, name, disabled }, i): Fault[] => {
    if (everything === undefined || advertise !== undefined || disabled === true) return [];
    return [
      {
        path: at(`pools[${i}].advertise`),
        found: "",
        expected: `to be announced as ${everything.name} is: Cilium announces services, not pools`,
        fix: `give ${everything.name} services, the selector of those that use it, or announce ${name} too`,
      },
    ];
  });
}
