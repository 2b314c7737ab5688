/** Wrong calls of LiveNetwork: every mistake in one error, before anything of it is registered. */
import { describe, expect, it } from "vitest";
import { Cluster, LiveNetwork, type LiveNetworkArgs, Rack, UserError, calico, place } from "../../components";
import { record } from "./recorder";

/** What is said of a call, and what it registered beside its parts. */
async function refusal(call: () => LiveNetworkArgs): Promise<{ said: string[]; registered: string[] }> {
  let said: string[] = [];
  const registered = await record(() => {
    try {
      new LiveNetwork("live", call());
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      said = error.faults.map(({ path, found, expected }) => `${path}: ${found}, expected ${expected}`);
    }
  });
  return { said, registered: registered.map(({ name }) => name).filter((name) => name.startsWith("live")) };
}

const rack = (name: string, segment: string, asn: number) =>
  new Rack(name, { segments: [`${segment}.0/24`], router: { os: "frr", address: `${segment}.1`, asn } });

describe("LiveNetwork refuses", () => {
  it("no parts, no time and a receipt that is neither Markdown nor JSON, together", async () => {
    const { said, registered } = await refusal(() => ({ parts: [], timeout: 0, receipt: "receipt.txt" }));
    expect(said).toEqual([
      "parts: none, expected everything that the network is made of: racks, clusters, fabrics",
      "timeout: 0, expected seconds above 0",
      "receipt: receipt.txt, expected a file that ends in .md or .json",
    ]);
    expect(registered).toEqual([]);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("a gate that waits %s seconds", async (timeout) => {
    const { said } = await refusal(() => ({ parts: [rack("rack1", "10.10.10", 65001)], timeout }));
    expect(said).toEqual([`timeout: ${timeout}, expected seconds above 0`]);
  });

  it("the same prefix on two racks' segments that the parts bring together", async () => {
    const { said, registered } = await refusal(() => ({
      parts: [rack("rack1", "10.10.10", 65001), rack("rack2", "10.10.10", 65002)],
    }));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("10.10.10.0/24");
    expect(registered).toEqual([]);
  });

  it("a cluster without the rack that its nodes stand in", async () => {
    const { said, registered } = await refusal(() => {
      const racks = rack("rack1", "10.10.10", 65001);
      const cluster = new Cluster("k01", {
        runtime: "bare",
        cni: calico({ asn: 65010 }),
        pods: "192.168.0.0/16",
        services: "172.16.0.0/16",
        nodes: place(racks, ["control-plane", "worker"], { from: "10.10.10.10" }),
      });
      return { parts: [cluster] };
    });
    expect(said.join("\n")).toContain("rack1");
    expect(registered).toEqual([]);
  });
});
