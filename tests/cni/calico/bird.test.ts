/** What a reading gives can be run: the same speakers written as BIRD's configuration, whatever the objects say. */
import { expect, test } from "vitest";
import { readCalico } from "../../../components/cni/calico";
import { writeBird } from "../../../components/config/bird";
import { orThrow } from "../../../components/model/errors";
import { cluster, node } from "../cluster";

const objects = cluster(
  [
    node("n1", "10.0.0.11/24", {
      podCIDR: "10.244.1.0/24",
      annotations: {
        "projectcalico.org/RouteReflectorClusterID": "244.0.0.1",
        "projectcalico.org/IPv6Address": "2001:db8::11/64",
      },
    }),
    node("n2", "10.0.0.12/24", {
      podCIDR: "10.244.2.0/24",
      annotations: { "projectcalico.org/IPv6Address": "2001:db8::12/64" },
    }),
  ],
  `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec:
  nodeToNodeMeshEnabled: false
  listenPort: 1179
  serviceLoadBalancerIPs: [{cidr: 172.16.0.240/28}]
  prefixAdvertisements: [{cidr: 10.244.0.0/16, communities: ["64512:7", "64512:1:2"]}]
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: pods}
spec: {cidr: 10.244.0.0/16}
---
apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata: {name: f}
spec:
  importV4: [{cidr: 0.0.0.0/0, matchOperator: Equal, action: Reject}]
  exportV4:
    - {source: RemotePeers, peerType: eBGP, action: Reject}
    - {cidr: 10.244.0.0/16, matchOperator: In, prefixLength: {min: 24, max: 26}, action: Accept, operations: [{prependASPath: {prefix: [64512]}}, {setPriority: {value: 512}}]}
    - {communities: {values: ["64512:9"]}, asPathPrefix: [64501], interface: "eth*", action: Reject}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor}
spec: {peerIP: 10.0.0.1, asNumber: 64501, localASNumber: 64999, filters: [f], nextHopMode: Keep, ttlSecurity: 1, numAllowedLocalASNumbers: 1, maxRestartTime: 90s, keepaliveTime: 10s}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: rr}
spec: {node: n2, peerSelector: all(), nextHopMode: Self}`,
);

test.each(["3.31", "3.32", "3.33"])("every node of Calico %s, both families", (version) => {
  const { speakers, segments, findings } = readCalico(objects, { version });
  expect(findings.filter(({ severity, id }) => severity === "error" && id !== "calico/unknown-field")).toEqual([]);
  for (const { name } of speakers) {
    for (const family of ["ipv4", "ipv6"] as const) {
      const text = orThrow(writeBird({ version: 1, speakers, segments }, name, { family }));
      expect(text).toContain("router id 10.0.0.1");
    }
  }
});

test("the session's own words are in it: port, cluster id, next hop, ADD-PATH, GTSM, the other AS", () => {
  const { speakers, segments } = readCalico(objects);
  const text = orThrow(writeBird({ version: 1, speakers, segments }, "n1"));
  for (const line of [
    "listen bgp port 1179;",
    "neighbor 10.0.0.12 port 1179 as 64512;",
    "rr client;",
    "rr cluster id 244.0.0.1;",
    "neighbor 10.0.0.1 as 64501;",
    "local as 64999;",
    "next hop keep;",
    "next hop self;",
    "ttl security on;",
    "allow local as 1;",
    "add paths on;",
    "graceful restart time 90;",
    "keepalive time 10;",
    "route 172.16.0.240/28 blackhole;",
    "route 10.244.1.0/24 blackhole;",
  ]) {
    expect(text).toContain(line);
  }
});
