/** Dual stack and IPv6 alone, from arguments to the forecast: sessions, routes and ways of both families. */
import { describe, expect, it } from "vitest";
import type { CniChoice } from "../../components/cni/choice";
import { calico, cilium, kubeRouter, metallb } from "../../components/cni/choices";
import { forecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { type ClusterSpec, planCluster } from "../../components/plan/cluster";
import { planCheck } from "../../components/plan/check";
import { planClusterPeering } from "../../components/plan/clusterPeering";
import { combine } from "../../components/plan/combine";
import { CONTAINERS } from "../../components/plan/containers";
import { type LeafSpineSpec, planLeafSpine } from "../../components/plan/leafSpine";
import { planLive } from "../../components/plan/live";
import { place } from "../../components/plan/place";
import { type PoolSpec, planPool } from "../../components/plan/pool";
import { type RackRouterSpec, planRack } from "../../components/plan/rack";
import { planRouter } from "../../components/plan/router";
import { planSegment } from "../../components/plan/segment";
import { type SelectiveSpec, planSelective } from "../../components/plan/selective";
import type { ClusterFacts, RackFacts } from "../../components/plan/facts";
import { planAdvertised } from "../../components/plan/advertised";
import { planReflectorTier } from "../../components/plan/reflectorTier";
import { faults } from "./mistakes/mistake";

const BOTH = ["10.10.10.0/24", "fd00:10::/64"];
const PODS = ["192.168.0.0/16", "fd00:192:168::/48"];

interface Lab {
  segment?: string | string[];
  router?: Partial<RackRouterSpec>;
  from?: string | string[];
  routerIds?: string;
  cluster?: Partial<ClusterSpec>;
  fabric?: Partial<SelectiveSpec<ClusterFacts, RackFacts>>;
  pool?: Partial<PoolSpec>;
}

function lab({ segment = BOTH, router, from = ["10.10.10.10", "fd00:10::10"], routerIds, ...more }: Lab = {}) {
  const rack = planRack("rack1", {
    segments: [segment],
    router: { os: "frr", asn: 65001, address: ["10.10.10.1", "fd00:10::1"], maximumPaths: 4, ...router },
  });
  const cluster = planCluster("k01", {
    cni: calico({ asn: 65010 }),
    pods: PODS,
    nodes: place(rack, ["control-plane", "worker", "worker2"], {
      from,
      ...(routerIds === undefined ? {} : { routerIds }),
    }),
    ...more.cluster,
  });
  const fabric = planSelective("edge", {
    cluster,
    racks: [rack],
    speakers: { nodes: ["worker", "worker2"] },
    ...more.fabric,
  });
  const pool = planPool("services", { cluster, cidr: ["172.16.0.240/28", "fd00:172:16::/124"], ...more.pool });
  return { rack, cluster, fabric, pool, parts: [rack, cluster, fabric, pool] };
}

function expected(parts: Parameters<typeof combine>[0]) {
  const known = forecast(combine(parts));
  return { sessions: sessionLines(known), tor: routeLines(known, { speakers: ["rack1-tor"] }), known };
}

describe("a dual-stack rack with two speakers", () => {
  const { parts, fabric, cluster } = lab();

  it("has a session of each family with each of them, and each family's pool by both", () => {
    const { sessions, tor } = expected(parts);
    expect(sessions).toEqual([
      "k01-worker 10.10.10.11 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
      "k01-worker fd00:10::11 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
      "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
      "k01-worker2 fd00:10::12 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
    ]);
    expect(tor).toEqual([
      "rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010",
      "rack1-tor fd00:172:16::/124: ebgp via fd00:10::11 fd00:10::12, path 65010",
    ]);
  });

  it("has a peering of each family, with one label", () => {
    expect(fabric.objects.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ["bgppeer-arista", { asNumber: 65001, nodeSelector: 'bgp-peer == "true"', peerIP: "10.10.10.1" }],
      ["bgppeer-arista-ipv6", { asNumber: 65001, nodeSelector: 'bgp-peer == "true"', peerIP: "fd00:10::1" }],
    ]);
  });

  it("gives each node an address and a pod block of each family, and Calico a pool for each", () => {
    expect(
      cluster.nodes.map(({ address, address6, podBlock, podBlock6 }) => [address, address6, podBlock, podBlock6]),
    ).toEqual([
      ["10.10.10.10", "fd00:10::10", "192.168.0.0/26", "fd00:192:168::/122"],
      ["10.10.10.11", "fd00:10::11", "192.168.0.64/26", "fd00:192:168::40/122"],
      ["10.10.10.12", "fd00:10::12", "192.168.0.128/26", "fd00:192:168::80/122"],
    ]);
    expect([cluster.serviceNetwork, cluster.serviceNetwork6]).toEqual(["10.96.0.0/16", "fd00:10:96::/112"]);
    expect(cluster.objects.map(({ metadata, spec }) => [metadata.name, spec])).toMatchObject([
      ["default-ipv4-ippool", { cidr: "192.168.0.0/16", blockSize: 26 }],
      ["default-ipv6-ippool", { cidr: "fd00:192:168::/48", blockSize: 122 }],
    ]);
  });

  it("is written for FRR: it listens to both families, and forwards both", () => {
    const [router] = planLive(parts).routers;
    const text = router?.text({}) ?? "";
    expect(text).toContain(" bgp listen range 10.10.10.0/24 peer-group k01\n");
    expect(text).toContain(" bgp listen range fd00:10::/64 peer-group k01-ipv6\n");
    expect(text).toMatch(/address-family ipv6 unicast\n( {2}.*\n)* {2}neighbor k01-ipv6 activate\n/);
    expect(text).toContain("ipv6 prefix-list k01-announced seq 20 permit fd00:172:16::/124 le 128\n");
    expect(text).not.toContain("no ipv6 forwarding");
    expect(planLive(oneFamily().parts).routers[0]?.text({})).toContain("no ipv6 forwarding");
  });

  it("lets a pod reach a pod on the same segment over Calico's routes of either family", () => {
    const live = planLive(parts);
    for (const [node, block, via] of [
      ["k01-worker", "192.168.0.128/26", "10.10.10.12"],
      ["k01-worker", "fd00:192:168::80/122", "fd00:10::12"],
    ]) {
      const speaker = live.network.speakers.find(({ name }) => name === node);
      expect(speaker?.routes).toContainEqual({ prefix: block, via: [via], source: "kernel" });
    }
  });

  it("counts sessions of both families against what the router bears", () => {
    expect(faults(() => lab({ router: { peerLimit: 3 } }))).toEqual([
      'speakers: found "2 nodes, 4 sessions over both families", expected at most 3 at rack1-tor: it bears no more sessions; choose fewer, { perRack: 2 }, or raise the router\'s peerLimit',
    ]);
  });

  it("is met by a pool of one family alone, and by addresses one by one", () => {
    expect(expected(lab({ pool: { cidr: "fd00:172:16::/124" } }).parts).tor).toEqual([
      "rack1-tor fd00:172:16::/124: ebgp via fd00:10::11 fd00:10::12, path 65010",
    ]);
    const { pool } = lab({ pool: { aggregate: true } });
    expect(pool.network.clusters?.[0]?.intent?.pools?.[0]?.advertise).toEqual({ lengths: { ipv4: 28, ipv6: 124 } });
  });

  it("announces cluster addresses of both families where asked", () => {
    const { tor } = expected([...parts, planAdvertised("addresses", { cluster, clusterIPs: true })]);
    expect(tor).toContain("rack1-tor fd00:10:96::/112: ebgp via fd00:10::11 fd00:10::12, path 65010");
    expect(tor).toContain("rack1-tor 10.96.0.0/16: ebgp via 10.10.10.11 10.10.10.12, path 65010");
  });

  it.each<[string, CniChoice]>([
    ["Cilium", cilium({ asn: 65010 })],
    ["kube-router", kubeRouter({ asn: 65010 })],
  ])("has sessions of both families with %s too", (_, cni) => {
    const { sessions } = expected(lab({ cluster: { cni } }).parts.slice(0, 3));
    expect(sessions).toHaveLength(4);
    expect(sessions.filter((line) => / up ebgp AS 65010 - 65001 ipv6/.test(line))).toHaveLength(2);
    expect(sessions.filter((line) => / up ebgp AS 65010 - 65001 ipv4/.test(line))).toHaveLength(2);
  });

  it("has sessions with MetalLB beside Calico over both families", () => {
    const { sessions } = expected(lab({ cluster: { balancer: metallb({ asn: 65020 }) }, pool: {} }).parts);
    expect(sessions.filter((line) => line.includes("up ebgp AS 65020 - 65001"))).toHaveLength(4);
  });
});

