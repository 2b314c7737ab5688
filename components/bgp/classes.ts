/**
 * Prefixes that fare alike: announced by the same speakers in the same way, and told apart by no list, policy or
 * aggregate anywhere. Each class is solved once.
 */
import type { Prefix } from "../model/prefix";
import { familyOfPrefix, PrefixMap } from "./bits";
import type { Compiled, CompiledSpeaker } from "./compile";
import { Conditions } from "./conditions";
import type { Gathered, Gathering } from "./gather";
import type { Family } from "./network";
import type { Own } from "./origins";

export interface PrefixClass {
  index: number;
  family: Family;
  /** Stands for all of them: they are indistinguishable to every rule. */
  first: Prefix;
  prefixes: Prefix[];
  origins: { speaker: number; own: Own }[];
  /** Speakers with an aggregate around these prefixes; "summary" when it suppresses them. */
  within: { speaker: number; prefix: Prefix; summaryOnly: boolean }[];
  /** Speakers that have this very prefix as an aggregate of theirs. */
  aggregatedAt: number[];
}

export function classify(compiled: Compiled, gathering: Gathering): PrefixClass[] {
  const aggregates = new PrefixMap<PrefixClass["within"]>();
  gathering.aggregates.forEach((own, speaker) => {
    for (const { prefix, summaryOnly } of own) {
      gathering.at(prefix);
      const list = aggregates.get(prefix) ?? [];
      list.push({ speaker, prefix, summaryOnly: summaryOnly === true });
      aggregates.set(prefix, list);
    }
  });
  for (const prefix of defaultsMade(compiled)) gathering.at(prefix);
  const conditions = distinguishing(compiled.speakers);
  const aside = standingAside(compiled);
  const classes: PrefixClass[] = [];
  const buckets = new Map<string, { gathered: Gathered; prefixClass: PrefixClass }[]>();
  for (const each of gathering.all()) {
    const { prefix } = each;
    const within: PrefixClass["within"] = [];
    let aggregatedAt: number[] = [];
    if (aggregates.size > 0) {
      for (const [around, list] of aggregates.around(prefix)) {
        if (around === prefix) aggregatedAt = list.map(({ speaker }) => speaker);
        else within.push(...list);
      }
    }
    const alone = aggregatedAt.length > 0 || aside(prefix) || prefix === "0.0.0.0/0" || prefix === "::/0";
    const around = within.map(({ speaker, prefix: of }) => `${speaker}@${of}`).join();
    const key = `${familyOfPrefix(prefix)} ${each.hash} ${each.marks.length} ${alone ? prefix : ""} ${conditions.signature(prefix)} ${around}`;
    const bucket = buckets.get(key) ?? [];
    const found = bucket.find(({ gathered: other }) => other.row === each.row && sameMarks(other.marks, each.marks));
    if (found !== undefined) {
      found.prefixClass.prefixes.push(prefix);
      continue;
    }
    const prefixClass: PrefixClass = {
      index: classes.length,
      family: familyOfPrefix(prefix),
      first: prefix,
      prefixes: [prefix],
      origins: gathering.origins(each),
      within,
      aggregatedAt,
    };
    classes.push(prefixClass);
    bucket.push({ gathered: each, prefixClass });
    buckets.set(key, bucket);
  }
  return classes;
}

/** Who announces the class, and in which ways: thousands of nodes may announce one service. */
export function originsBySpeaker({ origins }: PrefixClass): Map<number, PrefixClass["origins"]> {
  const bySpeaker = new Map<number, PrefixClass["origins"]>();
  for (const origin of origins) {
    const list = bySpeaker.get(origin.speaker);
    if (list === undefined) bySpeaker.set(origin.speaker, [origin]);
    else list.push(origin);
  }
  return bySpeaker;
}

function sameMarks(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A default route that default-originate makes on sessions belongs to no speaker's table, and yet is a prefix. */
function defaultsMade(compiled: Compiled): Set<Prefix> {
  const made = new Set<Prefix>();
  for (const { speaker } of compiled.speakers) {
    for (const settings of [...speaker.neighbors, ...Object.values(speaker.groups ?? {})]) {
      for (const family of ["ipv4", "ipv6"] as const) {
        const wanted = settings.families?.[family]?.defaultOriginate;
        if (wanted !== undefined && wanted !== false) {
          made.add((family === "ipv4" ? "0.0.0.0/0" : "::/0") as Prefix);
        }
      }
    }
  }
  return made;
}

/** Every prefix condition of every list and policy, each once. */
export function distinguishing(speakers: Iterable<CompiledSpeaker>): Conditions {
  const conditions = new Conditions();
  for (const { speaker } of speakers) {
    for (const list of Object.values(speaker.prefixLists ?? {})) conditions.addList(list);
    for (const policy of Object.values(speaker.policies ?? {})) conditions.addPolicy(policy);
  }
  return conditions;
}

/**
 * Which prefixes are like no other: host routes to addresses that speakers have, which may be next hops of themselves or
 * somebody's own; and what a speaker has a route to that withholds paths its routing table does not use.
 */
export function standingAside({ speakers, owners }: Compiled): (prefix: Prefix) => boolean {
  const routed = new Set<string>();
  for (const { dialect, speaker, routes } of speakers) {
    if (!dialect.withholdsInactive || speaker.bgp.advertiseInactive === true) continue;
    for (const [prefix] of routes.entries()) routed.add(prefix);
  }
  return (prefix) => {
    if (routed.has(prefix)) return true;
    const [address = "", length] = prefix.split("/");
    return (length === "32" || length === "128") && owners.has(address);
  };
}
