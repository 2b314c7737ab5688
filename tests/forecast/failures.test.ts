/** What single failures and pairs take away, and that computing twins once changes no answer. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fabric } from "../../bench/networks/thousand";
import type { Network } from "../../components/bgp/network";
import type { Solution } from "../../components/bgp/solution";
import { solve } from "../../components/bgp/solve";
import { failures, harmful, printFailures, type FailureReport } from "../../components/forecast/failures";
import { forecast } from "../../components/forecast/forecast";
import { twinsOf } from "../../components/forecast/twins";
import { containsPrefix, type Prefix } from "../../components/model/prefix";
import { draw } from "../fidelity/random";
import { large } from "../networks/large";
import { drawn, shapes } from "../networks/racks";
import { POOL, selective } from "../networks/selective";
import { STEPS, twoClusters } from "../networks/twoClusters";

const effect = (report: FailureReport, ...names: string[]) =>
  report.effects.find(({ failed }) => failed.map(({ name }) => name).join() === names.join());

describe("lab 000", () => {
  const single = failures(selective());

  test("either speaker alone keeps the service reachable, over one next hop", () => {
    expect(effect(single, "worker")).toMatchObject({
      lost: [],
      narrowed: [{ prefix: POOL, at: ["tor1"], before: 2, after: 1 }],
    });
  });

  test("both at once take the service from the ToR", () => {
    const both = effect(failures(selective(), 2), "worker", "worker2");
    expect(both?.lost.filter(({ at }) => at.includes("tor1"))).toMatchObject([
      { prefix: POOL, at: ["tor1"], covered: false },
    ]);
  });

  test("with a single speaker its failure does, and is told as harmful", () => {
    const report = failures(selective({ labelled: ["worker"] }));
    expect(harmful(report).map(({ failed }) => failed[0]?.name)).toContain("worker");
    expect(printFailures(report)).toContain(`node worker:\n  1 prefix lost: ${POOL} at tor1`);
  });
});

describe("a cluster with reflectors", () => {
  test("two reflectors: no single one of them takes a foreign block away", () => {
    const report = failures(twoClusters(STEPS["meshOff"]), 1, { kinds: ["reflector"] });
    expect(report.effects.map(({ failed }) => failed[0]?.kind)).toEqual(
      Array<string>(report.computed).fill("reflector"),
    );
    for (const { lost } of report.effects) expect(lost.filter(({ own }) => !own)).toEqual([]);
  });

  test("a single reflector: its failure takes every block from everybody", () => {
    const report = failures(large({ nodes: 6, racks: 1, spines: 1, reflectors: 1 }), 1, { kinds: ["reflector"] });
    const lost = effect(report, "cp-01")?.lost.filter(({ own, at }) => !own && at.includes("worker-01")) ?? [];
    expect(lost.map(({ prefix }) => prefix)).toEqual([
      "10.244.2.0/26",
      "10.244.3.0/26",
      "10.244.5.0/26",
      "10.244.6.0/26",
    ]);
  });

  test("a spine of two narrows the way between racks and takes nothing", () => {
    const spine = effect(failures(large({ nodes: 6 }), 1, { kinds: ["router"] }), "spine-1");
    expect(spine?.lost.filter(({ own }) => !own)).toEqual([]);
    expect(spine?.narrowed.find(({ prefix }) => prefix === "10.244.2.0/26")).toMatchObject({ before: 2, after: 1 });
  });
});

describe("twins", () => {
  test("workers of one rack are twins; those of another, reflectors and routers are not theirs", () => {
    const twins = twinsOf(forecast(large({ nodes: 12 })));
    expect(twins.classOf("worker-01")).toEqual(["worker-01", "worker-04", "worker-07"]);
    expect(twins.classOf("cp-01")).toEqual(["cp-01"]);
    expect(twins.classOf("leaf-1")).toEqual(["leaf-1"]);
  });

  test("nodes of a mesh are twins of each other", () => {
    expect(twinsOf(forecast(large({ nodes: 6, racks: 1, spines: 1, mesh: true }))).classOf("cp-01")).toHaveLength(6);
  });

  test("nodes with kernel routes to each other's blocks are told apart by them", () => {
    expect(twinsOf(forecast(selective({ everyNode: true }))).classOf("worker")).toEqual(["worker"]);
  });

  test.each([
    ["racks with reflectors", () => large({ nodes: 9, racks: 2, spines: 2 })],
    ["a mesh in one rack", () => large({ nodes: 5, racks: 1, spines: 2, mesh: true })],
    ["two clusters", () => twoClusters(STEPS["farPools"])],
    ["one spine over two racks", () => large({ nodes: 8, racks: 2, spines: 1 })],
    ["racks of four nodes with a block each", () => fabric({ nodes: 8, nodesPerRack: 4, spines: 2, services: 2 })],
  ])("computed once or one by one, the effects are the same: %s", (_, build) => {
    const shared = failures(build());
    const each = failures(build(), 1, { unshared: true });
    expect(shared.computed).toBeLessThan(each.computed);
    expectAlike(shared, each);
  });

  test("drawn racks: computed once or one by one, the effects are the same", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 3, max: 5 }), fc.constantFrom(1, 2), (shape, nodes, k) => {
        const network = drawn({ ...shape, racks: Math.min(shape.racks, 2), nodes });
        expectAlike(failures(network, k), failures(network, k, { unshared: true }));
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test("what the limit leaves out is counted", () => {
    const report = failures(selective(), 2, { limit: 3 });
    expect(report.computed).toBe(3);
    expect(report.left).toBeGreaterThan(0);
  });
});

/** What was computed once holds for each of the twins, up to their names. */
function expectAlike(shared: FailureReport, each: FailureReport): void {
  expect(shared.computed + shared.shared).toBe(each.computed);
  for (const one of shared.effects) {
    expect(effect(each, ...one.failed.map(({ name }) => name))).toEqual({ ...one, alike: [] });
    // Of pairs the names of both sides stand together.
    for (const name of one.failed.length === 1 ? one.alike : []) {
      const other = effect(each, name);
      expect(other?.lost.map(({ at, own, covered }) => [at.length, own, covered]).sort()).toEqual(
        one.lost.map(({ at, own, covered }) => [at.length, own, covered]).sort(),
      );
      expect(other?.narrowed.map(({ before, after, at }) => [before, after, at.length]).sort()).toEqual(
        one.narrowed.map(({ before, after, at }) => [before, after, at.length]).sort(),
      );
    }
  }
}

