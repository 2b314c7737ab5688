/** A doubt reaches everybody whose answer hangs on it, and nobody else. */
import { expect, test } from "vitest";
import type { Path, Solution, Table } from "../../components/bgp/solution";
import type { Neighbor, Unmodelled } from "../../components/bgp/network";
import { blackhole, forecast, to, type Sketch } from "../bgp/networks/build";
import { doubtsOf, printDoubt } from "../../components/forecast/doubts";
import { forecastOf } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";

const PREFIX = "198.51.100.0/24";
const OTHER = "203.0.113.0/24";

function path(prefix: string, from?: string): Path {
  return {
    prefix,
    nextHop: from === undefined ? "0.0.0.0" : "10.0.0.1",
    asPath: [],
    origin: "igp",
    localPreference: 100,
    weight: 0,
    communities: [],
    largeCommunities: [],
    clusterList: [],
    ...(from === undefined ? {} : { from: { speaker: from, address: "10.0.0.1", routerId: "10.255.0.1" } }),
    kind: from === undefined ? "local" : "ebgp",
    valid: true,
    best: true,
    multipath: false,
  };
}

/** a -> b -> c for one prefix; d has another prefix of its own. */
function made(more: Partial<Solution>): Solution {
  const tables: Record<string, Path[]> = {
    a: [path(PREFIX)],
    b: [path(PREFIX, "a")],
    c: [path(PREFIX, "b")],
    d: [path(OTHER)],
  };
  const rows: Record<string, string[]> = { [PREFIX]: [PREFIX], [OTHER]: [OTHER] };
  return {
    network: {
      version: 1,
      segments: [],
      speakers: Object.keys(tables).map((name, index) => ({
        name,
        dialect: { system: "frr", version: "8.4" },
        asn: 64601 + index,
        routerId: `10.255.0.${index}`,
        interfaces: [],
        bgp: {},
        neighbors: [],
      })),
    },
    sessions: [
      {
        key: "b 10.0.0.2 - c 10.0.0.3",
        ends: [
          { speaker: "b", address: "10.0.0.2", asn: 64602 },
          { speaker: "c", address: "10.0.0.3", asn: 64603 },
        ],
        kind: "ebgp",
        families: ["ipv4"],
        up: true,
      },
    ],
    table: (speaker): Table => ({
      speaker,
      rib: new Map((tables[speaker] ?? []).map((one) => [one.prefix, [one]])),
      fib: new Map(),
    }),
    prefixes: () => [PREFIX, OTHER],
    ambiguities: [],
    oscillations: [],
    notModelled: [],
    alike: (name) => (tables[name] ?? []).map((each) => ({ prefixes: rows[each.prefix] ?? [], paths: [each] })),
    ribEntries: () => 4,
    ...more,
  };
}

const doubtful = (solution: Solution) =>
  ["a", "b", "c", "d"].filter((name) => doubtsOf(solution)(name, name === "d" ? OTHER : PREFIX).length > 0);

test("no doubt where the solver has none", () => {
  expect(doubtful(made({}))).toEqual([]);
});

test("what is not modelled at a speaker touches all that learned from it, however far", () => {
  expect(doubtful(made({ notModelled: [{ speaker: "b", what: "dampening" }] }))).toEqual(["b", "c"]);
  expect(doubtful(made({ notModelled: [{ speaker: "a", what: "dampening" }] }))).toEqual(["a", "b", "c"]);
});

test("narrowed to a prefix it touches that prefix alone", () => {
  expect(doubtful(made({ notModelled: [{ speaker: "a", what: "a map", prefix: OTHER }] }))).toEqual([]);
});

test("narrowed to a session it begins at the end that would hear the prefix over it", () => {
  const session = "b 10.0.0.2 - c 10.0.0.3";
  expect(doubtful(made({ notModelled: [{ speaker: "b", what: "an out-filter", session }] }))).toEqual(["b", "c"]);
});

