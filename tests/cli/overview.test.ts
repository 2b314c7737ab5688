/** The forecast of a large network on one screen: nodes and prefixes that fare alike share a row, what differs has its own. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fabric } from "../../bench/networks/thousand";
import type { Network } from "../../components/bgp/network";
import { solve } from "../../components/bgp/solve";
import { draw } from "../fidelity/random";
import { drawn, shapes } from "../networks/racks";
import { bgpfabric } from "./command";

function forecastOf(network: Network, ...more: string[]): string[] {
  const file = join(mkdtempSync(join(tmpdir(), "overview-")), "network.json");
  writeFileSync(file, JSON.stringify(network));
  const { out, err } = bgpfabric(["forecast", ...more, file], { patience: 60_000 });
  expect(err).toBe("");
  return out.trimEnd().split("\n");
}

describe("two hundred nodes in eight racks", () => {
  const network = fabric({ nodes: 200 });

  test("are a screenful: nodes in one row, services in one, pod blocks in one", { timeout: 60_000 }, () => {
    const lines = forecastOf(network);
    expect(lines.length).toBeLessThan(20);
    const nodes = lines.filter((line) => line.startsWith("node"));
    expect(nodes).toHaveLength(1);
    expect(nodes[0]).toContain("node0, node1 and 198 more");
    expect(nodes[0]).toContain("1 of 1 up");
    const blocks = lines.filter((line) => line.startsWith("10.128.0.0/26"));
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toContain("10.128.0.0/26, 10.128.0.64/26 and 198 more");
  });

  test("one whose ToR expects another ASN stands alone, and so does its pod block", { timeout: 60_000 }, () => {
    const speakers = network.speakers.map((each) => (each.name === "node77" ? { ...each, asn: 64999 } : each));
    const lines = forecastOf({ ...network, speakers });
    const rows = lines.filter((line) => /^node77 +bird/.test(line));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain("0 of 1 up");
    expect(lines.some((line) => line.includes("node0, node1 and 197 more"))).toBe(true);
    expect(lines.filter((line) => / node77 +1 of 2/.test(line))).toHaveLength(1);
  });
});

test(
  "what one node of two hundred takes with it fits on a page, with thousands of prefixes",
  { timeout: 60_000 },
  () => {
    const network = fabric({ nodes: 200 });
    const speakers = network.speakers.map((each) => (each.name === "node77" ? { ...each, neighbors: [] } : each));
    const folder = mkdtempSync(join(tmpdir(), "overview-"));
    writeFileSync(join(folder, "before.json"), JSON.stringify(network));
    writeFileSync(join(folder, "after.json"), JSON.stringify({ ...network, speakers }));
    const { out, code } = bgpfabric(["diff", "before.json", "after.json"], { cwd: folder, patience: 60_000 });
    expect(code).toBe(1);
    expect(out.trimEnd().split("\n").length).toBeLessThan(20);
    expect(out).toContain("sessions: 1 lost");
    expect(out).toMatch(/2000 with fewer next hops at tor3: /);
  },
);

describe("a row of alike prefixes holds what the table holds for each of them", () => {
  const without = (paths: readonly { prefix: string }[]): unknown[] => paths.map((each) => ({ ...each, prefix: "" }));
  const holds = (network: Network): void => {
    const solution = solve(network);
    for (const { name } of solution.network.speakers) {
      const rows = solution.alike(name);
      const { rib } = solution.table(name);
      expect(rows.flatMap(({ prefixes }) => [...prefixes]).sort()).toEqual([...rib.keys()].sort());
      for (const { prefixes, paths } of rows) {
        for (const prefix of prefixes) expect(without(rib.get(prefix) ?? [])).toEqual(without(paths));
      }
    }
  };

  test("in random networks", { timeout: 60_000 }, () => {
    const seeds = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(seeds, (seed) => holds(draw(seed, { frr10: true }).network)),
      { numRuns: 30 },
    );
  });

  test("in racks of nodes that are alike, and of nodes that are nearly so", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(shapes, (shape) => holds(drawn(shape))),
      { numRuns: 40 },
    );
  });
});
