/**
 * What becomes of lists and clauses once a whole frr.conf is read. FRR keeps IPv4 and IPv6 lists apart under one name, and
 * asks for one of them in a clause; a Network has one list, and terms for either family. The writer's own lists turn back
 * into the conditions that they were written for.
 */
import type { Family, Match, Policy, PrefixListEntry, PrefixMatch, SetActions, Speaker, Term } from "../../bgp/network";
import { calledBy } from "../../bgp/calls";
import { attachments, type Attachments } from "./clauses";
import type { Build } from "./reading";

interface Lists {
  b: Build;
  prefixLists: Map<string, PrefixListEntry[]>;
  /** Lists that stood for conditions of a term. */
  spent: Set<string>;
}

/** Fills the speaker's lists and policies; its neighbors and originations must be there. */
export function settleLists(b: Build, speaker: Speaker): void {
  const lists: Lists = { b, prefixLists: new Map(), spent: new Set() };
  for (const name of b.prefixLists.keys()) lists.prefixLists.set(name, merged(b, name));
  const policies = new Map<string, Policy>();
  const read: Record<string, Policy> = Object.fromEntries(
    [...b.policies].map(([name, { terms }]) => [name, { terms: [...terms.values()].sort(bySeq) }]),
  );
  leaveOutCircles(b, read);
  for (const [name, policy] of b.policies) {
    const uses = attachments(speaker, name, read);
    const terms = joined(read[name]?.terms ?? []).map((term) => settled(lists, name, term, uses));
    policies.set(name, { terms, source: policy.source });
  }
  const keep = <T>(all: Map<string, T>): Record<string, T> =>
    Object.fromEntries([...all].filter(([name]) => !lists.spent.has(name)));
  speaker.policies = Object.fromEntries(policies);
  speaker.prefixLists = keep(lists.prefixLists);
  for (const entries of [...b.communityLists.values(), ...b.asPathLists.values()]) entries.sort(bySeq);
  speaker.communityLists = keep(b.communityLists);
  speaker.asPathLists = keep(b.asPathLists);
}

/** FRR follows a policy that leads back to itself ten calls deep and then refuses: that is not worked out. */
function leaveOutCircles(b: Build, policies: Readonly<Record<string, Policy>>): void {
  for (const [name, { terms }] of Object.entries(policies)) {
    for (const term of terms) {
      const { call } = term;
      if (call === undefined || (call !== name && !calledBy(policies, call).has(name))) continue;
      delete term.call;
      const source = term.source === undefined ? {} : { source: term.source };
      b.unmodelled.push({ what: `call ${call}, which leads back to ${name}`, policy: name, ...source });
    }
  }
}

const bySeq = (a: { seq?: number }, b: { seq?: number }): number => (a.seq ?? 0) - (b.seq ?? 0);

/** Both families' entries as one list; one that permits or denies everything in both is "any". */
function merged(b: Build, name: string): PrefixListEntry[] {
  const families = b.prefixLists.get(name);
  const v4 = families?.get("ipv4") ?? [];
  const v6 = families?.get("ipv6") ?? [];
  const both = new Set<number | undefined>();
  const entries = v4.map((entry): PrefixListEntry => {
    const twin = v6.find((one) => one.seq === entry.seq && one.action === entry.action && isAny(one));
    if (twin === undefined || !isAny(entry)) return entry;
    both.add(entry.seq);
    return { seq: entry.seq ?? 0, action: entry.action, prefix: "any" };
  });
  return [...entries, ...v6.filter((entry) => !both.has(entry.seq))].sort(bySeq);
}

const isAny = ({ prefix, ge, le }: PrefixListEntry): boolean =>
  (ge ?? 0) === 0 && ((prefix === "0.0.0.0/0" && le === 32) || (prefix === "::/0" && le === 128));

/** "ip NAME" or "ipv6 NAME", as a clause asked for it. */
function asked(text: string | undefined): { family: Family; name: string } | undefined {
  if (text === undefined) return undefined;
  const space = text.indexOf(" ");
  return { family: text.slice(0, space) === "ip" ? "ipv4" : "ipv6", name: text.slice(space + 1) };
}

/** Two clauses in a row that differ in the family of their lists alone are one term. */
function joined(terms: Term[]): Term[] {
  const result: Term[] = [];
  for (let i = 0; i < terms.length; i++) {
    const first = terms[i];
    const second = terms[i + 1];
    if (first === undefined) continue;
    if (second !== undefined && areTwins(first, second)) {
      const one: Term = { ...first, match: scoped(first.match ?? {}, "both") };
      // The first of them only jumps past the second.
      if (second.goto === undefined) delete one.goto;
      result.push(one);
      i++;
    } else result.push(first);
  }
  return result;
}

function areTwins(first: Term, second: Term): boolean {
  const families = [first, second].map(
    (term) => asked(term.match?.prefixList ?? term.match?.nextHopPrefixList)?.family,
  );
  if (families[0] !== "ipv4" || families[1] !== "ipv6" || (second.seq ?? 0) !== (first.seq ?? 0) + 1) return false;
  const same = (term: Term): string =>
    JSON.stringify([term.action, sorted(scoped(term.match ?? {}, "both")), term.set]);
  const past = first.goto === (second.seq ?? 0) + 1 && second.goto === undefined;
  return same(first) === same(second) && (first.goto === second.goto || past);
}

