/** Cilium's BGP control plane: lab 003 from its policies, and each rule of the v2 resources. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../../components/bgp/network";
import { solve } from "../../../components/bgp/solve";
import { readCilium, type CiliumOptions } from "../../../components/cni/cilium";
import { translatePolicy } from "../../../components/cni/cilium/policyV1";
import type { Node } from "../../../components/cni/objects";
import { cluster, findingIds, neighbor, node, sessionsOf, speaker } from "../cluster";

const racks: Node[] = [
  node("control-plane", "10.0.1.2/24", { podCIDR: "10.1.0.0/24", labels: { rack: "rack0" } }),
  node("worker", "10.0.2.2/24", { podCIDR: "10.1.1.0/24", labels: { rack: "rack0" } }),
  node("worker2", "10.0.3.2/24", { podCIDR: "10.1.2.0/24", labels: { rack: "rack1" } }),
  node("worker3", "10.0.4.2/24", { podCIDR: "10.1.3.0/24", labels: { rack: "rack1" } }),
];
const addresses = ["10.0.1.2", "10.0.2.2", "10.0.3.2", "10.0.4.2"];
const places: NonNullable<CiliumOptions["nodes"]> = Object.fromEntries(
  racks.map(({ metadata }, i) => [
    metadata.name,
    { address: `${addresses[i] ?? ""}/24`, gateways: [(addresses[i] ?? "").replace(/2$/, "1")] },
  ]),
);
const policy = (rack: string, asn: number, peer: string) => `
apiVersion: cilium.io/v2alpha1
kind: CiliumBGPPeeringPolicy
metadata: {name: ${rack}}
spec:
  nodeSelector: {matchLabels: {rack: ${rack}}}
  virtualRouters:
    - localASN: ${asn}
      exportPodCIDR: true
      neighbors: [{peerAddress: "${peer}/32", peerASN: ${asn}}]`;
const policies = [policy("rack0", 65010, "10.0.0.1"), policy("rack1", 65011, "10.0.0.2")];

/** A switch with a loopback and two racks, its servers internal and listed one by one. */
const tor = (name: string, asn: number, loopback: string, nets: string[]): Speaker => ({
  name,
  dialect: { system: "frr", version: "8.4", profile: "datacenter" },
  asn,
  routerId: loopback,
  interfaces: [
    { name: "lo", addresses: [`${loopback}/32`] },
    ...nets.map((net, i) => ({ name: `net${i + 1}`, segment: `${net}.0/24`, addresses: [`${net}.1/24`] })),
  ],
  bgp: { compareRouterId: true },
  groups: { servers: { remoteAs: "internal" } },
  neighbors: nets.map((net) => ({ address: `${net}.2`, group: "servers" })),
  originate: [{ kind: "redistribute", from: "connected" }],
});

