/** MetalLB: who dials whom, which service addresses go out, and what stops the whole configuration. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../../components/bgp/network";
import { solve } from "../../../components/bgp/solve";
import { readMetallb, type MetallbOptions } from "../../../components/cni/metallb";
import type { Node } from "../../../components/cni/objects";
import { cluster, findingIds, neighbor, node, sessionsOf, speaker } from "../cluster";

const nodes: Node[] = [
  node("n1", "10.0.0.11/24", { labels: { rack: "a" } }),
  node("n2", "10.0.0.12/24", { labels: { rack: "b" } }),
];
const places = { n1: { address: "10.0.0.11/24" }, n2: { address: "10.0.0.12/24" } };
const object = (kind: string, name: string, spec: string, version = "v1beta1") => `
apiVersion: metallb.io/${version}
kind: ${kind}
metadata: {name: ${name}, namespace: metallb-system}
spec: ${spec}`;
const peer = (more = "", name = "tor") =>
  object("BGPPeer", name, `{myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.1${more}}`, "v1beta2");
const pool = object("IPAddressPool", "services", "{addresses: [172.16.0.0/24]}");
const advertisement = (spec = "{}", name = "all") => object("BGPAdvertisement", name, spec);
const service = (spec = "", ip = "172.16.0.9") => `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default, labels: {app: web}}
spec: {type: LoadBalancer, clusterIP: 10.96.0.9${spec}}
status: {loadBalancer: {ingress: [{ip: ${ip}}]}}`;
const endpoint = (nodeName = "n1", conditions = "ready: true") => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.1.9], nodeName: ${nodeName}, conditions: {${conditions}}}]`;
const all = [peer(), pool, advertisement(), service(), endpoint()];
const read = (manifests: string[], options: MetallbOptions = {}, each = nodes) =>
  readMetallb(cluster(each, ...manifests), { nodes: places, ...options });
const prefixes = (reading: ReturnType<typeof read>, name: string) =>
  (speaker(reading, name).originate ?? []).map((one) => ("prefix" in one ? one.prefix : "")).sort();

describe("sessions", () => {
  test("every node dials, none listens", () => {
    const reading = read(all);
    expect(reading.findings).toEqual([]);
    expect(sessionsOf(reading)).toEqual(["10.0.0.1 - n1", "10.0.0.1 - n2"]);
    expect(reading.speakers.map(({ bgp }) => bgp.listens)).toEqual([false, false]);
  });

  test("node selectors are alternatives", () => {
    const some = (selectors: string) => sessionsOf(read([peer(`, nodeSelectors: [${selectors}]`)]));
    expect(some("{matchLabels: {rack: a}}")).toEqual(["10.0.0.1 - n1"]);
    expect(some("{matchLabels: {rack: a}}, {matchLabels: {rack: b}}")).toHaveLength(2);
  });

  test("the switch gets the address with a listen range, and the nodes take nothing", () => {
    const tor: Speaker = {
      name: "tor",
      dialect: { system: "frr", version: "8.4" },
      asn: 64501,
      routerId: "10.0.0.1",
      interfaces: [{ name: "eth0", segment: "10.0.0.0/24", addresses: ["10.0.0.1/24"] }],
      bgp: { ebgpRequiresPolicy: false, compareRouterId: true, maximumPaths: { ebgp: 8 } },
      groups: { nodes: { remoteAs: 64500 } },
      neighbors: [],
      listen: [{ prefix: "10.0.0.0/24", group: "nodes" }],
      originate: [{ kind: "network", prefix: "10.99.0.0/16" }],
      routes: [{ prefix: "10.99.0.0/16", blackhole: true }],
    };
    for (const mode of ["native", "frr", "frr-k8s"] as const) {
      const { speakers, segments } = read(all, { mode });
      const solution = solve({ version: 1, speakers: [...speakers, tor], segments });
      expect(solution.sessions.map(({ up }) => up)).toEqual([true, true]);
      const next = solution
        .table("tor")
        .fib.get("172.16.0.9/32")
        ?.nextHops.map(({ address }) => address);
      expect(next?.sort()).toEqual(["10.0.0.11", "10.0.0.12"]);
      const learned = [...solution.table("n1").rib.values()].flat().filter(({ from }) => from !== undefined);
      expect(learned).toEqual([]);
    }
  });

  test("defaults of the backends: hold 90 s native, FRR's own otherwise", () => {
    expect(neighbor(read(all, { mode: "native" }), "n1", "10.0.0.1").timers).toEqual({ hold: 90 });
    expect(neighbor(read(all, { mode: "frr" }), "n1", "10.0.0.1").timers).toBeUndefined();
  });

  test("settings reach the session: port, timers, multihop, BFD, graceful restart, dynamic ASN", () => {
    const settings =
      ", peerPort: 1179, holdTime: 30s, keepaliveTime: 10s, connectTime: 5s, ebgpMultiHop: true, bfdProfile: fast, enableGracefulRestart: true";
    const bfd = object("BFDProfile", "fast", "{receiveInterval: 100, detectMultiplier: 5}");
    expect(neighbor(read([peer(settings), bfd]), "n1", "10.0.0.1")).toMatchObject({
      port: 1179,
      timers: { hold: 30, keepalive: 10, connectRetry: 5 },
      multihop: 255,
      bfd: { minimumInterval: 100, multiplier: 5 },
      gracefulRestart: { mode: "restarter" },
    });
    const dynamic = peer().replace("peerASN: 64501", "dynamicASN: external");
    expect(neighbor(read([dynamic]), "n1", "10.0.0.1").remoteAs).toBe("external");
  });

  test("several ASNs on one node work natively, each session with its own", () => {
    const second = peer("", "other").replace("myASN: 64500", "myASN: 64600").replace("10.0.0.1", "10.0.0.2");
    const reading = read([peer(), second], { mode: "native" });
    // By name: "other" comes first.
    expect(speaker(reading, "n1").asn).toBe(64600);
    expect(neighbor(reading, "n1", "10.0.0.1").localAs?.asn).toBe(64500);
  });
});

describe("addresses", () => {
  test("need an endpoint somewhere; with traffic policy Local one on the node, ready or serving", () => {
    expect(prefixes(read([peer(), pool, advertisement(), service()]), "n1")).toEqual([]);
    const local = [peer(), pool, advertisement(), service(", externalTrafficPolicy: Local")];
    expect(prefixes(read([...local, endpoint("n1")]), "n1")).toEqual(["172.16.0.9/32"]);
    expect(prefixes(read([...local, endpoint("n1")]), "n2")).toEqual([]);
    expect(prefixes(read([...local, endpoint("n1", "ready: false, serving: true")]), "n1")).toEqual(["172.16.0.9/32"]);
    expect(prefixes(read([...local, endpoint("n1", "ready: false, serving: false")]), "n1")).toEqual([]);
  });

  test("are aggregated as the advertisement says", () => {
    const seen = prefixes(read([peer(), pool, advertisement("{aggregationLength: 26}"), service(), endpoint()]), "n1");
    expect(seen).toEqual(["172.16.0.0/26"]);
  });

  test("go to the peers that the advertisement names", () => {
    const second = peer("", "other").replace("10.0.0.1", "10.0.0.2");
    const reading = read([peer(), second, pool, advertisement("{peers: [other]}"), service(), endpoint()]);
    const terms = (name: string) => speaker(reading, "n1").policies?.[`export-${name}-v4`]?.terms.length;
    expect([terms("tor"), terms("other")]).toEqual([0, 1]);
  });

  test("stay at home on excluded nodes, unless the speaker ignores the label", () => {
    const excluded = node("n2", "10.0.0.12/24", {
      labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" },
    });
    const pair = [nodes[0] as Node, excluded];
    expect(prefixes(read(all, {}, pair), "n2")).toEqual([]);
    expect(findingIds(read(all, {}, pair))).toEqual(["metallb/node-excluded Node/n2"]);
    expect(prefixes(read(all, { ignoreExcludeLabel: true }, pair), "n2")).toEqual(["172.16.0.9/32"]);
  });

  test("of another load-balancer class, or of no pool, are nobody's", () => {
    expect(
      prefixes(read([peer(), pool, advertisement(), service(", loadBalancerClass: other"), endpoint()]), "n1"),
    ).toEqual([]);
    const outside = read([peer(), pool, advertisement(), service("", "192.0.2.1"), endpoint()]);
    expect(prefixes(outside, "n1")).toEqual([]);
    expect(findingIds(outside)).toEqual(["metallb/service-outside-pools Service/default/web"]);
  });

  test("communities of all advertisements of a prefix come together, aliases and large ones too", () => {
    const aliases = object("Community", "names", "{communities: [{name: edge, value: '64500:7'}]}");
    const reading = read([
      peer(),
      pool,
      aliases,
      advertisement("{communities: [edge]}", "one"),
      advertisement("{communities: ['large:64500:1:2', '65535:65281']}", "two"),
      service(),
      endpoint(),
    ]);
    expect(speaker(reading, "n1").policies?.["export-tor-v4"]?.terms[0]?.set).toEqual({
      communities: { add: ["64500:7", "no-export"] },
      largeCommunities: { add: ["64500:1:2"] },
    });
  });

  test("local preference on iBGP: natively always there, 0 if unset; in FRR modes only when set; on eBGP never", () => {
    const set = (mode: "native" | "frr", spec: string, asn: number) =>
      speaker(
        read([peer().replace("64501", String(asn)), pool, advertisement(spec), service(), endpoint()], { mode }),
        "n1",
      ).policies?.["export-tor-v4"]?.terms[0]?.set?.localPreference;
    expect(set("native", "{}", 64500)).toBe(0);
    expect(set("frr", "{}", 64500)).toBeUndefined();
    expect(set("frr", "{localPref: 150}", 64500)).toBe(150);
    expect(set("native", "{localPref: 150}", 64501)).toBeUndefined();
  });
});

describe("one refused object stops the whole configuration", () => {
  const refused = (manifests: string[], options: MetallbOptions = {}) => {
    const reading = read(manifests, options);
    return { sessions: sessionsOf(reading).length, ids: findingIds(reading) };
  };

  test("BFD, graceful restart, unnumbered and the rest on the native speaker", () => {
    const bfd = object("BFDProfile", "fast", "{}");
    const settings = [", bfdProfile: fast", ", enableGracefulRestart: true", ", vrf: red", ", keepaliveTime: 10s"];
    for (const setting of settings) {
      expect(refused([peer(setting), bfd], { mode: "native" })).toEqual({
        sessions: 0,
        ids: ["metallb/native-cannot BGPPeer/metallb-system/tor"],
      });
      expect(refused([peer(setting), bfd], { mode: "frr" }).sessions).toBe(2);
    }
    const unnumbered = peer().replace("peerAddress: 10.0.0.1", "interface: eth1");
    expect(refused([unnumbered], { mode: "native" }).ids).toEqual(["metallb/native-cannot BGPPeer/metallb-system/tor"]);
    expect(speaker(read([unnumbered]), "n1").neighbors[0]?.interface).toBe("eth1");
  });

  test("IPv6 pools and large communities on the native speaker", () => {
    const v6 = object("IPAddressPool", "v6", "{addresses: ['2001:db8::/64']}");
    expect(refused([...all, v6], { mode: "native" })).toMatchObject({ sessions: 0 });
    expect(refused([...all, v6], { mode: "frr" })).toMatchObject({ sessions: 2 });
    const large = advertisement("{communities: ['large:1:2:3']}", "large");
    expect(refused([...all, large], { mode: "native" }).sessions).toBe(0);
  });

  test("a bad peer stops its own nodes since 0.16, and all of them before", () => {
    const bad = peer(", holdTime: 1s, nodeSelectors: [{matchLabels: {rack: b}}]", "bad").replace(
      "10.0.0.1",
      "10.0.0.2",
    );
    expect(sessionsOf(read([peer(), bad], { version: "0.16" }))).toEqual(["10.0.0.1 - n1"]);
    expect(sessionsOf(read([peer(), bad], { version: "0.15" }))).toEqual([]);
  });

  test("an alias, a BFD profile or a secret that does not exist is waited for", () => {
    const [alias] = read([peer(), pool, advertisement("{communities: [edge]}")]).findings;
    expect(alias?.id).toBe("metallb/community-undefined");
    expect(alias?.sentence).toContain("waits for it");
    expect(refused([peer(", bfdProfile: none")]).ids).toEqual([
      "metallb/bfd-profile-missing BGPPeer/metallb-system/tor",
    ]);
    const other = `
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: metallb-system}
stringData: {password: not-to-be-seen}`;
    expect(refused([peer(", passwordSecret: {name: bgp}"), other]).ids).toEqual([
      "metallb/secret-missing BGPPeer/metallb-system/tor",
    ]);
    const there = read([peer(", passwordSecret: {name: other}"), other]);
    expect(neighbor(there, "n1", "10.0.0.1").password).toBe("other");
    expect(JSON.stringify(there)).not.toContain("not-to-be-seen");
  });

  test("pools that overlap, aggregates wider than the pool, local preferences that differ", () => {
    const overlap = object("IPAddressPool", "part", "{addresses: [172.16.0.200-172.16.0.210]}");
    expect(refused([...all, overlap])).toMatchObject({ sessions: 0 });
    const wide = advertisement("{aggregationLength: 20}");
    expect(refused([peer(), pool, wide]).ids).toEqual(["metallb/invalid BGPAdvertisement/metallb-system/all"]);
    const differing = [advertisement("{localPref: 100}", "one"), advertisement("{localPref: 200}", "two")];
    expect(refused([peer(), pool, ...differing]).ids).toEqual(["metallb/invalid BGPAdvertisement/metallb-system/two"]);
  });

  test("in the FRR modes, two ASNs or two sessions to one address on a node; not on different nodes", () => {
    const second = (more: string) => peer(more, "tor2").replace("64500", "64600").replace("10.0.0.1", "10.0.0.2");
    expect(refused([peer(), second("")]).sessions).toBe(0);
    expect(refused([peer(), peer("", "twin")]).sessions).toBe(0);
    const apart = [
      peer(", nodeSelectors: [{matchLabels: {rack: a}}]"),
      second(", nodeSelectors: [{matchLabels: {rack: b}}]"),
    ];
    expect(refused(apart)).toEqual({ sessions: 2, ids: [] });
  });

  test("exclusive fields and ebgpMultiHop within one AS", () => {
    expect(refused([peer(", dynamicASN: external")]).sessions).toBe(0);
    expect(refused([peer(", ebgpMultiHop: true").replace("64501", "64500")]).sessions).toBe(0);
  });
});

describe("what has no effect", () => {
  test("objects outside MetalLB's namespace", () => {
    const elsewhere = peer().replace("namespace: metallb-system", "namespace: default");
    expect(findingIds(read([elsewhere]))).toEqual(["metallb/namespace-ignored BGPPeer/default/tor"]);
  });

  test("sourceAddress in the FRR-K8s mode", () => {
    const reading = read([peer(", sourceAddress: 10.0.0.11")], { mode: "frr-k8s" });
    expect(neighbor(reading, "n1", "10.0.0.1").localAddress).toBeUndefined();
    expect(findingIds(reading)).toEqual(["metallb/not-passed-to-frr-k8s BGPPeer/metallb-system/tor"]);
    expect(neighbor(read([peer(", sourceAddress: 10.0.0.11")], { mode: "frr" }), "n1", "10.0.0.1").localAddress).toBe(
      "10.0.0.11",
    );
  });

  test("a pool that nothing announces, and references to what does not exist", () => {
    expect(findingIds(read([peer(), pool]))).toEqual([
      "metallb/pool-not-advertised IPAddressPool/metallb-system/services",
    ]);
    expect(findingIds(read([peer(), pool, advertisement("{peers: [nobody]}")]))).toEqual([
      "metallb/advertisement-without-session BGPAdvertisement/metallb-system/all",
      "metallb/reference-missing BGPAdvertisement/metallb-system/all",
    ]);
    expect(findingIds(read([peer(", nodeSelectors: [{matchLabels: {rack: z}}]"), pool, advertisement()]))).toContain(
      "metallb/selector-matches-nothing BGPPeer/metallb-system/tor",
    );
  });

  test("fields of a later release", () => {
    const ids = (manifests: string[], version: string) => findingIds(read(manifests, { version }));
    const dynamic = peer().replace("peerASN: 64501", "dynamicASN: external");
    expect(ids([dynamic], "0.14.8")).toContain("metallb/unknown-field BGPPeer/metallb-system/tor");
    expect(ids([dynamic], "0.14.9")).toEqual([]);
    const narrowed = advertisement("{serviceSelectors: [{matchLabels: {app: web}}]}");
    expect(ids([peer(), pool, narrowed], "0.15")).toContain(
      "metallb/unknown-field BGPAdvertisement/metallb-system/all",
    );
  });

  test("BGPPeer v1beta1 is still read", () => {
    const old = peer().replace("v1beta2", "v1beta1");
    expect(findingIds(read([old]))).toEqual(["metallb/deprecated-version BGPPeer/metallb-system/tor"]);
    expect(sessionsOf(read([old]))).toHaveLength(2);
  });
});
