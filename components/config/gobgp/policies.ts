/**
 * Ordered policies as GoBGP 3 has them: global, with the neighbors they are for as a condition of every statement. What
 * GoBGP cannot say in one statement (several families, several kinds of route) becomes several.
 */
import { familyOf } from "../../model/address";
import type { CommunityListEntry, Match, Neighbor, PrefixMatch, SetActions, Speaker, Term } from "../../bgp/network";
import { cannot, type Draft } from "../draft";
import { entriesOf, lengths, numbered } from "../lists";

type Yaml = Record<string, unknown>;

/** One neighbor, or all that a listen range may bring. */
export interface Party {
  /** An address, or the range. */
  who: string;
  internal: boolean;
  settings: Neighbor;
}

export interface PolicyParts {
  "defined-sets": Yaml;
  "policy-definitions": Yaml[];
  imports: string[];
  exports: string[];
}

interface Sets {
  d: Draft;
  speaker: Speaker;
  prefix: Yaml[];
  neighbor: Yaml[];
  community: Yaml[];
  large: Yaml[];
  path: Yaml[];
}

export function gobgpPolicies(d: Draft, speaker: Speaker, parties: Party[], at: string): PolicyParts {
  const s: Sets = { d, speaker, prefix: [], neighbor: [], community: [], large: [], path: [] };
  const definitions: Yaml[] = [];
  const parts: PolicyParts = { "defined-sets": {}, "policy-definitions": definitions, imports: [], exports: [] };
  for (const direction of ["import", "export"] as const) {
    const list = direction === "import" ? parts.imports : parts.exports;
    const add = (name: string, statements: Yaml[]): void => {
      if (statements.length === 0) return;
      definitions.push({ name, statements });
      list.push(name);
    };
    // Next-hop rules are no neighbor's setting here but a policy's action, on the way out.
    for (const [field, value] of [
      ["nextHopSelf", "self"],
      ["nextHopUnchanged", "unchanged"],
    ] as const) {
      const whom = parties.filter((party) => direction === "export" && isSet(party.settings.families?.ipv4?.[field]));
      const conditions = neighborSet(s, `next-hop-${value}`, whom);
      const name = `next-hop-${value}`;
      if (conditions !== undefined) {
        add(name, [{ name, conditions, actions: { "bgp-actions": { "set-next-hop": value } } }]);
      }
    }
    const field = direction === "import" ? "importPolicy" : "exportPolicy";
    for (const [name, policy] of Object.entries(speaker.policies ?? {})) {
      const whom = parties.filter(
        (party) => party.settings.families?.ipv4?.[field] === name || party.settings.families?.ipv6?.[field] === name,
      );
      const own = `${name}-${direction}`;
      const statements = numbered(policy.terms, 10).flatMap((term) =>
        statementsOf(s, `${own}-${term.seq}`, term, whom, `${at}.policies[${name}].terms[${term.seq}]`),
      );
      const rest = neighborSet(s, own, whom);
      if (rest === undefined) continue;
      const disposition = policy.otherwise === "reject" ? "reject-route" : "accept-route";
      statements.push({ name: `${own}-rest`, conditions: rest, actions: { "route-disposition": disposition } });
      add(own, statements);
    }
  }
  parts["defined-sets"] = {
    ...(s.prefix.length > 0 ? { "prefix-sets": s.prefix } : {}),
    ...(s.neighbor.length > 0 ? { "neighbor-sets": s.neighbor } : {}),
    "bgp-defined-sets": {
      ...(s.community.length > 0 ? { "community-sets": s.community } : {}),
      ...(s.large.length > 0 ? { "large-community-sets": s.large } : {}),
      ...(s.path.length > 0 ? { "as-path-sets": s.path } : {}),
    },
  };
  return parts;
}

const isSet = (value: boolean | "force" | undefined): boolean => value !== undefined && value !== false;

/** The condition "to or from these neighbors", or nothing when there are none. */
function neighborSet(s: Sets, name: string, parties: Party[]): Yaml | undefined {
  if (parties.length === 0) return undefined;
  if (!s.neighbor.some((set) => set["neighbor-set-name"] === name)) {
    s.neighbor.push({ "neighbor-set-name": name, "neighbor-info-list": parties.map((party) => party.who) });
  }
  return { "match-neighbor-set": { "neighbor-set": name, "match-set-options": "any" } };
}

