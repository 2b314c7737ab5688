/**
 * Racks that are alike share one search, and their answers are those of searching each. One speaker of each drawn fabric
 * differs from its like in something that a rule may look at.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fabric } from "../../bench/networks/thousand";
import type { Network, Policy, Speaker } from "../../components/bgp/network";
import { resolve, settledOf, solve } from "../../components/bgp/solve";
import { unordered } from "./everything";

type Turn = (speaker: Speaker, all: readonly Speaker[]) => Speaker;

const setting = (set: NonNullable<Policy["terms"][number]["set"]>): Policy => ({
  terms: [{ seq: 10, action: "accept", set }],
});

const importing =
  (policy: Policy): Turn =>
  (speaker) => ({
    ...speaker,
    neighbors: speaker.neighbors.map((each) => ({ ...each, families: { ipv4: { importPolicy: "ODD" } } })),
    policies: { ...speaker.policies, ODD: policy },
  });

const ROUTER: Record<string, Turn> = {
  "an uplink less": (speaker) => ({ ...speaker, neighbors: speaker.neighbors.slice(1) }),
  "uplinks in another order": (speaker) => ({ ...speaker, neighbors: [...speaker.neighbors].reverse() }),
  "the lowest router id": (speaker) => ({ ...speaker, routerId: "0.0.0.9" }),
  "no multipath": (speaker) => ({ ...speaker, bgp: { ...speaker.bgp, maximumPaths: { ebgp: 1 } } }),
  "another version": (speaker) => ({ ...speaker, dialect: { ...speaker.dialect, version: "10.3" } }),
  "no filter for its nodes": (speaker) => ({ ...speaker, groups: { NODES: { remoteAs: 64512 } } }),
  "a preference for its nodes": (speaker) => ({
    ...speaker,
    policies: { ...speaker.policies, "FROM-NODES": setting({ localPreference: 200 }) },
  }),
  "a MED and a community for its nodes": (speaker) => ({
    ...speaker,
    policies: { ...speaker.policies, "FROM-NODES": setting({ med: 7, communities: { add: ["65000:7"] } }) },
  }),
  "a preference for a spine": importing(setting({ localPreference: 150 })),
  "a path made longer": importing(setting({ prepend: [4200099999] })),
  "an aggregate": (speaker) => ({ ...speaker, originate: [{ kind: "aggregate", prefix: "10.128.0.0/9" }] }),
  "a block of its own": (speaker) => ({
    ...speaker,
    bgp: { ...speaker.bgp, importCheck: false },
    originate: [{ kind: "network", prefix: "10.128.0.0/26" }],
  }),
  "a static route, as EOS": (speaker) => ({
    ...speaker,
    dialect: { system: "eos", version: "4.30" },
    routes: [{ prefix: "10.128.0.0/26", blackhole: true }],
  }),
  "the nodes' ASN in every path refused": (speaker) => ({
    ...speaker,
    asPathLists: { NODES: [{ action: "deny", regex: "_64512_" }] },
    neighbors: speaker.neighbors.map((each) => ({ ...each, families: { ipv4: { importAsPathList: "NODES" } } })),
  }),
};

const NODE: Record<string, Turn> = {
  "no session": (speaker) => ({ ...speaker, neighbors: [] }),
  "GoBGP instead of BIRD": (speaker) => ({ ...speaker, dialect: { system: "gobgp", version: "3" } }),
  "FRR instead of BIRD": (speaker) => ({
    ...speaker,
    dialect: { system: "frr", version: "8.4", profile: "datacenter" },
  }),
  "no filter": (speaker) => ({
    ...speaker,
    neighbors: speaker.neighbors.map((each) => ({ ...each, families: { ipv4: {} } })),
  }),
  "its own ASN accepted": (speaker) => ({
    ...speaker,
    neighbors: speaker.neighbors.map((each) => ({
      ...each,
      families: { ipv4: { ...each.families?.ipv4, allowAsIn: 3 } },
    })),
  }),
  "a longer path": (speaker) => ({
    ...speaker,
    policies: { calico: setting({ prepend: [64512, 64512] }) },
  }),
  "another's block": (speaker, all) => ({
    ...speaker,
    originate: [
      ...(speaker.originate ?? []),
      ...(all.find(({ role }) => role === "node")?.originate ?? []).slice(0, 1),
    ],
    policies: { calico: { terms: [], otherwise: "accept" } },
  }),
  "its own address announced": (speaker) => ({
    ...speaker,
    originate: [...(speaker.originate ?? []), { kind: "network", prefix: `${speaker.routerId}/32` }],
    policies: { calico: { terms: [], otherwise: "accept" } },
  }),
  "an address of a router": (speaker, all) => ({
    ...speaker,
    interfaces: [
      ...speaker.interfaces,
      {
        name: "lo2",
        addresses: [`${all.find(({ name }) => name === "spine0")?.interfaces[0]?.addresses[0]?.split("/")[0]}/32`],
      },
    ],
  }),
};

/** A listener at two racks, whose ties age decides (FRR without compare-routerid); it announces nothing. */
function listener(racks: readonly [number, number], all: readonly Speaker[]): Speaker {
  const tors = racks.map((rack) => all.find(({ name }) => name === `tor${rack}`));
  const base = (rack: number): string => `10.0.${(rack * 64) >> 8}.`;
  const at = (rack: number, host: number): string => `${base(rack)}${((rack * 64) & 255) + host}`;
  return {
    name: "listener",
    role: "node",
    dialect: { system: "frr", version: "8.4", profile: "datacenter" },
    asn: 64512,
    routerId: "10.99.99.99",
    interfaces: racks.map((rack) => ({
      name: `eth${rack}`,
      segment: `rack${rack}`,
      addresses: [`${at(rack, 60)}/26`],
    })),
    bgp: { multipathRelax: true, maximumPaths: { ebgp: 1 } },
    neighbors: racks.map((rack, place) => ({
      address: at(rack, 1),
      remoteAs: tors[place]?.asn ?? 0,
      families: { ipv4: { exportPolicy: "NOTHING", allowAsIn: 5 } },
    })),
    policies: { NOTHING: { terms: [], otherwise: "reject" } },
  };
}

