/** The labs' clusters, read from their manifests: how many sessions, with whom, and what is let out. */
import { describe, expect, test } from "vitest";
import { writeBird } from "../../../components/config/bird/write";
import { orThrow } from "../../../components/model/errors";
import { readCalico } from "../../../components/cni/calico";
import type { ClusterObjects, Node } from "../../../components/cni/objects";
import { cluster, findingIds, neighbor, node, sessionsOf, speaker } from "../cluster";

const lab000Peer = (selector: string) => `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: bgppeer-arista}
spec:
  peerIP: 10.10.10.1
  asNumber: 65001
${selector}`;

const lab000Pools = `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: default-ipv4-ippool}
spec: {cidr: 192.168.0.0/16, vxlanMode: CrossSubnet, natOutgoing: true, disableBGPExport: true, nodeSelector: all()}
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: loadbalancer-ip-pool}
spec:
  cidr: 172.16.0.240/28
  blockSize: 28
  natOutgoing: true
  disabled: false
  assignmentMode: Automatic
  allowedUses: [LoadBalancer]
`;

const lab000Configuration = (ranges: string) => `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec:
  logSeverityScreen: Info
  asNumber: 65010
  nodeToNodeMeshEnabled: false
${ranges}`;

const advertised = "  serviceLoadBalancerIPs: [{cidr: 172.16.0.240/28}]";
const labelled = '  nodeSelector: bgp-peer == "true"';

function lab000Nodes(speaking: string[]): Node[] {
  return ["control-plane", "worker", "worker2", "worker3", "worker4"].map((name, i) =>
    node(name, `10.10.10.${10 + i}/24`, {
      labels: speaking.includes(name) ? { "bgp-peer": "true" } : {},
      podCIDR: `192.168.${i}.0/24`,
    }),
  );
}

describe("lab 000: two of five nodes speak for the cluster", () => {
  const read = (speaking: string[], ranges = advertised) =>
    readCalico(cluster(lab000Nodes(speaking), lab000Peer(labelled), lab000Pools, lab000Configuration(ranges)));

  test("exactly two sessions, from worker and worker2 to the switch", () => {
    expect(sessionsOf(read(["worker", "worker2"]))).toEqual(["10.10.10.1 - worker", "10.10.10.1 - worker2"]);
  });

  test("worker3 labelled: one session more, none lost; unlabelled: gone", () => {
    expect(sessionsOf(read(["worker", "worker2", "worker3"]))).toEqual([
      "10.10.10.1 - worker",
      "10.10.10.1 - worker2",
      "10.10.10.1 - worker3",
    ]);
    expect(sessionsOf(read(["worker"]))).toEqual(["10.10.10.1 - worker"]);
  });

  test("nodes without the label have no neighbor configured", () => {
    const reading = read(["worker", "worker2"]);
    for (const name of ["control-plane", "worker3", "worker4"]) expect(speaker(reading, name).neighbors).toEqual([]);
  });

  test("the session is eBGP from 65010 to 65001, with the node's own address as source", () => {
    const reading = read(["worker", "worker2"]);
    expect(speaker(reading, "worker").asn).toBe(65010);
    expect(neighbor(reading, "worker", "10.10.10.1")).toMatchObject({
      remoteAs: 65001,
      localAddress: "10.10.10.11",
      role: "node",
    });
  });

  test("the pool's range is a route of every node once the configuration names it, and of none before", () => {
    const ranges = (reading: ReturnType<typeof read>) =>
      reading.speakers.filter(({ routes = [] }) => routes.some(({ prefix }) => prefix === "172.16.0.240/28")).length;
    expect(ranges(read(["worker"]))).toBe(5);
    expect(ranges(read(["worker"], ""))).toBe(0);
  });

  test("before the configuration names the pool, a finding says that nobody advertises it", () => {
    expect(findingIds(read(["worker"], ""))).toContain("calico/pool-not-advertised IPPool/loadbalancer-ip-pool");
    expect(read(["worker", "worker2"]).findings).toEqual([]);
  });
});

