/**
 * Random networks of 3 to 12 speakers: topology, dialects, sessions, policies, originations and failures from one seed.
 * Each feature's share is small enough that most networks still carry routes, and large enough that 300 seeds hold all.
 */
import type {
  DialectRef,
  FamilySettings,
  Neighbor,
  Network,
  Origination,
  Segment,
  Speaker,
  StaticRoute,
} from "../../components/bgp/network";
import { soonAgain } from "./build";
import { dice, type Dice } from "./dice";
import { addPolicies, policyFor } from "./random-policy";
import { cluster } from "./random-cluster";
import { floating, surplus, twins } from "./random-rare";
import { vrfs } from "./random-vrf";
import { calls, confederate, lesser, mirrored, onlyIpv6, routeServers, shortHolds } from "./random-rules";

export interface Draw {
  network: Network;
  /** The order in which the daemons start. */
  order: number[];
}

export interface DrawOptions {
  /** FRR 10 is drawn only where its root was made. */
  frr10: boolean;
}

/** Far below what is announced or far above it, as limits are: what is near is passed or not by the order of arrival. */
const LIMITS = [1, 30, 35, 40, 45, 50, 60];

const ANYCAST = ["198.18.0.0/24", "198.18.1.0/24", "198.18.2.128/25"];

export function draw(seed: number, options: DrawOptions): Draw {
  const d = dice(seed);
  // By the number, so that all other seeds stay what they are.
  if (seed % 10 === 7) {
    const network = cluster(d, options);
    return { network, order: d.shuffle(network.speakers.map((_, index) => index)) };
  }
  const count = d.chance(0.75) ? d.between(3, 6) : d.between(7, 12);
  const ipv6 = d.chance(0.2);
  const asns = autonomousSystems(d, count);
  const speakers = Array.from({ length: count }, (_, index) => speaker(d, index, count, asns[index] ?? 65000, options));
  const segments = wire(d, speakers, ipv6);
  for (const each of speakers) addPolicies(d, each);
  originate(d, speakers, ipv6);
  peer(d, speakers, segments, ipv6);
  fail(d, speakers, segments);
  surplus(d, speakers, segments);
  floating(d, speakers);
  twins(d, speakers);
  confederate(d, speakers);
  shortHolds(d, speakers);
  mirrored(d, speakers, segments);
  lesser(d, speakers);
  routeServers(d, speakers);
  // With a dice of its own, so that everything else stays what it was.
  calls(dice(seed + 1_000_000), speakers);
  if (seed % 5 === 3) vrfs(d, speakers, segments, ipv6);
  if (ipv6) onlyIpv6(d, speakers, segments);
  return { network: { version: 1, speakers, segments }, order: d.shuffle(speakers.map((_, index) => index)) };
}

function autonomousSystems(d: Dice, count: number): number[] {
  if (d.chance(0.15)) return Array.from({ length: count }, () => 65000);
  const groups = d.between(2, count);
  // Sometimes beyond 16 bits: AS4 on every side.
  const base = d.chance(0.15) ? 4200000000 : 65000;
  return Array.from({ length: count }, (_, index) => base + (index < groups ? index : d.between(0, groups - 1)));
}

function speaker(d: Dice, index: number, count: number, asn: number, options: DrawOptions): Speaker {
  const dialect = dialectOf(d, options);
  // Router ids run with or against the addresses, so that a rule that takes one for the other is seen.
  const id = d.chance(0.5) ? index + 1 : count + 20 - index;
  const made: Speaker = {
    name: `s${index}`,
    dialect,
    asn,
    routerId: `10.255.0.${id}`,
    interfaces: [{ name: "lo", addresses: [`10.254.0.${index + 1}/32`] }],
    routes: [],
    bgp: {},
    neighbors: [],
    groups: {},
    listen: [],
    originate: [],
  };
  if (dialect.system === "frr") {
    const bgp = made.bgp;
    if (d.chance(0.85)) bgp.ebgpRequiresPolicy = false;
    // Rare: whatever it decides is ambiguous, and so not compared.
    if (d.chance(0.05)) bgp.compareRouterId = false;
    else bgp.compareRouterId = true;
    if (d.chance(0.35)) bgp.multipathRelax = true;
    if (d.chance(0.5)) bgp.maximumPaths = { ebgp: d.between(1, 4), ibgp: d.between(1, 4) };
    if (d.chance(0.08)) bgp.alwaysCompareMed = true;
    if (d.chance(0.08)) bgp.deterministicMed = true;
    if (d.chance(0.06)) bgp.medMissingAsWorst = true;
    if (d.chance(0.04)) bgp.asPathIgnore = true;
    if (d.chance(0.06)) bgp.defaultLocalPreference = d.pick([50, 150]);
  }
  if (dialect.system === "gobgp" && d.chance(0.85)) made.bgp.compareRouterId = true;
  return made;
}