describe("lab 003: four nodes in two racks, each rack internal to its switch", () => {
  const read = (version: string) => readCilium(cluster(racks, ...policies), { version, nodes: places });

  test("1.18 and older run the policies: each node dials its switch's loopback", () => {
    expect(sessionsOf(read("1.18"))).toEqual([
      "10.0.0.1 - control-plane",
      "10.0.0.1 - worker",
      "10.0.0.2 - worker2",
      "10.0.0.2 - worker3",
    ]);
    expect(findingIds(read("1.18"))).toEqual([
      "cilium/policy-deprecated CiliumBGPPeeringPolicy/rack0",
      "cilium/policy-deprecated CiliumBGPPeeringPolicy/rack1",
    ]);
  });

  test("1.19 ignores them: no session, and an error for each", () => {
    const reading = read("1.19");
    expect(reading.speakers).toEqual([]);
    expect(reading.findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      "error cilium/policy-removed",
      "error cilium/policy-removed",
    ]);
  });

  test("the sessions are asymmetric and up: the node dials a loopback, the switch names the node, Cilium does not listen", () => {
    const reading = read("1.18");
    const routers = [
      tor("tor0", 65010, "10.0.0.1", ["10.0.1", "10.0.2"]),
      tor("tor1", 65011, "10.0.0.2", ["10.0.3", "10.0.4"]),
    ];
    const solution = solve({ version: 1, speakers: [...reading.speakers, ...routers], segments: reading.segments });
    expect(solution.sessions.map(({ up, kind, down }) => [kind, up, down?.sentence])).toEqual(
      Array(4).fill(["ibgp", true, undefined]),
    );
    const blocks = [...solution.table("tor0").rib.keys()].filter((prefix) => prefix.startsWith("10.1."));
    expect(blocks.sort()).toEqual(["10.1.0.0/24", "10.1.1.0/24"]);
    // Cilium takes no route and passes none on.
    const learnedByWorker = [...solution.table("worker").rib.values()].flat().filter(({ from }) => from !== undefined);
    expect(learnedByWorker).toEqual([]);
  });

  test("the translation says the same in v2, and 1.19 runs it", () => {
    const old = cluster(racks, ...policies);
    const translated = (old.resources ?? []).flatMap((one) => {
      const { clusterConfig, peerConfigs, advertisements } = translatePolicy(one as never);
      return [clusterConfig, ...peerConfigs, ...advertisements];
    });
    const before = read("1.18");
    const after = readCilium({ ...old, resources: translated }, { version: "1.19", nodes: places });
    expect(after.findings).toEqual([]);
    const plain = (reading: typeof before) =>
      reading.speakers.map(({ name, asn, neighbors, originate, policies: own }) => ({
        name,
        asn,
        originate,
        own,
        neighbors: neighbors.map((each) => ({ ...each, source: undefined })),
      }));
    expect(plain(after)).toEqual(plain(before));
  });

  test("two policies on one node: none of them runs there", () => {
    const reading = readCilium(
      cluster(racks, ...policies, policy("rack1", 65012, "10.0.0.3").replace("name: rack1", "name: extra")),
      {
        version: "1.18",
        nodes: places,
      },
    );
    expect(reading.speakers.map(({ name }) => name)).toEqual(["control-plane", "worker"]);
    expect(findingIds(reading)).toContain("cilium/policies-conflict Node/worker2");
  });
});

describe("lab 004: the policy of rack-a", () => {
  const rackA = `
apiVersion: cilium.io/v2alpha1
kind: CiliumBGPPeeringPolicy
metadata: {name: rack-a}
spec:
  nodeSelector: {matchLabels: {rack: rack-a}}
  virtualRouters:
    - localASN: 64512
      exportPodCIDR: true
      serviceSelector:
        matchExpressions: [{key: somekey, operator: NotIn, values: ["never-match"]}]
      neighbors:
        - peerAddress: "10.0.20.1/32"
          peerASN: 64501
          connectRetryTimeSeconds: 30
          holdTimeSeconds: 90
          keepAliveTimeSeconds: 30
          gracefulRestart: {enabled: true, restartTimeSeconds: 120}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default, labels: {app: web}}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1}
status: {loadBalancer: {ingress: [{ip: 10.0.50.7}]}}`;
  const worker = node("worker-01", "10.0.20.10/26", { podCIDR: "10.244.1.0/24", labels: { rack: "rack-a" } });

  test("timers, graceful restart and every service's address, as written", () => {
    const reading = readCilium(cluster([worker], rackA), { version: "1.17" });
    expect(neighbor(reading, "worker-01", "10.0.20.1")).toMatchObject({
      remoteAs: 64501,
      timers: { connectRetry: 30, hold: 90, keepalive: 30 },
      gracefulRestart: { mode: "restarter", restartTime: 120 },
    });
    const prefixes = (speaker(reading, "worker-01").originate ?? []).map((one) => ("prefix" in one ? one.prefix : ""));
    expect(prefixes.sort()).toEqual(["10.0.50.7/32", "10.244.1.0/24"]);
  });
});

