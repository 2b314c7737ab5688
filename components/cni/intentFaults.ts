/** What is wrong with an intent whatever the CNI, and how a writer says that its CNI has nothing for a field. */
import { parseAddress, v4ToInt } from "../model/address";
import { parseAsn } from "../model/asn";
import { parseAnyCommunity } from "../model/community";
import type { Fault } from "../model/errors";
import { parseLabelKey, parseLabelValue } from "../model/labels";
import { parsePrefix } from "../model/prefix";
import { parseRange, printRange, rangesOverlap, type AddressRange } from "../model/range";
import type { WriteOptions } from "./cni";
import type { Advertise, Announcing, ClusterIntent, NodeSet, Peering, Pool } from "./intent";

type At = (field: string) => string;

/** Paths of faults, under the path of the whole where one is given. */
export function pathsUnder(path: string | undefined): At {
  return (field) => (path === undefined ? field : `${path}.${field}`);
}

/** A fault for each field that is set and that the CNI has nothing for; `nothing` says what there is instead. */
export function refuseFields<T extends object>(
  value: T,
  path: string,
  nothing: { readonly [K in keyof T]?: string },
): Fault[] {
  return (Object.keys(nothing) as (keyof T & string)[]).flatMap((field): Fault[] =>
    value[field] === undefined
      ? []
      : [{ path: `${path}.${field}`, found: shown(value[field]), expected: `nothing: ${nothing[field] ?? ""}` }],
  );
}

/** A Local service's node alone may announce an address: a prefix around several draws packets for the others too. */
export function aggregateOfLocal({ trafficPolicy, advertise }: Pool, path: string, instead: string): Fault[] {
  const { ipv4 = 32, ipv6 = 128 } = advertise?.lengths ?? {};
  if (trafficPolicy !== "Local" || (ipv4 === 32 && ipv6 === 128)) return [];
  const found = JSON.stringify(advertise?.lengths);
  return [{ path: `${path}.advertise.lengths`, found, expected: `32 and 128 with trafficPolicy Local: ${instead}` }];
}

export function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

export function intentFaults(intent: ClusterIntent, options: WriteOptions): Fault[] {
  const at = pathsUnder(options.path);
  const { peerings = [], pools = [], advertise = [], nodes = {} } = intent;
  return [
    ...asnFault(intent.asn, at("asn")),
    ...portFault(intent.listenPort, at("listenPort")),
    ...uniqueNames({ peerings, pools, advertise }, at),
    ...peerings.flatMap((peering, i) => peeringFaults(peering, at(`peerings[${i}]`))),
    ...reflectorFaults(intent, at),
    ...pools.flatMap((pool, i) => poolFaults(pool, at(`pools[${i}]`))),
    ...overlapFaults(pools, at),
    ...advertise.flatMap((one, i) => advertiseFaults(one, at(`advertise[${i}]`))),
    ...(options.part === true ? [] : referenceFaults(intent, at)),
    ...Object.entries(nodes).flatMap(([name, node]) => [
      ...asnFault(node.asn, at(`nodes.${name}.asn`)),
      ...portFault(node.listenPort, at(`nodes.${name}.listenPort`)),
      ...(node.routerId === undefined ? [] : routerIdFault(node.routerId, at(`nodes.${name}.routerId`))),
      ...labelFaults(node.labels ?? {}, at(`nodes.${name}.labels`)),
      ...Object.entries(node.sources ?? {}).flatMap(([peer, text]) =>
        faultsOfParse(parseAddress(text, at(`nodes.${name}.sources.${peer}`))),
      ),
    ]),
  ];
}

function faultsOfParse(result: { ok: true } | { ok: false; faults: Fault[] }): Fault[] {
  return result.ok ? [] : result.faults;
}

function asnFault(asn: number | undefined, path: string): Fault[] {
  return asn === undefined ? [] : faultsOfParse(parseAsn(asn, path));
}

function portFault(port: number | undefined, path: string): Fault[] {
  if (port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65535)) return [];
  return [{ path, found: String(port), expected: "a port from 1 to 65535" }];
}

function routerIdFault(text: string, path: string): Fault[] {
  return v4ToInt(text) >= 0 ? [] : [{ path, found: text, expected: 'four numbers like an IPv4 address, "10.0.0.1"' }];
}

