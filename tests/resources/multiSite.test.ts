/** The multi-site stack: what crosses between the sites, and what the preview says when a site stops announcing the anycast service. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { PROJECT, type Registered, record } from "./recorder";

async function stack(config: Record<string, string> = {}): Promise<Registered[]> {
  return record(async () => {
    pulumi.runtime.setAllConfig(
      Object.fromEntries(Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value])),
    );
    vi.resetModules();
    await import("../../stacks/multi-site.js");
  });
}

const gateOf = (all: Registered[]) =>
  all.find(({ name }) => name === "live-gate")?.inputs as { sessions: string[]; routes: string[] };
const bare = (line: string) => line.split("; ")[0] ?? "";

describe("the multi-site stack", () => {
  it("has a session a link, with its nodes, and two between the sites", async () => {
    const { sessions, routes } = gateOf(await stack());
    const up = sessions.map(bare).filter((line) => line.includes(": up "));
    expect(up.filter((line) => line.includes("east-spine") && line.includes("west-spine"))).toHaveLength(2);
    // In each site: two links between ToR and spines, two nodes at the ToR.
    expect(up).toHaveLength(2 + 2 * (2 + 2));
    const atWest = routes.filter((line) => line.startsWith("west-rack-tor 10.")).map((line) => line.split(" ")[1]);
    expect(atWest).toEqual(expect.arrayContaining(["10.244.0.0/17:", "10.96.0.0/17:", "10.1.0.0/16:"]));
    expect(atWest).not.toContain("10.244.0.0/26:");
  });

  it("shows in the preview that the service goes to the other site when its own stops announcing it", async () => {
    const [before, after] = [gateOf(await stack()), gateOf(await stack({ announcing: '["west"]' }))];
    const at = (lines: string[]) => bare(lines.find((line) => line.startsWith("east-rack-tor 10.97.0.0/28")) ?? "");
    expect(at(before.routes)).toBe("east-rack-tor 10.97.0.0/28: ebgp via 10.1.20.10 10.1.20.11, path 64515");
    expect(at(after.routes)).toMatch(
      /^east-rack-tor 10\.97\.0\.0\/28: ebgp via 198\.18\.\S+ 198\.18\.\S+, path 64510 64520 64521 64525, communities 64520:200$/,
    );
    expect(after.sessions).toEqual(before.sessions);
  });

  it("puts each spine's container on its links of the site and on the one to the other site", async () => {
    const spines = (await stack()).filter(({ type, name }) => type.endsWith(":Container") && name.includes("spine"));
    expect(spines.map(({ inputs }) => (inputs["networksAdvanced"] as unknown[]).length)).toEqual([2, 2, 2, 2]);
  });
});