function oneFamily() {
  return lab({
    segment: "10.10.10.0/24",
    router: { address: "10.10.10.1" },
    from: "10.10.10.10",
    cluster: { pods: "192.168.0.0/16" },
    pool: { cidr: "172.16.0.240/28" },
  });
}

describe("a router that neighbors are listed at", () => {
  it("names each node's address of each family", () => {
    const { parts } = lab({ router: { neighbors: "listed" } });
    const tor = combine(parts).speakers.find(({ name }) => name === "rack1-tor");
    expect(tor?.neighbors.map(({ address, group }) => [address, group])).toEqual([
      ["10.10.10.11", "k01"],
      ["fd00:10::11", "k01-ipv6"],
      ["10.10.10.12", "k01"],
      ["fd00:10::12", "k01-ipv6"],
    ]);
    expect(expected(parts).sessions).toHaveLength(4);
  });
});

describe("a rack with IPv6 alone", () => {
  const only: Lab = {
    segment: "fd00:10::/64",
    router: { address: "fd00:10::1", routerId: "10.0.0.1" },
    from: "fd00:10::10",
    routerIds: "10.0.0.10",
    cluster: { pods: "fd00:192:168::/48" },
    pool: { cidr: "fd00:172:16::/124" },
  };

  it("has its sessions and its pool over IPv6, and nothing of IPv4", () => {
    const { sessions, tor } = expected(lab(only).parts);
    expect(sessions).toEqual([
      "k01-worker fd00:10::11 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
      "k01-worker2 fd00:10::12 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
    ]);
    expect(tor).toEqual(["rack1-tor fd00:172:16::/124: ebgp via fd00:10::11 fd00:10::12, path 65010"]);
    expect(lab(only).fabric.objects.map(({ metadata }) => metadata.name)).toEqual(["bgppeer-arista"]);
  });

  it("asks for the router ids that no IPv4 address gives", () => {
    expect(faults(() => lab({ ...only, router: { address: "fd00:10::1" } }))).toEqual([
      'router.routerId: found nothing, expected four numbers like an IPv4 address: rack1-tor has no IPv4 address to take it from; for example routerId: "10.0.0.1"',
    ]);
    const without: Lab = { ...only };
    delete without.routerIds;
    expect(faults(() => lab(without))).toContain(
      'nodes[1].routerId: found nothing, expected a router id: worker has no IPv4 address to take it from; place(rack, [...], { routerIds: "10.0.0.10" })',
    );
    expect(faults(() => lab({ ...only, router: { address: "fd00:10::1", routerId: "fd00::1" } }))).toEqual([
      'router.routerId: found "fd00::1", expected four numbers like an IPv4 address, "10.0.0.1"',
    ]);
  });
});

