/** What single failures and pairs take away, and that computing twins once changes no answer. */
import { describe, expect, test } from "vitest";
import { failures, harmful, printFailures, type FailureReport } from "../../components/forecast/failures";
import { forecast } from "../../components/forecast/forecast";
import { twinsOf } from "../../components/forecast/twins";
import { large } from "../networks/large";
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
    expect(printFailures(report)).toContain(`node worker:\n  1 prefixes lost: ${POOL} at tor1`);
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
  ])("computed once or one by one, the effects are the same: %s", (_, build) => {
    const shared = failures(build());
    const each = failures(build(), 1, { unshared: true });
    expect(shared.computed + shared.shared).toBe(each.computed);
    expect(shared.computed).toBeLessThan(each.computed);
    for (const one of shared.effects) {
      expect(effect(each, ...one.failed.map(({ name }) => name))).toEqual({ ...one, alike: [] });
      for (const name of one.alike) {
        const other = effect(each, name);
        expect(other?.lost.map(({ at, own, covered }) => [at.length, own, covered]).sort()).toEqual(
          one.lost.map(({ at, own, covered }) => [at.length, own, covered]).sort(),
        );
        expect(other?.narrowed.map(({ before, after, at }) => [before, after, at.length]).sort()).toEqual(
          one.narrowed.map(({ before, after, at }) => [before, after, at.length]).sort(),
        );
      }
    }
  });

  test("what the limit leaves out is counted", () => {
    const report = failures(selective(), 2, { limit: 3 });
    expect(report.computed).toBe(3);
    expect(report.left).toBeGreaterThan(0);
  });
});
