/** What a program wants, as Calico's objects: equal to the labs' manifests, and checked before anything is made. */
import { describe, expect, test } from "vitest";
import { readCalico } from "../../../components/cni/calico";
import { calicoObjects } from "../../../components/cni/calico/intent";
import type { CalicoIntent } from "../../../components/cni/calico/intentTypes";
import { mergeCalico } from "../../../components/cni/calico/intentMerge";
import { orThrow } from "../../../components/model/errors";
import { node, sessionsOf } from "../cluster";

const lab000: CalicoIntent = {
  asn: 65010,
  mesh: false,
  peers: [{ name: "bgppeer-arista", address: "10.10.10.1", asn: 65001, nodes: 'bgp-peer == "true"' }],
  pools: [
    {
      name: "default-ipv4-ippool",
      cidr: "192.168.0.0/16",
      encapsulation: "VXLANCrossSubnet",
      natOutgoing: true,
      hidden: true,
    },
    { name: "loadbalancer-ip-pool", cidr: "172.16.0.240/28", natOutgoing: true, for: "services" },
  ],
  serviceLoadBalancerIPs: ["172.16.0.240/28"],
};

const paths = (intent: CalicoIntent): string[] => {
  const made = calicoObjects(intent);
  return made.ok ? [] : made.faults.map(({ path }) => path);
};

test("lab 000 gives the lab's BGPPeer, pool and configuration", () => {
  const { bgpConfiguration, bgpPeers, ipPools } = orThrow(calicoObjects(lab000));
  expect(bgpConfiguration.spec).toEqual({
    logSeverityScreen: "Info",
    asNumber: 65010,
    nodeToNodeMeshEnabled: false,
    serviceLoadBalancerIPs: [{ cidr: "172.16.0.240/28" }],
  });
  expect(bgpPeers).toEqual([
    {
      apiVersion: "projectcalico.org/v3",
      kind: "BGPPeer",
      metadata: { name: "bgppeer-arista" },
      spec: { peerIP: "10.10.10.1", asNumber: 65001, nodeSelector: 'bgp-peer == "true"' },
    },
  ]);
  expect(ipPools[1]?.spec).toMatchObject({
    cidr: "172.16.0.240/28",
    blockSize: 28,
    natOutgoing: true,
    disabled: false,
    assignmentMode: "Automatic",
    allowedUses: ["LoadBalancer"],
  });
});

test("the objects made are read back without a finding", () => {
  const { bgpConfiguration, bgpPeers, ipPools } = orThrow(calicoObjects(lab000));
  const reading = readCalico({
    nodes: [node("worker", "10.10.10.11/24", { labels: { "bgp-peer": "true" } })],
    resources: [bgpConfiguration, ...bgpPeers, ...ipPools],
  });
  expect(reading.findings).toEqual([]);
  expect(sessionsOf(reading)).toEqual(["10.10.10.1 - worker"]);
});

test("reflectors are two BGPPeers, a label and an annotation on each of them", () => {
  const { bgpPeers, nodes } = orThrow(
    calicoObjects({ asn: 64512, mesh: false, reflectors: { nodes: ["cp-01", "cp-02"], clusterId: "1.0.0.1" } }),
  );
  expect(bgpPeers.map(({ metadata, spec }) => [metadata.name, spec.nodeSelector, spec.peerSelector])).toEqual([
    ["peer-with-route-reflectors", "route-reflector != 'true'", "route-reflector == 'true'"],
    ["rr-mesh", "route-reflector == 'true'", "route-reflector == 'true'"],
  ]);
  expect(nodes[0]).toEqual({
    name: "cp-01",
    labels: { "route-reflector": "true" },
    annotations: { "projectcalico.org/RouteReflectorClusterID": "1.0.0.1" },
  });
});

describe("faults name the argument", () => {
  test("an ASN beyond Calico's field, with nodes as the way out", () => {
    const made = calicoObjects({ asn: 4200000001 });
    expect(made.ok ? [] : made.faults).toMatchObject([
      { path: "asn", fix: expect.stringContaining("nodes.") as string },
    ]);
    expect(orThrow(calicoObjects({ nodes: { n1: { asn: 4200000001 } } })).nodes[0]?.annotations).toEqual({
      "projectcalico.org/ASNumber": "4200000001",
    });
  });

  test("all mistakes of one call at once", () => {
    expect(
      paths({
        asn: 65535,
        peers: [
          { name: "tor", address: "10.0.0.300", asn: 64501 },
          { name: "tor", address: "10.0.0.1", filters: ["nowhere"], nodes: "rack = 'a'" },
          { name: "both", address: "10.0.0.1", asn: 1, toNodes: "all()" },
        ],
        pools: [
          { name: "a", cidr: "10.0.0.0/8" },
          { name: "b", cidr: "10.1.0.1/16" },
          { name: "c", cidr: "10.2.0.0/16" },
        ],
        serviceClusterIPs: ["10.96.0.1/12"],
        communities: [{ within: "10.0.0.0/8", add: ["64512"] }],
        reflectors: { nodes: [], clusterId: "1" },
      }).sort(),
    ).toEqual(
      [
        "asn",
        "communities[0].add[0]",
        "peers[0].address",
        "peers[1].asn",
        "peers[1].filters[0]",
        "peers[1].name",
        "peers[1].nodes",
        "peers[2]",
        "peers[2]",
        "pools[1].cidr",
        "pools[1].cidr",
        "pools[2].cidr",
        "reflectors.clusterId",
        "reflectors.nodes",
        "serviceClusterIPs[0]",
      ].sort(),
    );
  });

  test("a field of a later version", () => {
    const made = calicoObjects(
      { peers: [{ name: "p", address: "10.0.0.1", asn: 1, keepaliveTime: 5 }] },
      { version: "3.31" },
    );
    expect(made.ok ? [] : made.faults[0]?.path).toBe("peers[0] (keepaliveTime)");
  });
});

describe("parts of one cluster", () => {
  test("join their lists, and what two say alike stands once", () => {
    const merged = orThrow(
      mergeCalico(
        { asn: 65010, serviceLoadBalancerIPs: ["172.16.0.240/28"] },
        { asn: 65010, mesh: false, serviceLoadBalancerIPs: ["172.16.0.240/28", "172.17.0.0/28"] },
      ),
    );
    expect(merged).toEqual({ asn: 65010, mesh: false, serviceLoadBalancerIPs: ["172.16.0.240/28", "172.17.0.0/28"] });
  });

  test("may not want one value differently", () => {
    const merged = mergeCalico({ mesh: true }, { mesh: false });
    expect(merged.ok ? [] : merged.faults.map(({ path }) => path)).toEqual(["mesh"]);
  });
});
