/** What channels did to attributes, remembered once for all channels with equal rules. */
import type { CompiledSpeaker } from "./compile";
import type { End, Link } from "./sessions/ends";
import type { FamilySettings } from "./network";

function looksAtNeighborAsn(speaker: CompiledSpeaker, own: End, settings: FamilySettings): boolean {
  return (
    (own.settings.senderLoopCheck ?? speaker.dialect.senderLoopCheck) ||
    speaker.speaker.bgp.confederation !== undefined ||
    (speaker.speaker.bgp.enforceFirstAs ?? speaker.dialect.enforceFirstAs) ||
    settings.asOverride === true ||
    (settings.removePrivateAs ?? false) !== false
  );
}

type Way = Pick<Link, "kind" | "confed">;

/** What channels with equal rules remember together. */
export class Memories {
  private readonly known = new Map<string, Map<unknown, unknown>>();
  private readonly contents = new WeakMap<object, string>();

  of(key: string): Map<unknown, unknown> {
    let memory = this.known.get(key);
    if (memory === undefined) {
      memory = new Map();
      this.known.set(key, memory);
    }
    return memory;
  }

  /** Everything that a transfer looks at and that is not the route itself. */
  key(speaker: CompiledSpeaker, own: End, far: End, { kind, confed }: Way, settings: FamilySettings): string {
    const { speaker: plain, dialect } = speaker;
    const parts: unknown[] = [
      dialect.name,
      plain.dialect.profile,
      plain.asn,
      own.asn,
      looksAtNeighborAsn(speaker, own, settings) ? far.asn : 0,
      kind,
      confed,
      speaker.requiresPolicy,
    ];
    parts.push(plain.bgp.defaultLocalPreference, plain.bgp.enforceFirstAs, plain.bgp.reflectorAllowsOutboundPolicy);
    const { bgp } = plain;
    parts.push(own.settings.localAs, settings, bgp.rejectAsSets, bgp.confederation, bgp.gracefulShutdown);
    parts.push(own.settings.gracefulShutdown, own.settings.senderLoopCheck, own.settings.solo);
    if (settings.reflectorClient === true || kind === "ibgp") parts.push(plain.bgp.clusterId ?? plain.routerId);
    for (const [name, named] of [
      [settings.importPolicy, plain.policies],
      [settings.exportPolicy, plain.policies],
      [settings.importPrefixList, plain.prefixLists],
      [settings.exportPrefixList, plain.prefixLists],
      [settings.importAsPathList, plain.asPathLists],
      [settings.exportAsPathList, plain.asPathLists],
    ] as [string | undefined, Record<string, object> | undefined][]) {
      const value = name === undefined ? undefined : named?.[name];
      parts.push(value === undefined ? name : this.content(value));
    }
    if (settings.importPolicy !== undefined || settings.exportPolicy !== undefined) {
      for (const lists of [plain.prefixLists, plain.communityLists, plain.asPathLists]) {
        parts.push(lists === undefined ? "" : this.content(lists));
      }
    }
    return JSON.stringify(parts);
  }

  private content(value: object): string {
    let text = this.contents.get(value);
    if (text === undefined) {
      text = JSON.stringify(value);
      this.contents.set(value, text);
    }
    return text;
  }
}
