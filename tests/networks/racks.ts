/** The bench's fabric, small and drawn by chance: racks whose nodes are alike, or differ in what makes a difference. */
import fc from "fast-check";
import { fabric } from "../../bench/networks/thousand";
import type { Network, Origination, Policy, Speaker } from "../../components/bgp/network";

export interface Shape {
  racks: number;
  nodes: number;
  spines: number;
  silent: number[];
  bird: boolean;
  compareRouterId: boolean;
  relax: boolean;
  aggregate: boolean;
  preferred: number;
  anycast: number[];
}

export const shapes: fc.Arbitrary<Shape> = fc.record({
  racks: fc.integer({ min: 1, max: 3 }),
  nodes: fc.integer({ min: 1, max: 3 }),
  spines: fc.integer({ min: 1, max: 2 }),
  silent: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 2 }),
  bird: fc.boolean(),
  compareRouterId: fc.boolean(),
  relax: fc.boolean(),
  aggregate: fc.boolean(),
  preferred: fc.integer({ min: 0, max: 8 }),
  anycast: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 4 }),
});

/** The bench's fabric, small, with what makes its nodes differ: some do not speak, some share a service. */
export function drawn(shape: Shape, services = 2): Network {
  const { racks, nodes, spines } = shape;
  const base = fabric({ nodes: racks * nodes, nodesPerRack: nodes, spines, services });
  const marking: Policy = {
    terms: [
      {
        match: { prefixes: [{ prefix: `10.128.0.${(shape.preferred % 4) * 64}/26` }] },
        set: { localPreference: 200, communities: { add: ["65000:1"] } },
        action: "accept",
      },
    ],
    otherwise: "accept",
  };
  const anycast: Origination = { kind: "network", prefix: "10.96.77.7/32" };
  let node = -1;
  const speakers = base.speakers.map((speaker): Speaker => {
    if (speaker.role === "node") {
      node++;
      return {
        ...speaker,
        ...(shape.bird ? {} : { dialect: { system: "gobgp" as const, version: "3" } }),
        neighbors: shape.silent.includes(node) ? [] : speaker.neighbors,
        originate: [...(speaker.originate ?? []), ...(shape.anycast.includes(node) ? [anycast] : [])],
      };
    }
    const bgp = { ...speaker.bgp, compareRouterId: shape.compareRouterId, multipathRelax: shape.relax };
    if (speaker.name.startsWith("spine")) {
      const neighbors = speaker.neighbors.map((each) => ({ ...each, families: { ipv4: { importPolicy: "MARK" } } }));
      return { ...speaker, bgp, neighbors, policies: { MARK: marking } };
    }
    const originate: Origination[] = shape.aggregate ? [{ kind: "aggregate", prefix: "10.128.0.0/9" }] : [];
    return { ...speaker, bgp, originate };
  });
  return { ...base, speakers };
}
