/** What the bare cluster's agent decides: addresses for load balancers, places for pods, and each node's BIRD. */
import { describe, expect, it } from "vitest";
import { assign, type IpPool } from "../../../components/agent/cnis/calico/addresses";
import type { Node, Pod, Service } from "../../../components/agent/objects";
import { render } from "../../../components/agent/cnis/calico/render";
import { schedule } from "../../../components/agent/scheduler";

const pool = (name: string, cidr: string, spec: Partial<IpPool["spec"]> = {}): IpPool => ({
  metadata: { name },
  spec: { cidr, allowedUses: ["LoadBalancer"], assignmentMode: "Automatic", ...spec },
});
const service = (name: string, given: { ip?: string; wants?: string; type?: string; age?: number } = {}): Service => ({
  metadata: {
    name,
    namespace: "default",
    creationTimestamp: `2026-01-01T00:00:0${given.age ?? 0}Z`,
    ...(given.wants ? { annotations: { "projectcalico.org/loadBalancerIPs": JSON.stringify([given.wants]) } } : {}),
  },
  spec: { type: given.type ?? "LoadBalancer" },
  status: { loadBalancer: given.ip ? { ingress: [{ ip: given.ip }] } : {} },
});
const given = (services: Service[], pools: IpPool[]) =>
  assign(services, pools).map(({ service, addresses, reason }) => [
    service.metadata.name,
    addresses.length > 0 ? addresses.join(" ") : reason,
  ]);

describe("load balancer addresses", () => {
  const lab = pool("lb", "172.16.0.240/28");

  it("the first service of the lab gets 172.16.0.241, the next the next", () => {
    expect(given([service("b", { age: 2 }), service("a", { age: 1 })], [lab])).toEqual([
      ["a", "172.16.0.241"],
      ["b", "172.16.0.242"],
    ]);
  });

  it("who has one keeps it", () => {
    expect(given([service("a", { ip: "172.16.0.245" })], [lab])).toEqual([]);
  });

  it("who asks for one gets it, unless another has it", () => {
    expect(given([service("a", { wants: "172.16.0.250" })], [lab])).toEqual([["a", "172.16.0.250"]]);
    const taken = [service("a", { ip: "172.16.0.250" }), service("b", { wants: "172.16.0.250" })];
    expect(given(taken, [lab])).toEqual([["b", "172.16.0.250 belongs to a"]]);
  });

  it("pools for pods, disabled ones and manual ones give nothing by themselves", () => {
    const others = [
      pool("pods", "10.0.0.0/24", { allowedUses: ["Workload"] }),
      pool("off", "10.0.1.0/24", { disabled: true }),
      pool("manual", "10.0.2.0/24", { assignmentMode: "Manual" }),
    ];
    expect(given([service("a")], others)).toEqual([["a", "no LoadBalancer pool has a free address"]]);
  });

  it("a service of both families gets one of each, and asks for one of each by its family", () => {
    const both = (wants?: string[]): Service => {
      const { metadata, ...rest } = service("a");
      const annotations = wants === undefined ? {} : { "projectcalico.org/loadBalancerIPs": JSON.stringify(wants) };
      return {
        ...rest,
        metadata: { ...metadata, annotations },
        spec: { type: "LoadBalancer", ipFamilies: ["IPv4", "IPv6"] },
      };
    };
    const six = pool("lb-2", "fd00:172:16::/124");
    expect(given([both()], [lab, six])).toEqual([["a", "172.16.0.241 fd00:172:16::1"]]);
    expect(given([both(["fd00:172:16::5"])], [lab, six])).toEqual([["a", "172.16.0.241 fd00:172:16::5"]]);
    expect(given([service("a")], [lab, six])).toEqual([["a", "172.16.0.241"]]);
    expect(assign([both()], [lab])).toMatchObject([
      { addresses: ["172.16.0.241"], reason: "no LoadBalancer pool has a free address" },
    ]);
  });

  it("a full pool says so", () => {
    expect(given([service("a"), service("b", { age: 1 })], [pool("lb", "10.0.0.0/31")])).toEqual([
      ["a", "10.0.0.1"],
      ["b", "no LoadBalancer pool has a free address"],
    ]);
  });
});

const node = (name: string, index: number, changes: Partial<Node["spec"]> = {}, labels = {}): Node => ({
  metadata: {
    name,
    labels: { "kubernetes.io/hostname": name, ...labels },
    annotations: { "projectcalico.org/IPv4Address": `10.10.10.${10 + index}/24` },
  },
  spec: { podCIDR: `192.168.0.${index * 64}/26`, ...changes },
  status: { conditions: [{ type: "Ready", status: "True" }] },
});
const pod = (name: string, spec: Partial<Pod["spec"]> = {}): Pod => ({
  metadata: { name, namespace: "default" },
  spec: { containers: [], ...spec },
});
const places = (pods: Pod[], nodes: Node[]) => schedule(pods, nodes).map(({ pod, node }) => [pod.metadata.name, node]);