describe("mixtures that cannot be", () => {
  it("pods of a family that a node has not", () => {
    expect(faults(() => lab({ ...ONE, cluster: { pods: PODS } }))).toEqual([
      'pods: found "fd00:192:168::/48", expected a prefix of a family that every node has: control-plane has no IPv6 address; give its segment an IPv6 prefix: segments: [["10.10.10.0/24", "fd00:10::/64"]]',
    ]);
  });

  it("services of a family that pods have not", () => {
    expect(
      faults(() => lab({ cluster: { pods: "192.168.0.0/16", services: ["10.96.0.0/16", "fd00:96::/112"] } })),
    ).toEqual([
      'services: found "fd00:96::/112", expected a prefix of a family that pods have: they have no IPv6 addresses',
    ]);
  });

  it("a pool of a family that services have not", () => {
    expect(faults(() => lab({ cluster: { pods: "192.168.0.0/16" } }))).toEqual([
      'cidr[1]: found "fd00:172:16::/124", expected a prefix of a family that services of k01 have: they have no IPv6 addresses; give the cluster IPv6 prefixes under pods and services',
    ]);
  });

  it("two of one family, an address of a family that the segment has not, a first node's address likewise", () => {
    expect(faults(() => planSegment("lan", { prefix: ["10.0.0.0/24", "10.0.1.0/24"] }))).toEqual([
      'prefix[1]: found "10.0.1.0/24", expected one of IPv6, or nothing: prefix[0] is IPv4 too',
    ]);
    const lan = planSegment("lan", { prefix: "10.0.0.0/24" });
    expect(
      faults(() => planRouter("r", { os: "frr", asn: 65000, segments: [{ segment: lan, address: "fd00::1" }] })),
    ).toEqual([
      'segments[0].address: found "fd00::1", expected an address of the segment 10.0.0.0/24; for example 10.0.0.1',
    ]);
    expect(faults(() => place(lan, ["a"], { from: ["10.0.0.5", "fd00::5"] }))).toEqual([
      'place(lan): from[1]: found "fd00::5", expected an address of 10.0.0.0/24: lan has no IPv6 prefix',
    ]);
  });
});

