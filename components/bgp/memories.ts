/** What channels did to attributes, remembered once for all channels with equal rules. */
import type { Prefix } from "../model/prefix";
import type { CompiledSpeaker } from "./compile";
import { PrefixKinds } from "./conditions";
import type { End, Link } from "./sessions/ends";
import type { FamilySettings, Policy } from "./network";
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

/** What became of sets of attributes, by their numbers. */
export type Transfers = Map<number, Passed | null>;

/** What became of sets of attributes on channels with equal rules. */
export class Memory {
  private readonly ways = new Map<string, Transfers[]>();

  /** `kinds`: which prefixes the rules tell apart; undefined where they look at none. */
  constructor(private readonly kinds: PrefixKinds | undefined) {}

  get byPrefix(): boolean {
    return this.kinds !== undefined;
  }

  /** `way`: what a policy looks at besides attributes and prefix; "" where it looks at nothing. */
  of(way: string, prefix: Prefix): Transfers {
    let byKind = this.ways.get(way);
    if (byKind === undefined) this.ways.set(way, (byKind = []));
    return (byKind[this.kindOf(prefix)] ??= new Map<number, Passed | null>());
  }

  /** The same for prefixes that the rules do not tell apart. */
  kindOf(prefix: Prefix): number {
    return this.kinds?.of(prefix) ?? 0;
  }
}

/** What channels with equal rules remember together. */
export class Memories {
  private readonly known = new Map<string, Memory>();
  private readonly contents = new WeakMap<object, string>();

  of(key: string, { speaker }: CompiledSpeaker, policy: Policy | undefined, list: string | undefined): Memory {
    let memory = this.known.get(key);
    if (memory === undefined) {
      const looks = policy !== undefined || list !== undefined;
      this.known.set(key, (memory = new Memory(looks ? new PrefixKinds(speaker, policy, list) : undefined)));
    }
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
