/**
 * One IPv6 next hop that FRR may count as two: one neighbor sends its own address with its link-local address beside it,
 * another passes the address on without (bgp_path_info_nexthop_cmp). FRR then shares traffic over both.
 */

import type { Detector } from "./detector";
import { unmodelledMoves } from "./parts";
import { type RoundView } from "./roundView";
import { hopOf, type Candidate, type Weighing } from "../compare";
import { outcome } from "../decide";
import type { NotModelled } from "../solution";
import { difference } from "./answerDifferences";

const WHAT = "one IPv6 next hop with a link-local address beside it and without is two to FRR";

export const linkLocalHops: Detector = {
  name: "linkLocalHops",
  cases: [
    "an IPv6 next hop that one neighbor sends as its own and another passes on without a link-local address counts as two for FRR (`bgp_path_info_nexthop_cmp`)",
  ],
  find: ({ view }) => marked(view),
};

function marked(view: RoundView): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, dialect } of view.compiled.speakers) {
    if (!dialect.linkLocalNextHop) continue;
    for (const each of view.classes) {
      if (each.family !== "ipv6") continue;
      const w = view.arenaOf(each).weighings[index] as Weighing;
      const { candidates } = view.heldAt(each, view.solvedOf(each), index);
      const given = candidates.filter((path) => path.nextHop === path.address);
      const twinsOf = (path: Candidate): Candidate[] =>
        given.filter((own) => own.channel !== path.channel && hopOf(own) === hopOf(path));
      const apart = candidates.map((path) =>
        path.nextHop !== path.address && twinsOf(path).length > 0
          ? { ...path, through: `${path.nextHop} alone` }
          : path,
      );
      if (sharers(w, candidates) === sharers(w, apart)) continue;
      const concerned = candidates.filter((path, at) => apart[at] !== path).flatMap((path) => [path, ...twinsOf(path)]);
      const channels = new Set(concerned.map(({ channel }) => channel));
      found.push(...unmodelledMoves(view, each, new Map([[index, difference({ channels, fib: true })]]), WHAT));
    }
  }
  return found;
}

/** Who shares the traffic, and over how many next hops. */
function sharers(w: Weighing, candidates: Candidate[]): string {
  const { multipath } = outcome(w, candidates);
  const channels = multipath.map(({ channel }) => channel).sort((a, b) => a - b);
  return `${channels.join()} over ${new Set(multipath.map(hopOf)).size}`;
}
