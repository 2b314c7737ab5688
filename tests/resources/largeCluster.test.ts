/** The large-cluster stack at several sizes: how many sessions the preview has, what a node more changes, and how many resources there are. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { PROJECT, type Registered, record } from "./recorder";

async function stack(config: Record<string, string>): Promise<Registered[]> {
  return record(async () => {
    pulumi.runtime.setAllConfig(
      Object.fromEntries(Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value])),
    );
    vi.resetModules();
    await import("../../stacks/large-cluster.js");
  });
}

const gateOf = (all: Registered[]) =>
  all.find(({ name }) => name === "live-gate")?.inputs as { sessions: string[]; routes: string[] };
const within = (lines: string[]) => lines.filter((line) => line.includes(" up ibgp ")).length;
const ofType = (all: Registered[], type: string) => all.filter((one) => one.type === type);

describe("the sessions that the preview has", () => {
  it("of 9 nodes meshed are 36 among themselves, with three reflectors 6 x 3 + 3 = 21; 9 to ToRs, 4 to spines", async () => {
    const meshed = gateOf(await stack({ nodes: "9", reflectors: "false" })).sessions;
    const reflected = gateOf(await stack({ nodes: "9" })).sessions;
    expect([meshed, reflected].map((lines) => [within(lines), lines.length])).toEqual([
      [36, 36 + 9 + 4],
      [21, 21 + 9 + 4],
    ]);
  });
});

describe("on kind", () => {
  it("eight nodes with one control plane have three reflectors over both racks: 5 x 3 + 3 sessions among themselves", async () => {
    const all = await stack({ runtime: "kind", nodeImage: "bgpfabric/node:1" });
    expect(within(gateOf(all).sessions)).toBe(18);
    expect(gateOf(all).sessions).toHaveLength(18 + 8 + 4);
    for (const reflector of ["k8s-cp-01", "k8s-worker-01", "k8s-worker-02"]) {
      expect(within(gateOf(all).sessions.filter((line) => line.includes(reflector)))).toBe(7);
    }
  }, 60_000);
});

describe("24 nodes", () => {
  it("have 21 x 3 + 3 sessions among themselves, a container each, and one object for each rack's peering", async () => {
    const all = await stack({});
    expect(within(gateOf(all).sessions)).toBe(66);
    expect(gateOf(all).sessions).toHaveLength(66 + 24 + 4);
    expect(ofType(all, "docker:index/container:Container")).toHaveLength(24 + 4);
    const peers = all.filter(({ type }) => type.endsWith(":BGPPeer")).map(({ name }) => name);
    expect(peers.sort()).toEqual([
      "reflectors-peering",
      "reflectors-peering-rr-mesh",
      "tors-tor-rack-a",
      "tors-tor-rack-b",
    ]);
  }, 180_000);
});

describe("one node more", () => {
  it("is three sessions with the reflectors and one with its ToR, and changes no object, no router and no other node", async () => {
    const [before, after] = [await stack({ nodes: "6" }), await stack({ nodes: "7" })];
    const [old, now] = [gateOf(before), gateOf(after)];
    const more = now.sessions.filter((line) => !old.sessions.includes(line));
    expect(more).toHaveLength(4);
    expect(more.every((line) => line.includes("k8s-worker-04"))).toBe(true);
    expect(old.sessions.filter((line) => !now.sessions.includes(line))).toEqual([]);
    const texts = (all: Registered[]) =>
      new Map(all.map(({ type, name, inputs }) => [`${type} ${name}`, JSON.stringify(inputs)]));
    const known = texts(before);
    const changed = [...texts(after)]
      .filter(([key, text]) => known.has(key) && known.get(key) !== text)
      .map(([key]) => key.split(" ")[1]);
    expect(changed.sort()).toEqual([
      "k8s-ready",
      "live-gate",
      "reflectors-established",
      "reflectors-reflecting",
      "reflectors-start",
    ]);
  });
});
