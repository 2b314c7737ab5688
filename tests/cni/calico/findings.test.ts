/** Traps that Calico takes without a word: each fires on the wrong objects and is silent on the right ones. */
import { describe, expect, test } from "vitest";
import { readCalico, type CalicoOptions } from "../../../components/cni/calico";
import type { Node } from "../../../components/cni/objects";
import { cluster, node, sessionsOf } from "../cluster";

const nodes: Node[] = [
  node("n1", "10.0.0.11/24", { podCIDR: "10.244.1.0/24", labels: { rack: "a" } }),
  node("n2", "10.0.0.12/24", { podCIDR: "10.244.2.0/24", labels: { rack: "b" } }),
];
const object = (kind: string, name: string, spec: string) => `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: ${name}}
spec: ${spec}`;
const off = object("BGPConfiguration", "default", "{nodeToNodeMeshEnabled: false, asNumber: 64512}");
const pods = object("IPPool", "pods", "{cidr: 10.244.0.0/16}");
const tor = (more = "") => object("BGPPeer", "tor", `{peerIP: 10.0.0.1, asNumber: 64501${more}}`);
const read = (manifests: string[], options: CalicoOptions = {}, all = nodes) =>
  readCalico(cluster(all, ...manifests), options);
const found = (...args: Parameters<typeof read>) =>
  read(...args).findings.map(({ id, severity, object: place, path }) => [severity, id, place, path].join(" "));

test("a cluster as it should be has none", () => {
  expect(found([off, pods, tor()])).toEqual([]);
});

describe("fields", () => {
  test("a misspelt one is named, with the right one; the rest of the object counts", () => {
    const reading = read([off, pods, tor(", nodeSelecter: rack == 'a'")]);
    expect(reading.findings).toMatchObject([
      {
        id: "calico/unknown-field",
        object: "BGPPeer/tor",
        path: "spec.nodeSelecter",
        fix: "did you mean nodeSelector?",
      },
    ]);
    expect(sessionsOf(reading)).toHaveLength(2);
  });

  test("one of a later version is dropped by an earlier one", () => {
    const filter = object("BGPFilter", "f", "{exportV4: [{action: Reject, peerType: eBGP}]}");
    expect(found([off, pods, tor(", filters: [f]"), filter], { version: "3.31" })).toEqual([
      "error calico/unknown-field BGPFilter/f spec.exportV4[0].peerType",
    ]);
    expect(found([off, pods, tor(", filters: [f]"), filter], { version: "3.32" })).toEqual([]);
  });

  test("one of Calico Enterprise is said to be so", () => {
    const [finding] = read([off, pods, tor(", failureDetectionMode: BFDIfDirectlyConnected")]).findings;
    expect(finding?.sentence).toContain("Enterprise");
    expect(finding?.fix).toContain("no BFD");
  });

  test("what the API server refuses is left out: two exclusive fields, a value of the wrong type", () => {
    expect(found([off, pods, tor(", node: n1, nodeSelector: rack == 'a'")])).toContain(
      "error calico/refused BGPPeer/tor spec",
    );
    const reading = read([off, pods, tor(", ttlSecurity: '2'")]);
    expect(reading.findings[0]).toMatchObject({ id: "calico/refused", path: "spec.ttlSecurity" });
    expect(sessionsOf(reading)).toEqual([]);
  });

  test("an ASN that Calico's field cannot hold has the node's annotation as the way", () => {
    const [finding] = read([
      object("BGPConfiguration", "default", "{nodeToNodeMeshEnabled: false, asNumber: 4200000001}"),
      pods,
      tor(),
    ]).findings;
    expect(finding).toMatchObject({ id: "calico/asn-too-large", severity: "error", path: "spec.asNumber" });
    expect(finding?.fix).toContain("projectcalico.org/ASNumber");
  });

  test("node.<name> takes three fields alone, and other names are not read", () => {
    const configuration = object("BGPConfiguration", "node.n1", "{asNumber: 64600, listenPort: 1179}");
    expect(found([off, pods, tor(), configuration])).toEqual([
      "error calico/default-only BGPConfiguration/node.n1 spec.asNumber",
    ]);
    expect(found([off, pods, tor(), object("BGPConfiguration", "mine", "{listenPort: 1179}")])).toEqual([
      "error calico/configuration-ignored BGPConfiguration/mine metadata.name",
    ]);
  });
});

describe("BGPPeers", () => {
  test("a selector that matches nothing", () => {
    expect(found([off, pods, tor(", nodeSelector: rack == 'c'")])).toContain(
      "warning calico/selector-matches-nothing BGPPeer/tor spec.nodeSelector",
    );
    expect(found([pods, object("BGPPeer", "rr", "{peerSelector: has(reflector)}")])).toContain(
      "warning calico/selector-matches-nothing BGPPeer/rr spec.peerSelector",
    );
  });

  test("a selector that cannot be read says where", () => {
    const [finding] = read([off, pods, tor(", nodeSelector: rack = 'a'")]).findings;
    expect(finding).toMatchObject({ id: "calico/selector-syntax", severity: "error" });
    expect(finding?.sentence).toContain("at character 6");
  });

  test("a selector that holds because nobody has the label", () => {
    expect(found([off, pods, tor(", nodeSelector: \"zone != 'x'\"")])).toEqual([
      "info calico/selector-holds-by-absence BGPPeer/tor spec.nodeSelector",
    ]);
  });

  test("a filter that does not exist filters nothing", () => {
    expect(found([off, pods, tor(", filters: [nowhere]")])).toEqual([
      "error calico/filter-missing BGPPeer/tor spec.filters[0]",
    ]);
  });

  test("a peer without an ASN makes BIRD refuse everything", () => {
    expect(found([off, pods, object("BGPPeer", "tor", "{peerIP: 10.0.0.1}")])).toContain(
      "error calico/peer-without-asn BGPPeer/tor spec.asNumber",
    );
  });

  test("an address with a mask is none", () => {
    expect(found([off, pods, object("BGPPeer", "tor", "{peerIP: 10.0.0.1/32, asNumber: 1}")])).toContain(
      "error calico/peer-address BGPPeer/tor spec.peerIP",
    );
  });

  test("two with the same settings for one neighbor are worth a word, no more", () => {
    const twin = object("BGPPeer", "twin", "{peerIP: 10.0.0.1, asNumber: 64501}");
    expect(found([off, pods, tor(), twin])).toEqual(["info calico/two-peers-for-one-neighbor BGPPeer/twin spec"]);
  });
});

