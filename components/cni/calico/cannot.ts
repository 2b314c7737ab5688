/** What an intent may want and Calico cannot give: each with the argument's path and, where there is one, the way out. */
import type { Fault } from "../../model/errors";
import { parsePrefix, prefixLength } from "../../model/prefix";
import type { Advertise, Announcing, ClusterIntent, Peering, Pool } from "../intent";
import { refuseFields } from "../intentFaults";
import type { IpPoolSpec } from "./types";

type At = (field: string) => string;
/** Calico keeps ASNs in an int32. */
const LARGEST_ASN = 2147483647;

export function calicoFaults(intent: ClusterIntent, at: At): Fault[] {
  const { peerings = [], pools = [], advertise = [], nodes = {} } = intent;
  return [
    ...wideAsn(
      intent.asn,
      at("asn"),
      "leave asn out and give each node its own, nodes.<name>.asn: annotation projectcalico.org/ASNumber",
    ),
    ...peerings.flatMap((peering, i) => peeringFaults(peering, at(`peerings[${i}]`))),
    ...pools.flatMap((pool, i) => poolFaults(pool, at(`pools[${i}]`))),
    ...aggregationFaults(pools, at),
    ...advertise.flatMap((one, i) => advertiseFaults(one, pools, at(`advertise[${i}]`))),
    ...Object.entries(nodes).flatMap(([name, node]) =>
      refuseFields(node, at(`nodes.${name}`), {
        routerId: "Calico takes the node's IPv4 address, or CALICO_ROUTER_ID of its container",
        listenPort: "a port of one node's own stands in a BGPConfiguration node.NAME, which is not written here",
        sources: "Calico takes the node's own address",
      }),
    ),
  ];
}

function wideAsn(asn: unknown, path: string, fix: string): Fault[] {
  if (typeof asn !== "number" || asn <= LARGEST_ASN) return [];
  const expected = `an ASN of at most ${LARGEST_ASN}: Calico's field holds no more`;
  return [{ path, found: String(asn), expected, fix }];
}

function peeringFaults(peering: Peering, path: string): Fault[] {
  const { to, asn, source, timers, families } = peering;
  const faults = [
    ...wideAsn(asn, `${path}.asn`, "use a smaller ASN for that peer"),
    ...wideAsn(peering.localAsn, `${path}.localAsn`, "use a smaller ASN on that session"),
    ...refuseFields(peering, path, { bfd: "open-source Calico has no BFD" }),
    ...refuseFields(timers ?? {}, `${path}.timers`, {
      hold: "Calico leaves BIRD's hold time, 240 seconds",
      connectRetry: "Calico leaves BIRD's 5 seconds",
    }),
  ];
  if (typeof source === "object") {
    faults.push({
      path: `${path}.source`,
      found: source.interface,
      expected: '"route", or nothing for the node\'s own',
    });
  }
  if ("address" in to) {
    if (typeof asn === "string") {
      faults.push({ path: `${path}.asn`, found: asn, expected: "a number: BIRD 1.6 refuses a neighbor without one" });
    }
    const own = to.address.includes(":") ? "ipv6" : "ipv4";
    if (families?.some((family) => family !== own) === true) {
      faults.push({
        path: `${path}.families`,
        found: families.join(", "),
        expected: `${own} alone: a session of BIRD 1.6 carries the family of its address`,
      });
    }
  } else if ("nodes" in to) {
    const ignored = "Calico ignores it between nodes";
    faults.push(...refuseFields(peering, path, { localAsn: ignored, allowAsIn: ignored }));
    if (asn !== undefined && asn !== "internal") {
      faults.push({ path: `${path}.asn`, found: String(asn), expected: "nothing: Calico takes the nodes' own ASNs" });
    }
  } else {
    faults.push({
      path: `${path}.to`,
      found: JSON.stringify(to),
      expected: "an address, or nodes: Calico finds no peer by itself",
    });
  }
  return faults;
}