const one = node("n1", "10.0.1.2/24", { podCIDR: "10.1.1.0/24", labels: { rack: "a" } });
const two = node("n2", "10.0.1.3/24", { podCIDR: "10.1.2.0/24", labels: { rack: "b" } });
const object = (kind: string, name: string, spec: string, labels = "") => `
apiVersion: cilium.io/v2
kind: ${kind}
metadata: {name: ${name}${labels === "" ? "" : `, labels: {${labels}}`}}
spec: ${spec}`;
const config = (peer = "", instance = "", selector = "") =>
  object(
    "CiliumBGPClusterConfig",
    "fabric",
    `{${selector}bgpInstances: [{name: main, localASN: 65010, ${instance}peers: [{name: tor, peerASN: 65001, peerAddress: 10.0.1.1, peerConfigRef: {name: tor}${peer}}]}]}`,
  );
const peerConfig = (spec = "") =>
  object(
    "CiliumBGPPeerConfig",
    "tor",
    `{families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {advertise: bgp}}}]${spec}}`,
  );
const pods = object(
  "CiliumBGPAdvertisement",
  "pods",
  "{advertisements: [{advertisementType: PodCIDR}]}",
  "advertise: bgp",
);
const read = (manifests: string[], options: CiliumOptions = {}, nodes = [one, two]) =>
  readCilium(cluster(nodes, ...manifests), options);
const prefixes = (reading: ReturnType<typeof read>, name: string) =>
  (speaker(reading, name).originate ?? []).map((each) => ("prefix" in each ? each.prefix : "")).sort();

describe("v2: sessions", () => {
  test("a fabric as it should be has no finding: every node, its own pod CIDR", () => {
    const reading = read([config(), peerConfig(), pods]);
    expect(reading.findings).toEqual([]);
    expect(sessionsOf(reading)).toEqual(["10.0.1.1 - n1", "10.0.1.1 - n2"]);
    expect(prefixes(reading, "n1")).toEqual(["10.1.1.0/24"]);
    expect(speaker(reading, "n1").bgp.listens).toBe(false);
  });

  test("a node selector limits them, and the node listens where localPort is set", () => {
    const reading = read([
      config("", "localPort: 1179, ", "nodeSelector: {matchLabels: {rack: a}}, "),
      peerConfig(),
      pods,
    ]);
    expect(sessionsOf(reading)).toEqual(["10.0.1.1 - n1"]);
    expect(speaker(reading, "n1").bgp).toEqual({ port: 1179 });
  });

  test("an override changes ASN, router id and source address of one node", () => {
    const override = object(
      "CiliumBGPNodeConfigOverride",
      "n2",
      "{bgpInstances: [{name: main, localASN: 65020, routerID: 9.9.9.9, peers: [{name: tor, localAddress: 10.0.1.30}]}]}",
    );
    const reading = read([config(), peerConfig(), pods, override]);
    expect(speaker(reading, "n2")).toMatchObject({ asn: 65020, routerId: "9.9.9.9" });
    expect(neighbor(reading, "n2", "10.0.1.1").localAddress).toBe("10.0.1.30");
    expect(speaker(reading, "n1").asn).toBe(65010);
  });

  test("peerASN 0 or none takes any", () => {
    const reading = read([config().replace("peerASN: 65001, ", ""), peerConfig(), pods]);
    expect(neighbor(reading, "n1", "10.0.1.1").remoteAs).toBe("any");
  });

  test("a missing CiliumBGPPeerConfig means no session; no reference at all means a session without routes", () => {
    const missing = read([config(), pods]);
    expect(sessionsOf(missing)).toEqual([]);
    expect(findingIds(missing)).toContain("cilium/peer-config-missing CiliumBGPClusterConfig/fabric");
    const bare = read([config().replace(", peerConfigRef: {name: tor}", ""), pods]);
    expect(sessionsOf(bare)).toHaveLength(2);
    expect(prefixes(bare, "n1")).toEqual([]);
    expect(findingIds(bare)).toContain("cilium/peer-without-config CiliumBGPClusterConfig/fabric");
  });

  test("the default gateway becomes the peer where it is to be discovered", () => {
    const discovered = config().replace(
      "peerAddress: 10.0.1.1",
      "autoDiscovery: {mode: DefaultGateway, defaultGateway: {addressFamily: ipv4}}",
    );
    const nodes = { n1: { gateways: ["10.0.1.1"] }, n2: { gateways: ["fe80::1"] } };
    const reading = read([discovered, peerConfig(), pods], { nodes });
    expect(sessionsOf(reading)).toEqual(["10.0.1.1 - n1"]);
    expect(findingIds(reading)).toEqual(["cilium/no-default-gateway CiliumBGPClusterConfig/fabric"]);
  });

  test("a source interface with one usable address is the source, with two the peer is skipped", () => {
    const lo = (...list: string[]) => ({ n1: { interfaces: [{ name: "lo", addresses: list }] } });
    const spec = ", transport: {sourceInterface: lo}";
    const single = read([config(), peerConfig(spec), pods], { nodes: lo("10.9.0.1/32") }, [one]);
    expect(neighbor(single, "n1", "10.0.1.1").localAddress).toBe("10.9.0.1");
    expect(
      sessionsOf(read([config(), peerConfig(spec), pods], { nodes: lo("10.9.0.1/32", "10.9.0.2/32") }, [one])),
    ).toEqual([]);
  });

  test("ebgpMultihop counts for eBGP, and its absence is a finding where the peer is further away", () => {
    const far = config().replace("10.0.1.1", "10.0.0.1");
    const nodes = { n1: { address: "10.0.1.2/24" }, n2: { address: "10.0.1.3/24" } };
    expect(findingIds(read([far, peerConfig(), pods], { nodes }))).toEqual([
      "cilium/multihop-missing CiliumBGPClusterConfig/fabric",
    ]);
    const hops = read([far, peerConfig(", ebgpMultihop: 4"), pods], { nodes });
    expect(hops.findings).toEqual([]);
    expect(neighbor(hops, "n1", "10.0.0.1").multihop).toBe(4);
  });

  test("two cluster configurations for one node: the first keeps it", () => {
    const reading = read([config(), config().replace("name: fabric", "name: other"), peerConfig(), pods]);
    expect(sessionsOf(reading)).toHaveLength(2);
    expect(findingIds(reading)).toEqual(["cilium/conflicting-cluster-config CiliumBGPClusterConfig/other"]);
  });

  test("an instance without an ASN does not start", () => {
    const reading = read([config().replace("localASN: 65010, ", ""), peerConfig(), pods]);
    expect(reading.speakers).toEqual([]);
    expect(reading.findings.every(({ id }) => id === "cilium/instance-without-asn")).toBe(true);
  });
});

