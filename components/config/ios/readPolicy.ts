/** Route-maps of a frr.conf. A clause's line that no rule covers touches the answers of its policy alone. */
import type { Match, SetActions, Term } from "../../bgp/network";
import type { Line } from "./lines";
import { communitiesOf } from "./readLists";
import { fault, harmless, isNumber, source, takeAddress, takeAsn, takeNumber, unknown, type Build } from "./reading";

/** "route-map NAME permit 10": the clause that the lines after it belong to. */
export function readClause(b: Build, line: Line): Term | undefined {
  const [, name, action, seq] = line.words;
  const number = takeNumber(b, line, seq ?? "10", 1, 65535);
  if (name === undefined || number === undefined) return undefined;
  if (line.no) {
    if (action === undefined) b.policies.delete(name);
    else b.policies.get(name)?.terms.delete(number);
    return undefined;
  }
  if (action !== "permit" && action !== "deny") {
    fault(b, line, action ?? "", '"permit" or "deny"');
    return undefined;
  }
  const policy = b.policies.get(name) ?? { terms: new Map<number, Term>(), source: source(b, line) };
  b.policies.set(name, policy);
  const known = policy.terms.get(number);
  const term: Term = {
    ...(known ?? { seq: number, source: source(b, line) }),
    action: action === "deny" ? "reject" : known?.action === "continue" ? "continue" : "accept",
  };
  if (term.action !== "continue") delete term.goto;
  policy.terms.set(number, term);
  return term;
}

/** A line within a clause; false when no clause has such a line. */
export function readClauseLine(b: Build, policy: string, term: Term, line: Line): boolean {
  const [first, second] = line.words;
  if (first === "description") return harmless(b, line, "free text");
  if (first === "on-match" || first === "continue") {
    if (term.action === "reject") return true;
    const to = first === "on-match" && second === "goto" ? line.words[2] : first === "continue" ? second : undefined;
    if (to !== undefined && !isNumber(to)) return false;
    term.action = line.no ? "accept" : "continue";
    delete term.goto;
    if (to !== undefined && !line.no) term.goto = Number(to);
    return true;
  }
  if (first === "set") {
    const why = HARMLESS_SETS.find(([known]) => known.every((word, at) => line.words[at + 1] === word))?.[1];
    if (why !== undefined) return harmless(b, line, why);
  }
  if (first === "match" || first === "set") {
    const understood = line.no
      ? false
      : first === "match"
        ? readMatch((term.match ??= {}), line, `${policy}-${term.seq}`)
        : readSet(b, (term.set ??= {}), line);
    if (term.match !== undefined && Object.keys(term.match).length === 0) delete term.match;
    if (term.set !== undefined && Object.keys(term.set).length === 0) delete term.set;
    if (!understood) unknown(b, line, { policy });
    return true;
  }
  if (first === "call") {
    // EOS has no such word; what a clause that refuses would call is never asked.
    if (b.dialect.system === "eos" || second === undefined) return false;
    if (term.action === "reject") return true;
    if (line.no) delete term.call;
    else term.call = second;
    return true;
  }
  return false;
}

/** Beginnings of what a clause sets and no session, choice or route of this model depends on. */
const HARMLESS_SETS: readonly (readonly [readonly string[], string])[] = [
  [["src"], "the source address of what the router itself sends"],
  [["metric-type"], "OSPF and IS-IS"],
  [["extcommunity", "rt"], "extended communities: what depends on them says so itself"],
  [["extcommunity", "soo"], "extended communities: what depends on them says so itself"],
  [["extcommunity", "color"], "extended communities: what depends on them says so itself"],
  [["extcommunity", "none"], "extended communities: what depends on them says so itself"],
  [["extcommunity", "bandwidth"], "weights of paths, not which are taken"],
];

function readMatch(match: Match, line: Line, own: string): boolean {
  const [, what = "", second, third, name] = line.words;
  const count = line.words.length;
  if ((what === "ip" || what === "ipv6") && third === "prefix-list" && name !== undefined && count === 5) {
    // Which family the list is asked for is told apart when all lists are known.
    const scoped = `${what} ${name}`;
    if (second !== "address" && second !== "next-hop") return false;
    const field = second === "address" ? "prefixList" : "nextHopPrefixList";
    // Measured on 8.4.4: a clause that asks an IPv4 and an IPv6 list matches no route of either family.
    const other = match[field]?.split(" ")[0];
    if (other !== undefined && other !== what) match.prefixes = [];
    match[field] = scoped;
    return true;
  }
  if (second === undefined) return false;
  switch (what) {
    case "community":
    case "large-community":
      if (count > 4 || (count === 4 && third !== "any" && third !== "exact-match")) return false;
      if (third !== undefined && match.communityList !== undefined) return false;
      // The writer's own lists stand for communities given in the term.
      if (second === `${own}-standard` || second === `${own}-large`) {
        match.communities = [...(match.communities ?? []), `list ${second}`];
        return true;
      }
      // Two lists of one clause have no place in a term; the second is reported.
      if (match.communityList !== undefined && match.communityList !== second) return false;
      match.communityList = second;
      if (third !== undefined) match.communityMatch = third === "any" ? "any" : "exact";
      return true;
  }
  if (count !== 3) return false;
  switch (what) {
    case "as-path":
      match.asPathList = second;
      return true;
    case "interface":
      match.interface = second;
      return true;
    case "route-type": {
      if (second !== "external" && second !== "internal") return false;
      match.learnedBy = second === "external" ? "ebgp" : "ibgp";
      return true;
    }
    case "peer":
      match.peer = second;
      return true;
    case "src-peer":
      match.sourcePeer = second;
      return true;
    case "origin":
      if (second !== "igp" && second !== "egp" && second !== "incomplete") return false;
      match.origin = second;
      return true;
  }
  const field = Object.hasOwn(NUMBERS, what) ? NUMBERS[what as keyof typeof NUMBERS] : undefined;
  if (field === undefined || !isNumber(second)) return false;
  match[field] = Number(second);
  return true;
}

