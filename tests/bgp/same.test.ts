/**
 * The short ways of the solver give what the long way gives: classes solved by likeness, speakers left out of a search
 * because they pass nothing on, and changes solved again.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clos } from "../../bench/networks/clos";
import { fabric } from "../../bench/networks/thousand";
import type { Network, Speaker } from "../../components/bgp/network";
import type { Solution } from "../../components/bgp/solution";
import { continues, resolve, settledOf, solve } from "../../components/bgp/solve";
import { draw } from "../fidelity/random";
import { large, type Large } from "../networks/large";
import { drawn, shapes } from "../networks/racks";
import { everything, unordered } from "./everything";

/** Without the ties, of which the long way also finds those between speakers that hold nothing. */
function answers(solution: Solution): unknown {
  return { ...everything(solution), ambiguities: [], prefixes: solution.prefixes() };
}

/** One speaker or one segment of the network, changed. */
const CHANGES: Record<string, (network: Network, at: number) => Network> = {
  silenced: changing((speaker) => ({ ...speaker, neighbors: [], listen: [] })),
  "with a session less": changing((speaker) => ({ ...speaker, neighbors: speaker.neighbors.slice(1) })),
  failed: changing((speaker) => ({ ...speaker, down: true })),
  "announcing less": changing((speaker) => ({ ...speaker, originate: (speaker.originate ?? []).slice(1) })),
  "with other filters": changing((speaker) => ({
    ...speaker,
    neighbors: speaker.neighbors.map((each) => ({ ...each, families: { ipv4: {} } })),
  })),
  "a link cut": (network, at) => ({
    ...network,
    segments: network.segments.map((each, here) =>
      here === at % network.segments.length ? { ...each, down: true } : each,
    ),
  }),
};

function changing(change: (speaker: Speaker) => Speaker): (network: Network, at: number) => Network {
  return (network, at) => ({
    ...network,
    speakers: network.speakers.map((each, here) => (here === at % network.speakers.length ? change(each) : each)),
  });
}

interface Floor {
  leaves: number;
  spines: number;
  sharedAsn: boolean;
  compareRouterId: boolean;
  /** What sets one router apart from the others, if anything. */
  odd: keyof typeof ODD;
  at: number;
}

/** Ways in which one router of a Clos is no longer like the others. */
const ODD = {
  none: (speaker: Speaker): Speaker => speaker,
  "a session less": (speaker: Speaker): Speaker => ({ ...speaker, neighbors: speaker.neighbors.slice(1) }),
  "neighbors in another order": (speaker: Speaker): Speaker => ({
    ...speaker,
    neighbors: [...speaker.neighbors].reverse(),
  }),
  "another ASN list": (speaker: Speaker): Speaker => ({
    ...speaker,
    policies: {
      ...speaker.policies,
      "FROM-FABRIC": {
        terms: [
          { seq: 10, action: "accept", match: { asPathPrefix: [4200010000] }, set: { localPreference: 50 } },
          { seq: 20, action: "accept" },
        ],
      },
    },
  }),
  "a preference of its own": (speaker: Speaker): Speaker => ({
    ...speaker,
    policies: { "FROM-FABRIC": { terms: [{ seq: 10, action: "accept", set: { localPreference: 150 } }] } },
    originate: (speaker.originate ?? []).filter((each) => !("policy" in each)),
  }),
  "another's prefix": (speaker: Speaker): Speaker => ({
    ...speaker,
    // Another than the one that announces it anyway: a statement made twice is a tie of a router with itself.
    originate: [
      ...(speaker.originate ?? []).filter((each) => !("prefix" in each) || each.prefix !== "10.0.1.0/24"),
      { kind: "network", prefix: "10.0.1.0/24" },
    ],
    bgp: { ...speaker.bgp, importCheck: false },
  }),
  "a static route to another's prefix": (speaker: Speaker): Speaker => ({
    ...speaker,
    dialect: { system: "eos", version: "4.30" },
    routes: [{ prefix: "10.0.1.0/24", blackhole: true }],
  }),
  "an address that another announces": (speaker: Speaker): Speaker => ({
    ...speaker,
    interfaces: [...speaker.interfaces, { name: "lo2", addresses: ["10.255.1.1/32"] }],
  }),
  "an aggregate": (speaker: Speaker): Speaker => ({
    ...speaker,
    originate: [...(speaker.originate ?? []), { kind: "aggregate", prefix: "10.0.0.0/16" }],
  }),
  "the lowest router id": (speaker: Speaker): Speaker => ({ ...speaker, routerId: "1.1.1.1" }),
  "the ASN of another": (speaker: Speaker): Speaker => ({ ...speaker, asn: 4200010001 }),
} satisfies Record<string, (speaker: Speaker) => Speaker>;

