/**
 * Random fabrics as clusters have them: nodes behind two reflectors, which keep the oldest of equal eBGP paths, two ToRs,
 * and a node of two GoBGP instances with one address. Drawn instead of a plain network for a share of the seeds.
 */
import type { DialectRef, Neighbor, Network, Segment, Speaker } from "../../components/bgp/network";
import { soonAgain } from "./build";
import type { Dice } from "./dice";

const LAN = "10.0.0";
const SERVICE = "198.18.8.0/24";

export function cluster(d: Dice, options: { frr10: boolean }): Network {
  const segments: Segment[] = [
    { name: "n0", prefixes: [`${LAN}.0/24`] },
    { name: "n1", prefixes: ["10.0.1.0/24"] },
  ];
  const [asn, reflectorId] = [65010, "1.0.0.1"];
  const tors = [1, 2].map((host) => speaker(`tor${host}`, router(d, options), 65100 + host, host));
  for (const [index, tor] of tors.entries()) {
    tor.interfaces.push({ name: "e1", segment: "n1", addresses: [`10.0.1.${index + 1}/24`] });
    announce(tor, `172.20.${index}.0/24`);
  }
  if (d.chance(0.7)) join(tors[0] as Speaker, "10.0.1.1", tors[1] as Speaker, "10.0.1.2");
  const reflectors = [11, 12].map((host) => speaker(`q${host}`, router(d, options), asn, host));
  const nodes = Array.from({ length: d.between(2, 4) }, (_, at) =>
    speaker(`w${at}`, { system: "bird", version: "1.6" }, asn, 21 + at),
  );
  for (const [at, node] of nodes.entries()) {
    announce(node, `172.21.${at}.0/26`);
    if (d.chance(0.7)) announce(node, SERVICE);
  }
  for (const reflector of reflectors) {
    reflector.bgp.clusterId = d.chance(0.8) ? reflectorId : reflector.routerId;
    for (const node of nodes) meet(reflector, node, { reflectorClient: true });
    for (const tor of tors) if (d.chance(0.8)) meet(reflector, tor, {});
  }
  const [first, second] = reflectors as [Speaker, Speaker];
  if (d.chance(0.6)) meet(first, second, {});
  for (const each of [...tors, ...reflectors]) if (d.chance(0.7)) each.bgp.compareRouterId = false;
  const instances = d.chance(0.6) ? twoInstances(d, tors as [Speaker, Speaker]) : [];
  return { version: 1, speakers: [...tors, ...reflectors, ...nodes, ...instances], segments };
}

/** Two instances of one node, each with an AS and a ToR of its own: they only dial, as Cilium's do. */
function twoInstances(d: Dice, tors: [Speaker, Speaker]): Speaker[] {
  return tors.map((tor, at) => {
    const one = speaker(at === 0 ? "g" : "g red", { system: "gobgp", version: "3" }, 65020 + at, 41);
    one.role = "node";
    one.place = { labels: { "kubernetes.io/hostname": "g" } };
    one.bgp.listens = false;
    announce(one, `172.22.${at}.0/24`);
    if (d.chance(0.5)) announce(one, SERVICE);
    meet(one, tor, {});
    return one;
  });
}

function router(d: Dice, { frr10 }: { frr10: boolean }): DialectRef {
  return { system: "frr", version: frr10 && d.chance(0.4) ? "10.3" : "8.4", profile: "datacenter" };
}

function speaker(name: string, dialect: DialectRef, asn: number, host: number): Speaker {
  return {
    name,
    dialect,
    asn,
    routerId: `10.255.0.${host}`,
    interfaces: [
      { name: "lo", addresses: [`10.254.0.${host}/32`] },
      { name: "e0", segment: "n0", addresses: [`${LAN}.${host}/24`] },
    ],
    routes: [],
    bgp: dialect.system === "frr" ? { ebgpRequiresPolicy: false, compareRouterId: true } : {},
    neighbors: [],
    originate: dialect.system === "bird" ? [{ kind: "redistribute", from: "static" }] : [],
  };
}

function announce(speaker: Speaker, prefix: string): void {
  (speaker.routes ??= []).push({ prefix, blackhole: true });
  if (speaker.dialect.system !== "bird") (speaker.originate ??= []).push({ kind: "network", prefix });
}

/** A session on the nodes' network; `own` is what the first one says of it. */
function meet(a: Speaker, b: Speaker, own: { reflectorClient?: true }): void {
  const [left, right] = [a, b].map(({ interfaces }) => (interfaces[1]?.addresses[0] ?? "").replace("/24", ""));
  join(a, left ?? "", b, right ?? "", own);
}

function join(a: Speaker, left: string, b: Speaker, right: string, own: { reflectorClient?: true } = {}): void {
  const side = (of: Speaker, address: string, to: Speaker, more: object): Neighbor => ({
    address,
    remoteAs: to.asn,
    families: { ipv4: { active: true, ...more } },
    ...soonAgain(of),
  });
  a.neighbors.push(side(a, right, b, own));
  b.neighbors.push(side(b, left, a, {}));
}
