/**
 * The most paths of one prefix that a neighbor can send: one without ADD-PATH, and with it all that it may hold and pass on.
 * An upper bound from sessions and reflection alone; whether such paths exist is not asked.
 */
import type { Channel } from "./channels";
import { originsBySpeaker } from "./classes";
import { isInternal } from "./confederation";
import { reflects } from "./export";
import type { Family } from "./network";
import type { Round } from "./round";

export class MostPaths {
  private readonly known = new Map<Channel, number>();
  /** The most own routes to one prefix, by speaker. */
  private readonly own: ReadonlyMap<number, number>;

  constructor(
    private readonly round: Pick<Round, "channels" | "classes">,
    private readonly family: Family,
  ) {
    this.own = ownRoutes(round, family);
  }

  /** By the channel of the speaker that receives them. */
  receivedBy({ remote, remoteIndex }: Channel): number {
    const back = this.round.channels[this.family][remote.index]?.[remoteIndex];
    return back === undefined || back.closed === true ? 0 : this.sentOn(back);
  }

  private sentOn(channel: Channel): number {
    if (channel.sendsAll === false) return 1;
    const known = this.known.get(channel);
    if (known !== undefined) return known;
    // Where paths may go round in a circle there is no bound.
    this.known.set(channel, Infinity);
    // A default route or an aggregate may be one more.
    let most = (this.own.get(channel.speaker.index) ?? 0) + 2;
    for (const from of this.round.channels[this.family][channel.speaker.index] ?? []) {
      const passes = !isInternal(from) || !isInternal(channel) || reflects(channel, from);
      if (passes) most += this.receivedBy(from);
      if (most === Infinity) break;
    }
    this.known.set(channel, most);
    return most;
  }
}

function ownRoutes({ classes }: Pick<Round, "classes">, family: Family): Map<number, number> {
  const most = new Map<number, number>();
  for (const each of classes) {
    if (each.family !== family) continue;
    for (const [speaker, own] of originsBySpeaker(each))
      most.set(speaker, Math.max(most.get(speaker) ?? 0, own.length));
  }
  return most;
}
