/** kube-router: the mesh, reflectors, external peers and service addresses, from flags and annotations. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../../components/bgp/network";
import { solve } from "../../../components/bgp/solve";
import { readKubeRouter, type KubeRouterOptions } from "../../../components/cni/kubeRouter";
import type { Node } from "../../../components/cni/objects";
import { cluster, findingIds, neighbor, node, sessionsOf, speaker } from "../cluster";

const named = (annotations: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`kube-router.io/${key}`, value]));
const make = (i: number, annotations?: Record<string, string>): Node =>
  node(`n${i}`, `10.0.0.1${i}/24`, { podCIDR: `10.244.${i}.0/24`, annotations: named(annotations) });
const three = [make(1), make(2), make(3)];
const places = Object.fromEntries([1, 2, 3, 4].map((i) => [`n${i}`, { address: `10.0.0.1${i}/24` }]));
const read = (nodes: Node[], options: KubeRouterOptions = {}, manifests: string[] = []) =>
  readKubeRouter(cluster(nodes, ...manifests), { nodes: places, ...options });
const tor: Speaker = {
  name: "tor",
  dialect: { system: "frr", version: "8.4" },
  asn: 64501,
  routerId: "10.0.0.1",
  interfaces: [{ name: "eth0", segment: "10.0.0.0/24", addresses: ["10.0.0.1/24"] }],
  bgp: { ebgpRequiresPolicy: false, compareRouterId: true, maximumPaths: { ebgp: 8 } },
  groups: { nodes: { remoteAs: "external" } },
  neighbors: [],
  listen: [{ prefix: "10.0.0.0/24", group: "nodes" }],
  originate: [
    { kind: "network", prefix: "10.99.0.0/16" },
    { kind: "network", prefix: "0.0.0.0/0" },
  ],
  routes: [
    { prefix: "10.99.0.0/16", blackhole: true },
    { prefix: "0.0.0.0/0", blackhole: true },
  ],
};
const atTor: KubeRouterOptions = { peerRouters: [{ address: "10.0.0.1", asn: 64501 }] };
function run(nodes: Node[], options: KubeRouterOptions = {}, manifests: string[] = []) {
  const { speakers, segments } = read(nodes, { ...atTor, ...options }, manifests);
  return solve({ version: 1, speakers: [...speakers, tor], segments });
}
const learned = (solution: ReturnType<typeof run>, name: string) =>
  [...solution.table(name).rib.values()]
    .flat()
    .filter(({ from }) => from !== undefined)
    .map(({ prefix, from }) => `${prefix} from ${from?.speaker ?? ""}`)
    .sort();

describe("inside the cluster", () => {
  test("every node peers with every other, AS 64512", () => {
    expect(sessionsOf(read(three))).toEqual(["n1 - n2", "n1 - n3", "n2 - n3"]);
    expect(neighbor(read(three), "n1", "10.0.0.12")).toMatchObject({ remoteAs: 64512, localAddress: "10.0.0.11" });
  });

  test("beyond 100 nodes the mesh is a finding", () => {
    const many = Array.from({ length: 101 }, (_, i) => node(`m${i}`, `10.1.${i >> 7}.${(i % 128) + 1}/16`));
    expect(findingIds(readKubeRouter(cluster(many)))).toEqual(["kube-router/full-mesh-at-scale kube-router"]);
  });

  test("clients peer with servers alone; a plain node with all", () => {
    const nodes = [
      make(1, { "rr.server": "42" }),
      make(2, { "rr.client": "42" }),
      make(3, { "rr.client": "42" }),
      make(4),
    ];
    const reading = read(nodes);
    expect(sessionsOf(reading)).toEqual(["n1 - n2", "n1 - n3", "n1 - n4", "n2 - n4", "n3 - n4"]);
    expect(speaker(reading, "n2").neighbors.map(({ description }) => description)).toEqual(["n1"]);
    expect(neighbor(reading, "n1", "10.0.0.12").families?.ipv4?.reflectorClient).toBe(true);
    expect(neighbor(reading, "n1", "10.0.0.14").families?.ipv4?.reflectorClient).toBeUndefined();
    expect(speaker(reading, "n1").bgp.clusterId).toBe("0.0.0.42");
  });

  test("cluster ids are not compared; clients without a server are alone", () => {
    const strangers = read([make(1, { "rr.server": "1" }), make(2, { "rr.client": "2" })]);
    expect(sessionsOf(strangers)).toEqual(["n1 - n2"]);
    expect(findingIds(strangers)).toEqual(["kube-router/cluster-ids-differ Node/n2"]);
    const alone = read([make(1, { "rr.client": "1" }), make(2, { "rr.client": "1" })]);
    expect(sessionsOf(alone)).toEqual([]);
    expect(findingIds(alone)).toEqual(["kube-router/client-without-server Node/n1"]);
  });

  test("without the mesh only nodes of one ASN meet, and a node without one never starts", () => {
    const nodes = [
      make(1, { "node.asn": "64600" }),
      make(2, { "node.asn": "64600" }),
      make(3, { "node.asn": "64700" }),
      make(4),
    ];
    const reading = read(nodes, { fullMesh: false });
    expect(sessionsOf(reading)).toEqual(["n1 - n2"]);
    expect(reading.speakers.map(({ name, asn }) => `${name} ${asn}`)).toEqual(["n1 64600", "n2 64600", "n3 64700"]);
    expect(findingIds(reading)).toEqual(["kube-router/node-without-asn Node/n4"]);
  });

  test("pods' routes go into the kernel by node address", () => {
    const { speakers, segments } = read(three);
    const table = solve({ version: 1, speakers, segments }).table("n1");
    expect(table.fib.get("10.244.2.0/24")).toMatchObject({ source: "bgp", nextHops: [{ address: "10.0.0.12" }] });
  });

  test("nodes of other subnets are reached through tunnels, which are not modelled", () => {
    const far = { ...places, n3: { address: "10.9.0.13/24" } };
    const reading = read([make(1), make(2), make(3)], { nodes: far });
    expect(speaker(reading, "n1").unmodelled?.[0]?.what).toContain("tunnels");
    expect(speaker(read([make(1), make(2), make(3)], { nodes: far, overlay: false }), "n1").unmodelled).toBeUndefined();
  });
});

describe("outside", () => {
  const service = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {type: LoadBalancer, clusterIP: 10.96.0.9, externalIPs: [192.0.2.9]}
status: {loadBalancer: {ingress: [{ip: 172.16.0.9}]}}`;
  const endpoint = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.1.9], nodeName: n1}]`;

  test("each node sends its own pods' block and nothing that it learned", () => {
    expect(learned(run(three), "tor")).toEqual([
      "10.244.1.0/24 from n1",
      "10.244.2.0/24 from n2",
      "10.244.3.0/24 from n3",
    ]);
  });

  test("nodes take what the switch sends, but no default route", () => {
    const lines = learned(run(three), "n1").filter((line) => line.endsWith("tor"));
    expect(lines).toEqual(["10.99.0.0/16 from tor"]);
  });

  test("--advertise-pod-cidr=false keeps blocks inside", () => {
    expect(learned(run(three, { advertisePodCidr: false }), "tor")).toEqual([]);
    expect(learned(run(three, { advertisePodCidr: false }), "n1")).toContain("10.244.2.0/24 from n2");
  });

  test("service addresses go to external peers alone, from every node, with or without an endpoint", () => {
    const solution = run(three, { advertiseClusterIp: true }, [service]);
    expect(learned(solution, "tor").filter((line) => line.startsWith("10.96"))).toEqual([
      "10.96.0.9/32 from n1",
      "10.96.0.9/32 from n2",
      "10.96.0.9/32 from n3",
    ]);
    expect(learned(solution, "n1").filter((line) => line.startsWith("10.96"))).toEqual([]);
  });

  test("traffic policy Local, or service.local, keeps them to nodes with an endpoint", () => {
    const seen = (text: string) =>
      learned(run(three, { advertiseClusterIp: true }, [text, endpoint]), "tor").filter((line) =>
        line.startsWith("10.96"),
      );
    expect(seen(service.replace("externalIPs:", "internalTrafficPolicy: Local, externalIPs:"))).toEqual([
      "10.96.0.9/32 from n1",
    ]);
    const annotated = service.replace(
      "namespace: default",
      "namespace: default, annotations: {kube-router.io/service.local: 'true'}",
    );
    expect(seen(annotated)).toEqual(["10.96.0.9/32 from n1"]);
  });

  test("an annotation of the service outdoes the flag", () => {
    const no = service.replace(
      "namespace: default",
      "namespace: default, annotations: {kube-router.io/service.advertise.clusterip: 'false'}",
    );
    expect(
      learned(run(three, { advertiseClusterIp: true }, [no]), "tor").filter((line) => line.startsWith("10.96")),
    ).toEqual([]);
  });

  test("external and load-balancer addresses vanish unless their ranges are given: strict since 2.10", () => {
    const flags = { advertiseExternalIp: true, advertiseLoadBalancerIp: true };
    const seen = (options: KubeRouterOptions) =>
      [
        ...new Set(learned(run(three, { ...flags, ...options }, [service]), "tor").map((line) => line.split(" ")[0])),
      ].filter((prefix) => !(prefix ?? "").startsWith("10."));
    expect(seen({})).toEqual([]);
    expect(seen({ loadBalancerIpRanges: ["172.16.0.0/24"] })).toEqual(["172.16.0.9/32"]);
    expect(seen({ strictExternalIps: false })).toEqual(["172.16.0.9/32", "192.0.2.9/32"]);
    expect(findingIds(read(three, flags, [service]))).toEqual([
      "kube-router/address-outside-ranges Service/default/web",
      "kube-router/address-outside-ranges Service/default/web",
    ]);
  });

  test("prepending and communities apply outside alone", () => {
    const marked = make(1, {
      "path-prepend.as": "64512",
      "path-prepend.repeat-n": "2",
      "node.bgp.communities": "64512:7,no-export",
    });
    const solution = run([marked, make(2)]);
    const [path] = solution.table("tor").rib.get("10.244.1.0/24") ?? [];
    expect(path?.asPath).toEqual([64512, 64512, 64512]);
    expect(path?.communities).toEqual(["64512:7", "no-export"]);
    expect(solution.table("n2").rib.get("10.244.1.0/24")?.[0]?.communities).toEqual([]);
  });

  test("a reflector server has no policy: it passes everything on, and a finding says so", () => {
    const nodes = [make(1, { "rr.server": "1" }), make(2, { "rr.client": "1" }), make(3, { "rr.client": "1" })];
    expect(learned(run(nodes), "tor")).toContain("10.244.2.0/24 from n1");
    expect(findingIds(read(nodes, atTor))).toEqual(["kube-router/server-without-policy Node/n1"]);
  });
});

describe("annotations", () => {
  test("peers as a YAML list, with port, source and BFD; the password by name alone", () => {
    const peers = `
- remoteip: 10.0.0.1
  remoteasn: 64501
  port: 1179
  localip: 10.0.0.11
  password: c2VjcmV0
  bfd: {enabled: true, detection_multiplier: 3, required_min_rx_interval: 300}`;
    const reading = read([make(1, { peers })]);
    expect(neighbor(reading, "n1", "10.0.0.1")).toMatchObject({
      remoteAs: 64501,
      port: 1179,
      localAddress: "10.0.0.11",
      password: "Node/n1 10.0.0.1",
      bfd: { multiplier: 3, minimumInterval: 300 },
    });
    expect(JSON.stringify(reading)).not.toContain("c2VjcmV0");
  });

  test("the older lists, which must be of one length", () => {
    const good = read([make(1, { "peer.ips": "10.0.0.1,10.0.0.2", "peer.asns": "64501,64502" })]);
    expect(speaker(good, "n1").neighbors.map(({ remoteAs }) => remoteAs)).toEqual([64501, 64502]);
    expect(findingIds(good)).toEqual(["kube-router/annotation-deprecated Node/n1"]);
    const bad = read([make(1, { "peer.ips": "10.0.0.1,10.0.0.2", "peer.asns": "64501" })]);
    expect(speaker(bad, "n1").neighbors).toEqual([]);
    expect(findingIds(bad)).toContain("kube-router/annotation Node/n1");
  });

  test("do not count where flags name the peers", () => {
    const reading = read([make(1, { peers: "[{remoteip: 10.0.0.9, remoteasn: 64509}]" })], atTor);
    expect(speaker(reading, "n1").neighbors.map(({ address }) => address)).toEqual(["10.0.0.1"]);
    expect(findingIds(reading)).toEqual(["kube-router/annotations-ignored Node/n1"]);
  });

  test("YAML that is no list, an ASN that is none", () => {
    expect(findingIds(read([make(1, { peers: "remoteip: 10.0.0.1" })]))).toEqual(["kube-router/annotation Node/n1"]);
    expect(findingIds(read([make(1, { "node.asn": "x" })]))).toEqual(["kube-router/annotation Node/n1"]);
  });

  test("a cluster ASN that is not private", () => {
    expect(findingIds(read(three, { clusterAsn: 3320 }))).toEqual(["kube-router/flag kube-router"]);
  });

  test("a peer of the other family than the primary address has no session without a localip", () => {
    const dual = (peers: string): Node => ({
      ...make(1, { peers }),
      status: {
        addresses: ["10.0.0.11", "fd00::11"].map((address) => ({ type: "InternalIP", address })),
      },
    });
    const without = read([dual("[{remoteip: fd00::1, remoteasn: 64501}]")]);
    expect(speaker(without, "n1").neighbors).toEqual([]);
    expect(findingIds(without)).toEqual(["kube-router/peer-of-other-family Node/n1"]);
    const with6 = read([dual("[{remoteip: fd00::1, remoteasn: 64501, localip: fd00::11}]")]);
    expect(neighbor(with6, "n1", "fd00::1").localAddress).toBe("fd00::11");
    expect(findingIds(with6)).toEqual([]);
  });

  test("the first InternalIP is the primary address, whatever its family", () => {
    const six: Node = {
      ...make(1),
      status: { addresses: ["fd00::11", "10.0.0.11"].map((address) => ({ type: "InternalIP", address })) },
    };
    const reading = read([six, { ...make(2), status: { addresses: [{ type: "InternalIP", address: "fd00::12" }] } }], {
      nodes: {},
    });
    expect(sessionsOf(reading)).toEqual(["n1 - n2"]);
    expect(speaker(reading, "n1").neighbors.map(({ address }) => address)).toEqual(["fd00::12"]);
  });
});