describe("lab 002: every node speaks", () => {
  test("three nodes without a selector: three sessions, all of them global", () => {
    const objects = cluster(lab000Nodes([]).slice(0, 3), lab000Peer(""), lab000Pools, lab000Configuration(advertised));
    const reading = readCalico(objects);
    expect(sessionsOf(reading)).toHaveLength(3);
    expect(reading.speakers.map(({ neighbors }) => neighbors.map(({ role }) => role))).toEqual([
      ["global"],
      ["global"],
      ["global"],
    ]);
  });
});

describe("lab 001: reflectors in place of the mesh, then eBGP between two clusters", () => {
  const configuration = (asn: number, mesh: boolean) => `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {asNumber: ${asn}, nodeToNodeMeshEnabled: ${mesh}, serviceClusterIPs: [{cidr: 10.201.0.0/16}]}`;
  const reflectorPeer = `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: peer-to-rrs}
spec: {nodeSelector: all(), peerSelector: route-reflector == 'true'}`;
  const names = ["cluster-a", "cluster-a-m02", "cluster-a-m03", "cluster-a-m04"];
  const nodes = (reflecting: { label: boolean; clusterId: boolean }): Node[] =>
    names.map((name, i) => {
      const isReflector = i >= 2;
      return node(name, `172.18.0.${2 + i}/16`, {
        labels: isReflector && reflecting.label ? { "route-reflector": "true" } : {},
        annotations:
          isReflector && reflecting.clusterId ? { "projectcalico.org/RouteReflectorClusterID": "244.0.0.1" } : {},
        podCIDR: `10.200.${i}.0/24`,
      });
    });
  const read = (objects: ClusterObjects) => readCalico(objects);

  test("start: a full mesh of four nodes is 6 sessions, and each node has 3", () => {
    const reading = read(cluster(nodes({ label: false, clusterId: false }), configuration(64512, true)));
    expect(sessionsOf(reading)).toHaveLength(6);
    for (const { neighbors } of reading.speakers)
      expect(neighbors.map(({ role }) => role)).toEqual(["mesh", "mesh", "mesh"]);
  });

  test("the cluster id alone, with the mesh still on, leaves the two reflectors without any session", () => {
    const reading = read(cluster(nodes({ label: true, clusterId: true }), configuration(64512, true)));
    expect(sessionsOf(reading)).toEqual(["cluster-a - cluster-a-m02"]);
    expect(findingIds(reading)).toEqual([
      "calico/cluster-id-before-sessions Node/cluster-a-m03",
      "calico/cluster-id-before-sessions Node/cluster-a-m04",
    ]);
  });

  test("the mesh off and no reflector: no session at all", () => {
    const reading = read(cluster(nodes({ label: false, clusterId: false }), configuration(64512, false)));
    expect(sessionsOf(reading)).toEqual([]);
    expect(findingIds(reading)).toEqual(["calico/no-sessions BGPConfiguration/default"]);
  });

  test("reflectors, peer and mesh off: two sessions a client, one between the reflectors", () => {
    const reading = read(cluster(nodes({ label: true, clusterId: true }), configuration(64512, false), reflectorPeer));
    expect(sessionsOf(reading)).toEqual([
      "cluster-a - cluster-a-m03",
      "cluster-a - cluster-a-m04",
      "cluster-a-m02 - cluster-a-m03",
      "cluster-a-m02 - cluster-a-m04",
      "cluster-a-m03 - cluster-a-m04",
    ]);
    expect(reading.findings).toEqual([]);
  });

  test("a reflector reflects to its clients, and treats the reflector with the same cluster id as a plain neighbor", () => {
    const reading = read(cluster(nodes({ label: true, clusterId: true }), configuration(64512, false), reflectorPeer));
    const roles = speaker(reading, "cluster-a-m03").neighbors.map(
      ({ address, role }) => `${address ?? ""} ${role ?? ""}`,
    );
    expect(roles).toEqual(["172.18.0.2 reflector client", "172.18.0.3 reflector client", "172.18.0.5 node"]);
    expect(neighbor(reading, "cluster-a-m03", "172.18.0.2").families?.ipv4?.reflectorClient).toBe(true);
    expect(speaker(reading, "cluster-a-m03").bgp.clusterId).toBe("244.0.0.1");
  });

  test("a reflector's sessions have Calico's own names in BIRD, by which CalicoNodeStatus counts them", () => {
    const reading = read(cluster(nodes({ label: true, clusterId: true }), configuration(64512, false), reflectorPeer));
    const { speakers, segments } = reading;
    const written = orThrow(writeBird({ version: 1, speakers, segments }, "cluster-a-m03"));
    expect(written.match(/^protocol bgp \S+/gm)).toEqual([
      "protocol bgp Node_172_18_0_2",
      "protocol bgp Node_172_18_0_3",
      "protocol bgp Node_172_18_0_5",
    ]);
  });

  test("the two clusters: every reflector to both of the other, 4 eBGP sessions in all", () => {
    const far = (addresses: string[], asn: number) =>
      addresses
        .map(
          (address, i) => `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: far-${i}}
spec: {nodeSelector: route-reflector == 'true', peerIP: ${address}, asNumber: ${asn}}`,
        )
        .join("\n---");
    const inside = nodes({ label: true, clusterId: true });
    const a = read(
      cluster(inside, configuration(64512, false), reflectorPeer, far(["172.18.0.12", "172.18.0.13"], 64513)),
    );
    const outside = sessionsOf(a).filter((line) => line.startsWith("172."));
    expect(outside).toEqual([
      "172.18.0.12 - cluster-a-m03",
      "172.18.0.12 - cluster-a-m04",
      "172.18.0.13 - cluster-a-m03",
      "172.18.0.13 - cluster-a-m04",
    ]);
  });

  test("adding a node needs no change of any BGP resource", () => {
    const five = [...nodes({ label: true, clusterId: true }), node("cluster-a-m05", "172.18.0.6/16")];
    const reading = read(cluster(five, configuration(64512, false), reflectorPeer));
    expect(sessionsOf(reading).filter((line) => line.includes("m05"))).toEqual([
      "cluster-a-m03 - cluster-a-m05",
      "cluster-a-m04 - cluster-a-m05",
    ]);
  });
});

