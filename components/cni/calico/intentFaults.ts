/** What is wrong with an intent before any object is made of it, each with the argument's path. */
import { v4ToInt, parseAddress } from "../../model/address";
import { isReserved } from "../../model/asn";
import { parseCalicoSelector } from "../../model/calicoSelector";
import { parseAnyCommunity } from "../../model/community";
import type { Fault } from "../../model/errors";
import { overlaps, parsePrefix, prefixLength, type Prefix } from "../../model/prefix";
import { durationSeconds } from "../duration";
import type { CalicoIntent, PeerIntent, PoolIntent } from "./intentTypes";
import { splitPeer } from "./peers";
import type { IpPoolSpec } from "./types";

type At = (field: string) => string;

export function asnFaults({ asn, peers = [], nodes = {} }: CalicoIntent, at: At): Fault[] {
  const places: [string, number | undefined, boolean][] = [
    ["asn", asn, true],
    ...peers.flatMap((peer, i): [string, number | undefined, boolean][] => [
      [`peers[${i}].asn`, peer.asn, true],
      [`peers[${i}].localAsn`, peer.localAsn, true],
    ]),
    ...Object.entries(nodes).map(([name, node]): [string, number | undefined, boolean] => [
      `nodes.${name}.asn`,
      node.asn,
      false,
    ]),
  ];
  return places.flatMap(([field, value, narrow]): Fault[] => {
    if (value === undefined) return [];
    const path = at(field);
    if (!Number.isInteger(value) || value < 1 || value > 4294967294 || isReserved(value)) {
      return [{ path, found: String(value), expected: "an ASN that a speaker may use, from 1 to 4294967294" }];
    }
    if (!narrow || value <= 2147483647) return [];
    return [
      {
        path,
        found: String(value),
        expected: "an ASN of at most 2147483647: Calico's field holds no more",
        fix:
          field === "asn"
            ? "leave asn out and give each node its own under nodes.<name>.asn"
            : "use a smaller ASN for that peer",
      },
    ];
  });
}

