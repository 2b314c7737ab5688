/**
 * Objects as `kubectl get -o yaml` of a real API server gives them back (tests/cni/exports, made by make.ts there): in a
 * List, with managedFields, the last applied text and the defaults that the API server filled in. A reading takes them as
 * the manifests that were applied, and finds nothing unknown in them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CNIS, type CniName } from "../../components/cni";
import { loadManifests } from "../../components/cni/load";
import type { Speaker } from "../../components/bgp/network";
import type { ClusterObjects } from "../../components/cni/objects";
import { orThrow } from "../../components/model/errors";
import { node } from "./cluster";

const objects = (...files: string[]): ClusterObjects =>
  orThrow(loadManifests(files.map((file) => ({ file, text: readFileSync(join(__dirname, "exports", file), "utf8") }))));

/** Without file and line, which are others in an export. */
const withoutPlaces = (speakers: readonly Speaker[]): unknown =>
  JSON.parse(JSON.stringify(speakers, (key, value: unknown) => (key === "source" ? undefined : value)));

const sets: [CniName, string, string | undefined][] = [
  ["calico", "3.32", "calico"],
  ["cilium", "1.18", "cilium"],
  ["cilium", "1.16", "cilium-v1"],
  ["metallb", "0.16", "metallb"],
  // Its settings are annotations of the nodes.
  ["kube-router", "2.6", undefined],
];

describe.each(sets)("%s %s", (cni, version, set) => {
  const own = set === undefined ? [] : [set];
  const given = objects("core.yaml", ...own.map((name) => `${name}.yaml`));
  const applied = objects("applied-core.yaml", ...own.map((name) => `applied-${name}.yaml`));
  const reading = CNIS[cni].read(given, { version });

  test("no field of an export is unknown, refused or invalid", () => {
    expect(reading.findings.filter(({ id }) => /unknown-field|refused|invalid/.test(id))).toEqual([]);
    expect(reading.speakers.map(({ name }) => name)).toEqual(["n1"]);
    expect(reading.speakers[0]?.neighbors.map(({ address }) => address)).toEqual(["10.0.0.1"]);
  });

  test("the export says what the manifests said", () => {
    // Only the node's own address comes from a kubelet, which is no part of a manifest.
    const read = CNIS[cni].read({ ...applied, nodes: given.nodes, services: given.services ?? [] }, { version });
    expect(withoutPlaces(reading.speakers)).toEqual(withoutPlaces(read.speakers));
  });
});

/** Made with frr-k8s' own definition: it fills in what a neighbor takes, and that it has one family. */
describe("FRRConfigurations of frr-k8s", () => {
  const read = (files: string[]) => {
    const { nodes } = objects("core.yaml");
    const labelled = nodes.map((one) => ({
      ...one,
      metadata: { ...one.metadata, labels: { ...one.metadata.labels, rack: "a" } },
    }));
    return CNIS.metallb.read({ ...objects(...files), nodes: labelled }, { version: "0.15", mode: "frr-k8s" });
  };
  const given = read(["metallb.yaml", "frr-k8s.yaml"]);

  test("no field of an export is unknown, refused or invalid", () => {
    expect(given.findings.filter(({ id }) => /unknown-field|refused|invalid/.test(id))).toEqual([]);
    expect(given.speakers[0]?.neighbors.map(({ address }) => address)).toEqual(["10.0.0.1", "10.0.0.2"]);
  });

  test("the export says what the manifests said", () => {
    const applied = read(["applied-metallb.yaml", "applied-frr-k8s.yaml"]);
    expect(withoutPlaces(given.speakers)).toEqual(withoutPlaces(applied.speakers));
  });
});

test.each<[CniName, string, string[]]>([
  ["calico", "3.32", ["calico"]],
  ["cilium", "1.18", ["cilium", "cilium-v1"]],
  ["metallb", "0.16", ["metallb"]],
])("the exports hold an object of each kind that %s has", (cni, version, files) => {
  const held = new Set(objects(...files.map((name) => `${name}.yaml`)).resources?.map(({ kind }) => kind));
  expect(held).toEqual(new Set(CNIS[cni].kinds(version).map(({ spec }) => spec.names.kind)));
});

test("a node's address in an export without a length is its network's, where an annotation says it", () => {
  const [speaker] = CNIS.calico.read({ ...objects("calico.yaml"), nodes: [node("n1", "10.0.0.11/24")] }).speakers;
  expect(speaker?.interfaces.flatMap(({ addresses }) => addresses)).toContain("10.0.0.11/24");
});