describe("lab 004: what a full mesh costs, and what reflectors save", () => {
  const many = (count: number, reflectors = 0): Node[] =>
    Array.from({ length: count }, (_, i) =>
      node(`n${i}`, `10.0.${20 + Math.floor(i / 200)}.${10 + (i % 200)}/16`, {
        labels: i < reflectors ? { "route-reflector": "true" } : { rack: "rack-a" },
        annotations: i < reflectors ? { "projectcalico.org/RouteReflectorClusterID": "1.0.0.1" } : {},
      }),
    );
  const configuration = (mesh: boolean) => `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {asNumber: 64512, nodeToNodeMeshEnabled: ${mesh}}`;

  test("100 nodes meshed are 4,950 sessions, 200 are 19,900", () => {
    expect(sessionsOf(readCalico(cluster(many(100), configuration(true))))).toHaveLength(4950);
    const two = readCalico(cluster(many(200), configuration(true)));
    expect(sessionsOf(two)).toHaveLength(19900);
    expect(findingIds(two)).toEqual(["calico/full-mesh-at-scale BGPConfiguration/default"]);
  });

  test("200 nodes with 3 reflectors and a switch each are 794 sessions", () => {
    const peers = `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: peer-with-route-reflectors}
spec: {nodeSelector: "route-reflector != 'true'", peerSelector: route-reflector == 'true'}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: rr-mesh}
spec: {nodeSelector: route-reflector == 'true', peerSelector: route-reflector == 'true'}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor}
spec: {peerIP: 10.0.0.1, asNumber: 64501}`;
    const reading = readCalico(cluster(many(200, 3), configuration(false), peers));
    expect(sessionsOf(reading)).toHaveLength(197 * 3 + 3 + 200);
    expect(sessionsOf(reading)).toHaveLength(794);
    expect(reading.findings).toEqual([]);
  });
});