interface Drawn {
  racks: number;
  nodes: number;
  spines: number;
  compareRouterId: boolean;
  /** In what one router, and one node, differs from its like; "none": in nothing. */
  router: string;
  node: string;
  listens: boolean;
  sharedAsn: boolean;
  at: number;
}

const fabrics: fc.Arbitrary<Drawn> = fc.record({
  racks: fc.integer({ min: 3, max: 4 }),
  nodes: fc.integer({ min: 3, max: 4 }),
  spines: fc.integer({ min: 1, max: 3 }),
  compareRouterId: fc.boolean(),
  router: fc.constantFrom("none", ...Object.keys(ROUTER)),
  node: fc.constantFrom("none", ...Object.keys(NODE)),
  listens: fc.boolean(),
  sharedAsn: fc.boolean(),
  at: fc.nat(),
});

function drawn({ racks, nodes, spines, compareRouterId, router, node, listens, sharedAsn, at }: Drawn): Network {
  // Which of a service's equal paths a router sends to the listener is open as well, and the two ways list it otherwise.
  const services = listens ? 0 : 2;
  const { speakers: plain, ...base } = fabric({ nodes: racks * nodes, nodesPerRack: nodes, spines, services });
  const oneAsn = 4200000000;
  const asn = (was: number): number => (sharedAsn && was > oneAsn ? oneAsn : was);
  const all = plain.map((each) => ({
    ...each,
    asn: asn(each.asn),
    bgp: { ...each.bgp, ...(each.role === "node" ? {} : { compareRouterId }) },
    neighbors: each.neighbors.map((one) =>
      "remoteAs" in one && typeof one.remoteAs === "number" ? { ...one, remoteAs: asn(one.remoteAs) } : one,
    ),
  }));
  const speakers = all.map((each) => {
    if (each.name === `tor${at % racks}`) return ROUTER[router]?.(each, all) ?? each;
    return each.name === `node${at % (racks * nodes)}` ? (NODE[node]?.(each, all) ?? each) : each;
  });
  const others = [at % racks, (at + 1) % racks] as const;
  return { ...base, speakers: listens ? [...speakers, listener(others, all)] : speakers };
}

const shares = (network: Network): number =>
  (settledOf(solve(network))?.round.solved ?? []).filter(({ exchanged }) => exchanged?.asked !== undefined).length;

describe("racks that are alike", () => {
  test("each rack's answers are those of searching it", () => {
    let shared = 0;
    fc.assert(
      fc.property(fabrics, (shape) => {
        const network = drawn(shape);
        const long = solve(network, { shared: false });
        // Orders of arrival are a sample, another one where everybody takes part.
        if (long.ambiguities.some(({ arrival }) => arrival === true)) return;
        expect(unordered(solve(network))).toEqual(unordered(long));
        shared += shares(network);
      }),
      { numRuns: 25 },
    );
    expect(shared).toBeGreaterThan(0);
  }, 240_000);

  test("one search for all racks of the bench's fabric, and one view a rack", () => {
    expect(shares(fabric({ nodes: 20, nodesPerRack: 4, spines: 2, services: 3 }))).toBe(4);
  });

  test("a speaker of another rack comes and goes: what is left is as if solved anew", () => {
    fc.assert(
      fc.property(fabrics, fc.nat(), (shape, who) => {
        const network = drawn(shape);
        const gone = network.speakers[who % network.speakers.length]?.name;
        const without = {
          ...network,
          speakers: network.speakers.map((each) =>
            each.name === gone ? { ...each, neighbors: [], listen: [] } : each,
          ),
        };
        const first = solve(network);
        const before = unordered(first);
        const there = resolve(first, without);
        const long = solve(without, { shared: false });
        if (long.ambiguities.some(({ arrival }) => arrival === true)) return;
        expect(unordered(there)).toEqual(unordered(long));
        expect(unordered(resolve(there, network))).toEqual(before);
      }),
      { numRuns: 12 },
    );
  }, 240_000);

  test("a listener at two racks whose tie age decides: only prefixes of other racks are open there", () => {
    const base = fabric({ nodes: 8, nodesPerRack: 2, spines: 1, services: 0 });
    const network = { ...base, speakers: [...base.speakers, listener([0, 2], base.speakers)] };
    const open = solve(network).ambiguities.filter(({ speaker, what }) => speaker === "listener" && what === "best");
    // node2, node3 stand in rack 1, node6, node7 in rack 3.
    const blocks = [2, 3, 6, 7].map((node) => `10.128.${(node * 64) >> 8}.${(node * 64) & 255}/26`);
    expect(open.map(({ prefix }) => prefix).sort()).toEqual(blocks.sort());
  });
});
