/**
 * A route that FRR sends back to whom it came from: with whose next hop hangs on who was in the update group when it was
 * sent. With another of the group's on that network the sender's own stays, and the sender refuses it; while it is alone
 * there, it gets the echo with FRR's, and keeps that when others join (groups merge without sending anything again).
 */
import type { RoundView } from "./ambiguity";
import { neighborsIn } from "../channels";
import type { Candidate } from "../decide";
import { exportPath } from "../export";
import type { Sent } from "../attributes";
import { importPath } from "../import";
import type { NotModelled } from "../solution";
import { openPaths } from "./propagate";

const WHAT = "FRR's echo of a route hangs on which neighbors were up when it was sent";

export function echoes(view: RoundView): NotModelled[] {
  const found: NotModelled[] = [];
  for (const { index, dialect } of view.compiled.speakers) {
    if (!dialect.echo || !dialect.updateGroups) continue;
    for (const each of view.classes) {
      const arena = view.arenaOf(each);
      const held = view.solvedOf(each).held.get(index);
      for (const channel of arena.channels[index] ?? []) {
        const network = channel.farNetwork;
        if (held === undefined || network === undefined || neighborsIn(channel, network) < 2) continue;
        const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
        const paths = channel.sendsAll === false ? [held.best] : held.candidates;
        const taken = paths.flatMap((path) => {
          if (back === undefined || path?.channel !== channel.index) return [];
          const sent = exportPath(channel, channel, path, each.first, each.index, arena.intern);
          if (sent?.nextHop !== path.nextHop) return [];
          const taken = (one: Sent): Candidate | undefined =>
            importPath(back, one, each.first, each.index, arena.intern, arena.resolver);
          return taken(sent) === undefined ? (taken({ ...sent, nextHop: channel.selfNextHop }) ?? []) : [];
        });
        if (back === undefined || taken.length === 0) continue;
        // A default route that the sender has for this neighbor alone comes back to one that has none: it goes on.
        found.push(...openPaths(view, each, back, taken, WHAT));
      }
    }
  }
  return found;
}