function dialectOf(d: Dice, options: DrawOptions): DialectRef {
  const profile = d.pick(["traditional", "datacenter"] as const);
  const roll = d.next();
  if (roll < 0.22) return { system: "bird", version: "1.6" };
  if (roll < 0.3) return { system: "gobgp", version: "3" };
  if (roll < 0.42 && options.frr10) return { system: "frr", version: "10.3", profile };
  return { system: "frr", version: "8.4", profile };
}

/** Segments of two to four speakers, each sharing one with those before: connected, with some rings. */
function wire(d: Dice, speakers: Speaker[], ipv6: boolean): Segment[] {
  const segments: Segment[] = [];
  const attach = (members: number[]): void => {
    const number = segments.length;
    const name = `n${number}`;
    segments.push({ name, prefixes: [`10.0.${number}.0/24`, ...(ipv6 ? [`fd00:0:0:${number + 1}::/64`] : [])] });
    for (const member of members) {
      const host = member + 1;
      speakers[member]?.interfaces.push({
        name: `e${number}`,
        segment: name,
        addresses: [`10.0.${number}.${host}/24`, ...(ipv6 ? [`fd00:0:0:${number + 1}::${host}/64`] : [])],
      });
    }
  };
  let joined = [0];
  let rest = d.shuffle(speakers.map((_, index) => index).slice(1));
  while (rest.length > 0) {
    const size = Math.min(rest.length, d.between(1, 3));
    const fresh = rest.slice(0, size);
    rest = rest.slice(size);
    attach([d.pick(joined), ...fresh]);
    joined = [...joined, ...fresh];
  }
  for (let extra = d.between(0, 2); extra > 0; extra--)
    attach(d.some(joined, Math.min(joined.length, d.between(2, 3))));
  return segments;
}

function originate(d: Dice, speakers: Speaker[], ipv6: boolean): void {
  speakers.forEach((each, index) => {
    const routes: StaticRoute[] = (each.routes ??= []);
    const own: Origination[] = (each.originate ??= []);
    const add = (prefix: string): void => {
      if (routes.some((route) => route.prefix === prefix)) return;
      routes.push({ prefix, blackhole: true });
      if (each.dialect.system !== "bird") own.push({ kind: "network", prefix });
    };
    if (d.chance(0.85)) add(`172.16.${index}.0/24`);
    if (d.chance(0.3)) add(`172.17.${index * 4}.0/22`);
    for (const prefix of ANYCAST) if (d.chance(0.22)) add(prefix);
    // IPv6 at BIRD 1.6 is a daemon of its own (bird6), which the lab does not run.
    const six = ipv6 && each.dialect.system === "frr";
    if (six && d.chance(0.7)) add(`fd01:${index}::/48`);
    if (six && d.chance(0.25)) add("fd02::/48");
    if (each.dialect.system === "bird") {
      own.push({ kind: "redistribute", from: "static" });
      return;
    }
    if (each.dialect.system !== "frr") return;
    if (d.chance(0.15)) own.push({ kind: "redistribute", from: "connected", ...policyFor(d, each, 0.4) });
    if (d.chance(0.12)) own.push({ kind: "redistribute", from: "static" });
    if (d.chance(0.06)) own.push({ kind: "network", prefix: "172.31.0.0/24" });
    if (d.chance(0.1))
      own.push({ kind: "aggregate", prefix: "172.16.0.0/16", ...(d.chance(0.5) ? { summaryOnly: true } : {}) });
  });
}

function peer(d: Dice, speakers: Speaker[], segments: Segment[], ipv6: boolean): void {
  const reflectors = new Set(speakers.filter(() => d.chance(0.25)).map((each) => each.name));
  for (const each of speakers) {
    if (reflectors.has(each.name) && each.dialect.system !== "gobgp" && d.chance(0.6)) {
      each.bgp.clusterId = d.pick(["1.0.0.1", "1.0.0.2", each.routerId]);
    }
  }
  const met = new Set<string>();
  for (const segment of segments) {
    const members = speakers.filter((each) => each.interfaces.some((port) => port.segment === segment.name));
    members.forEach((a, i) => {
      for (const b of members.slice(i + 1)) {
        const pair = `${a.name} ${b.name}`;
        if (met.has(pair) && d.chance(0.7)) continue;
        if (!d.chance(0.85)) continue;
        met.add(pair);
        session(d, a, b, segment, reflectors, ipv6, members.length === 2);
      }
    });
  }
}

