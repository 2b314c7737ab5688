/** What nodes let out and take in, seen at a switch and at the other nodes: Calico's policies, solved. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../../components/bgp/network";
import { solve } from "../../../components/bgp/solve";
import { readCalico, type CalicoOptions } from "../../../components/cni/calico";
import type { Node } from "../../../components/cni/objects";
import { cluster, node, speaker } from "../cluster";

const nodes: Node[] = [
  node("n1", "10.0.0.11/24", { podCIDR: "10.244.1.0/24" }),
  node("n2", "10.0.0.12/24", { podCIDR: "10.244.2.0/24" }),
];
const pool = (spec = "") => `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: pods}
spec: {cidr: 10.244.0.0/16${spec}}`;
const configuration = (spec: string) => `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {${spec}}`;
const torPeer = (spec = "") => `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor}
spec: {peerIP: 10.0.0.1, asNumber: 64501${spec}}`;

/** A switch that takes everybody of the rack and lets everything pass. */
const tor: Speaker = {
  name: "tor",
  dialect: { system: "frr", version: "8.4" },
  asn: 64501,
  routerId: "10.0.0.1",
  interfaces: [{ name: "eth0", segment: "10.0.0.0/24", addresses: ["10.0.0.1/24"] }],
  bgp: { ebgpRequiresPolicy: false, compareRouterId: true, maximumPaths: { ebgp: 64, ibgp: 64 } },
  groups: { nodes: { remoteAs: 64512 } },
  neighbors: [],
  listen: [{ prefix: "10.0.0.0/24", group: "nodes" }],
  originate: [{ kind: "network", prefix: "10.99.0.0/16" }],
  routes: [{ prefix: "10.99.0.0/16", blackhole: true }],
};

function run(manifests: string[], options: CalicoOptions = {}, all: Node[] = nodes) {
  const reading = readCalico(cluster(all, ...manifests), options);
  const solution = solve({ version: 1, speakers: [...reading.speakers, tor], segments: reading.segments });
  expect(solution.notModelled).toEqual([]);
  return { reading, solution };
}

/** "10.244.1.0/24 from n1": what a speaker learned, and whose it is. */
function learned({ solution }: ReturnType<typeof run>, name: string): string[] {
  return [...solution.table(name).rib.values()]
    .flat()
    .filter(({ from }) => from !== undefined)
    .map(({ prefix, from }) => `${prefix} from ${from?.speaker ?? ""}`)
    .sort();
}

const off = configuration("nodeToNodeMeshEnabled: false");

