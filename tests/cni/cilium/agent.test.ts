/** What Cilium's own control plane did when it ran, and this reading once said otherwise. */
import { expect, test } from "vitest";
import type { Speaker } from "../../../components/bgp/network";
import { validateNetwork } from "../../../components/bgp/validate";
import { CNIS } from "../../../components/cni";
import { readCilium, type CiliumOptions } from "../../../components/cni/cilium";
import type { Node } from "../../../components/cni/objects";
import { forecast } from "../../../components/forecast/forecast";
import { routeLines } from "../../../components/forecast/lines";
import { orThrow } from "../../../components/model/errors";
import { cluster, findingIds, node, speaker } from "../cluster";

const objects = (address = "10.0.0.1", override = "") => `
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: all}
spec: {bgpInstances: [{name: one, localASN: 64512, peers: [{name: tor, peerAddress: "${address}", peerASN: 64501, peerConfigRef: {name: tor}}]}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {name: tor}
spec: {families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {to: tor}}}, {afi: ipv6, safi: unicast, advertisements: {matchLabels: {to: tor}}}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata: {name: links, labels: {to: tor}}
spec: {advertisements: [{advertisementType: Interface, interface: {name: lo}}]}
---
${override}`;

test("multicast addresses of an interface are not announced", () => {
  const addresses = ["127.0.0.1/8", "10.9.9.9/32", "224.0.0.5/32", "239.1.1.1/32", "ff02::1/128", "fe80::1/64"];
  const options: CiliumOptions = { nodes: { n1: { interfaces: [{ name: "lo", addresses }] } } };
  const reading = readCilium(cluster([node("n1", "10.0.0.11/24")], objects()), options);
  expect(speaker(reading, "n1").originate).toEqual([{ kind: "network", prefix: "10.9.9.9/32" }]);
});

test("a node without IPv4: what makes its router id is said, a setting settles it", () => {
  const six: Node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n6" },
    status: { addresses: [{ type: "InternalIP", address: "2001:db8::11" }] },
  };
  const read = (override = "", options: CiliumOptions = {}) =>
    readCilium(cluster([six], objects("2001:db8::1", override)), {
      ...options,
      nodes: { n6: { address6: "2001:db8::11/64", ...options.nodes?.["n6"] } },
    });
  const open = read();
  expect(findingIds(open)).toContain("cilium/router-id Node/n6");
  expect(
    speaker(open, "n6")
      .unmodelled?.map(({ what }) => what)
      .join(),
  ).toContain("router id");
  const { speakers, segments } = open;
  expect(validateNetwork({ version: 1, speakers, segments }).ok).toBe(true);
  const override = `
apiVersion: cilium.io/v2
kind: CiliumBGPNodeConfigOverride
metadata: {name: n6}
spec: {bgpInstances: [{name: one, routerID: 9.9.9.9}]}`;
  for (const settled of [read(override), read("", { nodes: { n6: { routerId: "9.9.9.9" } } })]) {
    expect(findingIds(settled)).not.toContain("cilium/router-id Node/n6");
    expect(speaker(settled, "n6").routerId).toBe("9.9.9.9");
  }
});

