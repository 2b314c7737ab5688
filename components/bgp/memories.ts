/** What channels did to attributes, remembered once for all channels with equal rules. */
import type { CompiledSpeaker } from "./compile";
import type { End, Link } from "./sessions/ends";
import type { FamilySettings } from "./network";
import type { Passed } from "./policy";

function looksAtNeighborAsn(speaker: CompiledSpeaker, own: End, settings: FamilySettings): boolean {
  return (
    (own.settings.senderLoopCheck ?? speaker.dialect.senderLoopCheck) ||
    speaker.speaker.bgp.confederation !== undefined ||
    settings.asOverride === true ||
    (settings.removePrivateAs ?? false) !== false
  );
}

type Way = Pick<Link, "kind" | "confed">;

/**
 * What became of sets of attributes. Rules that look at prefixes answer by class: classes are solved one after the other,
 * so only the last one's answers are kept.
 */
export class Transfers {
  private prefixClass = -1;
  private readonly answers = new Map<number, Passed | null>();

  /** By the number of the attributes. */
  of(prefixClass: number): Map<number, Passed | null> {
    if (prefixClass !== this.prefixClass) this.answers.clear();
    this.prefixClass = prefixClass;
    return this.answers;
  }
}

/** By what a policy looks at besides attributes and prefix; "" where it looks at nothing. */
export type Ways = Map<string, Transfers>;

export function transfersOf(ways: Ways, way: string): Transfers {
  let found = ways.get(way);
  if (found === undefined) ways.set(way, (found = new Transfers()));
  return found;
}

/** What channels with equal rules remember together. */
export class Memories {
  private readonly known = new Map<string, Ways>();
  private readonly contents = new WeakMap<object, string>();

  of(key: string): Ways {
    let memory = this.known.get(key);
    if (memory === undefined) this.known.set(key, (memory = new Map<string, Transfers>()));
    return memory;
  }

  /**
   * Everything that a transfer looks at and that is not the route itself. What comes in is asked for ASNs before
   * (`passesLoops`), so that channels of different ASNs share what their rules make of it.
   */
  keys(speaker: CompiledSpeaker, own: End, far: End, way: Way, settings: FamilySettings): { in: string; out: string } {
    const rules = this.rules(speaker, own, way, settings);
    const asns = [speaker.speaker.asn, own.asn, looksAtNeighborAsn(speaker, own, settings) ? far.asn : 0];
    return { in: `in ${rules}`, out: `out ${asns.join()} ${rules}` };
  }

  private rules(speaker: CompiledSpeaker, own: End, { kind, confed }: Way, settings: FamilySettings): string {
    const { speaker: plain, dialect } = speaker;
    const parts: unknown[] = [dialect.name, plain.dialect.profile, kind, confed, speaker.requiresPolicy];
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