describe("reflectors", () => {
  const reflecting = (...names: string[]) =>
    ["n1", "n2", "n3"].map((name, i) =>
      node(name, `10.0.0.1${i}/24`, {
        labels: names.includes(name) ? { rr: "true" } : {},
        annotations: names.includes(name) ? { "projectcalico.org/RouteReflectorClusterID": "244.0.0.1" } : {},
      }),
    );
  const peer = object("BGPPeer", "rr", "{nodeSelector: all(), peerSelector: rr == 'true'}");

  test("a cluster id before its sessions cuts the node off", () => {
    expect(found([], {}, reflecting("n1", "n2"))).toEqual([
      'error calico/cluster-id-before-sessions Node/n1 metadata.annotations["projectcalico.org/RouteReflectorClusterID"]',
      'error calico/cluster-id-before-sessions Node/n2 metadata.annotations["projectcalico.org/RouteReflectorClusterID"]',
    ]);
    expect(found([peer], {}, reflecting("n1", "n2"))).toEqual([]);
  });

  test("one alone is a single point of failure, once the mesh is off", () => {
    const ids = read([off, peer], {}, reflecting("n1")).findings.map(({ id }) => id);
    expect(ids).toEqual(["calico/single-reflector"]);
  });

  test("a client that no reflector knows is named", () => {
    const some = object("BGPPeer", "rr", "{node: n3, peerSelector: rr == 'true'}");
    const all = [...reflecting("n1", "n2"), node("n4", "10.0.0.14/24")];
    const [finding] = read(
      [off, some, object("BGPPeer", "mesh", "{nodeSelector: rr == 'true', peerSelector: rr == 'true'}")],
      {},
      all,
    ).findings;
    expect(finding).toMatchObject({ id: "calico/node-without-reflector" });
    expect(finding?.sentence).toContain("n4");
  });
});

describe("pools and services", () => {
  test("a pool over the nodes' own network leaks what routers say", () => {
    expect(found([off, tor(), object("IPPool", "wide", "{cidr: 10.0.0.0/8}")])).toEqual([
      "error calico/pool-covers-nodes IPPool/wide spec.cidr",
    ]);
  });

  test("pools that overlap", () => {
    expect(found([off, pods, tor(), object("IPPool", "part", "{cidr: 10.244.9.0/24}")])).toEqual([
      "error calico/pools-overlap IPPool/pods spec.cidr",
    ]);
  });

  test("a pool smaller than its block", () => {
    const small = object("IPPool", "small", "{cidr: 172.16.0.240/28, disabled: false}");
    expect(found([off, pods, tor(), small])).toEqual([
      "error calico/pool-smaller-than-block IPPool/small spec.blockSize",
    ]);
  });

  test("a block outside every pool stops at the first node", () => {
    expect(found([off, tor(), object("IPPool", "other", "{cidr: 10.250.0.0/16}")])).toEqual([
      "warning calico/block-outside-pools Node/n1 spec.podCIDRs",
      "warning calico/block-outside-pools Node/n2 spec.podCIDRs",
    ]);
  });

  test("a service with an address that no range holds", () => {
    const service = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1}
status: {loadBalancer: {ingress: [{ip: 192.0.2.7}]}}`;
    const ranges = object(
      "BGPConfiguration",
      "default",
      "{nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{cidr: 172.16.0.0/24}]}",
    );
    expect(found([ranges, pods, tor(), service])).toEqual([
      "warning calico/service-outside-ranges Service/web status.loadBalancer.ingress",
    ]);
  });

  test("a community that nobody defined", () => {
    const configuration = object(
      "BGPConfiguration",
      "default",
      "{nodeToNodeMeshEnabled: false, prefixAdvertisements: [{cidr: 10.244.0.0/16, communities: [pods]}]}",
    );
    expect(found([configuration, pods, tor()])).toEqual([
      "error calico/community-undefined BGPConfiguration/default spec.prefixAdvertisements[0].communities",
    ]);
  });
});

test("a version that nobody knows falls back to the nearest, and says so", () => {
  expect(found([off, pods, tor()], { version: "3.24.1" })).toEqual(["warning calico/version Calico version"]);
  expect(found([off, pods, tor()], { version: "v3.32.1" })).toEqual([]);
});

test("a finding knows the file and line of its object", () => {
  const [finding] = read([off, pods, tor(", filters: [nowhere]")]).findings;
  expect(finding?.source).toEqual({ file: "manifest-2.yaml", line: 2 });
});
