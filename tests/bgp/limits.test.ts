/** maximum-prefix where the order counts: what ends for certain, and what is only said to hang on who comes first. */
import { describe, expect, test } from "vitest";
import type { Solution } from "../../components/bgp/solution";
import { blackhole, forecast, to, type Sketch } from "./networks/build";

const bgp: NonNullable<Sketch["bgp"]> = { compareRouterId: true };
const five = [1, 2, 3, 4, 5].map((third) => `203.0.${third}.0/24`);
const announcing = (prefixes: string[]): Pick<Sketch, "routes" | "originate"> => ({
  routes: prefixes.map((prefix) => ({ prefix, blackhole: true })),
  originate: prefixes.map((prefix) => ({ kind: "network", prefix })),
});
const limit = (count: number): { maximumPrefix: { limit: number } } => ({ maximumPrefix: { limit: count } });

const between = (solution: Solution, a: string, b: string): Solution["sessions"][number] | undefined =>
  solution.sessions.find(({ ends }) => [a, b].every((name) => ends.some((end) => end.speaker === name)));

const doubted = (solution: Solution, a: string, b: string): boolean => {
  const key = between(solution, a, b)?.key;
  return key !== undefined && solution.notModelled.some(({ session }) => session === key);
};

/** source - first - second - last; two of the sessions have a limit. */
const line = (atFirst: number | undefined, atLast: number | undefined): Record<string, Sketch> => ({
  source: { asn: 65001, at: ["a 10.0.0.0/31"], bgp, neighbors: [to("10.0.0.1", 65002)], ...announcing(five) },
  first: {
    asn: 65002,
    at: ["a 10.0.0.1/31", "b 10.0.1.0/31"],
    bgp,
    neighbors: [to("10.0.0.0", 65001, {}, atFirst === undefined ? {} : limit(atFirst)), to("10.0.1.1", 65003)],
  },
  second: {
    asn: 65003,
    at: ["b 10.0.1.1/31", "c 10.0.2.0/31"],
    bgp,
    neighbors: [to("10.0.1.0", 65002), to("10.0.2.1", 65004)],
    ...blackhole("198.51.100.0/24"),
  },
  last: {
    asn: 65004,
    at: ["c 10.0.2.1/31"],
    bgp,
    neighbors: [to("10.0.2.0", 65003, {}, atLast === undefined ? {} : limit(atLast))],
  },
});

describe("several sessions over their maximum-prefix", () => {
  test("one that stays over its limit whatever the others do is down; one that the other may spare is not told", () => {
    const solution = forecast(line(3, 3));
    expect(between(solution, "source", "first")).toMatchObject({ up: false, down: { reason: "maximum-prefix" } });
    expect(doubted(solution, "source", "first")).toBe(false);
    expect(doubted(solution, "second", "last")).toBe(true);
    const about = solution.notModelled.filter(({ speaker }) => speaker === "last").map(({ prefix }) => prefix);
    expect(about).toContain("198.51.100.0/24");
    expect(about).not.toContain(five[0]);
    expect(solution.notModelled[0]?.what).toBe("which of 2 sessions reaches its maximum-prefix first");
  });

  test("two that have nothing to do with each other are both down, and certain", () => {
    const other: Record<string, Sketch> = {
      there: { asn: 65011, at: ["z 10.9.0.0/31"], bgp, neighbors: [to("10.9.0.1", 65012)], ...announcing(five) },
      here: { asn: 65012, at: ["z 10.9.0.1/31"], bgp, neighbors: [to("10.9.0.0", 65011, {}, limit(2))] },
    };
    const solution = forecast({ ...line(3, undefined), ...other });
    expect(solution.sessions.filter(({ down }) => down?.reason === "maximum-prefix")).toHaveLength(2);
    expect(solution.notModelled).toEqual([]);
  });

  test("one prefix too many at the end of the line leaves all that lies before it certain", () => {
    const solution = forecast(line(undefined, 5));
    expect(new Set(solution.notModelled.map(({ speaker }) => speaker))).toEqual(new Set(["second", "last"]));
    expect(solution.notModelled.filter(({ speaker, prefix }) => speaker === "second" && prefix !== undefined)).toEqual(
      [],
    );
  });
});

describe("a limit that is passed on the way", () => {
  /** r has the prefix itself; n could hear of it by o first, and would then announce it to r. */
  const ring = (most: number): Record<string, Sketch> => ({
    r: {
      asn: 65001,
      at: ["a 10.0.0.0/31"],
      bgp,
      neighbors: [to("10.0.0.1", 65002, {}, limit(most))],
      ...blackhole("203.0.1.0/24"),
    },
    n: {
      asn: 65002,
      at: ["a 10.0.0.1/31", "c 10.0.2.0/31"],
      bgp,
      neighbors: [to("10.0.0.0", 65001), to("10.0.2.1", 65004)],
      ...announcing(["198.51.100.0/24", "198.51.101.0/24"]),
    },
    o: {
      asn: 65004,
      at: ["c 10.0.2.1/31", "d 10.0.3.0/31"],
      bgp,
      neighbors: [to("10.0.2.0", 65002), to("10.0.3.1", 65005)],
    },
    p: { asn: 65005, at: ["d 10.0.3.1/31"], bgp, neighbors: [to("10.0.3.0", 65004)], ...blackhole("203.0.1.0/24") },
  });

  test("is told where the neighbor may have had another path before the one that it does not announce", () => {
    const solution = forecast(ring(2));
    expect(between(solution, "r", "n")?.up).toBe(true);
    expect(doubted(solution, "r", "n")).toBe(true);
    expect(solution.notModelled[0]?.what).toBe("maximum-prefix 2 of r may be passed on the way");
  });

  test("is no matter where the limit has room for it", () => {
    expect(forecast(ring(4)).notModelled).toEqual([]);
  });
});