describe("pods' blocks", () => {
  test("each is advertised by its owner, with the mesh off", () => {
    expect(learned(run([off, pool(), torPeer()]), "tor")).toEqual(["10.244.1.0/24 from n1", "10.244.2.0/24 from n2"]);
  });

  test("with the mesh on, every node that has an eBGP peer passes on the others' blocks too", () => {
    expect(learned(run([pool(), torPeer()]), "tor")).toEqual([
      "10.244.1.0/24 from n1",
      "10.244.1.0/24 from n2",
      "10.244.2.0/24 from n1",
      "10.244.2.0/24 from n2",
    ]);
  });

  test("nextHopMode Keep leaves the owner's address on what others pass on", () => {
    const { solution } = run([pool(), torPeer(", nextHopMode: Keep")]);
    const paths = solution.table("tor").rib.get("10.244.1.0/24") ?? [];
    expect(paths.map(({ nextHop }) => nextHop)).toEqual(["10.0.0.11", "10.0.0.11"]);
  });

  test("a filter that rejects learned routes leaves each block to its owner", () => {
    const filter = `
apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata: {name: own-only}
spec: {exportV4: [{source: RemotePeers, peerType: eBGP, action: Reject}]}`;
    expect(learned(run([pool(), filter, torPeer(", filters: [own-only]")]), "tor")).toEqual([
      "10.244.1.0/24 from n1",
      "10.244.2.0/24 from n2",
    ]);
  });

  test("disableBGPExport keeps them from everybody, the other nodes included", () => {
    const result = run([pool(", disableBGPExport: true"), torPeer()]);
    expect(learned(result, "tor")).toEqual([]);
    expect(learned(result, "n1")).toEqual(["10.99.0.0/16 from tor"]);
  });

  test("block affinities take the place of pod CIDRs; a pending one is not advertised", () => {
    const affinity = (name: string, cidr: string, state: string) => `
apiVersion: projectcalico.org/v3
kind: BlockAffinity
metadata: {name: ${name}}
spec: {node: n1, cidr: ${cidr}, state: ${state}, deleted: false}`;
    const result = run([
      off,
      pool(),
      torPeer(),
      affinity("one", "10.244.7.0/26", "confirmed"),
      affinity("two", "10.244.8.0/26", "pending"),
    ]);
    expect(learned(result, "tor")).toEqual(["10.244.7.0/26 from n1"]);
  });

  test("a pod's own address stays behind the block; a borrowed one is advertised", () => {
    const routes = [
      { prefix: "10.244.1.7/32", interface: "eth0", source: "kernel" as const, metric: 1024 },
      { prefix: "10.244.2.9/32", interface: "eth0", source: "kernel" as const, metric: 1024 },
    ];
    const result = run([off, pool(), torPeer()], { nodes: { n1: { routes } } });
    expect(learned(result, "tor")).toEqual(["10.244.1.0/24 from n1", "10.244.2.0/24 from n2", "10.244.2.9/32 from n1"]);
  });

  test("a route of higher priority than normal leaves its block: since 3.32", () => {
    const routes = [{ prefix: "10.244.1.7/32", interface: "eth0", source: "kernel" as const, metric: 512 }];
    const seen = (version: string) =>
      learned(run([off, pool(), torPeer()], { version, nodes: { n1: { routes } } }), "tor");
    expect(seen("3.32")).toContain("10.244.1.7/32 from n1");
    expect(seen("3.31")).not.toContain("10.244.1.7/32 from n1");
  });
});

describe("what nodes keep to themselves", () => {
  test("their networks, default routes and what the switch told them", () => {
    const result = run([pool(), torPeer()], { nodes: { n1: { gateways: ["10.0.0.1"] } } });
    const atTor = learned(result, "tor");
    expect(atTor.filter((line) => /^(10\.0\.0\.0|0\.0\.0\.0|10\.99)/.test(line))).toEqual([]);
    expect(learned(result, "n1")).toContain("10.99.0.0/16 from tor");
    expect(learned(result, "n1")).not.toContain("10.99.0.0/16 from n2");
  });

  test("a pool over the switch's prefixes makes every node pass them on, disabled or not", () => {
    const wide =
      pool().replace("10.244.0.0/16", "10.0.0.0/8") + "\n---" + off.replace("{nodeToNodeMeshEnabled: false}", "{}");
    const seen = learned(run([wide.replace("cidr: 10.0.0.0/8", "cidr: 10.0.0.0/8, disabled: true"), torPeer()]), "n1");
    expect(seen).toContain("10.99.0.0/16 from n2");
    expect(seen).toContain("10.0.0.0/24 from n2");
  });
});

describe("local preference", () => {
  test("inside the cluster is 2147482623 since 3.32, and 100 before", () => {
    const preference = (version: string) =>
      run([pool(), torPeer()], { version })
        .solution.table("n1")
        .rib.get("10.244.2.0/24")
        ?.find(({ from }) => from?.speaker === "n2")?.localPreference;
    expect(preference("3.32")).toBe(2147482623);
    expect(preference("3.33")).toBe(2147482623);
    expect(preference("3.31")).toBe(100);
  });
});