test("what might bring a session up makes the absence of its routes a doubt, however far they would go", () => {
  const r = (number: number, neighbors: Neighbor[], more: Partial<Sketch> = {}): Sketch => ({
    asn: 65000 + number,
    at: [`l${number} 10.0.${number}.1/24`, `l${number + 1} 10.0.${number + 1}.2/24`],
    neighbors,
    ...more,
  });
  /** r1 and r2 disagree about an ASN, on account of a line at r2 that no rule covers; r3 stands behind r2. */
  const made = (what: Unmodelled): Solution =>
    forecast({
      r1: r(1, [to("10.0.2.1", 64999)], { ...blackhole(PREFIX) }),
      r2: r(2, [to("10.0.2.2", 65001), to("10.0.3.1", 65003)], { unmodelled: [what] }),
      r3: r(3, [to("10.0.3.2", 65002)]),
      r4: r(4, [], { ...blackhole(OTHER) }),
    });
  const open = (solution: Solution): string[] =>
    ["r1", "r2", "r3", "r4"].filter((name) => doubtsOf(solution)(name, PREFIX).length > 0);
  expect(made({ what: "a line" }).sessions.map(({ up }) => up)).toEqual([false, true]);
  expect(open(made({ what: "a line" }))).toEqual(["r2", "r3"]);
  expect(open(made({ what: "a line", neighbor: "10.0.2.2" }))).toEqual(["r2", "r3"]);
  // A line about the other session leaves r1 and r2 as they are, and gives r3 nothing.
  expect(open(made({ what: "a line", neighbor: "10.0.3.1" }))).toEqual(["r2"]);
});

test("a tie touches the speaker and those the solver names", () => {
  const solution = made({
    ambiguities: [
      {
        speaker: "b",
        prefix: PREFIX,
        what: "best",
        candidates: [{ nextHop: "10.0.0.1", from: "a" }],
        reaches: ["c"],
        moves: [],
      },
    ],
  });
  expect(doubtful(solution)).toEqual(["b", "c"]);
});

test("where the solver computed whom it reaches, those alone are in doubt, and only if their route may be another", () => {
  const part = { from: ["a"], reach: [], best: true, fib: true };
  const open = (...of: NonNullable<Solution["notModelled"][number]["part"]>[]): string[] =>
    doubtful(
      made({ notModelled: of.map((each) => ({ speaker: "b", what: "a stale path", prefix: PREFIX, part: each })) }),
    );
  // c learned the prefix from b, and has no entry of its own.
  expect(open(part)).toEqual(["b"]);
  // A path that b does not use may be there or not: its route is the one from a in any case.
  expect(open({ from: ["d"], reach: [], best: false, fib: false })).toEqual([]);
  expect(open({ from: ["a"], reach: [], best: false, fib: false })).toEqual(["b"]);
  const fib = { speaker: "b", what: "what is installed", prefix: PREFIX, only: "fib" as const };
  expect(doubtful(made({ notModelled: [fib] }))).toEqual(["b"]);
});

test("an echo that FRR may send back to the route's own announcer puts no route in doubt", () => {
  const solution = forecast({
    hub: { asn: 65001, at: ["l 10.0.0.1/24"], neighbors: [to("10.0.0.11", 65011), to("10.0.0.12", 65012)] },
    n1: {
      asn: 65011,
      at: ["l 10.0.0.11/24"],
      neighbors: [to("10.0.0.1", 65001, {}, { allowAsIn: 1 })],
      ...blackhole(PREFIX),
    },
    n2: { asn: 65012, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)] },
  });
  expect(solution.notModelled.map(({ speaker, part }) => [speaker, part?.from])).toEqual([["n1", ["hub"]]]);
  const doubts = doubtsOf(solution);
  expect(["hub", "n1", "n2"].filter((name) => doubts(name, PREFIX).length > 0)).toEqual([]);
});

test("the lines say it", () => {
  const session = "b 10.0.0.2 - c 10.0.0.3";
  const forecast = forecastOf(made({ notModelled: [{ speaker: "b", what: "an out-filter", session }] }));
  expect(sessionLines(forecast)[0]).toContain("; not modelled at b: an out-filter");
  expect(routeLines(forecast, { speakers: ["c"] })[0]).toContain("; not modelled at b: an out-filter");
  expect(routeLines(forecast, { speakers: ["d"] })[0]).not.toContain("not modelled");
  expect(printDoubt({ kind: "oscillating", among: ["a", "b"] })).toBe("oscillates among a, b");
});
