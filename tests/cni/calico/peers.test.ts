/** Who peers with whom, and how: confd's rules for BGPPeers, the mesh, reflectors and passwords. */
import { describe, expect, test } from "vitest";
import { readCalico, type CalicoOptions } from "../../../components/cni/calico";
import type { Node } from "../../../components/cni/objects";
import { cluster, findingIds, neighbor, node, sessionsOf, speaker } from "../cluster";

const three: Node[] = [
  node("n1", "10.0.0.1/24", { labels: { rack: "a" } }),
  node("n2", "10.0.0.2/24", { labels: { rack: "a" } }),
  node("n3", "10.0.0.3/24", { labels: { rack: "b" } }),
];
const off = `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: false}`;
const peer = (name: string, spec: string) => `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: ${name}}
spec: {${spec}}`;
const read = (nodes: Node[], manifests: string[], options: CalicoOptions = {}) =>
  readCalico(cluster(nodes, ...manifests), options);

describe("BGPPeer", () => {
  test("with a node selector the session exists on the matching nodes alone", () => {
    const reading = read(three, [off, peer("tor", "nodeSelector: rack == 'a', peerIP: 10.0.0.254, asNumber: 64501")]);
    expect(sessionsOf(reading)).toEqual(["10.0.0.254 - n1", "10.0.0.254 - n2"]);
  });

  test("with node it exists on that one", () => {
    const reading = read(three, [off, peer("tor", "node: n3, peerIP: 10.0.0.254, asNumber: 64501")]);
    expect(sessionsOf(reading)).toEqual(["10.0.0.254 - n3"]);
  });

  test("!=, not in and !has hold for nodes without the label", () => {
    const selectors = ["zone != 'x'", "zone not in {'x'}", "!has(zone)"];
    for (const selector of selectors) {
      const reading = read(three, [off, peer("tor", `nodeSelector: "${selector}", peerIP: 10.0.0.254, asNumber: 1`)]);
      expect(sessionsOf(reading)).toHaveLength(3);
    }
  });

  test("a peer of nodes works in both directions although it names one", () => {
    const reading = read(three, [off, peer("rr", "nodeSelector: rack == 'a', peerSelector: rack == 'b'")]);
    expect(sessionsOf(reading)).toEqual(["n1 - n3", "n2 - n3"]);
    expect(speaker(reading, "n3").neighbors.map(({ address }) => address)).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(neighbor(reading, "n3", "10.0.0.1").source?.field).toBe("BGPPeer/rr spec.peerSelector, in reverse");
  });

  test("reversePeering: Manual leaves the other side without its neighbor", () => {
    const reading = read(three, [
      off,
      peer("rr", "nodeSelector: rack == 'a', peerSelector: rack == 'b', reversePeering: Manual"),
    ]);
    expect(speaker(reading, "n3").neighbors).toEqual([]);
    expect(speaker(reading, "n1").neighbors).toHaveLength(1);
  });

  test("a peerIP that is a node's own address is reversed only where the ASN is that node's", () => {
    const right = read(three, [off, peer("n", "nodeSelector: rack == 'a', peerIP: 10.0.0.3, asNumber: 64512")]);
    expect(speaker(right, "n3").neighbors).toHaveLength(2);
    const wrong = read(three, [off, peer("n", "nodeSelector: rack == 'a', peerIP: 10.0.0.3, asNumber: 64513")]);
    expect(speaker(wrong, "n3").neighbors).toEqual([]);
  });

  test("a node never peers with itself", () => {
    const reading = read(three, [off, peer("all", "nodeSelector: all(), peerSelector: all()")]);
    expect(sessionsOf(reading)).toEqual(["n1 - n2", "n1 - n3", "n2 - n3"]);
  });

  test("a global peer takes the place of a node's own to the same address", () => {
    const reading = read(three, [
      off,
      peer("everyone", "peerIP: 10.0.0.254, asNumber: 64501"),
      peer("special", "nodeSelector: rack == 'b', peerIP: 10.0.0.254, asNumber: 64502"),
    ]);
    expect(neighbor(reading, "n3", "10.0.0.254").remoteAs).toBe(64501);
    expect(findingIds(reading)).toEqual(["calico/two-peers-for-one-neighbor BGPPeer/special"]);
  });

  test("two that differ for one neighbor in one pass: which holds is random, and the forecast says so", () => {
    const reading = read(three, [
      off,
      peer("one", "nodeSelector: rack == 'a', peerIP: 10.0.0.254, asNumber: 64501"),
      peer("two", "nodeSelector: all(), peerIP: 10.0.0.254, asNumber: 64502"),
    ]);
    expect(reading.findings.map(({ id, severity, sentence }) => [id, severity, sentence.includes("random")])).toEqual([
      ["calico/two-peers-for-one-neighbor", "error", true],
    ]);
    expect(speaker(reading, "n1").unmodelled?.map((one) => one.neighbor)).toEqual(["10.0.0.254"]);
    expect(speaker(reading, "n3").unmodelled).toBeUndefined();
  });

  test("the port of the peer: as written, or the listening port of a node with that address and ASN", () => {
    const port = `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: false, listenPort: 1179}`;
    const reading = read(three, [
      port,
      peer("tor", "peerIP: '10.0.0.254:2179', asNumber: 64501"),
      peer("inner", "node: n1, peerIP: 10.0.0.3, asNumber: 64512"),
    ]);
    expect(neighbor(reading, "n1", "10.0.0.254").port).toBe(2179);
    expect(neighbor(reading, "n1", "10.0.0.3").port).toBe(1179);
    expect(speaker(reading, "n1").bgp.port).toBe(1179);
  });

  test("next hop: Self always, Keep always, keepOriginalNextHop for eBGP alone", () => {
    const family = (spec: string, address: string) =>
      neighbor(read(three, [off, peer("p", spec)]), "n1", address).families?.ipv4;
    expect(family("peerIP: 10.0.0.254, asNumber: 64501, nextHopMode: Self", "10.0.0.254")?.nextHopSelf).toBe("force");
    expect(family("peerIP: 10.0.0.254, asNumber: 64512, nextHopMode: Keep", "10.0.0.254")?.nextHopUnchanged).toBe(true);
    expect(
      family("peerIP: 10.0.0.254, asNumber: 64501, keepOriginalNextHop: true", "10.0.0.254")?.nextHopUnchanged,
    ).toBe(true);
    expect(
      family("peerIP: 10.0.0.254, asNumber: 64512, keepOriginalNextHop: true", "10.0.0.254")?.nextHopUnchanged,
    ).toBeUndefined();
  });

  test("sourceAddress None leaves the source to the kernel; by default it is the node's address", () => {
    const own = (spec: string) => neighbor(read(three, [off, peer("p", spec)]), "n1", "10.0.0.254").localAddress;
    expect(own("peerIP: 10.0.0.254, asNumber: 64501")).toBe("10.0.0.1");
    expect(own("peerIP: 10.0.0.254, asNumber: 64501, sourceAddress: None")).toBeUndefined();
  });

  test("explicit peers are multihop; ttlSecurity narrows them", () => {
    const plain = neighbor(read(three, [off, peer("p", "peerIP: 10.9.9.9, asNumber: 1")]), "n1", "10.9.9.9");
    expect([plain.multihop, plain.ttlSecurity]).toEqual([64, undefined]);
    const near = neighbor(
      read(three, [off, peer("p", "peerIP: 10.9.9.9, asNumber: 1, ttlSecurity: 2")]),
      "n1",
      "10.9.9.9",
    );
    expect([near.multihop, near.ttlSecurity]).toEqual([undefined, 2]);
  });

  test("localASNumber speaks as another AS, and decides what is internal", () => {
    const reading = read(three, [off, peer("p", "peerIP: 10.9.9.9, asNumber: 64600, localASNumber: 64600")]);
    expect(neighbor(reading, "n1", "10.9.9.9").localAs?.asn).toBe(64600);
    expect(neighbor(reading, "n1", "10.9.9.9").families?.ipv4?.exportPolicy).toBe("export-ibgp-v4");
  });

  test("reachableBy adds a host route to the peer", () => {
    const reading = read(three, [off, peer("p", "peerIP: 10.9.9.9, asNumber: 1, reachableBy: 10.0.0.254")]);
    expect(speaker(reading, "n1").routes).toContainEqual({ prefix: "10.9.9.9/32", via: ["10.0.0.254"] });
  });

  test("times are rounded to seconds", () => {
    const reading = read(three, [
      off,
      peer("p", "peerIP: 10.9.9.9, asNumber: 1, maxRestartTime: 1m30s, keepaliveTime: 2500ms"),
    ]);
    expect(neighbor(reading, "n1", "10.9.9.9")).toMatchObject({
      gracefulRestart: { mode: "restarter", restartTime: 90 },
      timers: { keepalive: 3 },
    });
  });
});