const ONE: Lab = { segment: "10.10.10.0/24", router: { address: "10.10.10.1" }, from: "10.10.10.10" };

describe("a segment and a router that stand alone", () => {
  it("take both families: Docker's address is the last of each prefix, the router's the first", () => {
    const lan = planSegment("lan", { prefix: ["10.0.0.0/24", "fd00:1::/64"] });
    expect(lan.own).toMatchObject({ gateway: "10.0.0.254", gateway6: "fd00:1::ffff:ffff:ffff:fffe" });
    const router = planRouter("r", {
      os: "frr",
      asn: 65000,
      segments: [{ segment: lan }],
      loopback: ["10.9.9.9", "fd00:9::9"],
    });
    expect(router.speaker.interfaces).toEqual([
      { name: "lo", addresses: ["10.9.9.9/32", "fd00:9::9/128"] },
      { name: "lan", segment: "lan", addresses: ["10.0.0.1/24", "fd00:1::1/64"] },
    ]);
    expect(router.speaker.routerId).toBe("10.9.9.9");
  });
});

describe("racks under spines", () => {
  const leaf = (n: number): LeafSpineSpec["leaves"][number] => ({
    name: `rack${n}`,
    segments: [[`10.0.${n}.0/24`, `fd00:0:0:${n}::/64`]],
    router: { os: "frr", address: [`10.0.${n}.1`, `fd00:0:0:${n}::1`], loopback: [`10.9.0.${n}`, `fd00:9::${n}`] },
  });
  const spine = (n: number) => ({
    name: `spine${n}`,
    os: "frr" as const,
    asn: 65000,
    loopback: [`10.9.1.${n}`, `fd00:9:1::${n}`],
  });

  it("carry both families: a session of each on every link, and each rack's prefixes by both spines", () => {
    const fabric = planLeafSpine("fabric", { spines: [spine(1), spine(2)], leaves: [leaf(1), leaf(2)] });
    const known = forecast(combine([fabric]));
    expect(sessionLines(known)).toHaveLength(8);
    expect(sessionLines(known).every((line) => line.includes(": up ebgp"))).toBe(true);
    expect(
      routeLines(known, {
        speakers: ["rack1-tor"],
        prefixes: (one) => one.startsWith("fd00:0:0:2") || one.startsWith("10.0.2"),
      }),
    ).toEqual([
      "rack1-tor 10.0.2.0/24: ebgp via 198.18.0.1 198.18.0.9, path 65000 64602",
      "rack1-tor fd00:0:0:2::/64: ebgp via fd00:198:18::1 fd00:198:18:1::1, path 65000 64602",
    ]);
  });

  it("send nodes to the leaf in both families, so that a pod is reached over the racks", () => {
    const fabric = planLeafSpine("fabric", { spines: [spine(1)], leaves: [leaf(1), leaf(2)] });
    const [one, two] = fabric.racks;
    if (one === undefined || two === undefined) throw new Error("two racks were asked for");
    const cluster = planCluster("k01", {
      cni: calico({ asn: 65010, encapsulation: "None" }),
      pods: PODS,
      nodes: [...place(one, ["a"]), ...place(two, ["b"])],
    });
    const peers = planSelective("edge", { cluster, racks: [one, two], speakers: "all" });
    const [a, b] = cluster.nodes;
    if (a === undefined || b === undefined) throw new Error("two nodes were asked for");
    expect([a.defaultRoute, a.defaultRoute6]).toEqual(["10.0.1.1", "fd00:0:0:1::1"]);
    const check = planCheck("ping6", { from: { cluster, node: "a" }, to: "fd00:192:168::41" });
    const live = planLive([fabric, cluster, peers, check]);
    expect(live.advice.filter(({ severity }) => severity === "block")).toEqual([]);
    expect(live.ways.get("ping6")).toEqual([["k01-a"], ["rack1-tor"], ["spine1"], ["rack2-tor"], ["k01-b"]]);
  });

  it("run over IPv6 links alone where racks have IPv6 alone, with router ids that are given", () => {
    const six = (n: number): LeafSpineSpec["leaves"][number] => ({
      name: `rack${n}`,
      segments: [`fd00:0:0:${n}::/64`],
      router: { os: "frr", address: `fd00:0:0:${n}::1`, routerId: `10.9.0.${n}` },
    });
    const fabric = planLeafSpine("fabric", {
      spines: [{ name: "spine1", os: "frr", asn: 65000, routerId: "10.9.1.1" }],
      leaves: [six(1), six(2)],
    });
    const known = forecast(combine([fabric]));
    expect(sessionLines(known).map((line) => line.split(": ")[1])).toEqual([
      "up ebgp AS 64601 - 65000 ipv6",
      "up ebgp AS 64602 - 65000 ipv6",
    ]);
    expect(
      faults(() => planLeafSpine("fabric", { spines: [{ name: "spine1", os: "frr", asn: 65000 }], leaves: [six(1)] })),
    ).toEqual([
      'spines[0].routerId: found nothing, expected four numbers like an IPv4 address: spine1 has no IPv4 address to take it from; for example routerId: "10.0.0.1"',
    ]);
  });
});

