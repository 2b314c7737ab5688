/** What plain draws hardly ever make and some rule is about: added to some of the random networks at the end. */
import type { FamilySettings, Segment, Speaker } from "../../components/bgp/network";
import type { Dice } from "./dice";

/** More equal paths than may share the traffic: which are taken is a rule of its own. */
export function surplus(d: Dice, speakers: Speaker[], segments: Segment[]): void {
  if (!d.chance(0.25)) return;
  const sizes = segments.map(({ name }) => membersOf(speakers, name).length);
  const segment = segments[sizes.indexOf(Math.max(...sizes))];
  const members = segment === undefined ? [] : membersOf(speakers, segment.name);
  const hub = members.find((each) => each.dialect.system === "frr");
  if (hub === undefined || members.length < 4) return;
  hub.bgp.multipathRelax = true;
  hub.bgp.maximumPaths = { ebgp: 2, ibgp: 2 };
  for (const each of members) {
    if (each === hub || (each.routes ?? []).some((route) => route.prefix === SHARED)) continue;
    (each.routes ??= []).push({ prefix: SHARED, blackhole: true });
    if (each.dialect.system !== "bird") (each.originate ??= []).push({ kind: "network", prefix: SHARED });
  }
}

/** Announced by a whole segment but its hub. */
export const SHARED = "198.18.4.0/24";

const membersOf = (speakers: Speaker[], segment: string): Speaker[] =>
  speakers.filter((each) => each.interfaces.some((port) => port.segment === segment));

/** A static route beside what BGP learns for the same prefix: the lower administrative distance has the kernel. */
export function floating(d: Dice, speakers: Speaker[]): void {
  speakers.forEach((each, index) => {
    if (each.dialect.system !== "frr" || !d.chance(0.2)) return;
    const other = d.between(0, speakers.length - 1);
    const distance = d.pick([1, 30, 220]);
    if (other === index) return;
    const prefix = `172.16.${other}.0/24`;
    (each.routes ??= []).push({ prefix, blackhole: true, ...(distance === 1 ? {} : { distance }) });
  });
}

/** The cluster id that such a pair has. */
export const TWINS = "1.0.0.3";

/** Two reflectors of one cluster, neither a client of the other: what one reflects, the other must refuse. */
export function twins(d: Dice, speakers: Speaker[]): void {
  if (!d.chance(0.3)) return;
  const internal = (a: Speaker, b: Speaker): FamilySettings | undefined => {
    const addresses = b.interfaces.flatMap((port) => port.addresses.map((each) => each.replace(/\/\d+$/, "")));
    const neighbor = a.neighbors.find((each) => each.address !== undefined && addresses.includes(each.address));
    const internal = neighbor?.remoteAs === a.asn || neighbor?.remoteAs === "internal";
    return internal ? neighbor?.families?.ipv4 : undefined;
  };
  const reflectors = speakers.filter((each) => each.dialect.system === "frr");
  const pairs = reflectors.flatMap((a) => reflectors.filter((b) => internal(a, b) !== undefined).map((b) => [a, b]));
  const [pair] = d.some(pairs, 1);
  for (const one of pair ?? []) {
    one.bgp.clusterId = TWINS;
    for (const other of speakers) {
      const settings = internal(one, other);
      if (settings === undefined) continue;
      if (pair?.includes(other) === true) delete settings.reflectorClient;
      else settings.reflectorClient = true;
    }
  }
}