describe("the mesh", () => {
  test("is on where no BGPConfiguration says otherwise, with AS 64512", () => {
    const reading = read(three, []);
    expect(sessionsOf(reading)).toEqual(["n1 - n2", "n1 - n3", "n2 - n3"]);
    expect(speaker(reading, "n1").asn).toBe(64512);
  });

  test("of two ends the one whose address is greater as text is waited for", () => {
    const reading = read([node("low", "10.0.0.10/24"), node("high", "10.0.0.9/24")], []);
    expect(neighbor(reading, "low", "10.0.0.9").passive).toBe(true);
    expect(neighbor(reading, "high", "10.0.0.10").passive).toBeUndefined();
  });

  test("between nodes of different AS it is multihop only since 3.33, and direct before", () => {
    const two = [
      node("n1", "10.0.0.1/24", { annotations: { "projectcalico.org/ASNumber": "64600" } }),
      ...three.slice(1, 2),
    ];
    expect(neighbor(read(two, [], { version: "3.32" }), "n1", "10.0.0.2").multihop).toBe(1);
    expect(neighbor(read(two, [], { version: "3.33" }), "n1", "10.0.0.2").multihop).toBe(64);
    expect(neighbor(read(two, []), "n2", "10.0.0.1").remoteAs).toBe(64600);
  });

  test("a cluster id takes a node out of the mesh on both sides", () => {
    const nodes = [
      node("n1", "10.0.0.1/24", { annotations: { "projectcalico.org/RouteReflectorClusterID": "244.0.0.1" } }),
      ...three.slice(1),
    ];
    expect(sessionsOf(read(nodes, []))).toEqual(["n2 - n3"]);
  });

  test("the mesh and a peer to one address are two protocols for one session", () => {
    const reading = read(three, [peer("all", "nodeSelector: all(), peerSelector: all()")]);
    expect(findingIds(reading)).toEqual(["calico/mesh-and-peer BGPPeer/all"]);
    expect(speaker(reading, "n1").neighbors.filter(({ address }) => address === "10.0.0.2")).toHaveLength(2);
  });

  test("IPv6 has sessions of its own, beside IPv4", () => {
    const dual = ["1", "2"].map((i) =>
      node(`n${i}`, `10.0.0.${i}/24`, { annotations: { "projectcalico.org/IPv6Address": `2001:db8::${i}/64` } }),
    );
    const addresses = speaker(read(dual, []), "n1").neighbors.map(({ address }) => address);
    expect(addresses).toEqual(["10.0.0.2", "2001:db8::2"]);
    expect(neighbor(read(dual, []), "n1", "2001:db8::2").families).toMatchObject({
      ipv4: { active: false },
      ipv6: { active: true },
    });
  });
});

