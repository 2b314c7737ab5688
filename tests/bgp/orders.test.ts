/**
 * Orders of arrival are replayed only for classes in which they can matter. Replayed for every class they find the same:
 * the same open answers, and the same parts of them.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clos } from "../../bench/networks/clos";
import type { Network } from "../../components/bgp/network";
import type { Solution } from "../../components/bgp/solution";
import { solve } from "../../components/bgp/solve";
import { draw } from "../fidelity/random";
import { large } from "../networks/large";

/** Who is open for which prefix, and with whom: of all ambiguities of a prefix together. */
function open({ ambiguities }: Solution): string[] {
  const found = new Map<string, { from: Set<string>; reach: Set<string>; best: boolean; fib: boolean }>();
  const choices = ambiguities.map(({ speaker, prefix, what }) => `${prefix} ${speaker}: ${what}`);
  for (const { prefix, moves } of ambiguities) {
    for (const { speaker, from, reach, best, fib } of moves) {
      const key = `${prefix} ${speaker}`;
      const known = found.get(key) ?? { from: new Set(), reach: new Set(), best: false, fib: false };
      for (const each of from) known.from.add(each);
      for (const each of reach) known.reach.add(each);
      found.set(key, { ...known, best: known.best || best, fib: known.fib || fib });
    }
  }
  const parts = [...found].map(([key, { from, reach, best, fib }]) =>
    [key, [...from].sort(), [...reach].filter((each) => !from.has(each)).sort(), best, fib].join(" "),
  );
  return [...new Set(choices), ...parts].sort();
}

const holds = (network: Network): void => {
  expect(open(solve(network))).toEqual(open(solve(network, { everyOrder: true })));
};

describe("orders of arrival, where they matter and everywhere", () => {
  test("random networks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const { network } = draw(seed, { frr10: true });
        const base = solve(network);
        if (base.oscillations.length === 0) holds(network);
      }),
      { numRuns: 60 },
    );
  }, 240_000);

  test.each([
    ["a Clos", {}],
    ["whose leaves keep the oldest path", { compareRouterId: false }],
    ["with one ASN for its spines", { compareRouterId: false, sharedAsn: true }],
  ])("%s", (_, options) => holds(clos({ routers: 12, ...options })));

  test.each([
    ["with reflectors", {}],
    ["with reflectors and a way from leaf to leaf", { reExport: true }],
    ["in a mesh", { mesh: true }],
  ])("a cluster %s", (_, options) => holds(large({ nodes: 9, ...options })));

  test("drawn clusters, whose leaves keep the oldest path or not", () => {
    fc.assert(
      fc.property(
        fc.record({
          nodes: fc.integer({ min: 2, max: 6 }),
          racks: fc.integer({ min: 1, max: 3 }),
          spines: fc.integer({ min: 1, max: 2 }),
          reflectors: fc.integer({ min: 1, max: 3 }),
          mesh: fc.boolean(),
          reExport: fc.boolean(),
          unfiltered: fc.boolean(),
          oneLeafAsn: fc.boolean(),
          maximumPaths: fc.integer({ min: 1, max: 4 }),
        }),
        fc.boolean(),
        (shape, compareRouterId) => {
          const network = large(shape);
          const speakers = network.speakers.map((each) =>
            each.dialect.system === "frr" ? { ...each, bgp: { ...each.bgp, compareRouterId } } : each,
          );
          const base = solve({ ...network, speakers });
          if (base.oscillations.length === 0) holds({ ...network, speakers });
        },
      ),
      { numRuns: 15 },
    );
  });
});
