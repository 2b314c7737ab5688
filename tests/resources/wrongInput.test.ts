/** Wrong input: every mistake of a call in one error, before anything is registered. What Docker and the host hold is the preflight's. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  Cluster,
  EchoService,
  LiveNetwork,
  LoadBalancerPool,
  Rack,
  SelectiveBgpFabric,
  UserError,
  calico,
  place,
  type ClusterArgs,
  type RackArgs,
} from "../../components";
import { mock, record, settled } from "./recorder";

const router: RackArgs["router"] = { os: "frr", asn: 65001, address: "10.10.10.1" };
const rackArgs = (changes: Partial<RackArgs["router"]> = {}, segments = ["10.10.10.0/24"]): RackArgs => ({
  segments,
  router: { ...router, ...changes },
});
let names = 0;
const newRack = (args = rackArgs()) => new Rack(`rack${++names}`, args);
const newCluster = (rack: Rack, changes: Partial<ClusterArgs> = {}) =>
  new Cluster(`k${++names}`, {
    runtime: "bare",
    cni: calico({ asn: 65010 }),
    pods: "192.168.0.0/16",
    nodes: place(rack, ["control-plane", "worker"], { from: "10.10.10.10" }),
    ...changes,
  });

/** The faults' texts; a call that takes the input fails the test. */
function refusal(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError) return error.message.split("\n");
    throw error;
  }
  throw new Error("the call took it");
}

describe("refused, with what is wrong, where, and what would be right", () => {
  beforeAll(() => mock());
  afterEach(settled);

  it.each([0, 23456, 4294967295, 65535])("ASN %i for a router", (asn) => {
    expect(refusal(() => newRack(rackArgs({ asn })))).toEqual([
      expect.stringMatching(new RegExp(`router\\.asn: found "${asn}", expected an ASN from 1 to 4294967294`)) as string,
    ]);
  });

  it("an ASN that Calico's field cannot hold, with the annotation as the way", () => {
    const [said] = refusal(() => newCluster(newRack(), { cni: calico({ asn: 4200000000 }) }));
    expect(said).toMatch(/cni\.asn: found "4200000000".*2147483647.*projectcalico\.org\/ASNumber/);
  });

  it("a runtime that this version does not have", () => {
    expect(refusal(() => newCluster(newRack(), { runtime: "vm" as "bare" }))[0]).toMatch(
      /: runtime: found "vm", expected "bare" or "kind" or "existing": this version has no other$/,
    );
  });

  it("a router's address outside of its segment", () => {
    expect(refusal(() => newRack(rackArgs({ address: "10.10.11.1" })))).toEqual([
      expect.stringContaining(
        'router.address: found "10.10.11.1", expected an address of the segment 10.10.10.0/24',
      ) as string,
    ]);
  });

  it("two segments of a rack that overlap", () => {
    const [said] = refusal(() => newRack(rackArgs({}, ["10.10.10.0/24", "10.10.10.128/25"])));
    expect(said).toMatch(/segments\[1\]: found "10\.10\.10\.128\/25", expected a prefix apart from segments\[0\]/);
  });

  it("everything that is wrong with a rack at once", () => {
    const said = refusal(() =>
      newRack(rackArgs({ asn: 0, address: "10.10.10.300", maximumPaths: 0 }, ["10.10.10.1/24"])),
    );
    expect(said.map((line) => /: ([a-zA-Z.[\]0-9]+): found/.exec(line)?.[1])).toEqual([
      "segments[0]",
      "router.address",
      "router.asn",
      "router.maximumPaths",
    ]);
  });

  it("more nodes than the segment has addresses", () => {
    const rack = newRack(rackArgs({}, ["10.10.10.0/29"]));
    expect(refusal(() => place(rack, ["a", "b", "c", "d", "e"]))[0]).toContain("room for 5");
  });

  it("a node's first address outside of the segment", () => {
    expect(refusal(() => place(newRack(), ["a"], { from: "10.99.0.1" }))[0]).toContain("an address of 10.10.10.0/24");
  });

  it("the same address for two nodes", () => {
    const rack = newRack();
    const nodes = [...place(rack, ["a"], { from: "10.10.10.10" }), ...place(rack, ["b"], { from: "10.10.10.10" })];
    expect(refusal(() => newCluster(rack, { nodes }))[0]).toMatch(
      /nodes\[1\]\.address: found "10\.10\.10\.10".*nodes\[0\], a, has it/,
    );
  });

  it("the same address for nodes of two clusters", () => {
    const rack = newRack();
    const [one, two] = [newCluster(rack), newCluster(rack, { pods: "192.169.0.0/16" })];
    const said = refusal(() => new LiveNetwork(`live${++names}`, { parts: [rack, one, two] }));
    expect(said[0]).toMatch(/found "10\.10\.10\.10", expected an address of its own: k\d+-control-plane has it/);
  });

  it("two racks with one prefix", () => {
    const parts = [newRack(), newRack()];
    expect(refusal(() => new LiveNetwork(`live${++names}`, { parts }))[0]).toMatch(
      /segment rack\d+: found "10\.10\.10\.0\/24", expected a prefix apart from segment rack\d+, 10\.10\.10\.0\/24/,
    );
  });

  it("pods that lie over the rack", () => {
    expect(refusal(() => newCluster(newRack(), { pods: "10.10.0.0/16" }))[0]).toMatch(
      /pods: found "10\.10\.0\.0\/16", expected a prefix apart from the segment rack\d+, 10\.10\.10\.0\/24/,
    );
  });

  it("a pool that overlaps the pod network", () => {
    const cluster = newCluster(newRack());
    expect(refusal(() => new LoadBalancerPool("pool", { cluster, cidr: "192.168.7.0/24" }))[0]).toContain(
      'cidr: found "192.168.7.0/24", expected a prefix apart from the pods\' 192.168.0.0/16',
    );
  });

  it("a speaker that is no node, with the nodes that there are", () => {
    const rack = newRack();
    const cluster = newCluster(rack);
    const said = refusal(
      () => new SelectiveBgpFabric("edge", { cluster, racks: [rack], speakers: { nodes: ["worker9"] } }),
    );
    expect(said[0]).toMatch(/speakers\.nodes\[0\]: found "worker9", expected a node of k\d+: control-plane, worker$/);
  });

  it("a backend on a node that is not there", () => {
    const cluster = newCluster(newRack());
    expect(refusal(() => new EchoService("web", { cluster, port: 80, node: "worker9" }))[0]).toContain(
      'node: found "worker9"',
    );
  });

  it("before anything is registered", async () => {
    const seen = await record(() => {
      expect(() => newRack(rackArgs({ asn: 0 }))).toThrow(UserError);
    });
    expect(seen).toEqual([]);
  });
});
