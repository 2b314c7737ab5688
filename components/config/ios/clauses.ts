/**
 * What the route-maps of FRR and EOS have in common: a term becomes a clause for each family that it can match, and its
 * inline prefixes become a list of their own.
 */
import { callersOf } from "../../bgp/calls";
import { familyOf } from "../../model/address";
import type { AsPathListEntry, CommunityListEntry, Family, Match, PrefixListEntry, Speaker } from "../../bgp/network";
import { cannot, type Draft } from "../draft";
import { entriesOf, numbered } from "../lists";

export interface ListSet {
  prefixLists: Record<string, PrefixListEntry[]>;
  communityLists: Record<string, CommunityListEntry[]>;
  asPathLists: Record<string, AsPathListEntry[]>;
}

/** The families that a term's lists can match, of those that the policy is used for: one clause each. */
export function familiesOf(lists: ListSet, names: (string | undefined)[], used: ReadonlySet<Family>): Family[] {
  const wanted = names.filter((name) => name !== undefined);
  const all: Family[] =
    used.size > 0 ? (["ipv4", "ipv6"] as const).filter((family) => used.has(family)) : ["ipv4", "ipv6"];
  const some = all.filter((family) =>
    wanted.every((name) => entriesOf(lists.prefixLists[name] ?? [], family).length > 0),
  );
  return wanted.length === 0 || some.length === 0 ? all.slice(0, 1) : some;
}

/** Inline prefixes as a list: what is excluded first, then what is wanted. */
export function prefixCondition(d: Draft, lists: ListSet, own: string, match: Match, at: string): string | undefined {
  const { prefixes, notPrefixes, prefixList: named } = match;
  if (prefixes === undefined && notPrefixes === undefined) return named;
  if (named !== undefined) cannot(d, at, "prefixList beside prefixes", "one of them: a term matches one list");
  const entries: PrefixListEntry[] = [
    ...(notPrefixes ?? []).map((prefix) => ({ action: "deny" as const, ...prefix })),
    ...(prefixes ?? [{ prefix: "any" }]).map((prefix) => ({ action: "permit" as const, ...prefix })),
  ];
  if (entries.length === 0) entries.push({ action: "deny", prefix: "any" });
  const list = `${own}-prefixes`;
  lists.prefixLists[list] = numbered(entries);
  return list;
}

export interface Attachments {
  import: boolean;
  export: boolean;
  families: Set<Family>;
}

/** Where a policy is used, by its name or by one that calls it: which way, and for which families. */
export function attachments(speaker: Speaker, policy: string, policies = speaker.policies ?? {}): Attachments {
  const all = { import: false, export: false, families: new Set<Family>() };
  for (const name of callersOf(policies, policy)) {
    const own = attachmentsOf(speaker, name);
    all.import ||= own.import;
    all.export ||= own.export;
    for (const family of own.families) all.families.add(family);
  }
  return all;
}

function attachmentsOf(speaker: Speaker, policy: string): Attachments {
  const found: Attachments = { import: false, export: false, families: new Set() };
  for (const settings of [...speaker.neighbors, ...Object.values(speaker.groups ?? {})]) {
    for (const family of ["ipv4", "ipv6"] as const) {
      const own = settings.families?.[family];
      const originates = typeof own?.defaultOriginate === "object" && own.defaultOriginate.policy === policy;
      if (own?.importPolicy === policy) found.import = true;
      if (own?.exportPolicy === policy) found.export = true;
      if (own?.importPolicy === policy || own?.exportPolicy === policy || originates) found.families.add(family);
    }
  }
  for (const origin of speaker.originate ?? []) {
    if (origin.policy !== policy) continue;
    if (origin.kind !== "redistribute") found.families.add(familyOf(origin.prefix));
    else
      for (const family of ["ipv4", "ipv6"] as const)
        if ((origin.family ?? family) === family) found.families.add(family);
  }
  if (speaker.bgp.fibPolicy === policy) found.families.add("ipv4").add("ipv6");
  return found;
}
