/** What an intent may want and MetalLB cannot give: each with the argument's path. What a backend lacks, reading back tells. */
import type { Fault } from "../../model/errors";
import type { ClusterIntent, Peering, Pool } from "../intent";
import { aggregateOfLocal, refuseFields } from "../intentFaults";
import type { Mode } from "./types";

export function metallbFaults(
  intent: ClusterIntent,
  { asn, mode }: { asn: number | undefined; mode: Mode },
  at: (field: string) => string,
): Fault[] {
  const { peerings = [], pools = [], advertise = [], nodes = {} } = intent;
  const faults: Fault[] = [];
  const refuse = (field: string, found: string, expected: string) => faults.push({ path: at(field), found, expected });
  if (intent.reflectors !== undefined) {
    refuse("reflectors", intent.reflectors.nodes.join(", "), "nothing: MetalLB passes no route on");
  }
  if (intent.mesh === true) refuse("mesh", "true", "false: MetalLB's speakers never peer with each other");
  if (intent.listenPort !== undefined) {
    refuse("listenPort", String(intent.listenPort), "nothing: MetalLB's speakers only dial");
  }
  if (asn === undefined && peerings.some(({ localAsn }) => localAsn === undefined)) {
    refuse("asn", "", "the ASN of the nodes");
  }
  peerings.forEach((peering, i) => {
    const path = at(`peerings[${i}]`);
    faults.push(...peeringFaults(peering, path), ...(mode === "native" ? nativeFaults(peering, path) : []));
  });
  pools.forEach((pool, i) =>
    faults.push(
      ...poolFaults(pool, at(`pools[${i}]`)),
      ...(mode === "native" ? nativePool(pool, at(`pools[${i}]`)) : []),
    ),
  );
  advertise.forEach(({ addresses }, i) =>
    refuse(`advertise[${i}].addresses`, JSON.stringify(addresses), "nothing: MetalLB announces its pools alone"),
  );
  for (const [name, node] of Object.entries(nodes)) {
    faults.push(
      ...refuseFields(node, at(`nodes.${name}`), {
        asn: "MetalLB's ASN stands on the peering: localAsn",
        routerId: "MetalLB takes the node's address",
        listenPort: "MetalLB's speakers only dial",
        sources: "the source address is one for all nodes of a BGPPeer",
      }),
    );
  }
  return faults;
}

function peeringFaults(peering: Peering, path: string): Fault[] {
  const { to, asn, password, source, gracefulRestart, nextHop, accept = [] } = peering;
  const faults = refuseFields(peering, path, {
    ttlSecurity: "MetalLB has no TTL security",
    allowAsIn: "MetalLB takes no routes",
    reachableBy: "give the nodes a route to the peer",
  });
  const refuse = (field: string, found: string, expected: string) =>
    faults.push({ path: `${path}.${field}`, found, expected });
  if ("nodes" in to || "gateway" in to) refuse("to", JSON.stringify(to), "an address or an interface");
  if (asn === "any") refuse("asn", asn, 'a number, "internal" or "external"');
  if (password?.key !== undefined && password.key !== "password") {
    refuse("password.key", password.key, '"password": MetalLB reads that key alone');
  }
  if (typeof source === "object") refuse("source", source.interface, "nothing: the route to the peer decides");
  if (gracefulRestart?.restartTime !== undefined) {
    refuse("gracefulRestart.restartTime", String(gracefulRestart.restartTime), "{}: MetalLB leaves FRR's 120 seconds");
  }
  if (nextHop === "keep") refuse("nextHop", nextHop, "nothing: MetalLB announces its own addresses alone");
  if (accept.length > 0) refuse("accept", accept.join(", "), "nothing: MetalLB takes no routes");
  return faults;
}

/** The native speaker refuses its whole configuration for one of these. */
function nativeFaults({ bfd, to, gracefulRestart, timers = {}, asn }: Peering, path: string): Fault[] {
  const ipv6 = "address" in to && to.address.includes(":");
  const dials = "an IPv4 address: MetalLB's native speaker dials no IPv6 address (0.15.2)";
  const faults = ipv6
    ? [
        {
          path: `${path}.to`,
          found: to.address,
          expected: dials,
          fix: `${OTHER_MODES}, or have sessions over IPv4 alone`,
        },
      ]
    : [];
  const lacks: [unwanted: boolean, field: string, what: string][] = [
    [bfd !== undefined, "bfd", "BFD"],
    ["interface" in to, "to", "sessions without addresses"],
    [gracefulRestart !== undefined, "gracefulRestart", "graceful restart"],
    [timers.keepalive !== undefined, "timers.keepalive", "a keepalive time of its own: a third of the hold time"],
    [timers.connectRetry !== undefined, "timers.connectRetry", "a time between attempts to connect"],
    [asn === "internal" || asn === "external", "asn", "a neighbor whose ASN is not given"],
  ];
  const missing = lacks
    .filter(([unwanted]) => unwanted)
    .map(([, field, what]) => ({
      path: `${path}.${field}`,
      found: "set",
      expected: `nothing: MetalLB's native speaker has no ${what}`,
      fix: OTHER_MODES,
    }));
  return [...faults, ...missing];
}

const OTHER_MODES = 'choose metallb({ mode: "frr" }) or "frr-k8s"';

/** One that is announced; of the others it hands out addresses all the same. */
function nativePool({ ranges, advertise }: Pool, path: string): Fault[] {
  if (advertise === undefined) return [];
  return ranges.flatMap((found, index) => {
    if (!found.includes(":")) return [];
    const expected = "an IPv4 range: MetalLB's native speaker announces no IPv6, and refuses the whole configuration";
    return [{ path: `${path}.ranges[${index}]`, found, expected, fix: OTHER_MODES }];
  });
}

function poolFaults(pool: Pool, path: string): Fault[] {
  if (pool.for === "pods") {
    return [{ path, found: "pods", expected: "a services' pool: MetalLB carries no pods" }];
  }
  const lost = "a node with a pod of one service would draw the packets of the others";
  return [...aggregateOfLocal(pool, path, lost), ...poolFields(pool, path)];
}

function poolFields(pool: Pool, path: string): Fault[] {
  return refuseFields(pool, path, {
    blockSize: "MetalLB gives out single addresses",
    encapsulation: "MetalLB carries no pods",
    natOutgoing: "MetalLB carries no pods",
    disabled: "leave the pool out, or autoAssign: false",
    nodes: "every node shares a pool; advertise.nodes limits who announces it",
  });
}