function statementsOf(s: Sets, name: string, term: Term, parties: Party[], at: string): Yaml[] {
  if (term.goto !== undefined) cannot(s.d, `${at}.goto`, term.goto, "no jump: GoBGP goes on with the next statement");
  const match = term.match ?? {};
  const kind = match.peerType;
  const whom = kind === undefined ? parties : parties.filter((party) => party.internal === (kind === "ibgp"));
  const neighbors = neighborSet(s, kind === undefined ? name.replace(/-[0-9]+$/, "") : name, whom);
  if (neighbors === undefined) return [];
  const actions: Yaml = {
    ...(term.action === "reject" ? {} : bgpActions(s, term.set ?? {}, `${at}.set`)),
    ...(term.action === "continue" ? {} : { "route-disposition": `${term.action}-route` }),
  };
  const prefixes = prefixConditions(s, name, match, `${at}.match`);
  const sources = routeTypes(s, match, `${at}.match`);
  const statements: Yaml[] = [];
  for (const prefix of prefixes) {
    for (const source of sources) {
      const bgp = { ...source, ...bgpConditions(s, name, match, `${at}.match`) };
      statements.push({
        name: statements.length === 0 ? name : `${name}-${statements.length + 1}`,
        conditions: {
          ...neighbors,
          ...prefix,
          ...(Object.keys(bgp).length > 0 ? { "bgp-conditions": bgp } : {}),
        },
        actions,
      });
    }
  }
  return statements;
}

/** One condition a family that the prefixes are of; a set holds one family only. */
function prefixConditions(s: Sets, name: string, match: Match, at: string): Yaml[] {
  const given = [match.prefixes, match.notPrefixes, match.prefixList].filter((one) => one !== undefined);
  if (given.length === 0) return [{}];
  if (given.length > 1) cannot(s.d, at, "several conditions on the prefix", "one of them: GoBGP has one a statement");
  let wanted: PrefixMatch[] = match.prefixes ?? match.notPrefixes ?? [];
  if (match.prefixList !== undefined) {
    const list = s.speaker.prefixLists?.[match.prefixList] ?? [];
    if (list.some((entry) => entry.action === "deny")) {
      cannot(s.d, at, match.prefixList, "a list that only permits: GoBGP's prefix sets do not deny");
    }
    wanted = [...entriesOf(list, "ipv4"), ...entriesOf(list, "ipv6")];
  }
  const invert = match.prefixes === undefined && match.notPrefixes !== undefined;
  const conditions: Yaml[] = [];
  for (const family of ["ipv4", "ipv6"] as const) {
    const members = wanted.filter((one) => familyOf(one.prefix) === family);
    if (members.length === 0) continue;
    const set = `${name}-${family}`;
    if (!s.prefix.some((one) => one["prefix-set-name"] === set)) {
      s.prefix.push({
        "prefix-set-name": set,
        "prefix-list": members.map((one) => ({
          "ip-prefix": one.prefix,
          "masklength-range": lengths(one).join(".."),
        })),
      });
    }
    conditions.push({ "match-prefix-set": { "prefix-set": set, "match-set-options": invert ? "invert" : "any" } });
  }
  // None of no prefixes is everything; one of no prefixes is nothing.
  return conditions.length === 0 && invert ? [{}] : conditions;
}

/** GoBGP tells local routes from internal and external ones, and knows no kinds of local ones. */
function routeTypes(s: Sets, match: Match, at: string): Yaml[] {
  if (match.source === undefined) return [{}];
  const wanted = new Set<string>(match.source);
  const own = (s.speaker.originate ?? []).map((origin) =>
    origin.kind === "redistribute" ? origin.from : origin.kind === "aggregate" ? "aggregate" : "static",
  );
  const types: Yaml[] = [];
  if (wanted.has("bgp")) types.push({ "route-type": "internal" }, { "route-type": "external" });
  const local = own.filter((kind) => wanted.has(kind));
  if (local.length > 0 || [...wanted].some((kind) => kind !== "bgp")) {
    if (local.length < own.length) cannot(s.d, `${at}.source`, match.source, "all local sources, or none of them");
    types.push({ "route-type": "local" });
  }
  return types;
}

