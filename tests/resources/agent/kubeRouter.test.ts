/** What the bare cluster's agent decides for kube-router: addresses of services, each node's gobgpd, routes in the kernel. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { assign } from "../../../components/agent/cnis/kubeRouter/addresses";
import { learnedRoutes } from "../../../components/agent/cnis/kubeRouter/learned";
import { render } from "../../../components/agent/cnis/kubeRouter/render";
import type { Service } from "../../../components/agent/objects";

const node = (name: string, index: number, annotations: Record<string, string> = {}) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, annotations: { "bgpfabric/address": `10.0.20.1${index}/26`, ...annotations } },
  spec: { podCIDR: `10.244.${index}.0/24` },
  status: { addresses: [{ type: "InternalIP", address: `10.0.20.1${index}` }] },
});
const tor = 'peers: [{ remoteip: "10.0.20.1", remoteasn: 64501 }]';
const peers = { "kube-router.io/peers": tor.slice("peers: ".length) };

interface Gobgpd {
  global: { config: { as: number; port: number } };
  neighbors: { config: { "neighbor-address": string; "peer-as": number } }[];
}

describe("a node's gobgpd", () => {
  const { nodes } = render({ nodes: [node("a", 0, peers), node("b", 1), node("c", 2)] }, { clusterAsn: 64512 });
  const gobgpd = (name: string) => parse(nodes.get(name)?.configuration ?? "") as Gobgpd;

  it("peers with every other node, and with the ToR that the annotation names", () => {
    const sessions = gobgpd("a").neighbors.map(({ config }) => [config["neighbor-address"], config["peer-as"]]);
    expect(sessions).toEqual([
      ["10.0.20.11", 64512],
      ["10.0.20.12", 64512],
      ["10.0.20.1", 64501],
    ]);
    expect(gobgpd("b").neighbors).toHaveLength(2);
  });

  it("listens, as kube-router does", () => expect(gobgpd("a").global.config.port).toBe(179));

  it("originates the node's pod CIDR alone", () => expect(nodes.get("b")?.originated).toEqual(["10.244.1.0/24"]));
});

describe("load balancer addresses", () => {
  const service = (name: string, ip?: string): Service => ({
    metadata: { name, namespace: "default" },
    spec: { type: "LoadBalancer" },
    status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
  });
  const given = (services: Service[], ranges: string[]) =>
    assign(services, ranges).map(({ service, address }) => [service.metadata.name, address]);

  it("the next free one of the range, for services that have none", () => {
    expect(given([service("a", "10.0.50.1"), service("b"), service("c")], ["10.0.50.0/24"])).toEqual([
      ["b", "10.0.50.2"],
      ["c", "10.0.50.3"],
    ]);
  });

  it("none when every range is full", () => {
    expect(given([service("a", "10.0.50.1"), service("b")], ["10.0.50.0/31"])).toEqual([["b", undefined]]);
  });
});

describe("the kernel's routes", () => {
  // As "gobgp -j global rib" of gobgpd 3.10 prints it.
  const rib = {
    "10.244.0.0/24": [
      {
        best: true,
        attrs: [
          { type: 1, value: 0 },
          { type: 3, nexthop: "0.0.0.0" },
        ],
      },
    ],
    "10.244.1.0/24": [{ best: true, attrs: [{ type: 3, nexthop: "10.0.20.11" }] }],
    "10.244.2.0/24": [{ best: true, attrs: [{ type: 3, nexthop: "10.0.20.99" }] }],
    "10.244.3.0/24": [{ attrs: [{ type: 3, nexthop: "10.0.20.12" }] }],
  };

  it("are the best paths of others by next hops on the node's own network; the rest would need a tunnel", () => {
    expect(learnedRoutes(rib, "10.0.20.10/26")).toEqual({
      routes: ["10.244.1.0/24 via 10.0.20.11"],
      far: ["10.244.2.0/24"],
    });
  });
});