describe("pods", () => {
  const nodes = [node("a", 0), node("b", 1)];

  it("spread over the nodes, the emptiest first", () => {
    expect(places([pod("old", { nodeName: "a" }), pod("x"), pod("y"), pod("z")], nodes)).toEqual([
      ["x", "b"],
      ["y", "a"],
      ["z", "b"],
    ]);
  });

  it("go where their selector says, and nowhere when no node has the label", () => {
    expect(places([pod("x", { nodeSelector: { "kubernetes.io/hostname": "b" } })], nodes)).toEqual([["x", "b"]]);
    expect(places([pod("x", { nodeSelector: { disk: "ssd" } })], nodes)).toEqual([]);
  });

  it("stay away from cordoned and tainted nodes", () => {
    const closed = [
      node("a", 0, { unschedulable: true }),
      node("b", 1, { taints: [{ key: "k", effect: "NoSchedule" }] }),
    ];
    expect(places([pod("x")], closed)).toEqual([]);
    expect(places([pod("x", { tolerations: [{ key: "k", operator: "Exists" }] })], closed)).toEqual([["x", "b"]]);
  });
});

describe("a node's configuration", () => {
  const nodes = [node("a", 0), node("b", 1, {}, { "bgp-peer": "true" })];
  const input = {
    version: "3.32",
    nodes,
    pools: [pool("pods", "192.168.0.0/16", { allowedUses: ["Workload"], vxlanMode: "CrossSubnet" })],
    services: [],
    bgpConfigurations: [
      {
        metadata: { name: "default" },
        spec: { asNumber: 65010, nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{ cidr: "172.16.0.240/28" }] },
      },
    ],
    bgpPeers: [
      {
        metadata: { name: "tor" },
        spec: { peerIP: "10.10.10.1", asNumber: 65001, nodeSelector: 'bgp-peer == "true"' },
      },
    ],
    bgpFilters: [],
    blockAffinities: [],
    endpointSlices: [],
    secrets: [],
  };

  it("has a session where the label is, and none where it is not", () => {
    const rendered = render(input).nodes;
    expect(rendered.get("b")?.bird).toContain("neighbor 10.10.10.1 as 65001");
    expect(rendered.get("a")?.bird).not.toContain("neighbor ");
  });

  it("reaches the other nodes' blocks by their addresses", () => {
    expect(render(input).nodes.get("a")?.routes).toEqual(["192.168.0.64/26 via 10.10.10.11"]);
  });

  it("lets its own block out and nothing beneath it: routes to single pods, which the kernel has, stay on the node", () => {
    const text = render(input).nodes.get("b")?.bird;
    expect(text).toMatch(/source = RTS_INHERIT && net ~ \[ 192\.168\.0\.64\/26\{27,32\}.*\] then return false;/);
    // BIRD 1.6.8 gives the next hop of a route that it does not import another prefix.
    expect(text).toMatch(/learn;[^}]*import all;/);
    expect(text).toContain("route 192.168.0.64/26 blackhole;");
  });

  it("has a daemon for each family that the node has: sessions of IPv6 stand in bird6's text alone", () => {
    const dual = (one: Node): Node => ({
      ...one,
      metadata: {
        ...one.metadata,
        annotations: { ...one.metadata.annotations, "projectcalico.org/IPv6Address": "fd00:10::11/64" },
      },
    });
    const [a, b] = nodes;
    if (a === undefined || b === undefined) throw new Error("two nodes stand in the lab");
    const six = {
      metadata: { name: "tor6" },
      spec: { peerIP: "fd00:10::1", asNumber: 65001, nodeSelector: 'bgp-peer == "true"' },
    };
    const rendered = render({ ...input, nodes: [a, dual(b)], bgpPeers: [...input.bgpPeers, six] }).nodes;
    expect(rendered.get("b")?.bird).toContain("neighbor 10.10.10.1 as 65001");
    expect(rendered.get("b")?.bird).not.toContain("fd00:10::1");
    expect(rendered.get("b")?.bird6).toContain("neighbor fd00:10::1 as 65001");
    expect(rendered.get("a")?.bird6).toBeUndefined();
  });

  it("stays the same when another node changes", () => {
    const [a, b] = nodes;
    const unlabelled = b === undefined ? [] : [{ ...b, metadata: { ...b.metadata, labels: {} } }];
    const after = render({ ...input, nodes: a === undefined ? unlabelled : [a, ...unlabelled] });
    expect(after.nodes.get("a")).toEqual(render(input).nodes.get("a"));
    expect(after.nodes.get("b")?.bird).not.toContain("neighbor ");
  });
});
