/** Routes are compared a row of alike prefixes at a time: the changes are those that the whole tables show. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { large } from "../networks/large";
import type { Network, Speaker } from "../../components/bgp/network";
import { comparePrefixes, type Prefix } from "../../components/model/prefix";
import { difference } from "../../components/forecast/difference";
import type { RouteChange } from "../../components/forecast/effects";
import { forecast, reforecast, type Forecast } from "../../components/forecast/forecast";
import { widthOf } from "../../components/forecast/route";
import { routeVerdict } from "../../components/forecast/routeChanges";
import { pathsTo } from "../../components/forecast/rows";
import { draw } from "../fidelity/random";

/** One speaker of the network, changed. */
const CHANGES: Record<string, (speaker: Speaker) => Speaker> = {
  silenced: (speaker) => ({ ...speaker, neighbors: [], listen: [] }),
  "with a session less": (speaker) => ({ ...speaker, neighbors: speaker.neighbors.slice(1) }),
  failed: (speaker) => ({ ...speaker, down: true }),
  "announcing less": (speaker) => ({ ...speaker, originate: (speaker.originate ?? []).slice(1) }),
  "with a static route more": (speaker) => ({
    ...speaker,
    routes: [...(speaker.routes ?? []), { prefix: "172.16.1.0/24", blackhole: true }],
  }),
};

/** From every route of both tables. */
function plainly(before: Forecast, after: Forecast): RouteChange[] {
  const names = [before, after].flatMap(({ network }) => network.speakers.map(({ name }) => name));
  return [...new Set(names)].sort().flatMap((speaker) => {
    const [was, is] = [before.routes(speaker), after.routes(speaker)];
    const sorted = (prefixes: string[]): string[] => prefixes.sort((a, b) => comparePrefixes(a as Prefix, b as Prefix));
    const prefixes = [...sorted([...was.keys()]), ...sorted([...is.keys()].filter((prefix) => !was.has(prefix)))];
    return prefixes.flatMap((prefix): RouteChange[] => {
      const [old, now] = [was.get(prefix), is.get(prefix)];
      const what = routeVerdict(old, now);
      if (what === undefined) return [];
      const doubts = (now === undefined ? before : after).doubts(speaker, prefix);
      return [
        {
          ...{ speaker, prefix, what, causes: [], doubts },
          ...(old === undefined ? {} : { before: old }),
          ...(now === undefined ? {} : { after: now }),
          width: { before: widthOf(old), after: widthOf(now) },
        },
      ];
    });
  });
}

const withoutCauses = (changes: readonly RouteChange[]): RouteChange[] =>
  changes.map((each) => ({ ...each, causes: [] }));

test.each(Object.entries(CHANGES))(
  "random networks, a speaker %s",
  (_, change) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(), (seed, at) => {
        const { network } = draw(seed, { frr10: true });
        const who = at % network.speakers.length;
        const speakers = network.speakers.map((each, place) => (place === who ? change(each) : each));
        const before = forecast(network);
        const after = reforecast(before, { ...network, speakers });
        expect(withoutCauses(difference(before, after).routes)).toEqual(plainly(before, after));
      }),
      { numRuns: 20 },
    );
  },
  60_000,
);

test("a speaker that is gone, and one that is new", () => {
  const network = large({ nodes: 8, racks: 2, spines: 2 });
  const fewer: Network = { ...network, speakers: network.speakers.slice(1) };
  for (const [one, other] of [
    [network, fewer],
    [fewer, network],
  ] as const) {
    const [before, after] = [forecast(one), forecast(other)];
    const found = difference(before, after).routes;
    expect(found.length).toBeGreaterThan(0);
    expect(withoutCauses(found)).toEqual(plainly(before, after));
  }
});

test("single prefixes have the paths that the table has", () => {
  const { solution } = forecast(large({ nodes: 8, racks: 2, spines: 2 }));
  const without = (paths: readonly object[]): object[] => paths.map((each) => ({ ...each, prefix: "" }));
  for (const { name } of solution.network.speakers) {
    const { rib } = solution.table(name);
    for (const prefix of solution.prefixes()) {
      expect(without(pathsTo(solution, name, prefix))).toEqual(without(rib.get(prefix) ?? []));
    }
  }
  expect(pathsTo(solution, "nobody", "10.0.0.0/8")).toEqual([]);
});