function uniqueNames(lists: Record<string, readonly { name: string }[]>, at: At): Fault[] {
  return Object.entries(lists).flatMap(([field, list]) =>
    list.flatMap(({ name }, i): Fault[] => {
      const path = at(`${field}[${i}].name`);
      if (list.findIndex((one) => one.name === name) < i) {
        return [{ path, found: name, expected: "a name that no other of them has" }];
      }
      if (name.length <= 63 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return [];
      return [{ path, found: name, expected: "a name of at most 63 lower-case letters, digits, '-' and '.'" }];
    }),
  );
}

function nodeSetFaults(set: NodeSet | undefined, path: string): Fault[] {
  if (set === undefined) return [];
  if ("names" in set) {
    return set.names.length > 0 ? [] : [{ path: `${path}.names`, found: "", expected: "at least one node" }];
  }
  return labelFaults({ [set.label]: set.value, ...(set.segment === undefined ? {} : { segment: set.segment }) }, path);
}

function labelFaults(labels: Readonly<Record<string, string>>, path: string): Fault[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...faultsOfParse(parseLabelKey(key, path)),
    ...faultsOfParse(parseLabelValue(value, path)),
  ]);
}

function peeringFaults(peering: Peering, path: string): Fault[] {
  const { to, asn, timers = {}, reachableBy, accept = [], ttlSecurity, multihop } = peering;
  const faults = [...nodeSetFaults(peering.nodes, `${path}.nodes`), ...asnFault(peering.localAsn, `${path}.localAsn`)];
  if ("address" in to) {
    faults.push(
      ...faultsOfParse(parseAddress(to.address, `${path}.to.address`)),
      ...portFault(to.port, `${path}.to.port`),
    );
  } else if ("nodes" in to) faults.push(...nodeSetFaults(to.nodes, `${path}.to.nodes`));
  if (typeof asn === "number") faults.push(...asnFault(asn, `${path}.asn`));
  else if (asn === undefined && !("nodes" in to)) {
    faults.push({ path: `${path}.asn`, found: "", expected: 'the ASN of the far side, or "any"' });
  }
  if (reachableBy !== undefined) faults.push(...faultsOfParse(parseAddress(reachableBy, `${path}.reachableBy`)));
  accept.forEach((text, i) =>
    faults.push(...faultsOfParse(parsePrefix(text, `${path}.accept[${i}]`, { strict: true }))),
  );
  const seconds = { hold: [3, 65535], keepalive: [1, 65535], connectRetry: [1, 65535] } as const;
  for (const [field, [least, most]] of Object.entries(seconds)) {
    const value = timers[field as keyof typeof seconds];
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) continue;
    faults.push({
      path: `${path}.timers.${field}`,
      found: String(value),
      expected: `whole seconds from ${least} to ${most}`,
    });
  }
  const { hold, keepalive } = timers;
  if (hold !== undefined && keepalive !== undefined && keepalive > hold) {
    faults.push({ path: `${path}.timers.keepalive`, found: String(keepalive), expected: "less than the hold time" });
  }
  const restart = peering.gracefulRestart?.restartTime;
  if (restart !== undefined && !(Number.isInteger(restart) && restart >= 1 && restart <= 4095)) {
    faults.push({
      path: `${path}.gracefulRestart.restartTime`,
      found: String(restart),
      expected: "whole seconds from 1 to 4095",
    });
  }
  for (const [field, value] of Object.entries({ ttlSecurity, multihop })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= 255)) continue;
    faults.push({ path: `${path}.${field}`, found: String(value), expected: "hops from 1 to 255" });
  }
  return faults;
}

function reflectorFaults({ reflectors }: ClusterIntent, at: At): Fault[] {
  if (reflectors === undefined) return [];
  const faults = labelFaults({ [reflectors.label ?? "route-reflector"]: "true" }, at("reflectors.label"));
  if (v4ToInt(reflectors.clusterId) < 0) {
    faults.push({
      path: at("reflectors.clusterId"),
      found: reflectors.clusterId,
      expected: 'an IPv4 address, as "244.0.0.1"',
    });
  }
  if (reflectors.nodes.length === 0) {
    faults.push({
      path: at("reflectors.nodes"),
      found: "none",
      expected: "at least one node, better two in different racks",
    });
  }
  return faults;
}