describe("communities", () => {
  const advertisement = (communities: string) =>
    `prefixAdvertisements: [{cidr: 10.244.0.0/16, communities: [${communities}]}]`;

  test("are added within a prefix, by value or by name, standard and large", () => {
    const { solution } = run([
      configuration(
        `nodeToNodeMeshEnabled: false, communities: [{name: pods, value: '64512:7'}], ${advertisement("pods, '64512:1:2'")}`,
      ),
      pool(),
      torPeer(),
    ]);
    expect(solution.table("tor").rib.get("10.244.1.0/24")?.[0]).toMatchObject({
      communities: ["64512:7"],
      largeCommunities: ["64512:1:2"],
    });
  });

  test("of a node's own configuration take the place of the cluster's", () => {
    const own = configuration(advertisement("'64512:9'")).replace("name: default", "name: node.n1");
    const { solution } = run([
      configuration(`nodeToNodeMeshEnabled: false, ${advertisement("'64512:8'")}`),
      own,
      pool(),
      torPeer(),
    ]);
    expect(solution.table("tor").rib.get("10.244.1.0/24")?.[0]?.communities).toEqual(["64512:9"]);
    expect(solution.table("tor").rib.get("10.244.2.0/24")?.[0]?.communities).toEqual(["64512:8"]);
  });
});

