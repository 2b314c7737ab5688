/**
 * Channels after a change. Held paths name channels by their place, so a kept channel keeps its place; the place of a
 * session that ended stays until a later session takes it.
 */
import { half, renewed, updateGroup, type Channel, type Channels, type UpdateGroup } from "../channels";
import type { Compiled, CompiledSpeaker } from "../compile";
import type { Link } from "../sessions/ends";
import type { Memories } from "../memories";
import type { Family } from "../network";

export interface ChannelPlace {
  speaker: number;
  index: number;
}

export interface Rechanneled {
  channels: Channels;
  /** Speakers that changed, or whose sessions came or went. Their neighbors' channels only point to them as they are now. */
  touched: ReadonlySet<number>;
  /** Where sessions went or came, by family. */
  closed: Record<Family, ChannelPlace[]>;
  opened: Record<Family, ChannelPlace[]>;
  /** Who may say something else to kept neighbors, because others in the neighbor's update group came or went. */
  regrouped: ReadonlySet<number>;
}

export interface Moves {
  added: readonly Link[];
  removed: ReadonlySet<Link>;
  /** Speakers that changed themselves. */
  changed: ReadonlySet<number>;
}

export function rechannel(compiled: Compiled, before: Channels, moves: Moves, memories: Memories): Rechanneled {
  const { added, removed, changed } = moves;
  const touched = new Set(changed);
  for (const link of [...added, ...removed]) for (const { speaker } of link.ends) touched.add(speaker);
  const result: Rechanneled = {
    channels: { ipv4: [...before.ipv4], ipv6: [...before.ipv6] },
    touched,
    closed: { ipv4: [], ipv6: [] },
    opened: { ipv4: [], ipv6: [] },
    regrouped: new Set(),
  };
  for (const family of ["ipv4", "ipv6"] as const) {
    const pointing = new Map<number, number[]>();
    for (const speaker of touched) {
      result.channels[family][speaker] = (before[family][speaker] ?? []).map((channel): Channel => {
        if (channel.closed === true) return channel;
        if (removed.has(channel.link)) {
          result.closed[family].push({ speaker, index: channel.index });
          return { ...channel, closed: true };
        }
        const { remote, remoteIndex } = channel;
        if (changed.has(speaker) && !touched.has(remote.index)) push(pointing, remote.index, remoteIndex);
        return renewed(channel, compiled);
      });
    }
    for (const [speaker, indices] of pointing) {
      const list = [...(before[family][speaker] ?? [])];
      for (const index of indices) list[index] = renewed(list[index] as Channel, compiled);
      result.channels[family][speaker] = list;
    }
    for (const link of added)
      if (link.families.includes(family)) open(compiled, before, result, link, family, memories);
  }
  return { ...result, regrouped: regroup(before, result.channels, touched) };
}

function open(
  compiled: Compiled,
  before: Channels,
  { channels, opened }: Rechanneled,
  link: Link,
  family: Family,
  memories: Memories,
): void {
  const [a, b] = link.ends;
  const places = [freePlace(before, channels, family, a.speaker), freePlace(before, channels, family, b.speaker)];
  const [i, j] = places as [number, number];
  const put = (speaker: number, index: number, channel: Channel): void => {
    (channels[family][speaker] as Channel[])[index] = channel;
    opened[family].push({ speaker, index });
  };
  put(a.speaker, i, made(compiled, a.speaker, b.speaker, a, b, link, family, i, j, memories));
  put(b.speaker, j, made(compiled, b.speaker, a.speaker, b, a, link, family, j, i, memories));
}

/** A place that was free before this change, or a new one at the end. */
function freePlace(before: Channels, now: Channels, family: Family, speaker: number): number {
  const list = now[family][speaker] ?? [];
  const free = (before[family][speaker] ?? []).findIndex(
    ({ closed }, index) => closed === true && list[index]?.closed === true,
  );
  return free < 0 ? list.length : free;
}

function made(
  compiled: Compiled,
  speaker: number,
  remote: number,
  own: Channel["own"],
  far: Channel["far"],
  link: Link,
  family: Family,
  index: number,
  remoteIndex: number,
  memories: Memories,
): Channel {
  const [here, there] = [compiled.speakers[speaker], compiled.speakers[remote]] as [CompiledSpeaker, CompiledSpeaker];
  return half(here, there, own, far, link, family, index, remoteIndex, memories, new Map());
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Update groups are counted anew where channels are others: whose echo is another with that? */
function regroup(before: Channels, channels: Channels, touched: ReadonlySet<number>): Set<number> {
  const groups = new Map<string, UpdateGroup>();
  const regrouped = new Set<number>();
  for (const family of ["ipv4", "ipv6"] as const) {
    for (const speaker of touched) {
      const list = channels[family][speaker] ?? [];
      if (list[0]?.speaker.dialect.updateGroups !== true) continue;
      for (const channel of list) {
        if (channel.closed === true) continue;
        const { remote, own, far, settings } = channel;
        channel.group = updateGroup(groups, channel.speaker, remote, own, far, channel, family, settings);
      }
      for (const channel of list) {
        const was = before[family][speaker]?.[channel.index];
        if (channel.closed === true || was === undefined || was.closed === true) continue;
        if (!alike(was.group, channel.group)) regrouped.add(speaker);
      }
    }
  }
  return regrouped;
}

/** The same networks with more than one neighbor on them: all that an echo looks at. */
function alike(a: UpdateGroup, b: UpdateGroup): boolean {
  for (const [network, count] of a) if (count > 1 !== (b.get(network) ?? 0) > 1) return false;
  for (const [network, count] of b) if (count > 1 !== (a.get(network) ?? 0) > 1) return false;
  return true;
}