describe("two dual-stack clusters on one segment", () => {
  const lan = planSegment("lan", { prefix: ["172.28.0.0/16", "fd00:28::/64"] });
  const cluster = (name: string, asn: number, n: number) =>
    planCluster(name, {
      cni: calico({ asn, encapsulation: "None" }),
      pods: [`10.${n}.0.0/16`, `fd00:${n}::/48`],
      services: [`10.${n + 1}.0.0/16`, `fd00:${n + 1}::/112`],
      nodes: place(lan, [`${name}1`, `${name}2`], { from: [`172.28.0.${n}`, `fd00:28::${n}`] }),
    });
  const tier = (of: ReturnType<typeof cluster>, clusterId: string) =>
    planReflectorTier(`${of.name}-reflectors`, { cluster: of, reflectors: { nodes: [`${of.name}1`] }, clusterId });

  it("have sessions of both families inside and between them, and learn each other's pods of both", () => {
    const [a, b] = [cluster("a", 64512, 100), cluster("b", 64513, 200)];
    const [ra, rb] = [tier(a, "244.0.0.1"), tier(b, "244.0.0.2")];
    const known = forecast(combine([lan, a, b, ra, rb, planClusterPeering("a-b", { between: [ra, rb] })]));
    expect(
      sessionLines(known)
        .map((line) => line.split(": ")[1])
        .sort(),
    ).toEqual([
      "up ebgp AS 64512 - 64513 ipv4",
      "up ebgp AS 64512 - 64513 ipv6",
      "up ibgp AS 64512 - 64512 ipv4",
      "up ibgp AS 64512 - 64512 ipv6",
      "up ibgp AS 64513 - 64513 ipv4",
      "up ibgp AS 64513 - 64513 ipv6",
    ]);
    expect(ra.sessions.map(({ speaker, peer }) => `${speaker} ${peer}`).sort()).toEqual([
      "a-a1 172.28.0.101",
      "a-a1 fd00:28::101",
      "a-a2 172.28.0.100",
      "a-a2 fd00:28::100",
    ]);
    const far = routeLines(known, {
      speakers: ["a-a2"],
      learned: true,
      prefixes: (one) => /^(10\.2|fd00:2)0[01]/.test(one),
    });
    expect(far.map((line) => line.split(": ")[0])).toEqual(
      expect.arrayContaining([
        "a-a2 10.200.0.0/26",
        "a-a2 10.200.0.64/26",
        "a-a2 fd00:200::/122",
        "a-a2 fd00:200::40/122",
      ]),
    );
  });
});