const sorted = (value: object): [string, unknown][] => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));

function scoped(match: Match, scope: string): Match {
  const change = (text: string | undefined): string => `${scope} ${asked(text)?.name ?? ""}`;
  return {
    ...match,
    ...(match.prefixList === undefined ? {} : { prefixList: change(match.prefixList) }),
    ...(match.nextHopPrefixList === undefined ? {} : { nextHopPrefixList: change(match.nextHopPrefixList) }),
  };
}

function settled(lists: Lists, policy: string, term: Term, uses: Attachments): Term {
  const own = `${policy}-${term.seq ?? 0}`;
  const result: Term = { ...term };
  if (term.match !== undefined) result.match = settledMatch(lists, own, term.match, uses);
  if (term.set !== undefined) result.set = settledSet(lists, own, term, uses);
  return result;
}

function settledMatch(lists: Lists, own: string, match: Match, uses: Attachments): Match {
  if (match.prefixes !== undefined) return { prefixes: [] };
  const result: Match = { ...match };
  if (match.prefixList === undefined) delete result.prefixList;
  else if (match.prefixList.endsWith(` ${own}-prefixes`) && lists.prefixLists.has(`${own}-prefixes`)) {
    delete result.prefixList;
    Object.assign(result, inline(lists.prefixLists.get(`${own}-prefixes`) ?? []));
    lists.spent.add(`${own}-prefixes`);
  } else result.prefixList = named(lists, match.prefixList, uses);
  if (match.nextHopPrefixList !== undefined) result.nextHopPrefixList = named(lists, match.nextHopPrefixList, uses);
  if (match.communities !== undefined) {
    result.communities = match.communities.flatMap((text) => {
      const name = text.slice("list ".length);
      lists.spent.add(name);
      return lists.b.communityLists.get(name)?.[0]?.communities ?? [];
    });
  }
  const path = lists.b.asPathLists.get(`${own}-path`)?.[0]?.regex;
  if (match.asPathList === `${own}-path` && path !== undefined && /^\^[0-9]+(_[0-9]+)*_$/.test(path)) {
    delete result.asPathList;
    result.asPathPrefix = path.slice(1, -1).split("_").map(Number);
    lists.spent.add(`${own}-path`);
  }
  return result;
}

/** The list as the term may use it: as it is, or only its entries of the family that the clause asked for. */
function named(lists: Lists, text: string, uses: Attachments): string {
  if (text.startsWith("both ")) return text.slice("both ".length);
  const one = asked(text);
  if (one === undefined) return text;
  const { family, name } = one;
  const other = family === "ipv4" ? "ipv6" : "ipv4";
  const families = lists.b.prefixLists.get(name);
  const otherEntries = families?.get(other)?.length ?? 0;
  if (otherEntries === 0 || (uses.families.has(family) && !uses.families.has(other))) return name;
  const restricted = `${name}-${family}`;
  const entries = families?.get(family) ?? [];
  // Without entries of the family it matches nothing, which is what a list that is not there does.
  if (entries.length > 0) lists.prefixLists.set(restricted, entries);
  return restricted;
}

/** What is excluded comes first in the writer's lists, then what is wanted. */
function inline(entries: PrefixListEntry[]): Pick<Match, "prefixes" | "notPrefixes"> {
  const bare = ({ prefix, ge, le }: PrefixListEntry): PrefixMatch => ({
    prefix,
    ...(ge === undefined ? {} : { ge }),
    ...(le === undefined ? {} : { le }),
  });
  const wanted = entries.filter((entry) => entry.action === "permit").map(bare);
  const excluded = entries.filter((entry) => entry.action === "deny").map(bare);
  const [only] = wanted;
  const everything =
    wanted.length === 1 && only !== undefined && (only.prefix === "any" || isAny({ action: "permit", ...only }));
  if (wanted.length === 0 && excluded.length === 1) return { prefixes: [] };
  return {
    ...(everything && excluded.length > 0 ? {} : { prefixes: wanted }),
    ...(excluded.length > 0 ? { notPrefixes: excluded } : {}),
  };
}

function settledSet(lists: Lists, own: string, term: Term, uses: Attachments): SetActions {
  const result: SetActions = { ...term.set };
  if (result.nextHop === "peer" && uses.export && !uses.import) result.nextHop = "self";
  const { communities, largeCommunities } = result;
  if (communities?.removeList === `${own}-remove-standard`) {
    const { removeList, ...rest } = communities;
    result.communities = { ...rest, remove: singles(lists, removeList) ?? [] };
    lists.spent.add(removeList);
  }
  if (largeCommunities?.removeList === `${own}-remove-large`) {
    const { removeList, ...rest } = largeCommunities;
    result.largeCommunities = { ...rest, remove: singles(lists, removeList) ?? [] };
    lists.spent.add(removeList);
  }
  return result;
}

/** A list of single communities that it permits: what "delete" takes away one by one. */
function singles(lists: Lists, name: string): string[] | undefined {
  const found: string[] = [];
  for (const entry of lists.b.communityLists.get(name) ?? []) {
    const [only, ...more] = entry.communities ?? [];
    if (entry.action === "deny" || only === undefined || more.length > 0) return undefined;
    found.push(only);
  }
  return found;
}