const addressOn = (each: Speaker, segment: Segment, family: "ipv4" | "ipv6"): string =>
  (
    each.interfaces
      .find((port) => port.segment === segment.name)
      ?.addresses.find((address) => address.includes(":") === (family === "ipv6")) ?? ""
  ).replace(/\/\d+$/, "");

function session(
  d: Dice,
  a: Speaker,
  b: Speaker,
  segment: Segment,
  reflectors: Set<string>,
  ipv6: boolean,
  alone: boolean,
): void {
  const frr = a.dialect.system === "frr" && b.dialect.system === "frr";
  const internal = a.asn === b.asn;
  // IPv6 routes over a session of their own; daemons differ too much in what IPv4 sessions may carry.
  const family = ipv6 && frr && d.chance(0.4) ? "ipv6" : "ipv4";
  const left: Neighbor = { address: addressOn(b, segment, family), remoteAs: b.asn, ...soonAgain(a) };
  const right: Neighbor = { address: addressOn(a, segment, family), remoteAs: a.asn, ...soonAgain(b) };
  if (family === "ipv4" && d.chance(internal ? 0.25 : 0.08)) loopbacks(d, a, b, segment, left, right, internal);
  // Two segments in common must not give two sessions between the same loopbacks.
  if (a.neighbors.some((each) => each.address === left.address)) return;
  blemish(d, a, b, left, right, internal);
  left.families = {
    [family]: familySettings(d, a, internal && left.remoteAs !== 64999, reflectors),
    ...(family === "ipv6" ? { ipv4: { active: false } } : {}),
  };
  right.families = {
    [family]: familySettings(d, b, internal, reflectors),
    ...(family === "ipv6" ? { ipv4: { active: false } } : {}),
  };
  const plain = family === "ipv4" && left.localAddress === undefined && left.ttlSecurity === undefined;
  if (plain && frr && !internal && left.remoteAs !== 64999) unnumbered(d, a, b, segment, left, right, alone);
  const listens = a.dialect.system === "frr" && left.localAddress === undefined && left.interface === undefined;
  if (family === "ipv4" && listens && left.passive !== true && right.passive !== true && d.chance(0.08)) {
    acceptRange(a, left, segment);
  } else a.neighbors.push(left);
  b.neighbors.push(right);
}

/** Unnumbered: the neighbor is named by the interface; a link has two ends, so the segment must too. */
function unnumbered(
  d: Dice,
  a: Speaker,
  b: Speaker,
  segment: Segment,
  left: Neighbor,
  right: Neighbor,
  alone: boolean,
): void {
  if (!alone || !d.chance(0.3)) return;
  for (const [owner, side] of [
    [a, left],
    [b, right],
  ] as const) {
    const port = owner.interfaces.find((each) => each.segment === segment.name);
    if (port === undefined) return;
    delete side.address;
    side.interface = port.name;
    side.remoteAs = "external";
  }
}

/** The session runs between loopbacks, which static routes make reachable. */
function loopbacks(
  d: Dice,
  a: Speaker,
  b: Speaker,
  segment: Segment,
  left: Neighbor,
  right: Neighbor,
  internal: boolean,
): void {
  const dial = (from: Speaker, to: Speaker, side: Neighbor): void => {
    const loopback = to.interfaces[0]?.addresses[0] ?? "";
    const via = addressOn(to, segment, "ipv4");
    const routes = (from.routes ??= []);
    if (!routes.some((route) => route.prefix === loopback)) {
      routes.push({ prefix: loopback, via: [via], source: "kernel" });
    }
    side.address = loopback.replace("/32", "");
    side.localAddress = (from.interfaces[0]?.addresses[0] ?? "").replace("/32", "");
    if (!internal) side.multihop = d.pick([2, 255]);
  };
  dial(a, b, left);
  dial(b, a, right);
  // As such sessions should be: what comes of both dialling is not modelled where one is FRR 8.4 (bgp/doubts/nextHopTracking.ts).
  if (!internal && d.chance(0.98)) d.pick([left, right]).passive = true;
}

