/** FRRConfigurations beside MetalLB's objects, as frr-k8s merges them on a node. */
import { describe, expect, test } from "vitest";
import { validateNetwork } from "../../../components/bgp/validate";
import { readMetallb, type MetallbOptions } from "../../../components/cni/metallb";
import { cluster, findingIds, neighbor, node, sessionsOf, speaker } from "../cluster";

const nodes = [node("n1", "10.0.0.11/24", { labels: { rack: "a" } }), node("n2", "10.0.0.12/24")];
const metallb = `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor, namespace: metallb-system}
spec: {myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.1}`;
const configuration = (spec: string, name = "own") => `
apiVersion: frrk8s.metallb.io/v1beta1
kind: FRRConfiguration
metadata: {name: ${name}, namespace: metallb-system}
spec: ${spec}`;
const read = (manifests: string[], options: MetallbOptions = {}) => readMetallb(cluster(nodes, ...manifests), options);
const router = (neighbor: string, prefixes = "") =>
  `{bgp: {routers: [{asn: 64500${prefixes}, neighbors: [${neighbor}]}]}, nodeSelector: {matchLabels: {rack: a}}}`;

test("a session of its own on the nodes that it selects: it takes and sends what it says", () => {
  const reading = read([
    metallb,
    configuration(
      router(
        "{asn: 64600, address: 10.0.0.2, holdTime: 30s, keepaliveTime: 10s, " +
          "toAdvertise: {allowed: {mode: all}, withCommunity: [{prefixes: [10.5.0.0/24], community: '64500:7'}]}, " +
          "toReceive: {allowed: {prefixes: [{prefix: 10.8.0.0/16, le: 24}]}}}",
        ", prefixes: [10.5.0.0/24]",
      ),
    ),
  ]);
  expect(findingIds(reading)).toEqual([]);
  expect(sessionsOf(reading)).toEqual(["10.0.0.1 - n1", "10.0.0.1 - n2", "10.0.0.2 - n1"]);
  const session = neighbor(reading, "n1", "10.0.0.2");
  expect(session).toMatchObject({ remoteAs: 64600, timers: { hold: 30, keepalive: 10 } });
  const { policies = {}, originate } = speaker(reading, "n1");
  expect(originate).toEqual([{ kind: "network", prefix: "10.5.0.0/24" }]);
  expect(policies[session.families?.ipv4?.importPolicy ?? ""]).toEqual({
    terms: [{ match: { prefixes: [{ prefix: "10.8.0.0/16", le: 24 }] }, action: "accept" }],
    otherwise: "reject",
  });
  expect(policies[session.families?.ipv4?.exportPolicy ?? ""]?.terms).toEqual([
    {
      match: { prefixes: [{ prefix: "10.5.0.0/24" }] },
      set: { communities: { add: ["64500:7"] } },
      action: "continue",
    },
    { match: { prefixes: [{ prefix: "10.5.0.0/24" }] }, action: "accept" },
  ]);
  const { speakers, segments } = reading;
  expect(validateNetwork({ version: 1, speakers, segments }).ok).toBe(true);
});

test("the session of a BGPPeer takes routes once a configuration allows it", () => {
  const taken = (manifests: string[]) => {
    const reading = read(manifests);
    const { importPolicy = "" } = neighbor(reading, "n1", "10.0.0.1").families?.ipv4 ?? {};
    return speaker(reading, "n1").policies?.[importPolicy]?.otherwise;
  };
  expect(taken([metallb])).toBe("reject");
  const receiving = configuration(
    router("{asn: 64501, address: 10.0.0.1, toReceive: {allowed: {mode: all}}}"),
    "receive",
  );
  expect(taken([metallb, receiving])).toBe("accept");
});

describe("what is not read", () => {
  test("the configuration that MetalLB's speaker writes by itself is its objects over again", () => {
    const own = configuration(
      "{bgp: {routers: [{asn: 64500, neighbors: [{asn: 64501, address: 10.0.0.1}]}]}}",
      "metallb-n1",
    );
    expect(sessionsOf(read([metallb, own]))).toEqual(["10.0.0.1 - n1", "10.0.0.1 - n2"]);
  });

  test("raw text and VRFs are not modelled, and said", () => {
    const text = configuration(
      "{raw: {rawConfig: 'router bgp 64500'}, bgp: {routers: [{asn: 64500, vrf: red, neighbors: [{asn: 1, address: 10.0.0.3}]}]}}",
    );
    const said = speaker(read([metallb, text]), "n1").unmodelled?.map(({ what }) => what);
    expect(said).toContain("the raw configuration of FRRConfiguration/own");
    expect(said).toContain("the VRF red (FRRConfiguration/own)");
  });

  test("in the other modes nothing of it happens, and that is a finding", () => {
    const reading = read([metallb, configuration(router("{asn: 64600, address: 10.0.0.2}"))], { mode: "frr" });
    expect(findingIds(reading)).toEqual(["metallb/frr-configuration-ignored FRRConfiguration/metallb-system/own"]);
    expect(sessionsOf(reading)).toEqual(["10.0.0.1 - n1", "10.0.0.1 - n2"]);
  });
});
