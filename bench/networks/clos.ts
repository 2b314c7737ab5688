/**
 * A Clos of FRR routers with an ASN each, as people configure one: multipath over all spines, a
 * policy towards every spine that prefers one prefix and gives routes of one community a MED. Every router announces its
 * loopback, every other leaf a network of servers. Sized by its routers; nothing in it is drawn by chance.
 */
import type { Neighbor, Network, Origination, Policy, Segment, Speaker } from "../../components/bgp/network";

export interface ClosSize {
  routers: number;
  spines?: number;
  /** One ASN for all spines (RFC 7938): then no leaf passes anything on. Default: one each. */
  sharedAsn?: boolean;
  /** False: age breaks ties, as FRR has it by default. */
  compareRouterId?: boolean;
}

const ip = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
const BASE = { link: 0x64400000, loopback: 0x0aff0000, servers: 0x0a000000 };

/** The first leaf's network is preferred everywhere; the community is set where the second one is announced. */
const PREFERRED = "10.0.0.0/24";
const MARK = "65000:50";

const FROM_FABRIC: Policy = {
  terms: [
    { seq: 10, action: "accept", match: { prefixes: [{ prefix: PREFERRED }] }, set: { localPreference: 200 } },
    { seq: 20, action: "accept", match: { communities: [MARK] }, set: { med: 50 } },
    { seq: 30, action: "accept" },
  ],
};

const MARKED: Policy = { terms: [{ seq: 10, action: "accept", set: { communities: { add: [MARK] } } }] };

export function clos({ routers, spines = 4, sharedAsn = false, compareRouterId = true }: ClosSize): Network {
  const leaves = routers - spines;
  const segments: Segment[] = [];
  const policies = { "FROM-FABRIC": FROM_FABRIC, MARKED };
  const made = (name: string, place: number, asn: number): Speaker => {
    const loopback = `${ip(BASE.loopback + place)}/32`;
    return {
      name,
      role: "router",
      dialect: { system: "frr", version: "10.3", profile: "datacenter" },
      asn,
      routerId: ip(BASE.loopback + place),
      interfaces: [{ name: "lo", addresses: [loopback] }],
      bgp: { compareRouterId, multipathRelax: true, maximumPaths: { ebgp: 64 } },
      neighbors: [],
      originate: [{ kind: "network", prefix: loopback }],
      policies,
    };
  };
  const upper = Array.from({ length: spines }, (_, at) =>
    made(`spine${at + 1}`, at + 1, 4200000000 + (sharedAsn ? 0 : at)),
  );
  const lower = Array.from({ length: leaves }, (_, at) => {
    const leaf = made(`leaf${at + 1}`, 256 + at, 4200010000 + at);
    if (at % 2 === 0) announce(leaf, at);
    return leaf;
  });
  const families: Neighbor["families"] = { ipv4: { importPolicy: "FROM-FABRIC" } };
  lower.forEach((leaf, at) => {
    upper.forEach((spine, above) => {
      const link = BASE.link + (at * spines + above) * 2;
      const name = `link-${leaf.name}-${spine.name}`;
      segments.push({ name, prefixes: [`${ip(link)}/31`] });
      leaf.interfaces.push({ name: `up${above + 1}`, segment: name, addresses: [`${ip(link)}/31`] });
      spine.interfaces.push({ name: `down${at + 1}`, segment: name, addresses: [`${ip(link + 1)}/31`] });
      leaf.neighbors.push({ address: ip(link + 1), remoteAs: spine.asn, families });
      spine.neighbors.push({ address: ip(link), remoteAs: leaf.asn, families });
    });
  });
  return { version: 1, speakers: [...upper, ...lower], segments };
}

/** A network of servers behind a leaf: the first is preferred by all others, the second carries the community. */
function announce(leaf: Speaker, at: number): void {
  const prefix = `${ip(BASE.servers + at * 128)}/24`;
  const statement: Origination = { kind: "network", prefix, ...(at === 2 ? { policy: "MARKED" } : {}) };
  leaf.interfaces.push({
    name: "servers",
    segment: `servers-${leaf.name}`,
    addresses: [prefix.replace(/0\/24$/, "1/24")],
  });
  leaf.originate?.push(statement);
}
