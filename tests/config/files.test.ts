import { expect, test } from "vitest";
import { parse } from "yaml";
import { writeContainerlab } from "../../components/config/lab/containerlab";
import { writeKind } from "../../components/config/lab/kind";
import { readLinks } from "../../components/config/lab/links";
import { orThrow } from "../../components/model/errors";
import type { Network, Speaker } from "../../components/bgp/network";

test("a kind cluster for a BGP CNI: no CNI of its own, roles and labels as given", () => {
  const text = orThrow(
    writeKind({
      name: "k01",
      nodes: [{ role: "control-plane" }, { role: "worker", labels: { "bgp-peer": "true" } }],
      podSubnet: "192.168.0.0/16",
      serviceSubnet: "10.96.0.0/16",
      kubeProxyMode: "none",
    }),
  );
  expect(parse(text)).toEqual({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: "k01",
    networking: {
      disableDefaultCNI: true,
      podSubnet: "192.168.0.0/16",
      serviceSubnet: "10.96.0.0/16",
      kubeProxyMode: "none",
    },
    nodes: [{ role: "control-plane" }, { role: "worker", labels: { "bgp-peer": "true" } }],
  });
});

test("a kind cluster's mistakes come together", () => {
  const written = writeKind({ name: "K 1", nodes: [{ role: "worker" }], podSubnet: "10.0.0.1/8", serviceSubnet: "x" });
  expect(written.ok ? [] : written.faults.map((fault) => fault.path)).toEqual([
    "name",
    "nodes",
    "podSubnet",
    "serviceSubnet",
  ]);
});

const speaker = (name: string, system: "frr" | "eos", ports: [string, string][]): Speaker => ({
  name,
  dialect: { system, version: system === "frr" ? "8.4" : "4.32" },
  asn: 65001,
  routerId: "10.0.0.1",
  interfaces: ports.map(([port, segment]) => ({ name: port, segment, addresses: [] })),
  bgp: {},
  neighbors: [],
});

test("a containerlab topology: two ends are a link, three a bridge, and its links can be read back", () => {
  const network: Network = {
    version: 1,
    segments: [],
    speakers: [
      speaker("tor0", "frr", [
        ["net0", "up"],
        ["net1", "rack"],
      ]),
      speaker("leaf1", "eos", [
        ["Ethernet1", "up"],
        ["Ethernet2/1", "rack"],
      ]),
      speaker("tor2", "frr", [["net1", "rack"]]),
    ],
  };
  const text = orThrow(
    writeContainerlab(network, {
      name: "lab",
      images: { frr: "frr:8.4", eos: "ceos:4.32" },
      file: (one) => `${one.name}.conf`,
    }),
  );
  const { topology } = parse(text) as { topology: { nodes: Record<string, object>; links: { endpoints: string[] }[] } };
  expect(topology.nodes["tor0"]).toEqual({ kind: "linux", image: "frr:8.4", binds: ["tor0.conf:/etc/frr/frr.conf"] });
  expect(topology.nodes["leaf1"]).toEqual({ kind: "arista_ceos", image: "ceos:4.32", "startup-config": "leaf1.conf" });
  expect(topology.links.map((link) => link.endpoints)).toEqual([
    ["tor0:net0", "leaf1:eth1"],
    ["tor0:net1", "br-lab-1:eth1"],
    ["leaf1:eth2_1", "br-lab-1:eth2"],
    ["tor2:net1", "br-lab-1:eth3"],
  ]);
  const links = orThrow(readLinks(JSON.stringify({ links: topology.links })));
  expect(links.links[0]).toEqual({ name: "tor0:net0", ends: ["tor0:net0", "leaf1:eth1"] });
});