function bgpConditions(s: Sets, name: string, match: Match, at: string): Yaml {
  const all: Yaml = {};
  for (const kind of ["standard", "large"] as const) {
    const wanted = (match.communities ?? []).filter((text) => (text.split(":").length === 3) === (kind === "large"));
    if (wanted.length > 0) Object.assign(all, communityCondition(s, `${name}-${kind}`, kind, wanted, "all"));
  }
  if (match.communityList !== undefined) {
    const list = s.speaker.communityLists?.[match.communityList] ?? [];
    const kind = list[0]?.kind ?? "standard";
    const wanted = list.map((entry) => single(s, entry, kind, `${at}.communityList`));
    if (match.communities !== undefined) cannot(s.d, at, "communityList and communities", "one of them");
    Object.assign(all, communityCondition(s, `${name}-${kind}`, kind, wanted, "any"));
  }
  if (match.asPathList !== undefined || match.asPathPrefix !== undefined) {
    const list = match.asPathList === undefined ? [] : (s.speaker.asPathLists?.[match.asPathList] ?? []);
    if (list.some((entry) => entry.action === "deny"))
      cannot(s.d, `${at}.asPathList`, match.asPathList, "only permits");
    const regexes = list.map((entry) => entry.regex);
    if (match.asPathPrefix !== undefined) {
      if (match.asPathList !== undefined) cannot(s.d, at, "asPathList and asPathPrefix", "one of them");
      regexes.push(`^${match.asPathPrefix.join("_")}_`);
    }
    if (!s.path.some((one) => one["as-path-set-name"] === name)) {
      s.path.push({ "as-path-set-name": name, "as-path-list": regexes });
    }
    all["match-as-path-set"] = { "as-path-set": name, "match-set-options": "any" };
  }
  if (match.nextHopPrefixList !== undefined) {
    const list = s.speaker.prefixLists?.[match.nextHopPrefixList] ?? [];
    if (list.some((entry) => entry.action === "deny" || entry.prefix === "any")) {
      cannot(s.d, `${at}.nextHopPrefixList`, match.nextHopPrefixList, "a list that permits prefixes");
    }
    all["next-hop-in-list"] = list.map((entry) => entry.prefix);
  }
  if (match.localPreference !== undefined) all["local-pref-eq"] = match.localPreference;
  if (match.med !== undefined) all["med-eq"] = match.med;
  for (const field of ["interface", "metricBelow"] as const) {
    if (match[field] !== undefined) cannot(s.d, `${at}.${field}`, match[field], "a condition that GoBGP has");
  }
  return all;
}

function single(s: Sets, entry: CommunityListEntry, kind: "standard" | "large", at: string): string {
  const [only, ...more] = entry.regex === undefined ? (entry.communities ?? []) : [entry.regex];
  if (entry.action === "deny" || entry.kind !== kind || only === undefined || more.length > 0) {
    cannot(s.d, at, entry, "entries that permit one community each, all of one kind");
  }
  return only ?? "0:0";
}

function communityCondition(
  s: Sets,
  name: string,
  kind: "standard" | "large",
  wanted: string[],
  how: "any" | "all",
): Yaml {
  const [sets, word] =
    kind === "large" ? ([s.large, "large-community"] as const) : ([s.community, "community"] as const);
  if (!sets.some((one) => one[`${word}-set-name`] === name)) {
    sets.push({ [`${word}-set-name`]: name, [`${word}-list`]: wanted });
  }
  return { [`match-${word}-set`]: { [`${word}-set`]: name, "match-set-options": how } };
}

function bgpActions(s: Sets, set: SetActions, at: string): Yaml {
  const all: Yaml = {};
  if (set.localPreference !== undefined) all["set-local-pref"] = set.localPreference;
  if (set.med !== undefined) all["set-med"] = String(set.med);
  if (set.origin !== undefined) all["set-route-origin"] = set.origin;
  if (set.prepend !== undefined && set.prepend.length > 0) {
    if (new Set(set.prepend).size > 1) cannot(s.d, `${at}.prepend`, set.prepend, "one ASN, any number of times");
    all["set-as-path-prepend"] = { as: String(set.prepend[0]), "repeat-n": set.prepend.length };
  }
  if (set.nextHop !== undefined) {
    // gobgpd 3.10 drops all policies, without a word, when one holds something it does not know.
    if (set.nextHop === "peer") cannot(s.d, `${at}.nextHop`, "peer", 'an address or "self": GoBGP 3.10 has no other');
    all["set-next-hop"] = set.nextHop;
  }
  if (set.weight !== undefined) cannot(s.d, `${at}.weight`, set.weight, "an action that GoBGP has");
  if (set.preference !== undefined) cannot(s.d, `${at}.preference`, set.preference, "an action that GoBGP has");
  for (const [word, change] of [
    ["community", set.communities],
    ["large-community", set.largeCommunities],
  ] as const) {
    if (change === undefined) continue;
    const options = (["add", "remove", "set"] as const).filter((option) => change[option] !== undefined);
    const [option] = options;
    if (options.length > 1 || "removeList" in change) {
      cannot(s.d, at, `several changes of ${word}`, "one of add, remove and set: GoBGP has one a statement");
    }
    if (option === undefined) continue;
    all[`set-${word}`] = {
      options: option === "set" ? "replace" : option,
      [`set-${word}-method`]: { "communities-list": change[option] ?? [] },
    };
  }
  return Object.keys(all).length > 0 ? { "bgp-actions": all } : {};
}
