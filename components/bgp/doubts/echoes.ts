/**
 * FRR sends a route back to the neighbor that it came from, and an update group decides about the next hop for all its
 * members. While another member is on the same network, the next hop stays as it came: the sender refuses it where it is
 * its own address, and takes it where it is a third party's. While the neighbor is alone there, it gets the route with
 * FRR's next hop and keeps it when others join: groups merge without sending anything again.
 */
import type { Sent } from "../attributes";
import { neighborsIn } from "../channels";
import type { Candidate } from "../compare";
import { exportPath } from "../export";
import { importPath } from "../import";
import { byChannel } from "./channelDetector";

export const echoes = byChannel({
  name: "echoes",
  cases: ["FRR returned a path to its sender before other neighbors joined the update group"],
  what: "the next hop of a route that FRR returns to its sender depends on which neighbors were up when it was sent",
  speaker: ({ dialect }) => dialect.echo && dialect.updateGroups,
  channel: (channel) => channel.farNetwork !== undefined && neighborsIn(channel, channel.farNetwork) >= 2,
  paths(view, each, channel) {
    const arena = view.arenaOf(each);
    const held = view.solvedOf(each).held.get(channel.speaker.index);
    const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
    if (held === undefined || back === undefined) return undefined;
    const paths = channel.sendsAll === false ? [held.best] : held.candidates;
    const imported = (one: Sent): Candidate | undefined =>
      importPath(back, one, each.first, arena.intern, arena.resolver);
    const returned = paths.flatMap((path) => {
      if (path?.channel !== channel.index) return [];
      const sent = exportPath(channel, channel, path, each.first, arena.intern);
      if (sent?.nextHop !== path.nextHop || sent.nextHop === channel.selfNextHop) return [];
      // A sender that takes neither holds nothing in any order.
      return imported({ ...sent, nextHop: channel.selfNextHop }) ?? [];
    });
    // A default route that the sender has for this neighbor alone comes back to a sender that has none: it goes on.
    return returned.length === 0 ? undefined : returned;
  },
});
