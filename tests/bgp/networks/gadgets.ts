/** The gadgets of Griffin, Shepherd and Wilfong: circles of speakers that prefer each other's way to one origin. */
import type { Policy } from "../../../components/bgp/network";
import { blackhole, to, type Sketch } from "./build";

export const GADGET = "203.0.113.0/24";
const routerIds: NonNullable<Sketch["bgp"]> = { compareRouterId: true };

/** Local preference 200 for paths that begin so, in the order of their AS numbers. */
const prefers = (...asPathPrefix: number[]): Policy => ({
  terms: [
    { seq: 10, action: "accept", match: { asPathPrefix }, set: { localPreference: 200 } },
    { seq: 20, action: "accept" },
  ],
});

/** Speakers on links of two; each wants of each neighbor what `wants` says. */
export function linked(
  links: [string, string][],
  wants: Record<string, { of: string; path: string[] }>,
): Record<string, Sketch> {
  const names = [...new Set(links.flat())].sort();
  const asn = (name: string): number => 65001 + names.indexOf(name);
  return Object.fromEntries(
    names.map((name): [string, Sketch] => {
      const want = wants[name];
      const ends = links.flatMap(([a, b], index) =>
        a === name ? [{ index, own: 0, far: b }] : b === name ? [{ index, own: 1, far: a }] : [],
      );
      return [
        name,
        {
          asn: asn(name),
          at: ends.map(({ index, own }) => `l${index} 10.0.${index}.${own}/31`),
          routerId: `1.0.0.${names.indexOf(name) + 1}`,
          bgp: routerIds,
          neighbors: ends.map(({ index, own, far }) =>
            to(`10.0.${index}.${1 - own}`, asn(far), {}, far === want?.of ? { importPolicy: "WANTS" } : {}),
          ),
          ...(want === undefined ? {} : { policies: { WANTS: prefers(...want.path.map(asn)) } }),
          ...(name === "origin" ? blackhole(GADGET) : {}),
        },
      ];
    }),
  );
}

export const DISAGREE = linked(
  [
    ["a", "origin"],
    ["b", "origin"],
    ["a", "b"],
  ],
  { a: { of: "b", path: ["b", "origin"] }, b: { of: "a", path: ["a", "origin"] } },
);

export const circle = (wants: Record<string, { of: string; path: string[] }>): Record<string, Sketch> =>
  linked(
    [
      ["a", "origin"],
      ["b", "origin"],
      ["c", "origin"],
      ["a", "b"],
      ["b", "c"],
      ["c", "a"],
    ],
    wants,
  );

export const AROUND = {
  a: { of: "b", path: ["b", "origin"] },
  b: { of: "c", path: ["c", "origin"] },
  c: { of: "a", path: ["a", "origin"] },
};
