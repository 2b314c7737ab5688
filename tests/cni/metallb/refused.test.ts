/**
 * What makes MetalLB refuse its whole configuration, as its own parser did with 0.15: then no node has a session, and
 * the finding says which object it was. And what looks like it and is taken.
 */
import { describe, expect, test } from "vitest";
import { readMetallb, type MetallbOptions } from "../../../components/cni/metallb";
import { cluster, findingIds, neighbor, node, speaker } from "../cluster";

const nodes = [node("n1", "10.0.0.11/24", { labels: { rack: "a" } })];
const object = (kind: string, name: string, spec: string, version = "v1beta1", rest = "") => `
apiVersion: metallb.io/${version}
kind: ${kind}
metadata: {name: ${name}, namespace: metallb-system}
spec: ${spec}${rest}`;
const peer = (more = "", address = "10.0.0.1") =>
  object("BGPPeer", "tor", `{myASN: 64500, peerASN: 64501, peerAddress: "${address}"${more}}`, "v1beta2");
const pool = (more = "", addresses = "172.16.0.0/24") =>
  object("IPAddressPool", "services", `{addresses: [${addresses}]${more}}`);
const advertisement = (spec = "{}") => object("BGPAdvertisement", "all", spec);
const read = (manifests: string[], options: MetallbOptions = {}) => readMetallb(cluster(nodes, ...manifests), options);
const selector = "{matchLabels: {rack: a}}";

describe("one object, and nothing is taken", () => {
  test.each([
    ["a pool named twice", advertisement("{ipAddressPools: [services, services]}"), ""],
    ["a peer named twice", advertisement("{peers: [tor, tor]}"), ""],
    ["a node selector twice", advertisement(`{nodeSelectors: [${selector}, ${selector}]}`), ""],
    ["a pool selector twice", advertisement(`{ipAddressPoolSelectors: [${selector}, ${selector}]}`), ""],
    [
      "a value twice in one expression",
      advertisement("{nodeSelectors: [{matchExpressions: [{key: rack, operator: In, values: [a, a]}]}]}"),
      "",
    ],
    [
      "a selector that cannot be read",
      advertisement("{nodeSelectors: [{matchExpressions: [{key: rack, operator: In, values: []}]}]}"),
      "",
    ],
    ["a namespace twice", advertisement(), pool(", serviceAllocation: {namespaces: [web, web]}")],
    [
      "a service selector twice",
      advertisement(),
      pool(`, serviceAllocation: {serviceSelectors: [${selector}, ${selector}]}`),
    ],
    ["an address that is no range", advertisement(), pool("", "172.16.0.0/24, somewhere")],
    [
      "an alias that is no community",
      advertisement() + "\n---" + object("Community", "names", '{communities: [{name: blue, value: "64500"}]}'),
      "",
    ],
    [
      "an alias twice",
      advertisement() +
        "\n---" +
        object("Community", "names", '{communities: [{name: b, value: "1:1"}, {name: b, value: "1:2"}]}'),
      "",
    ],
  ])("%s", (_what, refused, changed) => {
    const manifests = [peer(), changed === "" ? pool() : changed, refused];
    const reading = read(manifests, { mode: "frr" });
    expect(reading.findings.filter(({ severity }) => severity === "error")).not.toEqual([]);
    expect(reading.speakers).toEqual([]);
  });

  test("a peer's selector twice, and BFD's echo over IPv6", () => {
    const speakers = (text: string) => read([text, pool(), advertisement()], { mode: "frr" }).speakers;
    expect(speakers(peer(`, nodeSelectors: [${selector}, ${selector}]`))).toEqual([]);
    const echo = (address: string) =>
      peer(", bfdProfile: fast", address) + "\n---" + object("BFDProfile", "fast", "{echoMode: true}");
    expect(speakers(echo("2001:db8::1"))).toEqual([]);
    expect(speakers(echo("10.0.0.1"))).toHaveLength(1);
  });
});

describe("the native speaker", () => {
  const native = (...manifests: string[]) => read(manifests, { mode: "native" }).speakers.length;

  test("takes an IPv6 pool that no BGPAdvertisement selects", () => {
    const six = object("IPAddressPool", "six", "{addresses: ['2001:db8::/64']}");
    expect(native(peer(), pool(), six, advertisement("{ipAddressPools: [services]}"))).toBe(1);
    expect(native(peer(), pool(), six, advertisement())).toBe(0);
  });

  test("refuses a large community among the aliases, used or not", () => {
    const aliases = (value: string) => object("Community", "names", `{communities: [{name: b, value: "${value}"}]}`);
    expect(native(peer(), pool(), advertisement(), aliases("64500:1"))).toBe(1);
    expect(native(peer(), pool(), advertisement(), aliases("large:64500:1:1"))).toBe(0);
  });
});

test("one timer makes the other, by three", () => {
  const timers = (more: string) =>
    neighbor(read([peer(more), pool(), advertisement()], { mode: "frr" }), "n1", "10.0.0.1").timers;
  expect(timers(", keepaliveTime: 20s")).toMatchObject({ keepalive: 20, hold: 60 });
  expect(timers(", keepaliveTime: 100s")).toMatchObject({ keepalive: 100, hold: 300 });
  expect(timers(", holdTime: 30s")).toMatchObject({ keepalive: 10, hold: 30 });
});