export function uniqueNames({ peers = [], pools = [], filters = [] }: CalicoIntent, at: At): Fault[] {
  const lists = {
    peers: peers.map(({ name }) => name),
    pools: pools.map(({ name }) => name),
    filters: filters.map(({ name }) => name),
  };
  return Object.entries(lists).flatMap(([field, names]) =>
    names.flatMap((name, i): Fault[] => {
      const path = at(`${field}[${i}].name`);
      if (names.indexOf(name) < i) return [{ path, found: name, expected: "a name that no other of them has" }];
      if (name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return [];
      return [{ path, found: name, expected: "a name of lower-case letters, digits, '-' and '.'" }];
    }),
  );
}

export function filterFaults({ peers = [], filters = [] }: CalicoIntent, at: At): Fault[] {
  const known = new Set(filters.map(({ name }) => name));
  return peers.flatMap(({ filters: wanted = [] }, i) =>
    wanted.flatMap((name, j): Fault[] =>
      known.has(name)
        ? []
        : [
            {
              path: at(`peers[${i}].filters[${j}]`),
              found: name,
              expected: "a filter of this cluster",
              fix: "add it to filters: without it the session filters nothing",
            },
          ],
    ),
  );
}

export function rangeFaults(intent: CalicoIntent, at: At): Fault[] {
  const fields = ["serviceClusterIPs", "serviceExternalIPs", "serviceLoadBalancerIPs"] as const;
  const faults = fields.flatMap((field) =>
    (intent[field] ?? []).flatMap((text, i) => {
      const prefix = parsePrefix(text, at(`${field}[${i}]`), { strict: true });
      return prefix.ok ? [] : prefix.faults;
    }),
  );
  (intent.communities ?? []).forEach(({ within, add }, i) => {
    const prefix = parsePrefix(within, at(`communities[${i}].within`));
    if (!prefix.ok) faults.push(...prefix.faults);
    add.forEach((text, j) => {
      const path = at(`communities[${i}].add[${j}]`);
      const community = parseAnyCommunity(text, path);
      if (!community.ok) faults.push(...community.faults);
      else if (!/^\d+:\d+(:\d+)?$/.test(text)) {
        faults.push({ path, found: text, expected: 'numbers, as "64512:100" or "64512:1:1": Calico takes no names' });
      }
    });
  });
  const { reflectors } = intent;
  if (reflectors !== undefined && v4ToInt(reflectors.clusterId) < 0) {
    faults.push({
      path: at("reflectors.clusterId"),
      found: reflectors.clusterId,
      expected: 'an IPv4 address, as "244.0.0.1"',
    });
  }
  if (reflectors?.nodes.length === 0) {
    faults.push({
      path: at("reflectors.nodes"),
      found: "none",
      expected: "at least one node, better two in different racks",
    });
  }
  return faults;
}

export function peerFaults(peer: PeerIntent, path: string): Fault[] {
  const faults: Fault[] = [];
  const { address, asn, toNodes, reachableBy } = peer;
  if ((address === undefined) === (toNodes === undefined)) {
    faults.push({ path, found: address === undefined ? "neither" : "both", expected: "either address or toNodes" });
  }
  if (address !== undefined && splitPeer(address) === undefined) {
    faults.push({
      path: `${path}.address`,
      found: address,
      expected: '"10.0.0.1", "10.0.0.1:1179" or "[2001:db8::1]:179"',
    });
  }
  if (address !== undefined && asn === undefined) {
    faults.push({ path: `${path}.asn`, found: "", expected: "the peer's ASN: BIRD refuses a neighbor without one" });
  }
  if (reachableBy !== undefined && !parseAddress(reachableBy).ok) {
    faults.push({ path: `${path}.reachableBy`, found: reachableBy, expected: "the gateway's address" });
  }
  for (const field of ["localAsn", "allowAsIn"] as const) {
    if (toNodes !== undefined && peer[field] !== undefined) {
      faults.push({
        path: `${path}.${field}`,
        found: String(peer[field]),
        expected: "nothing: Calico ignores it between nodes",
      });
    }
  }
  for (const field of ["nodes", "toNodes"] as const) {
    const selector = parseCalicoSelector(peer[field] ?? "", `${path}.${field}`);
    if (!selector.ok) faults.push(...selector.faults);
  }
  for (const field of ["maxRestartTime", "keepaliveTime"] as const) {
    const seconds = peer[field];
    if (seconds !== undefined && (durationSeconds(`${seconds}s`) === undefined || seconds < 1)) {
      faults.push({ path: `${path}.${field}`, found: String(seconds), expected: "seconds, at least 1" });
    }
  }
  return faults;
}

export function poolFaults(pool: PoolIntent, spec: IpPoolSpec, path: string): Fault[] {
  const prefix = parsePrefix(pool.cidr, `${path}.cidr`, { strict: true });
  if (!prefix.ok) return prefix.faults;
  const faults: Fault[] = [];
  const [least, most] = pool.cidr.includes(":") ? [116, 128] : [20, 32];
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
  if (pool.for === "services" && pool.hidden === true) {
    faults.push({ path: `${path}.hidden`, found: "true", expected: "false for services: Calico refuses it" });
  }
  return faults;
}

export function overlapFaults(pools: readonly PoolIntent[], at: At): Fault[] {
  const parsed = pools.flatMap((pool, i): { name: string; prefix: Prefix; i: number }[] => {
    const prefix = parsePrefix(pool.cidr);
    return prefix.ok ? [{ name: pool.name, prefix: prefix.value, i }] : [];
  });
  return parsed.flatMap(({ prefix, i }, position) =>
    parsed
      .slice(0, position)
      .filter((other) => overlaps(other.prefix, prefix))
      .map(({ name, prefix: theirs }) => ({
        path: at(`pools[${i}].cidr`),
        found: prefix,
        expected: `a range apart from ${theirs} of ${name}`,
      })),
  );
}
