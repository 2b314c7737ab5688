/** A program with one cluster on kind whose CNI runs by its own images, recorded; each test changes what it is about. */
import { vi } from "vitest";
import type * as Components from "../../components";
import { type Registered, record, settled } from "../../components/testing/record";

export const KIND_NODE = "kindest/node:v1.36.2";
let components: typeof Components;
export let registered: Registered[];
export let rack: Components.Rack;
export let cluster: Components.Cluster;

export type Change = (all: typeof Components) => Record<string, unknown>;

export async function run(change: Change = () => ({}), after: (all: typeof Components) => unknown = () => undefined) {
  registered = await record(async () => {
    components = await import("../../components/index.js");
    const { Cluster, Rack, calico, place } = components;
    rack = new Rack("rack1", {
      segments: ["10.10.10.0/24"],
      router: { os: "frr", asn: 65001, address: "10.10.10.1", neighbors: "listen" },
    });
    try {
      cluster = new Cluster("k01", {
        runtime: "kind",
        cni: calico({ asn: 65010 }),
        pods: "192.168.0.0/16",
        nodes: place(rack, ["control-plane", "worker"], { from: "10.10.10.10" }),
        ...change(components),
      });
    } finally {
      // What a refused cluster leaves of the rack belongs to this run.
      await settled();
    }
    try {
      after(components);
    } finally {
      await settled();
    }
  });
}

export const one = (name: string): Registered => {
  const found = registered.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`${name} is not registered`);
  return found;
};
export const names = () => registered.map(({ name }) => name);
export const waitsFor = (name: string) => one(name).waitsFor;
interface ReleaseInputs {
  chart: string;
  version: string;
  namespace: string;
  repositoryOpts?: { repo: string };
  values: Record<string, unknown>;
}
export const release = () => one("k01-cni").inputs as unknown as ReleaseInputs;

/** A node image of a registry, and the official plugins. */
export function stubs(): void {
  vi.stubEnv("BGPFABRIC_NODE_IMAGE", KIND_NODE);
  vi.stubEnv("BGPFABRIC_IMAGE", "bgpfabric/lab:test");
  vi.stubEnv("BGPFABRIC_STAND_INS", "");
}