describe("v2: advertisements", () => {
  const service = (spec: string, ip = "172.16.0.9") => `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default, labels: {app: web}}
spec: {type: LoadBalancer, clusterIP: 10.96.0.9, externalIPs: [192.0.2.9], ${spec}}
status: {loadBalancer: {ingress: [{ip: ${ip}}]}}`;
  const endpoint = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.1.9], nodeName: n1, conditions: {ready: true}}]`;
  const services = (addresses: string, selector = "selector: {matchLabels: {app: web}}", more = "") =>
    object(
      "CiliumBGPAdvertisement",
      "services",
      `{advertisements: [{advertisementType: Service, service: {addresses: [${addresses}]${more}}, ${selector}}]}`,
      "advertise: bgp",
    );

  test("one that no family selects by label reaches nobody", () => {
    const lost = pods.replace("advertise: bgp", "advertise: other");
    const reading = read([config(), peerConfig(), lost]);
    expect(prefixes(reading, "n1")).toEqual([]);
    expect(findingIds(reading)).toEqual([
      "cilium/advertisement-unselected CiliumBGPAdvertisement/pods",
      "cilium/nothing-advertised CiliumBGPPeerConfig/tor",
    ]);
  });

  test("a peer gets only what its own families select", () => {
    const both = config("}, {name: tor2, peerASN: 65002, peerAddress: 10.0.1.254, peerConfigRef: {name: tor2}");
    const empty = object(
      "CiliumBGPPeerConfig",
      "tor2",
      "{families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {advertise: none}}}]}",
    );
    const reading = read([both, peerConfig(), empty, pods]);
    const terms = (peer: string) => speaker(reading, "n1").policies?.[`export-${peer}-v4`]?.terms.length;
    expect([terms("tor"), terms("tor2")]).toEqual([1, 0]);
  });

  test("a service's addresses by kind", () => {
    const seen = (kinds: string) =>
      prefixes(read([config(), peerConfig(), services(kinds), service(""), endpoint]), "n2");
    expect(seen("LoadBalancerIP")).toEqual(["172.16.0.9/32"]);
    expect(seen("ExternalIP")).toEqual(["192.0.2.9/32"]);
    expect(seen("ClusterIP")).toEqual(["10.96.0.9/32"]);
  });

  test("traffic policy Local needs a backend on the node, and ignores aggregation", () => {
    const local = [
      config(),
      peerConfig(),
      services("LoadBalancerIP", undefined, ", aggregationLengthIPv4: 24"),
      service("externalTrafficPolicy: Local"),
      endpoint,
    ];
    expect(prefixes(read(local), "n1")).toEqual(["172.16.0.9/32"]);
    expect(prefixes(read(local), "n2")).toEqual([]);
    const aggregated = local.map((text) => text.replace("externalTrafficPolicy: Local", ""));
    expect(prefixes(read(aggregated), "n2")).toEqual(["172.16.0.0/24"]);
  });

  test("without any backend it depends on enableNoServiceEndpointsRoutable, on by default", () => {
    const manifests = [config(), peerConfig(), services("LoadBalancerIP"), service("")];
    expect(prefixes(read(manifests), "n1")).toEqual(["172.16.0.9/32"]);
    expect(prefixes(read(manifests, { noEndpointsRoutable: false }), "n1")).toEqual([]);
  });

  test("another load-balancer class is not Cilium's to advertise", () => {
    const foreign = service("loadBalancerClass: metallb");
    expect(prefixes(read([config(), peerConfig(), services("LoadBalancerIP"), foreign]), "n1")).toEqual([]);
  });

  test("a service advertisement without a selector stands for nothing; {} for everything", () => {
    const none = services("LoadBalancerIP").replace(", selector: {matchLabels: {app: web}}", "");
    const reading = read([config(), peerConfig(), none, service("")]);
    expect(prefixes(reading, "n1")).toEqual([]);
    expect(findingIds(reading)).toEqual(["cilium/advertisement-selects-nothing CiliumBGPAdvertisement/services"]);
    expect(
      prefixes(read([config(), peerConfig(), services("LoadBalancerIP", "selector: {}"), service("")]), "n1"),
    ).toEqual(["172.16.0.9/32"]);
  });

  test("two advertisements of one service: communities add up, the greater local preference holds", () => {
    const attributes = (name: string, community: string, preference: number) =>
      object(
        "CiliumBGPAdvertisement",
        name,
        `{advertisements: [{advertisementType: Service, service: {addresses: [LoadBalancerIP]}, selector: {}, attributes: {localPreference: ${preference}, communities: {standard: ["${community}"], wellKnown: [no-export], large: ["1:2:3"]}}}]}`,
        "advertise: bgp",
      );
    const reading = read([
      config(),
      peerConfig(),
      attributes("a", "65010:1", 150),
      attributes("b", "65010:2", 200),
      service(""),
    ]);
    expect(speaker(reading, "n1").policies?.["export-tor-v4"]?.terms[0]?.set).toEqual({
      communities: { add: ["65010:1", "65010:2", "no-export"] },
      largeCommunities: { add: ["1:2:3"] },
      localPreference: 200,
    });
  });

  test("pod CIDRs with an IPAM that has none are a finding", () => {
    const reading = read([config(), peerConfig(), pods], { ipam: "multi-pool" });
    expect(prefixes(reading, "n1")).toEqual([]);
    expect(findingIds(reading)).toContain("cilium/pod-cidr-without-effect CiliumBGPAdvertisement/pods");
  });

  test("a CiliumNode tells pod CIDRs and pools of its own", () => {
    const own = object(
      "CiliumNode",
      "n1",
      "{ipam: {podCIDRs: [10.7.0.0/24], pools: {allocated: [{pool: blue, cidrs: [10.8.0.0/27]}]}}}",
      "rack: a",
    );
    expect(prefixes(read([config(), peerConfig(), pods, own]), "n1")).toEqual(["10.7.0.0/24"]);
    const pools = object(
      "CiliumBGPAdvertisement",
      "pools",
      "{advertisements: [{advertisementType: CiliumPodIPPool, selector: {matchLabels: {io.cilium.podippool.name: blue}}}]}",
      "advertise: bgp",
    );
    expect(prefixes(read([config(), peerConfig(), pools, own]), "n1")).toEqual(["10.8.0.0/27"]);
  });

  test("a link's addresses, as host routes", () => {
    const link = object(
      "CiliumBGPAdvertisement",
      "lo",
      "{advertisements: [{advertisementType: Interface, interface: {name: lo}}]}",
      "advertise: bgp",
    );
    const nodes = { n1: { interfaces: [{ name: "lo", addresses: ["10.9.0.1/32", "127.0.0.1/8"] }] } };
    expect(prefixes(read([config(), peerConfig(), link], { nodes }), "n1")).toEqual(["10.9.0.1/32"]);
    expect(findingIds(read([config(), peerConfig(), link], { version: "1.18", nodes }))).toContain(
      "cilium/unknown-field CiliumBGPAdvertisement/lo",
    );
  });
});

describe("v2: what is refused or missing", () => {
  test("keepalive above hold, a selector on PodCIDR, a mask on the peer's address", () => {
    const ids = (manifests: string[]) => findingIds(read(manifests)).filter((id) => id.startsWith("cilium/refused"));
    expect(ids([config(), peerConfig(", timers: {holdTimeSeconds: 9, keepAliveTimeSeconds: 30}"), pods])).toHaveLength(
      1,
    );
    expect(ids([config(), peerConfig(), pods.replace("PodCIDR", "PodCIDR, selector: {}")])).toHaveLength(1);
    expect(ids([config().replace("10.0.1.1", "10.0.1.1/32"), peerConfig(), pods])).toHaveLength(1);
  });

  test("a secret that is not there leaves an empty password", () => {
    const other = `
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: kube-system}
data: {password: eA==}`;
    const reading = read([config(), peerConfig(", authSecretRef: bgp"), pods, other]);
    expect(neighbor(reading, "n1", "10.0.1.1").password).toBeUndefined();
    expect(findingIds(reading)).toEqual(["cilium/secret-missing CiliumBGPPeerConfig/tor"]);
    const there = read([config(), peerConfig(", authSecretRef: other"), pods, other]);
    expect(neighbor(there, "n1", "10.0.1.1").password).toBe("other");
  });

  test("pools that overlap, by CIDR or range", () => {
    const pool = (name: string, block: string) => object("CiliumLoadBalancerIPPool", name, `{blocks: [{${block}}]}`);
    const reading = read([
      config(),
      peerConfig(),
      pods,
      pool("a", "cidr: 172.16.0.0/24"),
      pool("b", "start: 172.16.0.200, stop: 172.16.1.10"),
    ]);
    expect(findingIds(reading)).toEqual(["cilium/pool-conflict CiliumLoadBalancerIPPool/b"]);
  });

  test("an override for a node, an instance or a peer that does not exist", () => {
    const override = (name: string, instance: string, peer: string) =>
      object("CiliumBGPNodeConfigOverride", name, `{bgpInstances: [{name: ${instance}, peers: [{name: ${peer}}]}]}`);
    const ids = (...args: [string, string, string]) =>
      findingIds(read([config(), peerConfig(), pods, override(...args)]));
    expect(ids("n9", "main", "tor")).toEqual(["cilium/override-without-node CiliumBGPNodeConfigOverride/n9"]);
    expect(ids("n1", "other", "tor")).toEqual(["cilium/override-without-effect CiliumBGPNodeConfigOverride/n1"]);
    expect(ids("n1", "main", "spine")).toEqual(["cilium/override-without-effect CiliumBGPNodeConfigOverride/n1"]);
    expect(ids("n1", "main", "tor")).toEqual([]);
  });

  test("a selector that matches no node", () => {
    expect(
      findingIds(read([config("", "", "nodeSelector: {matchLabels: {rack: z}}, "), peerConfig(), pods])),
    ).toContain("cilium/selector-matches-nothing CiliumBGPClusterConfig/fabric");
  });
});
