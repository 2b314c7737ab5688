/**
 * The bench's fabric: Calico nodes in racks of 25 behind their ToR, the ToRs behind spines; every node announces its pod
 * block and every service. Sized by its number of nodes; nothing in it is drawn by chance.
 */
import type { Network, Neighbor, Origination, Policy, Segment, Speaker } from "../../components/bgp/network";

export interface Size {
  nodes: number;
  nodesPerRack?: number;
  spines?: number;
  services?: number;
}

const ip = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
const BASE = { rack: 0x0a000000, link: 0x64400000, pods: 0x0a800000, service: 0x0a600000, router: 0x01010000 };

export function fabric({ nodes, nodesPerRack = 25, spines = 4, services = 2000 }: Size): Network {
  const racks = Math.ceil(nodes / nodesPerRack);
  const segments: Segment[] = [];
  const speakers: Speaker[] = [];
  const serviceRoutes: Origination[] = Array.from({ length: services }, (_, index) => ({
    kind: "network",
    prefix: `${ip(BASE.service + index)}/32`,
  }));
  const fromNodes: Policy = {
    terms: [
      { seq: 10, action: "accept", match: { prefixes: [{ prefix: "10.128.0.0/9", ge: 26, le: 26 }] } },
      { seq: 20, action: "accept", match: { prefixes: [{ prefix: "10.96.0.0/12", le: 32 }] } },
    ],
    otherwise: "reject",
  };
  const fabricPolicies = { "FROM-NODES": fromNodes, ALL: { terms: [{ seq: 10, action: "accept" as const }] } };

  const spineNeighbors: Neighbor[][] = Array.from({ length: spines }, () => []);
  const spineInterfaces: Speaker["interfaces"][] = Array.from({ length: spines }, () => []);
  for (let rack = 0; rack < racks; rack++) {
    const base = BASE.rack + rack * 64;
    const segment = `rack${rack}`;
    segments.push({ name: segment, prefixes: [`${ip(base)}/26`] });
    const torAsn = 4200000000 + rack;
    const tor: Speaker = {
      name: `tor${rack}`,
      role: "router",
      dialect: { system: "frr", version: "8.4", profile: "datacenter" },
      place: { rack: segment },
      asn: torAsn,
      routerId: ip(BASE.router + 256 + rack),
      interfaces: [{ name: "rack", segment, addresses: [`${ip(base + 1)}/26`] }],
      bgp: { compareRouterId: true, multipathRelax: true, listenLimit: 200, maximumPaths: { ebgp: 64 } },
      groups: { NODES: { remoteAs: 64512, families: { ipv4: { importPolicy: "FROM-NODES" } } } },
      neighbors: [],
      listen: [{ prefix: `${ip(base)}/26`, group: "NODES" }],
      policies: fabricPolicies,
    };
    for (let spine = 0; spine < spines; spine++) {
      const link = BASE.link + (rack * spines + spine) * 2;
      const name = `link-${rack}-${spine}`;
      segments.push({ name, prefixes: [`${ip(link)}/31`] });
      tor.interfaces.push({ name: `up${spine}`, segment: name, addresses: [`${ip(link)}/31`] });
      tor.neighbors.push({ address: ip(link + 1), remoteAs: 64500 });
      spineInterfaces[spine]?.push({ name: `down${rack}`, segment: name, addresses: [`${ip(link + 1)}/31`] });
      spineNeighbors[spine]?.push({ address: ip(link), remoteAs: torAsn });
    }
    speakers.push(tor);
  }
  for (let spine = 0; spine < spines; spine++) {
    speakers.push({
      name: `spine${spine}`,
      role: "router",
      dialect: { system: "frr", version: "8.4", profile: "datacenter" },
      asn: 64500,
      routerId: ip(BASE.router + spine),
      interfaces: spineInterfaces[spine] ?? [],
      bgp: { compareRouterId: true, multipathRelax: true, maximumPaths: { ebgp: 64 } },
      neighbors: spineNeighbors[spine] ?? [],
    });
  }
  for (let node = 0; node < nodes; node++) speakers.push(clusterNode(node, nodesPerRack, serviceRoutes));
  return { version: 1, speakers, segments };
}

/** What Calico makes of a node with one BGPPeer, its ToR. */
function clusterNode(node: number, nodesPerRack: number, services: readonly Origination[]): Speaker {
  const rack = Math.floor(node / nodesPerRack);
  const base = BASE.rack + rack * 64;
  const address = ip(base + 2 + (node % nodesPerRack));
  const block = `${ip(BASE.pods + node * 64)}/26`;
  return {
    name: `node${node}`,
    role: "node",
    dialect: { system: "bird", version: "1.6" },
    place: { rack: `rack${rack}`, labels: { "kubernetes.io/hostname": `node${node}`, rack: `rack${rack}` } },
    asn: 64512,
    routerId: address,
    interfaces: [{ name: "eth0", segment: `rack${rack}`, addresses: [`${address}/26`] }],
    routes: [{ prefix: block, blackhole: true }],
    bgp: {},
    neighbors: [
      {
        address: ip(base + 1),
        remoteAs: 4200000000 + rack,
        localAddress: address,
        multihop: 64,
        role: "node",
        families: { ipv4: { exportPolicy: "calico" } },
      },
    ],
    originate: [{ kind: "network", prefix: block }, ...services],
    policies: {
      calico: {
        terms: [
          { match: { prefixes: [{ prefix: block }] }, action: "accept" },
          { match: { prefixes: [{ prefix: block, ge: 26, le: 32 }] }, action: "reject" },
          { match: { prefixes: [{ prefix: "10.96.0.0/12", le: 32 }] }, action: "accept" },
          { match: { prefixes: [{ prefix: "10.128.0.0/9", le: 32 }] }, action: "accept" },
        ],
        otherwise: "reject",
      },
    },
  };
}
