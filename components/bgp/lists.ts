/**
 * Prefix lists, community lists and AS-path lists, as routers read them: entries in sequence, the first that matches
 * decides, what none matches is denied. What a missing list means is the dialect's and decided by the caller.
 */
import type { Prefix } from "../model/prefix";
import { printPath, type Attributes } from "./attributes";
import { matchesEntry } from "./bits";
import type { AsPathListEntry, CommunityListEntry, PrefixListEntry } from "./network";

/** By sequence number; entries without numbers stand in the order in which they were written. */
export function inSequence<T extends { seq?: number }>(entries: readonly T[]): readonly T[] {
  return entries.some((each) => each.seq !== undefined)
    ? [...entries].sort((a, b) => (a.seq ?? Infinity) - (b.seq ?? Infinity))
    : entries;
}

/** An empty prefix list permits all (FRR: prefix_list_apply on a list without entries). */
export function prefixListPermits(entries: readonly PrefixListEntry[], prefix: Prefix): boolean {
  if (entries.length === 0) return true;
  for (const entry of inSequence(entries)) if (matchesEntry(entry, prefix)) return entry.action === "permit";
  return false;
}

export function communityListPermits(entries: readonly CommunityListEntry[], attributes: Attributes): boolean {
  for (const entry of inSequence(entries)) {
    const present = entry.kind === "large" ? attributes.largeCommunities : attributes.communities;
    if (communityEntryMatches(entry, present)) return entry.action === "permit";
  }
  return false;
}

function communityEntryMatches(entry: CommunityListEntry, present: readonly string[]): boolean {
  if (entry.communities !== undefined) {
    // "internet" stands for every route.
    return entry.communities.every((each) => each === "internet" || present.includes(each));
  }
  // FRR matches an expanded list against all communities printed in one line.
  return entry.regex !== undefined && routerRegex(entry.regex).test(present.join(" "));
}

/**
 * One community of an entry is enough: the route's communities in turn, each against the entries in sequence
 * (community_list_any_match of FRR 9.1; a route without communities matches nothing).
 */
export function communityListPermitsAny(entries: readonly CommunityListEntry[], attributes: Attributes): boolean {
  const sorted = inSequence(entries);
  for (const kind of ["standard", "large"] as const) {
    for (const each of kind === "large" ? attributes.largeCommunities : attributes.communities) {
      const found = sorted.find((entry) => entry.kind === kind && holds(entry, each));
      if (found !== undefined) return found.action === "permit";
    }
  }
  return false;
}

const holds = (entry: CommunityListEntry, community: string): boolean =>
  entry.communities !== undefined
    ? entry.communities.includes(community)
    : entry.regex !== undefined && routerRegex(entry.regex).test(community);

/** The communities of an entry and no others (FRR `exact-match`; a regular expression must match all of them at once). */
export function communityListPermitsExactly(entries: readonly CommunityListEntry[], attributes: Attributes): boolean {
  for (const entry of inSequence(entries)) {
    const present = entry.kind === "large" ? attributes.largeCommunities : attributes.communities;
    const wanted = entry.communities;
    const matches = communityEntryMatches(entry, present) && (wanted === undefined || wanted.length === present.length);
    if (matches) return entry.action === "permit";
  }
  return false;
}

export function asPathListPermits(entries: readonly AsPathListEntry[], attributes: Attributes): boolean {
  const text = printPath(attributes);
  for (const entry of inSequence(entries)) if (routerRegex(entry.regex).test(text)) return entry.action === "permit";
  return false;
}

const compiled = new Map<string, RegExp>();

/** Routers' regular expressions: "_" is a boundary between ASNs, or an end. FRR's bgp_regcomp replaces it so. */
export function routerRegex(text: string): RegExp {
  let regex = compiled.get(text);
  if (regex === undefined) {
    try {
      regex = new RegExp(text.replace(/_/g, "(?:^|[,{}() ]|$)"));
    } catch {
      regex = /(?!)/;
    }
    compiled.set(text, regex);
  }
  return regex;
}