function poolFaults(pool: Pool, path: string): Fault[] {
  const { advertise, ranges } = pool;
  const faults = refuseFields(pool, path, {
    services: "Calico's pools know no service; ask for the pool at the service",
  });
  ranges.forEach((text, i) => {
    if (text.includes("/")) return;
    faults.push({
      path: `${path}.ranges[${i}]`,
      found: text,
      expected: "a prefix: Calico's pools have no other ranges",
    });
  });
  if (pool.for === "services" && pool.nodes !== undefined) {
    faults.push({ path: `${path}.nodes`, found: "set", expected: "nothing: every node shares a services' pool" });
  }
  if (advertise === undefined) return faults;
  faults.push(...announcingFaults(advertise, `${path}.advertise`));
  ranges.forEach((text) => {
    const prefix = parsePrefix(text);
    const family = text.includes(":") ? "ipv6" : "ipv4";
    const wanted = advertise.lengths?.[family];
    const host = family === "ipv6" ? 128 : 32;
    if (!prefix.ok || wanted === undefined || wanted === host || wanted === prefixLength(prefix.value)) return;
    faults.push({
      path: `${path}.advertise.lengths.${family}`,
      found: String(wanted),
      expected: `${prefixLength(prefix.value)}, the range itself, or ${host}, each address`,
    });
  });
  return faults;
}

/** Does the pool want each address announced by itself? */
export function eachAddress({ advertise }: Pool): boolean {
  return advertise?.lengths?.ipv4 === 32 || advertise?.lengths?.ipv6 === 128;
}

/** One field for all pools of the cluster. */
function aggregationFaults(pools: readonly Pool[], at: At): Fault[] {
  const first = pools.findIndex(eachAddress);
  if (first < 0) return [];
  return pools.flatMap((pool, i): Fault[] => {
    if (pool.advertise === undefined || eachAddress(pool)) return [];
    return [
      {
        path: at(`pools[${i}].advertise.lengths`),
        found: JSON.stringify(pool.advertise.lengths ?? {}),
        expected: `each address by itself, as pools[${first}]: Calico has one switch for all pools`,
      },
    ];
  });
}

function advertiseFaults(one: Advertise, pools: readonly Pool[], path: string): Fault[] {
  const faults = announcingFaults(one, path);
  faults.push(...refuseFields(one, path, { services: "Calico announces ranges, not chosen services" }));
  if (typeof one.addresses === "object") {
    const expected = "pods, cluster or external: Calico announces no link's addresses";
    return [...faults, { path: `${path}.addresses`, found: one.addresses.interface, expected }];
  }
  if ((one.communities ?? []).length > 0 && one.ranges === undefined) {
    faults.push({ path: `${path}.ranges`, found: "", expected: "the ranges that the communities are put on" });
  }
  if (one.addresses === "pods") {
    const hidden = pools.find((pool) => pool.for === "pods" && pool.hidden === true);
    if (hidden === undefined) return faults;
    return [...faults, { path: `${path}.addresses`, found: "pods", expected: `no hidden pool, and ${hidden.name} is` }];
  }
  if ((one.ranges ?? []).length === 0) {
    faults.push({ path: `${path}.ranges`, found: "", expected: "the ranges: Calico announces those alone" });
  }
  for (const [family, host] of [
    ["ipv4", 32],
    ["ipv6", 128],
  ] as const) {
    if (one.lengths?.[family] !== host || one.ranges?.some((text) => text.endsWith(`/${host}`)) === true) continue;
    faults.push({ path: `${path}.lengths.${family}`, found: String(host), expected: "the length of the ranges" });
  }
  return faults;
}

function announcingFaults(how: Announcing, path: string): Fault[] {
  return refuseFields(how, path, {
    nodes: "every node of Calico announces its services' ranges",
    peers: "Calico announces to every peer; filter at the router",
    localPreference: "Calico makes it of the route's priority",
  });
}

/** What the API server refuses, or would in 3.33. */
export function ipPoolFaults(pool: Pool, spec: IpPoolSpec, path: string): Fault[] {
  const prefix = parsePrefix(spec.cidr, path, { strict: true });
  if (!prefix.ok) return [];
  const faults: Fault[] = [];
  const [least, most] = spec.cidr.includes(":") ? [116, 128] : [20, 32];
  const { blockSize = most } = spec;
  if (blockSize < least || blockSize > most) {
    faults.push({ path: `${path}.blockSize`, found: String(blockSize), expected: `a length from ${least} to ${most}` });
  }
  if (pool.disabled !== true && prefixLength(prefix.value) > blockSize) {
    faults.push({
      path: `${path}.blockSize`,
      found: String(blockSize),
      expected: `${prefixLength(prefix.value)} or more: a pool holds at least one block`,
    });
  }
  return faults;
}