test("an endpoint that is ready in one slice and not in another is not ready", () => {
  const service = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {type: LoadBalancer, clusterIP: 10.96.0.9, externalTrafficPolicy: Local}
status: {loadBalancer: {ingress: [{ip: 172.16.0.9}]}}`;
  const slice = (name: string, ready: boolean) => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.1.9], nodeName: n1, conditions: {ready: ${ready}}}]`;
  const announced = (...slices: string[]) =>
    speaker(read([peer(), pool(), advertisement(), service, ...slices]), "n1").originate?.length;
  expect(announced(slice("a", true))).toBe(1);
  expect(announced(slice("a", true), slice("b", false))).toBe(0);
});

test("an export carries status, managedFields and what the API server filled in: nothing is said of them", () => {
  const exported = `
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  name: services
  namespace: metallb-system
  creationTimestamp: "2026-11-01T10:00:00Z"
  generation: 1
  resourceVersion: "812"
  uid: 5b6a2c0e-7c2b-4a57-8f1e-3d1a3f0f2a11
  managedFields: [{apiVersion: metallb.io/v1beta1, fieldsType: FieldsV1, fieldsV1: {"f:spec": {}}, manager: kubectl, operation: Update}]
spec: {addresses: [172.16.0.0/24], autoAssign: true, avoidBuggyIPs: false}
status: {assignedIPv4: 1, assignedIPv6: 0, availableIPv4: 255, availableIPv6: 0}`;
  const reading = read([peer(", peerPort: 179"), exported, advertisement("{aggregationLength: 32}")]);
  expect(findingIds(reading)).toEqual([]);
  expect(reading.speakers).toHaveLength(1);
});

describe("different local preferences for one pool, as the speaker of 0.15.2 took them or not", () => {
  const two = [
    node("n1", "10.0.0.11/24", { labels: { rack: "a" } }),
    node("n2", "10.0.0.12/24", { labels: { rack: "b" } }),
  ];
  const preferring = (name: string, preference: number, more = "") =>
    object("BGPAdvertisement", name, `{localPref: ${preference}${more}}`);
  const taken = (first: string, second: string) => {
    const manifests = [peer(), pool(), preferring("one", 0, first), preferring("two", 200, second)];
    return readMetallb(cluster(two, ...manifests), { version: "0.15", mode: "native" }).speakers.length === 2;
  };
  const on = (rack: string) => `, nodeSelectors: [{matchLabels: {rack: ${rack}}}]`;

  test.each([
    ["nothing tells them apart", "", "", false],
    ["one names peers, the other means all", ", peers: [tor]", "", false],
    ["one is for some nodes, the other for all", on("a"), "", false],
    ["their peers differ", ", peers: [tor]", ", peers: [other]", true],
    ["their nodes differ", on("a"), on("b"), true],
    ["their aggregates differ", ", aggregationLength: 30", "", true],
  ])("%s", (_case, first, second, expected) => expect(taken(first, second)).toBe(expected));
});

describe("the native speaker of 0.15.2", () => {
  const native: MetallbOptions = { version: "0.15", mode: "native" };

  test("dials no IPv6 address: a finding, and no session", () => {
    const reading = read([peer("", "fd00::1")], native);
    expect(reading.speakers).toEqual([]);
    expect(findingIds(reading)).toEqual(["metallb/not-dialled BGPPeer/metallb-system/tor"]);
  });

  test("offers both families, and gives each session its own router id", () => {
    const second = object("BGPPeer", "second", "{myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.2}", "v1beta2");
    const reading = read([peer(", routerID: 9.9.9.9"), second], native);
    const { families } = neighbor(reading, "n1", "10.0.0.1");
    expect([families?.ipv4?.active, families?.ipv6?.active]).toEqual([true, true]);
    expect(speaker(reading, "n1").unmodelled).toContainEqual({
      what: "the router id 10.0.0.11 of the session of BGPPeer second",
      neighbor: "10.0.0.2",
    });
  });

  test("sends the communities of one of several advertisements, which FRR unites", () => {
    const giving = (name: string, communities: string) =>
      object("BGPAdvertisement", name, `{communities: [${communities}]}`);
    const service = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {type: LoadBalancer}
status: {loadBalancer: {ingress: [{ip: 172.16.0.1}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.0.2], nodeName: n1, conditions: {ready: true}}]`;
    const manifests = [peer(), pool(), giving("one", '"64500:1"'), giving("two", '"64500:2"'), service];
    const reading = read(manifests, native);
    expect(findingIds(reading)).toEqual(["metallb/communities-contradict BGPAdvertisement/metallb-system/two"]);
    expect(speaker(reading, "n1").unmodelled).toContainEqual({
      what: "which advertisement gives BGPPeer tor its communities",
      policy: "export-tor-v4",
    });
    const frr = read(manifests, { version: "0.15", mode: "frr" });
    expect(findingIds(frr)).toEqual([]);
    expect(speaker(frr, "n1").policies?.["export-tor-v4"]?.terms[0]?.set?.communities).toEqual({
      add: ["64500:1", "64500:2"],
    });
  });
});
