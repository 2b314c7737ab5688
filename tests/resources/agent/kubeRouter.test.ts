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
  neighbors: {
    config: { "neighbor-address": string; "peer-as": number };
    "route-reflector"?: { config: { "route-reflector-client"?: boolean; "route-reflector-cluster-id"?: string } };
  }[];
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

describe("a node with both families", () => {
  const six = (name: string, index: number, annotations: Record<string, string> = {}) => ({
    ...node(name, index, { "bgpfabric/address6": `fd00:20::1${index}/64`, ...annotations }),
    spec: { podCIDRs: [`10.244.${index}.0/24`, `fd00:244:${index}::/64`] },
    status: {
      addresses: [`10.0.20.1${index}`, `fd00:20::1${index}`].map((address) => ({ type: "InternalIP", address })),
    },
  });
  const twice = [
    { remoteip: "10.0.20.1", remoteasn: 64501 },
    { remoteip: "fd00:20::1", remoteasn: 64501, localip: "fd00:20::10" },
  ];
  const nodes = [six("a", 0, { "kube-router.io/peers": JSON.stringify(twice) }), six("b", 1)];
  const rendered = render({ nodes }, { clusterAsn: 64512 });
  const text = rendered.nodes.get("a")?.configuration ?? "";

  it("has one session with the other node, over IPv4, for the routes of both", () => {
    const { neighbors } = parse(text) as {
      neighbors: { config: { "neighbor-address": string }; "afi-safis": { config: { "afi-safi-name": string } }[] }[];
    };
    expect(
      neighbors.map((one) => [
        one.config["neighbor-address"],
        ...one["afi-safis"].map(({ config }) => config["afi-safi-name"]),
      ]),
    ).toEqual([
      ["10.0.20.11", "ipv4-unicast", "ipv6-unicast"],
      ["10.0.20.1", "ipv4-unicast", "ipv6-unicast"],
      ["fd00:20::1", "ipv4-unicast", "ipv6-unicast"],
    ]);
    expect(text).toContain("local-address: fd00:20::10");
  });

  it("announces its IPv6 block with its IPv6 address for the next hop, over IPv4 too", () => {
    expect(text).toMatch(/set-next-hop: fd00:20::10/);
    expect(rendered.nodes.get("a")?.originated).toEqual(["10.244.0.0/24", "fd00:244::/64"]);
    expect(rendered.findings).toEqual([]);
  });
});

describe("a reflector's gobgpd", () => {
  const server = { "kube-router.io/rr.server": "1.0.0.1" };
  const client = { "kube-router.io/rr.client": "1.0.0.1" };
  const rendered = (marks: Record<string, string>) =>
    render({ nodes: [node("a", 0, server), node("b", 1, server), node("c", 2, marks)] }, { clusterAsn: 64512 }).nodes;
  const clientsOf = (text: string) =>
    (parse(text) as Gobgpd).neighbors.flatMap(({ config, "route-reflector": reflector }) =>
      reflector?.config["route-reflector-client"] === true ? [config["neighbor-address"]] : [],
    );

  it("reflects to a node before that is marked as its client, and is the same when it is", () => {
    const before = rendered({}).get("a")?.configuration ?? "";
    expect(clientsOf(before)).toEqual(["10.0.20.12"]);
    expect(rendered(client).get("a")?.configuration).toBe(before);
  });

  it("does not reflect to its fellow, and starts anew for a fellow more", () => {
    expect(rendered({}).get("a")?.reflecting).toBe("1.0.0.1 a b");
    expect(rendered(server).get("a")?.reflecting).toBe("1.0.0.1 a b c");
    expect(rendered({}).get("c")?.reflecting).toBe("");
  });
});

describe("load balancer addresses", () => {
  const service = (name: string, ip?: string): Service => ({
    metadata: { name, namespace: "default" },
    spec: { type: "LoadBalancer" },
    status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
  });
  const given = (services: Service[], ranges: string[]) =>
    assign(services, ranges).map(({ service, addresses }) => [service.metadata.name, ...addresses]);

  it("the next free one of the range, for services that have none", () => {
    expect(given([service("a", "10.0.50.1"), service("b"), service("c")], ["10.0.50.0/24"])).toEqual([
      ["b", "10.0.50.2"],
      ["c", "10.0.50.3"],
    ]);
  });

  it("none when every range is full", () => {
    expect(given([service("a", "10.0.50.1"), service("b")], ["10.0.50.0/31"])).toEqual([["b"]]);
  });

  it("one of each family for a service of both, and none where a family has no range", () => {
    const both = { ...service("a"), spec: { type: "LoadBalancer", ipFamilies: ["IPv4", "IPv6"] } } as Service;
    expect(given([both], ["10.0.50.0/28", "fd00:50::/124"])).toEqual([["a", "10.0.50.1", "fd00:50::1"]]);
    expect(given([both, service("b")], ["10.0.50.0/28"])).toEqual([["a"], ["b", "10.0.50.1"]]);
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
    expect(learnedRoutes(rib, ["10.0.20.10/26"])).toEqual({
      routes: ["10.244.1.0/24 via 10.0.20.11"],
      far: ["10.244.2.0/24"],
    });
  });

  it("of IPv6 by the next hop of their MP_REACH_NLRI, on the node's IPv6 network", () => {
    const six = {
      "fd00:10:244::40/122": [{ best: true, attrs: [{ type: 14, nexthop: "fd00:20::11", afi: 2, safi: 1 }] }],
      "fd00:10:244::/122": [{ best: true, attrs: [{ type: 14, nexthop: "::", afi: 2, safi: 1 }] }],
    };
    expect(learnedRoutes(six, ["10.0.20.10/26", "fd00:20::10/64"])).toEqual({
      routes: ["fd00:10:244::40/122 via fd00:20::11"],
      far: [],
    });
  });
});