/** What the failure of one speaker or segment takes, by two whole solutions and every line of every FIB. */
function byHand(network: Network, before: Solution, name: string) {
  const failed: Network = {
    ...network,
    speakers: network.speakers.map((each) => (each.name === name ? { ...each, down: true } : each)),
    segments: network.segments.map((each) => (each.name === name ? { ...each, down: true } : each)),
  };
  const after = solve(failed);
  const lost: string[] = [];
  const narrowed: string[] = [];
  for (const speaker of network.speakers) {
    if (speaker.name === name || speaker.down === true) continue;
    for (const [prefix] of before.table(speaker.name).fib) {
      const [had, has] = [width(before, speaker.name, prefix), width(after, speaker.name, prefix)];
      if (had > 0 && has === 0) {
        const wider = [...after.table(speaker.name).fib.keys()].some(
          (one) =>
            one !== prefix && containsPrefix(one as Prefix, prefix as Prefix) && width(after, speaker.name, one) > 0,
        );
        lost.push(`${prefix} at ${speaker.name}${wider ? ", covered" : ""}`);
      } else if (had >= 2 && has === 1) narrowed.push(`${prefix} at ${speaker.name}, ${had} before`);
    }
  }
  return { settles: before.oscillations.length + after.oscillations.length === 0, lost, narrowed };
}

function width(solution: Solution, speaker: string, prefix: string): number {
  const hops = solution.table(speaker).fib.get(prefix)?.nextHops ?? [];
  return hops.some(({ blackhole }) => blackhole === true) ? 0 : hops.length;
}

function expectByHand(network: Network): void {
  const report = failures(network, 1, { unshared: true });
  const before = solve(network);
  for (const { failed, lost, narrowed } of report.effects) {
    const hand = byHand(network, before, failed[0]?.name ?? "");
    if (!hand.settles) continue;
    const bare = new Set(hand.lost.filter((line) => !line.endsWith(", covered")).map((line) => line.split(" ")[0]));
    expect(lost.flatMap(({ prefix, at }) => at.map((name) => `${prefix} at ${name}`)).sort()).toEqual(
      hand.lost.map((line) => line.replace(", covered", "")).sort(),
    );
    for (const { prefix, covered } of lost) expect([prefix, covered]).toEqual([prefix, !bare.has(prefix)]);
    expect(
      narrowed.flatMap(({ prefix, at, before }) => at.map((name) => `${prefix} at ${name}, ${before} before`)).sort(),
    ).toEqual(hand.narrowed.sort());
  }
}

describe("each failure, solved from where the intact network stands, takes what two whole solutions say", () => {
  test("random networks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => expectByHand(draw(seed, { frr10: true }).network)),
      { numRuns: 8 },
    );
  }, 60_000);

  test.each([
    ["racks of the bench", () => fabric({ nodes: 6, nodesPerRack: 3, spines: 2, services: 3 })],
    ["racks of three nodes", () => fabric({ nodes: 9, nodesPerRack: 3, spines: 3, services: 2 })],
    ["one node announces the services alone", () => fabric({ nodes: 3, nodesPerRack: 1, spines: 1, services: 2 })],
    ["reflectors", () => large({ nodes: 6, racks: 2, spines: 2 })],
    ["nodes with kernel routes", () => selective({ everyNode: true })],
  ])("%s", (_, build) => expectByHand(build()));
});
