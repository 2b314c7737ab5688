/** Lab 003: a router over two racks, unnumbered; Cilium nodes that dial their ToR's loopback and listen to nobody. */
import { combine } from "../../components/bgp/combine";
import type { DialectRef, Network } from "../../components/bgp/network";
import { readCilium } from "../../components/cni/cilium";
import type { KubernetesObject, Node } from "../../components/cni/objects";
import type { CniReading } from "../../components/cni/reading";
import { router } from "./routers";

const DATACENTER: DialectRef = { system: "frr", version: "8.4", profile: "datacenter" };

export const CILIUM_NODES = [
  { name: "control-plane", address: "10.0.1.2", rack: "rack0", pods: "10.1.0.0/24" },
  { name: "worker", address: "10.0.2.2", rack: "rack0", pods: "10.1.1.0/24" },
  { name: "worker2", address: "10.0.3.2", rack: "rack1", pods: "10.1.2.0/24" },
  { name: "worker3", address: "10.0.4.2", rack: "rack1", pods: "10.1.3.0/24" },
];

function policy(rack: string, asn: number, tor: string): KubernetesObject {
  return {
    apiVersion: "cilium.io/v2alpha1",
    kind: "CiliumBGPPeeringPolicy",
    metadata: { name: rack },
    spec: {
      nodeSelector: { matchLabels: { rack } },
      virtualRouters: [{ localASN: asn, exportPodCIDR: true, neighbors: [{ peerAddress: `${tor}/32`, peerASN: asn }] }],
    },
  } as KubernetesObject;
}

export function ciliumReading(version = "1.18"): CniReading {
  const segment = (index: number) => ({ name: `server${index}`, prefixes: [`10.0.${index}.0/24`] });
  return readCilium(
    {
      nodes: CILIUM_NODES.map(({ name, address, rack, pods }): Node => ({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name, labels: { rack } },
        spec: { podCIDR: pods, podCIDRs: [pods] },
        status: { addresses: [{ type: "InternalIP", address }] },
      })),
      resources: [policy("rack0", 65010, "10.0.0.1"), policy("rack1", 65011, "10.0.0.2")],
    },
    {
      version,
      cluster: "clab-bgp-cplane-demo",
      segments: [1, 2, 3, 4].map(segment),
      nodes: Object.fromEntries(
        CILIUM_NODES.map(({ name, address }) => [
          name,
          { address: `${address}/24`, interface: "net0", gateways: [address.replace(/\.2$/, ".1")] },
        ]),
      ),
    },
  );
}

export function ciliumRacks(version = "1.18"): Network {
  const tor = (name: string, asn: number, loopback: string, uplink: string, first: number) =>
    router(
      name,
      asn,
      loopback,
      [
        { name: "lo", addresses: [`${loopback}/32`] },
        { name: "net0", segment: uplink, addresses: [] },
        { name: "net1", segment: `server${first}`, addresses: [`10.0.${first}.1/24`] },
        { name: "net2", segment: `server${first + 1}`, addresses: [`10.0.${first + 1}.1/24`] },
      ],
      {
        dialect: DATACENTER,
        bgp: { multipathRelax: name === "tor1" },
        groups: { ROUTERS: { remoteAs: "external" }, SERVERS: { remoteAs: "internal" } },
        neighbors: [
          { interface: "net0", group: "ROUTERS" },
          { address: `10.0.${first}.2`, group: "SERVERS" },
          { address: `10.0.${first + 1}.2`, group: "SERVERS" },
        ],
        originate: [{ kind: "redistribute", from: "connected" }],
      },
    );
  const router0 = router(
    "router0",
    65000,
    "10.0.0.0",
    [
      { name: "lo", addresses: ["10.0.0.0/32"] },
      { name: "net0", segment: "link0", addresses: [] },
      { name: "net1", segment: "link1", addresses: [] },
    ],
    {
      dialect: DATACENTER,
      routes: [{ prefix: "10.0.0.0/8", blackhole: true, source: "kernel" }],
      groups: { ROUTERS: { remoteAs: "external", families: { ipv4: { defaultOriginate: true } } } },
      neighbors: [
        { interface: "net0", group: "ROUTERS" },
        { interface: "net1", group: "ROUTERS" },
      ],
      originate: [{ kind: "redistribute", from: "connected" }],
    },
  );
  return combine(
    {
      speakers: [router0, tor("tor0", 65010, "10.0.0.1", "link0", 1), tor("tor1", 65011, "10.0.0.2", "link1", 3)],
      segments: [
        { name: "link0", prefixes: [] },
        { name: "link1", prefixes: [] },
      ],
    },
    ciliumReading(version),
  );
}