describe("services", () => {
  const ranges = configuration("nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{cidr: 172.16.0.240/28}]");
  const service = (spec: string, ip = "172.16.0.241") => `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {type: LoadBalancer, clusterIP: 10.96.0.7, ${spec}}
status: {loadBalancer: {ingress: [{ip: ${ip}}]}}`;
  const endpoints = (nodeName: string, conditions = "ready: true") => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.1.5], nodeName: ${nodeName}, conditions: {${conditions}}}]`;
  const seen = (manifests: string[], options: CalicoOptions = {}, all: Node[] = nodes) =>
    learned(run([torPeer(), ...manifests], options, all), "tor").filter((line) => !line.startsWith("10.244."));

  test("a range is advertised by every node, with or without a service", () => {
    expect(seen([ranges])).toEqual(["172.16.0.240/28 from n1", "172.16.0.240/28 from n2"]);
  });

  test("policy Cluster adds no address of its own", () => {
    expect(seen([ranges, service("externalTrafficPolicy: Cluster"), endpoints("n1")])).toHaveLength(2);
  });

  test("policy Local adds the address on the nodes with an endpoint", () => {
    expect(seen([ranges, service("externalTrafficPolicy: Local"), endpoints("n1")])).toEqual([
      "172.16.0.240/28 from n1",
      "172.16.0.240/28 from n2",
      "172.16.0.241/32 from n1",
    ]);
  });

  test("an endpoint that is not ready counts before 3.33, and no more since", () => {
    const manifests = [ranges, service("externalTrafficPolicy: Local"), endpoints("n1", "ready: false")];
    expect(seen(manifests, { version: "3.32" })).toHaveLength(3);
    expect(seen(manifests, { version: "3.33" })).toHaveLength(2);
  });

  test("a range of one address waits for its service, which every node then advertises", () => {
    const single = ranges.replace("172.16.0.240/28", "172.16.0.241/32");
    expect(seen([single])).toEqual([]);
    expect(seen([single, service("externalTrafficPolicy: Cluster")])).toEqual([
      "172.16.0.241/32 from n1",
      "172.16.0.241/32 from n2",
    ]);
  });

  test("without aggregation there are only single addresses, where any endpoint exists", () => {
    const apart = ranges.replace(
      "nodeToNodeMeshEnabled: false",
      "nodeToNodeMeshEnabled: false, serviceLoadBalancerAggregation: Disabled",
    );
    expect(seen([apart, service("externalTrafficPolicy: Cluster")])).toEqual([]);
    expect(seen([apart, service("externalTrafficPolicy: Cluster"), endpoints("n2")])).toEqual([
      "172.16.0.241/32 from n1",
      "172.16.0.241/32 from n2",
    ]);
  });

  test("an address outside the ranges is nobody's", () => {
    const result = seen([ranges, service("externalTrafficPolicy: Local", "192.0.2.1"), endpoints("n1")]);
    expect(result.filter((line) => line.startsWith("192.0.2.1"))).toEqual([]);
  });

  test("a node labelled out of load balancing advertises none of it, and keeps the range out of its kernel all the same", () => {
    const excluded = node("n2", "10.0.0.12/24", {
      podCIDR: "10.244.2.0/24",
      labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "true" },
    });
    expect(seen([ranges], {}, [nodes[0] as Node, excluded])).toEqual(["172.16.0.240/28 from n1"]);
    const { reading } = run([ranges, torPeer()], {}, [nodes[0] as Node, excluded]);
    expect(speaker(reading, "n2").bgp.fibPolicy).toBe("kernel");
    expect(speaker(reading, "n2").policies?.["kernel"]?.terms[0]).toMatchObject({
      match: { prefixes: [{ prefix: "172.16.0.240/28", le: 32 }] },
      action: "reject",
    });
  });

  test("cluster addresses go out as the range", () => {
    expect(seen([configuration("nodeToNodeMeshEnabled: false, serviceClusterIPs: [{cidr: 10.96.0.0/12}]")])).toEqual([
      "10.96.0.0/12 from n1",
      "10.96.0.0/12 from n2",
    ]);
  });
});

describe("VXLAN across subnets", () => {
  const vxlan = pool(", vxlanMode: CrossSubnet");

  test("nodes of one subnet have plain routes by node address, from Felix", () => {
    const { reading } = run([vxlan]);
    expect(speaker(reading, "n1").routes).toContainEqual({
      prefix: "10.244.2.0/24",
      via: ["10.0.0.12"],
      source: "kernel",
    });
  });

  test("BIRD leaves the pool's routes to Felix", () => {
    const { reading } = run([vxlan]);
    expect(speaker(reading, "n1").policies?.["kernel"]?.terms).toMatchObject([
      { match: { prefixes: [{ prefix: "10.244.0.0/16", le: 32 }] }, action: "reject" },
    ]);
  });

  test("what goes through the tunnel is said to be not modelled", () => {
    const far = node("n2", "10.0.9.12/24", { podCIDR: "10.244.2.0/24" });
    const reading = readCalico(cluster([nodes[0] as Node, far], vxlan));
    expect(speaker(reading, "n1").unmodelled?.[0]?.what).toContain("vxlan.calico");
  });
});

describe("the node's kernel", () => {
  const ranges = configuration("serviceLoadBalancerIPs: [{cidr: 172.16.0.240/28}]");

  test("has its own block as a blackhole and the others' blocks by node, but no service range", () => {
    const { fib } = run([ranges, pool()]).solution.table("n1");
    expect(fib.get("10.244.1.0/24")).toMatchObject({ source: "static", nextHops: [{ blackhole: true }] });
    expect(fib.get("10.244.2.0/24")).toMatchObject({ source: "bgp", nextHops: [{ address: "10.0.0.12" }] });
    expect([...fib.keys()].filter((prefix) => prefix.startsWith("172.16."))).toEqual([]);
  });

  test("a node excluded from load balancing does not route to the range through its neighbors either", () => {
    const excluded = node("n2", "10.0.0.12/24", {
      labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "true" },
    });
    const { solution } = run([ranges, pool()], {}, [nodes[0] as Node, excluded]);
    expect(solution.table("n2").rib.has("172.16.0.240/28")).toBe(true);
    expect(solution.table("n2").fib.has("172.16.0.240/28")).toBe(false);
  });

  test("with a VXLAN pool the route is Felix', not BIRD's", () => {
    const { fib } = run([pool(", vxlanMode: CrossSubnet")]).solution.table("n1");
    expect(fib.get("10.244.2.0/24")).toMatchObject({ source: "kernel", nextHops: [{ address: "10.0.0.12" }] });
  });
});