describe("nodes", () => {
  test("an ASN beyond Calico's field works as a node's annotation, plain or dotted", () => {
    const asn = (text: string) =>
      speaker(read([node("n1", "10.0.0.1/24", { annotations: { "projectcalico.org/ASNumber": text } })], []), "n1").asn;
    expect(asn("4200000001")).toBe(4200000001);
    expect(asn("64086.59905")).toBe(4200000001);
  });

  test("annotations that are not valid are dropped, and reported", () => {
    const broken = node("n1", "10.0.0.1", {
      annotations: {
        "projectcalico.org/ASNumber": "AS64512",
        "projectcalico.org/RouteReflectorClusterID": "1",
        "projectcalico.org/IPv4Address": "10.0.0/24",
      },
    });
    const reading = read([broken], []);
    expect(findingIds(reading).filter((id) => id.startsWith("calico/annotation-dropped"))).toHaveLength(3);
    expect(speaker(reading, "n1").asn).toBe(64512);
  });

  test("without an annotation the InternalIP counts, with the length that a given segment tells", () => {
    const bare: Node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "n1" },
      status: { addresses: [{ type: "InternalIP", address: "10.0.0.1" }] },
    };
    const reading = read([bare], [], { segments: [{ name: "rack1", prefixes: ["10.0.0.0/24"] }] });
    expect(speaker(reading, "n1").interfaces).toEqual([{ name: "eth0", addresses: ["10.0.0.1/24"], segment: "rack1" }]);
    const adrift = read([bare], []);
    expect(speaker(adrift, "n1").unmodelled).toHaveLength(1);
  });

  test("nodes on one network share the segment that its prefix names", () => {
    const reading = read(three, []);
    expect(reading.segments).toEqual([{ name: "10.0.0.0/24", prefixes: ["10.0.0.0/24"] }]);
  });
});

describe("passwords", () => {
  const secured = peer("p", "peerIP: 10.9.9.9, asNumber: 1, password: {secretKeyRef: {name: bgp-secrets, key: rr}}");
  const secret = (namespace: string) => `
apiVersion: v1
kind: Secret
metadata: {name: bgp-secrets, namespace: ${namespace}}
stringData: {rr: not-to-be-seen}`;

  test("are named after the secret and its key, and the value is nowhere", () => {
    const reading = read(three, [off, secured, secret("calico-system")]);
    expect(neighbor(reading, "n1", "10.9.9.9").password).toBe("bgp-secrets/rr");
    expect(JSON.stringify(reading)).not.toContain("not-to-be-seen");
    expect(reading.findings).toEqual([]);
  });

  test("in the wrong namespace are as good as none: the session has no password", () => {
    const reading = read(three, [off, secured, secret("default")]);
    expect(neighbor(reading, "n1", "10.9.9.9").password).toBeUndefined();
    expect(findingIds(reading)).toEqual(["calico/secret-missing BGPPeer/p"]);
  });

  test("are taken for granted where nobody showed the secrets", () => {
    expect(read(three, [off, secured]).findings).toEqual([]);
  });
});
