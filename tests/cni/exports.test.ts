/**
 * Objects as `kubectl get -o yaml` prints them: in a List, with what the API server keeps beside what people wrote, and
 * with the defaults that it filled in. A reading takes them as the plain manifests, and says nothing of the rest.
 */
import { describe, expect, test } from "vitest";
import { CNIS, type CniName } from "../../components/cni";
import { loadManifests } from "../../components/cni/load";
import { orThrow } from "../../components/model/errors";
import { node } from "./cluster";

/** `status`: a condition as controllers write it, where the kind has one. */
const item = (apiVersion: string, kind: string, name: string, spec: string, namespace = "") => `
- apiVersion: ${apiVersion}
  kind: ${kind}
  metadata:
    name: ${name}${namespace === "" ? "" : `\n    namespace: ${namespace}`}
    annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
    creationTimestamp: "2026-11-01T10:00:00Z"
    generation: 3
    resourceVersion: "8121"
    uid: 5b6a2c0e-7c2b-4a57-8f1e-3d1a3f0f2a11
    managedFields: [{apiVersion: ${apiVersion}, fieldsType: FieldsV1, fieldsV1: {"f:spec": {}}, manager: kubectl, operation: Update, time: "2026-11-01T10:00:00Z"}]
  spec: ${spec}
  status: {conditions: [{lastTransitionTime: "2026-11-01T10:00:01Z", message: "", reason: Ready, status: "True", type: Ready}]}`;
const list = (...items: string[]) =>
  `apiVersion: v1\nkind: List\nmetadata: {resourceVersion: ""}\nitems:${items.join("")}\n`;

const v3 = "projectcalico.org/v3";
const exported: Partial<Record<CniName, string>> = {
  calico: list(
    item(v3, "BGPConfiguration", "default", "{logSeverityScreen: Info, nodeToNodeMeshEnabled: false}"),
    item(
      v3,
      "IPPool",
      "pods",
      "{cidr: 10.244.0.0/16, blockSize: 26, ipipMode: Never, vxlanMode: Never, nodeSelector: all(), allowedUses: [Workload, Tunnel], assignmentMode: Automatic}",
    ),
    item(v3, "BGPPeer", "tor", "{peerIP: 10.0.0.1, asNumber: 64501}"),
  ),
  cilium: list(
    item(
      "cilium.io/v2",
      "CiliumBGPClusterConfig",
      "all",
      "{bgpInstances: [{name: one, localASN: 64512, peers: [{name: tor, peerAddress: 10.0.0.1, peerASN: 64501, peerConfigRef: {name: tor}}]}]}",
    ),
    item(
      "cilium.io/v2",
      "CiliumBGPPeerConfig",
      "tor",
      "{ebgpMultihop: 1, timers: {connectRetryTimeSeconds: 120, holdTimeSeconds: 90, keepAliveTimeSeconds: 30}, transport: {peerPort: 179}, families: [{afi: ipv4, safi: unicast}]}",
    ),
    item("cilium.io/v2", "CiliumLoadBalancerIPPool", "lb", "{blocks: [{cidr: 172.16.0.0/24}], disabled: false}"),
  ),
  metallb: list(
    item(
      "metallb.io/v1beta2",
      "BGPPeer",
      "tor",
      "{myASN: 64512, peerASN: 64501, peerAddress: 10.0.0.1, peerPort: 179, disableMP: false}",
      "metallb-system",
    ),
    item(
      "metallb.io/v1beta1",
      "IPAddressPool",
      "lb",
      "{addresses: [172.16.0.0/24], autoAssign: true, avoidBuggyIPs: false}",
      "metallb-system",
    ),
    item(
      "metallb.io/v1beta1",
      "BGPAdvertisement",
      "all",
      "{aggregationLength: 32, aggregationLengthV6: 128}",
      "metallb-system",
    ),
  ),
};

describe.each(Object.entries(exported) as [CniName, string][])("%s", (name, text) => {
  test("an export gives the sessions of the manifests, and no finding about its fields", () => {
    const loaded = orThrow(loadManifests([{ file: "export.yaml", text }]));
    const reading = CNIS[name].read({ ...loaded, nodes: [node("n1", "10.0.0.11/24")] });
    expect(reading.findings.filter(({ id }) => /unknown-field|refused|invalid/.test(id))).toEqual([]);
    expect(reading.speakers.flatMap(({ neighbors }) => neighbors.map(({ address }) => address))).toEqual(["10.0.0.1"]);
  });
});
