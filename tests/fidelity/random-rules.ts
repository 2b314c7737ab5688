/** Rules that a share of the random networks is given at the end: confederations, short hold times, links alike. */
import type { Neighbor, Segment, Speaker } from "../../components/bgp/network";
import { soonAgain } from "./build";
import type { Dice } from "./dice";

const sides = (speaker: Speaker): Neighbor[] => [
  ...speaker.neighbors,
  ...(Object.values(speaker.groups ?? {}) as Neighbor[]),
];

/** The confederation's ASN towards the outside. */
export const CONFEDERATION = 64700;

/** Two ASes of FRR routers alone become members of one confederation. */
export function confederate(d: Dice, speakers: Speaker[]): void {
  if (!d.chance(0.3)) return;
  const asns = [...new Set(speakers.map(({ asn }) => asn))];
  const able = asns.filter((asn) =>
    speakers.every((each) => each.asn !== asn || (each.dialect.system === "frr" && !sides(each).some(isSpecial))),
  );
  const members = d.some(able, 2);
  if (members.length < 2 || speakers.some((each) => sides(each).some(({ localAs }) => localAs !== undefined))) return;
  const asnOf = addresses(speakers);
  for (const each of speakers) {
    const inside = members.includes(each.asn);
    if (inside)
      each.bgp.confederation = { identifier: CONFEDERATION, members: members.filter((asn) => asn !== each.asn) };
    for (const side of sides(each)) {
      if (typeof side.remoteAs === "number") {
        if (!inside && members.includes(side.remoteAs)) side.remoteAs = CONFEDERATION;
        continue;
      }
      // What "external" means to a member hangs on its list of members: the number says it.
      const asn = side.address === undefined ? undefined : asnOf.get(side.address);
      if (asn !== undefined) side.remoteAs = !inside && members.includes(asn) ? CONFEDERATION : asn;
    }
  }
}

/** A member's neighbors by interface or range, and what FRR refuses towards members, are left out. */
const isSpecial = ({ interface: port, families, ttlSecurity, address }: Neighbor): boolean =>
  port !== undefined ||
  address === undefined ||
  ttlSecurity !== undefined ||
  Object.values(families ?? {}).some(
    (each) => each.asOverride === true || (each.removePrivateAs ?? false) !== false || each.reflectorClient === true,
  );

function addresses(speakers: Speaker[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const each of speakers)
    for (const port of each.interfaces)
      for (const text of port.addresses) found.set(text.replace(/\/\d+$/, ""), each.asn);
  return found;
}

/** A router that wants more than the datacenter profile offers. */
export function shortHolds(d: Dice, speakers: Speaker[]): void {
  const frr = speakers.filter(({ dialect }) => dialect.system === "frr");
  if (frr.length > 0 && d.chance(0.15)) d.pick(frr).bgp.minimumHoldTime = d.pick([5, 10, 100]);
}

/** One more link between two pairs each, both with the same two addresses: 10.99.0.1 and 10.99.0.2. */
export function mirrored(d: Dice, speakers: Speaker[], segments: Segment[]): void {
  if (!d.chance(0.2)) return;
  const four = d.some(
    speakers.filter(
      ({ dialect, down, bgp }) => dialect.system === "frr" && down !== true && bgp.confederation === undefined,
    ),
    4,
  );
  if (four.length < 4) return;
  for (const [a, b] of [four.slice(0, 2), four.slice(2)] as [Speaker, Speaker][]) {
    const name = `n${segments.length}`;
    segments.push({ name, prefixes: ["10.99.0.0/24"] });
    for (const [own, other, host] of [
      [a, b, 1],
      [b, a, 2],
    ] as const) {
      own.interfaces.push({ name: `e${segments.length - 1}`, segment: name, addresses: [`10.99.0.${host}/24`] });
      const families = { ipv4: { active: true } };
      own.neighbors.push({ address: `10.99.0.${3 - host}`, remoteAs: other.asn, families, ...soonAgain(own) });
    }
  }
}