describe("unnumbered links", () => {
  const leaf = (n: number): LeafSpineSpec["leaves"][number] => ({
    name: `rack${n}`,
    segments: [[`10.0.${n}.0/24`, `fd00:0:0:${n}::/64`]],
    router: { os: "frr", address: `10.0.${n}.1`, loopback: `10.9.0.${n}` },
  });
  const spine = (n: number) => ({ name: `spine${n}`, os: "frr" as const, asn: 65000, loopback: `10.9.1.${n}` });
  const spec: LeafSpineSpec = { links: "unnumbered", spines: [spine(1), spine(2)], leaves: [leaf(1), leaf(2)] };
  const fabric = planLeafSpine("fabric", spec);

  it("carry both families in one session each, with the link as the next hop", () => {
    const known = forecast(combine([fabric]));
    const lines = sessionLines(known);
    expect(lines[0]).toBe(
      "rack1-tor interface%rack1--spine1 - spine1 interface%rack1--spine1: up ebgp AS 64601 - 65000 ipv4+ipv6",
    );
    expect(lines.filter((line) => line.endsWith(": up ebgp AS 64602 - 65000 ipv4+ipv6"))).toHaveLength(2);
    expect(lines).toHaveLength(4);
    expect(
      routeLines(known, { speakers: ["rack1-tor"], prefixes: (one) => /^(10.0.2.|fd00:0:0:2:)/.test(one) }),
    ).toEqual([
      "rack1-tor 10.0.2.0/24: ebgp via interface%rack1--spine1 interface%rack1--spine2, path 65000 64602",
      "rack1-tor fd00:0:0:2::/64: ebgp via interface%rack1--spine1 interface%rack1--spine2, path 65000 64602",
    ]);
  });

  it("are neighbors by interface in FRR's words", () => {
    const text =
      planLive([fabric])
        .routers.find(({ name }) => name === "spine1")
        ?.text({}) ?? "";
    expect(text).toContain(" neighbor rack1--spine1 interface peer-group leaves\n");
    expect(text).not.toContain("no ipv6 forwarding");
    expect(text).not.toMatch(/198\.18\./);
  });

  it("keep the prefix that Docker takes out of the Network", () => {
    expect(
      combine([fabric])
        .segments.filter(({ name }) => name.includes("--"))
        .map(({ prefixes }) => prefixes),
    ).toEqual([[], [], [], []]);
    expect(fabric.links.map(({ prefix }) => prefix)).toEqual([
      "198.18.0.0/29",
      "198.18.0.8/29",
      "198.18.0.16/29",
      "198.18.0.24/29",
    ]);
  });

  it("are found by Docker's address, which then goes", () => {
    const [one] = fabric.spines;
    if (one === undefined) throw new Error("a spine was asked for");
    const links = Object.fromEntries(one.ports.map(({ segment, address }) => [segment, address]));
    const { command, uploads, sysctls } = CONTAINERS.frr.start(one.speaker, { bfd: false, links });
    expect(command.slice(2)).toEqual(["198.18.0.1=rack1--spine1", "198.18.0.17=rack2--spine1"]);
    const script = uploads.find(({ file }) => file.endsWith("router.sh"))?.content;
    expect(script).toContain("ip -4 address flush dev rack1--spine1\n");
    expect(sysctls).toMatchObject({ "net.ipv6.conf.all.forwarding": "1", "net.ipv6.conf.all.disable_ipv6": "0" });
  });

  it("ask for router ids of spines, and for FRR", () => {
    const bare = [{ name: "spine1", os: "frr" as const, asn: 65000 }];
    expect(faults(() => planLeafSpine("fabric", { ...spec, spines: bare }))).toEqual([
      'spines[0].routerId: found nothing, expected four numbers like an IPv4 address: spine1 has no IPv4 address to take it from; for example routerId: "10.0.0.1"',
    ]);
    const eos = [{ ...spine(1), os: "eos" as const }];
    expect(faults(() => planLeafSpine("fabric", { ...spec, spines: eos }))).toEqual([
      'spines[0].os: found "eos", expected "frr": unnumbered links are written for FRR alone',
    ]);
  });

  it("are the one way for both families where the range given for numbered ones has one alone", () => {
    expect(faults(() => planLeafSpine("fabric", { ...spec, links: "numbered", linkRange: "198.18.0.0/16" }))).toEqual([
      'linkRange: found "198.18.0.0/16", expected a range of IPv6 too: racks have IPv6 segments; for example ["198.18.0.0/16", "fd00:198:18::/48"]',
    ]);
  });
});
