/** Lab 000: a ToR that listens to its rack, five Calico nodes, two of them labelled to speak. */
import type { Network, Speaker, System } from "../../../components/bgp/network";

export interface Lab000 {
  speaking?: string[];
  pool?: boolean;
  maximumPaths?: number;
  router?: System;
  compareRouterId?: boolean;
}

const NODES: [string, string][] = [
  ["control-plane", "10.10.10.10"],
  ["worker", "10.10.10.11"],
  ["worker2", "10.10.10.12"],
  ["worker3", "10.10.10.13"],
  ["worker4", "10.10.10.14"],
];

export function lab000({
  speaking = ["worker", "worker2"],
  pool = true,
  maximumPaths,
  router = "frr",
  compareRouterId = true,
}: Lab000 = {}): Network {
  const tor: Speaker = {
    name: "tor1",
    role: "router",
    dialect:
      router === "eos" ? { system: "eos", version: "4.32" } : { system: "frr", version: "8.4", profile: "traditional" },
    asn: 65001,
    routerId: "10.10.10.1",
    interfaces: [{ name: "vlan10", segment: "rack1", addresses: ["10.10.10.1/24"] }],
    bgp: {
      ebgpRequiresPolicy: false,
      ...(compareRouterId ? { compareRouterId } : {}),
      ...(maximumPaths === undefined ? {} : { maximumPaths: { ebgp: maximumPaths } }),
    },
    groups: { RACK: { remoteAs: 65010 } },
    neighbors: [],
    listen: [{ prefix: "10.10.10.0/24", group: "RACK" }],
  };
  const nodes = NODES.map(([name, address]): Speaker => ({
    name,
    role: "node",
    dialect: { system: "bird", version: "1.6" },
    asn: 65010,
    routerId: address,
    interfaces: [{ name: "eth0", segment: "rack1", addresses: [`${address}/24`] }],
    bgp: {},
    neighbors: speaking.includes(name)
      ? [
          {
            address: "10.10.10.1",
            remoteAs: 65001,
            localAddress: address,
            multihop: 64,
            role: "node",
            families: { ipv4: { exportPolicy: "calico" } },
          },
        ]
      : [],
    originate: [
      { kind: "network", prefix: `192.168.${Number(address.slice(-2))}.0/26` },
      ...(pool ? [{ kind: "network" as const, prefix: "172.16.0.240/28" }] : []),
    ],
    policies: {
      calico: {
        terms: [
          { match: { prefixes: [{ prefix: "192.168.0.0/16", le: 32 }] }, action: "reject" },
          { match: { prefixes: [{ prefix: "172.16.0.240/28" }] }, action: "accept" },
        ],
        otherwise: "reject",
      },
    },
  }));
  return { version: 1, speakers: [tor, ...nodes], segments: [{ name: "rack1", prefixes: ["10.10.10.0/24"] }] };
}