test("two BGP instances of a node are two speakers at its address, each with its switch", () => {
  const config = `
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: all}
spec:
  bgpInstances:
    - {name: blue, localASN: 64512, peers: [{name: a, peerAddress: 10.0.0.1, peerASN: 64501, peerConfigRef: {name: both}}]}
    - {name: red, localASN: 64513, peers: [{name: b, peerAddress: 10.0.0.2, peerASN: 64502, peerConfigRef: {name: both}}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {name: both}
spec: {families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {to: all}}}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata: {name: pods, labels: {to: all}}
spec: {advertisements: [{advertisementType: PodCIDR}]}`;
  const { speakers, segments, findings } = readCilium(
    cluster([node("n1", "10.0.0.11/24", { podCIDR: "10.1.1.0/24" })], config),
    { nodes: { n1: { address: "10.0.0.11/24" } } },
  );
  expect(findings).toEqual([]);
  expect(speakers.map(({ name, asn }) => [name, asn])).toEqual([
    ["n1", 64512],
    ["n1 red", 64513],
  ]);
  const tor = (name: string, asn: number, address: string, remoteAs: number): Speaker => ({
    name,
    dialect: { system: "frr", version: "8.4.4", profile: "traditional" },
    role: "router",
    asn,
    routerId: address,
    interfaces: [{ name: "eth0", segment: "10.0.0.0/24", addresses: [`${address}/24`] }],
    bgp: { ebgpRequiresPolicy: false },
    neighbors: [{ address: "10.0.0.11", remoteAs }],
  });
  const tors = [tor("tor1", 64501, "10.0.0.1", 64512), tor("tor2", 64502, "10.0.0.2", 64513)];
  const network = orThrow(validateNetwork({ version: 1, speakers: [...speakers, ...tors], segments }));
  expect(routeLines(forecast(network), { speakers: ["tor1", "tor2"] })).toEqual([
    "tor1 10.1.1.0/24: ebgp via 10.0.0.11, path 64512",
    "tor2 10.1.1.0/24: ebgp via 10.0.0.11, path 64513",
  ]);
});

test("chart values that stand in no object are settings", () => {
  expect(Object.keys(CNIS.cilium.settings)).toEqual(expect.arrayContaining(["ipam", "noEndpointsRoutable"]));
});

test("of PodCIDR advertisements the last one gives the attributes, and between objects nobody knows which is last", () => {
  const config = (advertisements: string) => `
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: all}
spec: {bgpInstances: [{name: one, localASN: 64512, peers: [{name: tor, peerAddress: 10.0.0.1, peerASN: 64501, peerConfigRef: {name: tor}}]}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {name: tor}
spec: {families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {to: tor}}}]}
---${advertisements}`;
  const advertisement = (name: string, communities: readonly (string | undefined)[]) => `
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata: {name: ${name}, labels: {to: tor}}
spec: {advertisements: [${communities
    .map((one) => (one === undefined ? "" : `, attributes: {communities: {standard: ["${one}"]}}`))
    .map((attributes) => `{advertisementType: PodCIDR${attributes}}`)
    .join(", ")}]}
---`;
  const read = (...advertisements: string[]) =>
    readCilium(cluster([node("n1", "10.0.0.11/24", { podCIDR: "10.1.1.0/24" })], config(advertisements.join(""))), {
      nodes: { n1: { address: "10.0.0.11/24" } },
    });
  const communities = (reading: ReturnType<typeof read>) =>
    speaker(reading, "n1").policies?.["export-tor-v4"]?.terms[0]?.set?.communities;
  const one = read(advertisement("pods", ["64512:1", "64512:2"]));
  expect(communities(one)).toEqual({ add: ["64512:2"] });
  expect(findingIds(one)).toEqual([]);
  expect(communities(read(advertisement("pods", ["64512:1", undefined])))).toBeUndefined();
  const two = read(advertisement("a", ["64512:1"]), advertisement("b", [undefined]));
  expect(findingIds(two)).toEqual(["cilium/advertisements-contradict CiliumBGPPeerConfig/tor"]);
  expect(speaker(two, "n1").unmodelled).toEqual([
    { what: "which of a, b gives PodCIDR its attributes", policy: "export-tor-v4" },
  ]);
  expect(findingIds(read(advertisement("a", ["64512:1"]), advertisement("b", ["64512:1"])))).toEqual([]);
});

test("a local preference of 0 is none", () => {
  const advertisement = (preference: number) => `
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata: {name: pods, labels: {to: tor}}
spec: {advertisements: [{advertisementType: PodCIDR, attributes: {localPreference: ${preference}}}]}`;
  const preference = (value: number) => {
    const nodes = [node("n1", "10.0.0.11/24", { podCIDR: "10.1.1.0/24" })];
    const reading = readCilium(cluster(nodes, objects("10.0.0.1", advertisement(value))), {
      nodes: { n1: { address: "10.0.0.11/24" } },
    });
    return speaker(reading, "n1").policies?.["export-tor-v4"]?.terms[0]?.set?.localPreference;
  };
  expect([preference(0), preference(50)]).toEqual([undefined, 50]);
});
