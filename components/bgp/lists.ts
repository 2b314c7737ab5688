/**
 * Prefix lists, community lists and AS-path lists, as routers read them: entries in sequence, the first that matches
 * decides, what none matches is denied. What a missing list means is the dialect's and decided by the caller.
 */
import type { Prefix } from "../model/prefix";
import { printPath, type Attributes } from "./attributes";
import { matchesEntry } from "./bits";
import type { AsPathListEntry, CommunityListEntry, PrefixListEntry } from "./network";

function inSequence<T extends { seq?: number }>(entries: readonly T[]): readonly T[] {
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