const floors: fc.Arbitrary<Floor> = fc.record({
  leaves: fc.integer({ min: 3, max: 6 }),
  spines: fc.integer({ min: 1, max: 3 }),
  sharedAsn: fc.boolean(),
  compareRouterId: fc.boolean(),
  odd: fc.constantFrom(...(Object.keys(ODD) as (keyof typeof ODD)[])),
  at: fc.nat(),
});

/** The bench's Clos, small, with a router that differs from the others. */
function floor({ leaves, spines, sharedAsn, compareRouterId, odd, at }: Floor): Network {
  const network = clos({ routers: leaves + spines, spines, sharedAsn, compareRouterId });
  const who = at % network.speakers.length;
  const speakers = network.speakers.map((each, place) => (place === who ? ODD[odd](each) : each));
  // The neighbors know its ASN.
  const asn = speakers[who]?.asn ?? 0;
  const addresses = new Set(
    speakers[who]?.interfaces.flatMap((each) => each.addresses.map((one) => one.split("/")[0])),
  );
  const knowing = speakers.map((each, place) =>
    place === who
      ? each
      : {
          ...each,
          neighbors: each.neighbors.map((one) =>
            "address" in one && addresses.has(one.address) ? { ...one, remoteAs: asn } : one,
          ),
        },
  );
  return { ...network, speakers: knowing };
}

const silenced = (network: Network, name: string): Network => ({
  ...network,
  speakers: network.speakers.map((each) => (each.name === name ? { ...each, neighbors: [] } : each)),
});

/** A class that keeps changing has no state to compare. */
const settles = (solution: Solution): boolean => solution.oscillations.length === 0;