function poolFaults(pool: Pool, path: string): Fault[] {
  const faults = nodeSetFaults(pool.nodes, `${path}.nodes`);
  if (pool.ranges.length === 0) faults.push({ path: `${path}.ranges`, found: "none", expected: "at least one range" });
  pool.ranges.forEach((text, i) => {
    const place = `${path}.ranges[${i}]`;
    faults.push(
      ...faultsOfParse(text.includes("/") ? parsePrefix(text, place, { strict: true }) : parseRange(text, place)),
    );
  });
  if (pool.for === "pods") {
    const services = "services take no address of a pods' pool";
    faults.push(
      ...refuseFields(pool, path, {
        services,
        trafficPolicy: services,
        advertise: 'pods are announced by advertise, addresses "pods"',
      }),
    );
  } else if (pool.hidden === true) {
    faults.push({
      path: `${path}.hidden`,
      found: "true",
      expected: "false: leave out advertise to keep a services' pool",
    });
  }
  return pool.advertise === undefined ? faults : [...faults, ...announcingFaults(pool.advertise, `${path}.advertise`)];
}

/** A disabled pool stands for a range elsewhere, and still overlaps no other pool of its own cluster. */
function overlapFaults(pools: readonly Pool[], at: At): Fault[] {
  const all = pools.flatMap((pool, i) =>
    pool.ranges.flatMap((text, j): { name: string; range: AddressRange; path: string }[] => {
      const range = parseRange(text);
      return range.ok ? [{ name: pool.name, range: range.value, path: at(`pools[${i}].ranges[${j}]`) }] : [];
    }),
  );
  return all.flatMap(({ range, path }, position) =>
    all
      .slice(0, position)
      .filter((other) => rangesOverlap(other.range, range))
      .map((other) => ({
        path,
        found: printRange(range),
        expected: `a range apart from ${printRange(other.range)} of ${other.name}`,
      })),
  );
}

function advertiseFaults(one: Advertise, path: string): Fault[] {
  const faults = announcingFaults(one, path);
  (one.ranges ?? []).forEach((text, i) =>
    faults.push(...faultsOfParse(parsePrefix(text, `${path}.ranges[${i}]`, { strict: true }))),
  );
  return faults;
}

function announcingFaults(
  { lengths = {}, nodes, communities = [], localPreference }: Announcing,
  path: string,
): Fault[] {
  const faults = nodeSetFaults(nodes, `${path}.nodes`);
  for (const [family, most] of [
    ["ipv4", 32],
    ["ipv6", 128],
  ] as const) {
    const length = lengths[family];
    if (length === undefined || (Number.isInteger(length) && length >= 1 && length <= most)) continue;
    faults.push({ path: `${path}.lengths.${family}`, found: String(length), expected: `a length from 1 to ${most}` });
  }
  communities.forEach((text, i) => {
    const place = `${path}.communities[${i}]`;
    const community = parseAnyCommunity(text, place);
    if (!community.ok) faults.push(...community.faults);
    else if (!/^\d+:\d+(:\d+)?$/.test(text)) {
      faults.push({ path: place, found: text, expected: 'numbers, as "64512:100" or "64512:1:1"' });
    }
  });
  if (
    localPreference !== undefined &&
    !(Number.isInteger(localPreference) && localPreference >= 0 && localPreference <= 4294967295)
  ) {
    faults.push({ path: `${path}.localPreference`, found: String(localPreference), expected: "0 to 4294967295" });
  }
  return faults;
}

/** Peerings that an announcement or a node names: where all parts are at hand, they have to be there. */
function referenceFaults({ peerings = [], pools = [], advertise = [], nodes = {} }: ClusterIntent, at: At): Fault[] {
  const known = peerings.map(({ name }) => name);
  const places: [string, string][] = [
    ...pools.flatMap(({ advertise: how }, i) =>
      (how?.peers ?? []).map((name, j): [string, string] => [at(`pools[${i}].advertise.peers[${j}]`), name]),
    ),
    ...advertise.flatMap(({ peers = [] }, i) =>
      peers.map((name, j): [string, string] => [at(`advertise[${i}].peers[${j}]`), name]),
    ),
    ...Object.entries(nodes).flatMap(([node, { sources = {} }]) =>
      Object.keys(sources).map((name): [string, string] => [at(`nodes.${node}.sources.${name}`), name]),
    ),
  ];
  return places
    .filter(([, name]) => !known.includes(name))
    .map(([path, name]) => ({
      path,
      found: name,
      expected: known.length === 0 ? "a peering, and there is none" : `a peering: ${known.join(", ")}`,
    }));
}
