/** The two-clusters stack step by step: what the preview between two steps changes, as the seed's text says it. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { PROJECT, type Registered, record } from "./recorder";

async function step(name: string, config: Record<string, string> = {}): Promise<Registered[]> {
  return record(async () => {
    const all = Object.entries({ step: name, ...config });
    pulumi.runtime.setAllConfig(Object.fromEntries(all.map(([key, value]) => [`${PROJECT}:${key}`, value])));
    vi.resetModules();
    await import("../../stacks/two-clusters.js");
  });
}
const gateOf = (all: Registered[]) =>
  all.find(({ name }) => name === "live-gate")?.inputs as { sessions: string[]; routes: string[]; probes: unknown[] };
const specOf = (all: Registered[], name: string) => all.find((one) => one.name === name)?.inputs["spec"];
/** Lines of the one list that the other lacks, whatever a line leaves open. */
const news = (before: string[], after: string[]) => {
  const facts = (lines: string[]) => lines.map((line) => line.split("; ")[0] ?? "");
  return facts(after).filter((line) => !facts(before).includes(line));
};

describe("the steps of the seed", () => {
  it("mesh: 6 sessions in each cluster, both announce their service range, and nothing is asked between them", async () => {
    const all = await step("mesh");
    expect(gateOf(all).sessions).toHaveLength(12);
    expect(specOf(all, "live-cluster-b-bgpconfiguration")).toMatchObject({
      asNumber: 64513,
      serviceClusterIPs: [{ cidr: "10.211.0.0/16" }],
    });
    expect(gateOf(all).probes).toEqual([]);
  });

  it("reflectors: one session of plain nodes goes in each cluster, and the mesh is off", async () => {
    const [before, after] = [await step("mesh"), await step("reflectors")];
    expect(news(gateOf(after).sessions, gateOf(before).sessions)).toEqual([
      "cluster-a 172.28.1.1 - cluster-a-m02 172.28.1.2: up ibgp AS 64512 - 64512 ipv4",
      "cluster-b 172.28.2.1 - cluster-b-m02 172.28.2.2: up ibgp AS 64513 - 64513 ipv4",
    ]);
    expect(news(gateOf(after).routes, gateOf(before).routes)).toEqual([]);
    expect(specOf(after, "live-cluster-a-bgpconfiguration")).toMatchObject({ nodeToNodeMeshEnabled: false });
  });

  it("peering: four eBGP sessions more, and far routes at the reflectors alone", async () => {
    const [before, after] = [await step("reflectors"), await step("peering")];
    const more = news(gateOf(before).sessions, gateOf(after).sessions);
    expect(more).toHaveLength(4);
    expect(more.every((line) => line.includes(": up ebgp AS 64512 - 64513"))).toBe(true);
    const speakers = news(gateOf(before).routes, gateOf(after).routes).map((line) => line.split(" ")[0] ?? "");
    expect([...new Set(speakers)].every((name) => /m0[34]$/.test(name))).toBe(true);
  });

  it("pools: no session changes, every node gets the far routes by both reflectors, and pods ask each other", async () => {
    const [before, after] = [await step("peering"), await step("pools")];
    expect(news(gateOf(before).sessions, gateOf(after).sessions)).toEqual([]);
    const more = news(gateOf(before).routes, gateOf(after).routes);
    expect(more).toContain("cluster-a 10.211.0.0/16: ibgp via 172.28.2.3 172.28.2.4, path 64513");
    expect(new Set(more.map((line) => line.split(" ")[0]))).toEqual(
      new Set(["cluster-a", "cluster-a-m02", "cluster-b", "cluster-b-m02"]),
    );
    expect(gateOf(after).probes).toHaveLength(4);
  });

  it("another ASN for cluster b changes the configuration in place: no container is made anew", async () => {
    const [before, after] = [await step("pools"), await step("pools", { asnB: "64520" })];
    const texts = (all: Registered[]) =>
      new Map(all.map(({ type, name, inputs }) => [`${type} ${name}`, JSON.stringify(inputs)]));
    const [old, now] = [texts(before), texts(after)];
    const changed = [...now].filter(([key, text]) => old.get(key) !== text).map(([key]) => key.split(" ")[1]);
    expect(changed.sort()).toEqual([
      "a-b-cluster-a-cluster-b-m03",
      "a-b-cluster-a-cluster-b-m04",
      "live-cluster-b-bgpconfiguration",
      "live-gate",
    ]);
  });

  it("a step that is none is refused", async () => {
    await expect(step("pool")).rejects.toThrow('step: found "pool", expected one of mesh, reflectors, peering, pools');
  });
});