/** Conditions that are one number. */
const NUMBERS = {
  "local-preference": "localPreference",
  metric: "med",
  tag: "tag",
  "community-limit": "communityCountMax",
  "as-path-count": "asPathCountMax",
} as const;

function readSet(b: Build, set: SetActions, line: Line): boolean {
  const [, what, second, third] = line.words;
  const args = line.words.slice(2);
  switch (what) {
    case "weight":
    case "tag":
      if (!isNumber(second) || args.length !== 1) return false;
      set[what] = Number(second);
      return true;
    case "local-preference":
    case "metric":
      if (args.length !== 1 || second === undefined || !/^[+-]?[0-9]{1,10}$/.test(second)) return false;
      set[what === "metric" ? "med" : "localPreference"] = isNumber(second) ? Number(second) : second;
      return true;
    case "origin":
      if (second !== "igp" && second !== "egp" && second !== "incomplete") return false;
      set.origin = second;
      return true;
    case "as-path":
      return readAsPath(b, set, line, args);
    case "ip":
    case "ipv6":
      return readNextHop(b, set, line, args);
    case "community":
    case "large-community":
      return readCommunities(b, set, line, what === "community" ? "communities" : "largeCommunities", args);
    case "comm-list":
      if (second === undefined || third !== "delete") return false;
      set.communities = { ...set.communities, removeList: second };
      return true;
    case "large-comm-list":
      if (second === undefined || third !== "delete") return false;
      set.largeCommunities = { ...set.largeCommunities, removeList: second };
      return true;
    default:
      return false;
  }
}

function readAsPath(b: Build, set: SetActions, line: Line, [what, ...args]: string[]): boolean {
  if (what === "prepend" && args[0] === "last-as") {
    if (b.dialect.system === "eos" || args.length !== 2 || set.prepend !== undefined) return false;
    const times = takeNumber(b, line, args[1], 1, 10);
    if (times !== undefined) set.prependFirst = times;
    return true;
  }
  const field = what === "prepend" || what === "exclude" ? what : undefined;
  if (field === undefined || args.length === 0) return false;
  // FRR goes by the order of the lines then, and prints another.
  if (field === "exclude" ? (set.prepend ?? set.prependFirst) !== undefined : set.exclude !== undefined) return false;
  // "all", or the name of an AS-path list.
  if (field === "exclude" && (b.dialect.system === "eos" || !args.every((text) => /^[0-9.]+$/.test(text))))
    return false;
  set[field] = args.map((text) => takeAsn(b, line, text)).filter((asn) => asn !== undefined);
  return true;
}

function readNextHop(b: Build, set: SetActions, line: Line, args: string[]): boolean {
  const hop = args[0] === "next-hop" ? (args[1] === "global" ? args[2] : args[1]) : undefined;
  if (hop === undefined || args.length > 3) return false;
  if (hop === "peer-address") set.nextHop = "peer";
  else if (hop === "unchanged") set.nextHop = "unchanged";
  else {
    if (!/^[0-9a-fA-F.:]+$/.test(hop)) return false;
    const address = takeAddress(b, line, hop);
    if (address !== undefined) set.nextHop = address;
  }
  return true;
}

function readCommunities(
  b: Build,
  set: SetActions,
  line: Line,
  field: "communities" | "largeCommunities",
  args: string[],
): boolean {
  const additive = args.at(-1) === "additive";
  // EOS takes communities away by name; FRR by lists alone.
  const deleted = args.at(-1) === "delete" && b.dialect.system === "eos";
  const words = additive || deleted ? args.slice(0, -1) : args;
  if (words.length === 0) return false;
  const found = words[0] === "none" ? [] : communitiesOf(b, line, words);
  if (found === undefined) return true;
  if (deleted) set[field] = { ...set[field], remove: [...(set[field]?.remove ?? []), ...found] };
  else set[field] = { ...set[field], ...(additive ? { add: found } : { set: found }) };
  return true;
}
