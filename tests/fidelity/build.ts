/** Short ways to write the hand-written networks: only what the case at hand is about. */
import type { DialectRef, FamilySettings, Neighbor, Network, Segment, Speaker } from "../../components/bgp/network";

export const FRR8: DialectRef = { system: "frr", version: "8.4", profile: "datacenter" };
export const FRR8_TRADITIONAL: DialectRef = { system: "frr", version: "8.4", profile: "traditional" };
export const FRR10: DialectRef = { system: "frr", version: "10.3", profile: "datacenter" };
export const BIRD: DialectRef = { system: "bird", version: "1.6" };
export const GOBGP: DialectRef = { system: "gobgp", version: "3" };

export type Change = (network: Network, speaker: (index: number) => Speaker) => void;

/** Speakers 1..n; link [a, b, ...] makes a segment "nK" with 10.0.K.0/24 and eBGP or iBGP between all of its members. */
export function build(dialects: DialectRef[], asns: number[], links: number[][], change?: Change): Network {
  const speakers = dialects.map((dialect, index): Speaker => {
    const number = index + 1;
    const prefix = `172.16.${number}.0/24`;
    return {
      name: `s${number}`,
      dialect,
      asn: asns[index] ?? 65000 + number,
      routerId: `10.255.0.${number}`,
      interfaces: [{ name: "lo", addresses: [`10.254.0.${number}/32`] }],
      routes: [{ prefix, blackhole: true }],
      bgp: dialect.system === "frr" ? { compareRouterId: true, ebgpRequiresPolicy: false } : {},
      neighbors: [],
      originate: dialect.system === "bird" ? [{ kind: "redistribute", from: "static" }] : [{ kind: "network", prefix }],
    };
  });
  const at = (index: number): Speaker => {
    const speaker = speakers[index - 1];
    if (speaker === undefined) throw new Error(`no speaker ${index}`);
    return speaker;
  };
  const segments: Segment[] = links.map((members, k) => {
    for (const member of members) {
      at(member).interfaces.push({ name: `e${k}`, segment: `n${k}`, addresses: [`10.0.${k}.${member}/24`] });
      for (const other of members) {
        if (other === member) continue;
        at(member).neighbors.push({
          address: `10.0.${k}.${other}`,
          remoteAs: at(other).asn,
          families: { ipv4: { active: true } },
          ...soonAgain(at(member)),
        });
      }
    }
    return { name: `n${k}`, prefixes: [`10.0.${k}.0/24`] };
  });
  const network: Network = { version: 1, speakers, segments };
  change?.(network, at);
  return network;
}

/**
 * Whoever is refused because the other side has not started yet dials again soon, as BIRD does by itself: FRR and GoBGP
 * wait two minutes, GoBGP no less than five seconds.
 */
export function soonAgain({ dialect }: Speaker): Pick<Neighbor, "timers"> {
  const seconds: Partial<Record<Speaker["dialect"]["system"], number>> = { frr: 3, gobgp: 5 };
  const connectRetry = seconds[dialect.system];
  return connectRetry === undefined ? {} : { timers: { connectRetry } };
}

export const frr = (count: number): DialectRef[] => Array.from({ length: count }, () => FRR8);
export const side = (speaker: Speaker, index = 0): Neighbor => {
  const neighbor = speaker.neighbors[index];
  if (neighbor === undefined) throw new Error(`${speaker.name} has no neighbor ${index}`);
  return neighbor;
};
export const settings = (speaker: Speaker, index = 0): FamilySettings => {
  const neighbor = side(speaker, index);
  return ((neighbor.families ??= {}).ipv4 ??= {});
};

export const LINE = [
  [1, 2],
  [2, 3],
];
export const SQUARE = [
  [1, 2],
  [1, 3],
  [2, 4],
  [3, 4],
];
