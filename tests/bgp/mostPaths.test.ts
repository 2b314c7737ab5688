/** How many paths of one prefix a neighbor can send: never fewer than it does. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MostPaths } from "../../components/bgp/mostPaths";
import { heldAt } from "../../components/bgp/round";
import { settledOf, solve } from "../../components/bgp/solve";
import type { Network } from "../../components/bgp/network";
import { draw } from "../fidelity/random";
import { large } from "../networks/large";

/** Each session's bound, and the most paths of one prefix that came by it. */
function received(network: Network): { session: string; bound: number; came: number }[] {
  const round = settledOf(solve(network))?.round;
  if (round === undefined) return [];
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const most = new MostPaths(round, family);
    return round.channels[family].flat().map((channel) => {
      const counts = round.classes
        .filter((each) => each.family === family)
        .map((each) => heldAt(round, each, channel.speaker.index).candidates)
        .map((paths) => paths.filter((path) => path.channel === channel.index).length);
      const session = `${channel.remote.speaker.name} to ${channel.speaker.speaker.name}`;
      return { session, bound: most.receivedBy(channel), came: Math.max(0, ...counts) };
    });
  });
}

test("random networks, some with ADD-PATH, reflectors and route servers: no session carries more than its bound", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const { network } = draw(seed, { frr10: true });
      for (const { session, bound, came } of received(network)) {
        expect({ session, came: Math.min(came, bound) }).toEqual({ session, came });
      }
    }),
    { numRuns: 100 },
  );
}, 60_000);

test("a Calico cluster with reflectors: nodes send their leaf several paths, of a known number", () => {
  const bounds = received(large({ nodes: 12, racks: 3, spines: 2, reflectors: 3 }));
  expect(bounds.filter(({ bound, came }) => came > bound || bound === Infinity)).toEqual([]);
  expect(bounds.some(({ came }) => came > 1)).toBe(true);
});