/** What goes wrong in real configurations, each rarely, and what is set right on both sides. */
function blemish(d: Dice, a: Speaker, b: Speaker, left: Neighbor, right: Neighbor, internal: boolean): void {
  const roll = d.next();
  if (roll < 0.02) left.remoteAs = 64999;
  else if (roll < 0.035) left.shutdown = true;
  else if (roll < 0.055) left.password = "wrong";
  else if (roll < 0.13) left.password = right.password = "same";
  else if (roll < 0.17) left.passive = true;
  else if (roll < 0.18) left.passive = right.passive = true;
  else if (roll < 0.23 && !internal && left.multihop === undefined) left.ttlSecurity = right.ttlSecurity = 1;
  if (a.dialect.system === "frr" && left.remoteAs === b.asn && d.chance(0.1)) {
    left.remoteAs = internal ? "internal" : "external";
  }
  if (a.dialect.system === "frr" && !internal && roll > 0.3 && d.chance(0.03)) {
    const asn = 64900 + d.between(0, 3);
    left.localAs = {
      asn,
      ...(d.chance(0.5) ? { noPrepend: true } : {}),
      ...(d.chance(0.3) ? { noPrepend: true, replaceAs: true } : {}),
    };
    right.remoteAs = asn;
  }
}

function acceptRange(owner: Speaker, side: Neighbor, segment: Segment): void {
  const range = segment.prefixes[0] ?? "";
  if ((owner.listen ?? []).some((each) => each.prefix === range)) {
    owner.neighbors.push(side);
    return;
  }
  const settings = { ...side };
  delete settings.address;
  const group = `RANGE${owner.listen?.length ?? 0}`;
  (owner.groups ??= {})[group] = settings;
  (owner.listen ??= []).push({ prefix: range, group });
}

function familySettings(d: Dice, owner: Speaker, internal: boolean, reflectors: Set<string>): FamilySettings {
  const settings: FamilySettings = { active: true };
  const { system } = owner.dialect;
  const frr = system === "frr";
  const bird = system === "bird";
  Object.assign(settings, attach(d, owner, "importPolicy", 0.3), attach(d, owner, "exportPolicy", 0.3));
  if (internal && reflectors.has(owner.name) && system !== "gobgp" && d.chance(0.8)) settings.reflectorClient = true;
  if (internal && (frr || bird) && d.chance(0.45)) settings.nextHopSelf = true;
  if (frr) {
    if (internal && settings.nextHopSelf === true && d.chance(0.2)) settings.nextHopSelf = "force";
    if (d.chance(0.07)) settings.allowAsIn = d.between(1, 2);
    if (!internal && d.chance(0.06)) settings.asOverride = true;
    if (!internal && d.chance(0.04)) settings.removePrivateAs = d.pick([true, "all", "replace"] as const);
    if (d.chance(0.06)) settings.defaultOriginate = true;
    if (d.chance(0.05))
      settings.maximumPrefix = { limit: d.pick(LIMITS), ...(d.chance(0.3) ? { warningOnly: true } : {}) };
    if (d.chance(0.05)) settings.weight = d.pick([50, 200]);
    if (d.chance(0.05)) settings.sendCommunity = { standard: false, large: false };
    if (d.chance(0.06)) settings.importPrefixList = d.pick(Object.keys(owner.prefixLists ?? { none: 0 }));
    if (d.chance(0.06)) settings.exportPrefixList = d.pick(Object.keys(owner.prefixLists ?? { none: 0 }));
    if (d.chance(0.04)) settings.importAsPathList = d.pick(Object.keys(owner.asPathLists ?? { none: 0 }));
    if (d.chance(0.04)) settings.nextHopUnchanged = true;
    if (d.chance(0.06)) settings.addPath = { send: "all", receive: true };
  }
  if (bird) {
    if (d.chance(0.06)) settings.nextHopUnchanged = true;
    if (settings.nextHopUnchanged === true) delete settings.nextHopSelf;
    if (d.chance(0.3)) settings.addPath = { send: "all", receive: true };
    if (d.chance(0.05)) settings.allowAsIn = 1;
  }
  return settings;
}

function attach(d: Dice, owner: Speaker, field: "importPolicy" | "exportPolicy", probability: number): FamilySettings {
  const names = Object.keys(owner.policies ?? {});
  return names.length > 0 && d.chance(probability) ? { [field]: d.pick(names) } : {};
}

function fail(d: Dice, speakers: Speaker[], segments: Segment[]): void {
  if (d.chance(0.05)) d.pick(segments).down = true;
  if (d.chance(0.04)) d.pick(speakers).down = true;
}
