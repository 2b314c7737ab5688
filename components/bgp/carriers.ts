/**
 * Which speakers can pass on what they hear. The others, nearly all nodes of a cluster, need no place in the search for
 * a stable state: what they hold follows from their neighbors, and nobody takes from them what they have only heard.
 */
import type { Channel } from "./channels";
import type { CompiledSpeaker } from "./compile";

export function carries(speaker: CompiledSpeaker, channels: readonly Channel[], aggregates: boolean): boolean {
  if (aggregates) return true;
  if (channels.some(({ settings }) => settings.defaultOriginate !== undefined && settings.defaultOriginate !== false)) {
    return true;
  }
  if (!speaker.dialect.acceptsRoutes || channels.length === 0) return false;
  if (channels.length === 1 && !mayEcho(channels[0] as Channel)) return false;
  return !allRefuse(channels);
}

/** Would the speaker say to its only neighbor what it heard from it? */
function mayEcho(channel: Channel): boolean {
  if (!channel.speaker.dialect.echo && channel.sendsAll === false) return false;
  if (!channel.speaker.dialect.echo) return false;
  return channel.kind === "ebgp" || channel.reflectorClient;
}

/** All neighbors are of one AS, and look for their own ASN: they refuse whatever one of them has said first. */
function allRefuse(channels: readonly Channel[]): boolean {
  const asn = channels[0]?.far.asn;
  return channels.every(
    (channel) =>
      channel.kind === "ebgp" &&
      channel.far.asn === asn &&
      channel.far.settings.localAs === undefined &&
      channel.own.settings.localAs === undefined &&
      channel.far.settings.families?.[channel.family]?.allowAsIn === undefined &&
      channel.settings.asOverride !== true &&
      (channel.settings.removePrivateAs ?? false) === false,
  );
}