/** What sessions send less, and policies that look at more. */
export function lesser(d: Dice, speakers: Speaker[]): void {
  for (const each of speakers) {
    if (each.dialect.system !== "frr") continue;
    const newer = each.dialect.version.startsWith("10");
    for (const side of each.neighbors) {
      if (d.chance(0.05)) side.solo = true;
      if (newer && d.chance(0.05)) side.senderLoopCheck = true;
      if (newer && d.chance(0.04)) side.gracefulShutdown = true;
    }
    if (d.chance(0.03)) each.bgp.gracefulShutdown = true;
    if (d.chance(0.06)) each.bgp.rejectAsSets = true;
    for (const { terms } of Object.values(each.policies ?? {})) {
      for (const term of terms) {
        if (term.match?.communityList !== undefined && d.chance(0.4)) {
          term.match.communityMatch = newer ? d.pick(["any", "exact"] as const) : "exact";
        }
        if (Object.keys(term.match ?? {}).length === 0 && term.seq !== 100 && d.chance(0.15)) {
          term.match = d.pick([{ origin: "igp" as const }, { tag: 7 }, { peer: "10.0.0.1" }]);
        }
        if (term.set !== undefined && d.chance(0.1)) term.set.localPreference = d.pick(["+20", "-30"]);
        if (term.set !== undefined && d.chance(0.1)) term.set.tag = 7;
      }
    }
  }
}

/** Policies that call each other, and what changes a path besides prepending. */
export function calls(d: Dice, speakers: Speaker[]): void {
  for (const { dialect, policies } of speakers) {
    if (dialect.system !== "frr") continue;
    const { P0, P1 } = policies ?? {};
    for (const term of [...(P0?.terms ?? []), ...(P1?.terms ?? [])]) {
      if (term.action === "reject") continue;
      if (P1 !== undefined && P0?.terms.includes(term) === true && d.chance(0.15)) term.call = "P1";
      if (term.set?.prepend === undefined && d.chance(0.08)) term.set = { ...term.set, prependFirst: d.between(1, 3) };
      else if (term.set?.prepend === undefined && d.chance(0.05)) {
        term.set = { ...term.set, exclude: [d.pick([65000, 65001, 65002])] };
      }
    }
  }
}

/** Clients of a route server: all eBGP neighbors of one FRR router that have no other ASN to expect first. */
export function routeServers(d: Dice, speakers: Speaker[]): void {
  const able = speakers.filter(
    ({ dialect, neighbors, asn }) =>
      dialect.system === "frr" &&
      neighbors.length > 1 &&
      neighbors.every((n) => n.remoteAs !== asn && n.remoteAs !== "internal" && n.interface === undefined),
  );
  if (able.length === 0 || !d.chance(0.2)) return;
  const server = d.pick(able);
  if (server.bgp.confederation !== undefined) return;
  for (const { families } of server.neighbors)
    for (const each of Object.values(families ?? {})) if (d.chance(0.8)) each.routeServerClient = true;
}

/** A network with nothing of IPv4 but the router ids: what is left of one whose speakers are FRR alone. */
export function onlyIpv6(d: Dice, speakers: Speaker[], segments: Segment[]): void {
  if (!speakers.every(({ dialect }) => dialect.system === "frr") || !d.chance(0.5)) return;
  for (const segment of segments) segment.prefixes = segment.prefixes.filter((each) => each.includes(":"));
  for (const each of speakers) {
    for (const port of each.interfaces) port.addresses = port.addresses.filter((text) => text.includes(":"));
    each.neighbors = each.neighbors.filter(({ address }) => address?.includes(":") ?? false);
    each.listen = [];
    each.routes = (each.routes ?? []).filter(({ via }) => (via ?? []).every((hop) => hop.includes(":")));
  }
}