describe("the same answers on another way", () => {
  test("speakers that pass nothing on take no part: what they hold is what they would hold", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const { network } = draw(seed, { frr10: true });
        const short = solve(network);
        const long = solve(network, { shared: false });
        if (settles(long)) expect(answers(short)).toEqual(answers(long));
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test.each<[string, Large]>([
    ["nodes that keep to themselves what reflectors say", {}],
    ["nodes that pass it on to their leaf", { reExport: true }],
    ["nodes that take a default route", { importDefault: true }],
    ["a mesh", { mesh: true }],
    ["no filters on the leaves", { unfiltered: true, reExport: true, racks: 2 }],
    ["one ASN for all leaves", { oneLeafAsn: true }],
  ])("a cluster with reflectors: %s", (_, options) => {
    const network = large({ nodes: 9, ...options });
    expect(everything(solve(network))).toEqual(everything(solve(network, { shared: false })));
  });

  test("classes that are solved by their likeness to another", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const network = drawn(shape);
        expect(everything(solve(network))).toEqual(everything(solve(network, { shared: false })));
      }),
      { numRuns: 60 },
    );
  });

  test("routers of a Clos that are alike: each one's prefixes fare as another's, with the two exchanged", () => {
    fc.assert(
      fc.property(floors, (shape) => {
        const network = floor(shape);
        expect(everything(solve(network))).toEqual(everything(solve(network, { shared: false })));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test("all leaves' loopbacks are read from one solved class, and all spines' from another", () => {
    const solved = settledOf(solve(clos({ routers: 12, spines: 4 })))?.round.solved ?? [];
    // Eight leaves, four of them with a network: the first one's is preferred, the second one's marked.
    expect(solved.length).toBe(12 + 4);
    expect(solved.filter(({ exchanged }) => exchanged !== undefined).length).toBe(7 + 3 + 1);
  });

  test.each(Object.entries(CHANGES))("a Clos, a router of it %s: there and back", (_, change) => {
    fc.assert(
      fc.property(floors, fc.nat(), (shape, at) => {
        const network = floor(shape);
        const changed = change(network, at);
        const first = solve(network);
        // Asked first, as what was open before the change is looked at after it.
        const before = unordered(first);
        const there = resolve(first, changed);
        expect(unordered(there)).toEqual(unordered(solve(changed, { shared: false })));
        expect(unordered(resolve(there, network))).toEqual(before);
      }),
      { numRuns: 15 },
    );
  });

  test("a leaf of another system with rules of its own, silenced: its closed sessions rank nothing for the others", () => {
    const odd = "a static route to another's prefix";
    const network = floor({ leaves: 4, spines: 2, sharedAsn: false, compareRouterId: false, odd, at: 3 });
    const changed = silenced(network, "leaf2");
    const there = resolve(solve(network), changed);
    expect(there.ambiguities).toEqual(expect.arrayContaining(solve(changed).ambiguities));
    expect(there.ambiguities).toHaveLength(solve(changed).ambiguities.length);
  });

  test("a Clos, a leaf silenced: of the other leaves' tables most rows are the very ones there were", () => {
    const network = clos({ routers: 12, spines: 4 });
    const first = solve(network);
    const names = network.speakers
      .map(({ name }) => name)
      .filter((name) => name.startsWith("leaf") && name !== "leaf3");
    const before = new Map(names.map((name) => [name, first.table(name).rib]));
    const there = resolve(first, silenced(network, "leaf3"));
    const rows = names.flatMap((name) =>
      [...there.table(name).rib].map(([prefix, paths]) => ({ name, prefix, paths })),
    );
    const kept = rows.filter(({ name, prefix, paths }) => before.get(name)?.get(prefix) === paths);
    expect(kept.length).toBeGreaterThan(rows.length / 2);
    expect(everything(there)).toEqual(everything(solve(silenced(network, "leaf3"))));
  });

  test("services that all nodes state with the same objects, or each with its own", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, at) => {
        const base = drawn(shape, 20);
        // One node leaves some out, and one has another order: then rows of statements end early.
        const speakers = base.speakers.map((each, place): Speaker => {
          const said = each.originate ?? [];
          if (place === at % base.speakers.length) return { ...each, originate: said.slice(0, 9) };
          return place === (at + 1) % base.speakers.length ? { ...each, originate: [...said].reverse() } : each;
        });
        const network = { ...base, speakers };
        expect(everything(solve(network))).toEqual(everything(solve(structuredClone(network))));
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test("a session gone and come back, solved from where the last solution stood", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, at) => {
        const network = drawn(shape);
        const who = network.speakers[at % network.speakers.length]?.name ?? "";
        const without = silenced(network, who);
        const first = solve(network);
        const second = resolve(first, without);
        expect(everything(second)).toEqual(everything(solve(without)));
        expect(everything(resolve(second, network))).toEqual(everything(first));
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.entries(CHANGES))(
    "random networks, a speaker %s: there and back",
    (_, change) => {
      let taken = 0;
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(), (seed, at) => {
          const { network } = draw(seed, { frr10: true });
          const changed = change(network, at);
          const [first, fresh] = [solve(network), solve(changed)];
          if (!settles(first) || !settles(fresh)) return;
          const before = unordered(first);
          const there = resolve(first, changed);
          expect(unordered(there)).toEqual(unordered(fresh));
          expect(unordered(resolve(there, network))).toEqual(before);
          if (continues(there)) taken++;
        }),
        { numRuns: 25 },
      );
      // Where every change was solved from the start there was nothing to compare.
      expect(taken).toBeGreaterThan(0);
    },
    120_000,
  );

  const racks = {
    "of a speaker that announces nothing": changing((each) => ({ ...each, originate: [] })),
    ...Object.fromEntries(["failed", "a link cut", "with a session less"].map((name) => [name, CHANGES[name]])),
  };

  test.each(Object.entries(racks))("racks whose nodes' prefixes are searched once for all of them: %s", (_, change) => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, at) => {
        const network = drawn(shape);
        const changed = change?.(network, at) ?? network;
        const there = resolve(solve(network), changed);
        expect(unordered(there)).toEqual(unordered(solve(changed)));
        expect(answers(there)).toEqual(answers(solve(changed, { shared: false })));
      }),
      { numRuns: 20 },
    );
  });

  test("one of two networks of a node with BIRD is cut off: the other stays in its table", () => {
    const base = fabric({ nodes: 2, nodesPerRack: 1, spines: 1, services: 1 });
    const stubs = ["a", "b"];
    const network: Network = {
      ...base,
      segments: [...base.segments, ...stubs.map((name, at) => ({ name, prefixes: [`10.200.${at}.0/24`] }))],
      speakers: base.speakers.map((each) => {
        if (each.name !== "node0") return each;
        const ports = stubs.map((name, at) => ({ name, segment: name, addresses: [`10.200.${at}.1/24`] }));
        return { ...each, interfaces: [...each.interfaces, ...ports] };
      }),
    };
    const cut: Network = {
      ...network,
      segments: network.segments.map((each) => (each.name === "a" ? { ...each, down: true } : each)),
    };
    const there = resolve(solve(network), cut);
    expect(there.prefixes()).toContain("10.200.1.0/24");
    expect(there.prefixes()).not.toContain("10.200.0.0/24");
    expect(everything(there)).toEqual(everything(solve(cut)));
  });

  test("a label that comes and goes a hundred times leaves nothing behind", () => {
    const network = fabric({ nodes: 6, nodesPerRack: 3, spines: 2, services: 3 });
    const without = silenced(network, "node4");
    let solution = solve(network);
    for (let turn = 0; turn < 100; turn++) solution = resolve(solution, turn % 2 === 0 ? without : network);
    expect(everything(solution)).toEqual(everything(solve(network)));
  });
});
