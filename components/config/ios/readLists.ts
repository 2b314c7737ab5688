/** Prefix lists, community lists and AS-path lists of a router's file. */
import { compareCommunities, parseAnyCommunity } from "../../model/community";
import type { Family } from "../../bgp/network";
import { lengthOf } from "../lists";
import { fromWord, type Line } from "./lines";
import { fault, harmless, isNumber, take, takeNumber, takePrefix, unknown, type Build } from "./reading";

/** "ip prefix-list ...", "bgp community-list ...", "bgp as-path access-list ...": true when it was one. */
export function readList(b: Build, line: Line): boolean {
  const [first, second, third] = line.words;
  if ((first === "ip" || first === "ipv6") && second === "prefix-list") {
    prefixList(b, line, first === "ip" ? "ipv4" : "ipv6");
    return true;
  }
  if (first !== "bgp" && first !== "ip") return false;
  if (second === "as-path" && third === "access-list") {
    asPathList(b, line);
    return true;
  }
  if (second === "community-list" || second === "large-community-list") {
    communityList(b, line, second === "community-list" ? "standard" : "large");
    return true;
  }
  if (second === "community" && third === "alias") return harmless(b, line, "a name for what is shown");
  if (second !== "extcommunity-list") return false;
  return harmless(b, line, "extended communities: a route-map that matches them says so itself");
}

/** "seq N permit|deny": where the words of the entry go on, and both of them. */
function entryHead(b: Build, line: Line, at: number, highest: number) {
  let index = at;
  let seq = (Math.floor(highest / 5) + 1) * 5;
  if (line.words[index] === "seq") {
    seq = takeNumber(b, line, line.words[index + 1], 0) ?? seq;
    index += 2;
  }
  const action = line.words[index];
  if (action !== "permit" && action !== "deny") {
    fault(b, line, action ?? "", '"permit" or "deny"');
    return undefined;
  }
  return { seq, action, index: index + 1 } as const;
}

const highest = (entries: { seq?: number }[]): number => entries.reduce((most, one) => Math.max(most, one.seq ?? 0), 0);

function insert<T extends { seq?: number }>(entries: T[], entry: T): void {
  const same = entries.findIndex((one) => one.seq === entry.seq);
  if (same >= 0) entries[same] = entry;
  else entries.push(entry);
}

const isBound = (word: string | undefined): word is "ge" | "le" | "eq" =>
  word === "ge" || word === "le" || word === "eq";

function prefixList(b: Build, line: Line, family: Family): void {
  const name = line.words[2];
  if (name === undefined) return fault(b, line, line.text, "the name of a prefix list");
  if (name === "sequence-number") {
    harmless(b, line, "how lists are shown");
    return;
  }
  const lists = b.prefixLists.get(name) ?? new Map<Family, never>();
  const entries = lists.get(family) ?? [];
  if (line.words[3] === "description") {
    harmless(b, line, "free text");
    return;
  }
  if (line.no) {
    if (line.words[3] === undefined) b.prefixLists.get(name)?.delete(family);
    else unknown(b, line);
    return;
  }
  const head = entryHead(b, line, 3, highest(entries));
  if (head === undefined) return;
  const what = line.words[head.index];
  const any = family === "ipv4" ? "0.0.0.0/0" : "::/0";
  const prefix = what === "any" ? any : takePrefix(b, line, what ?? "");
  if (prefix === undefined) return;
  if (prefix.includes(":") !== (family === "ipv6")) return fault(b, line, prefix, `an ${family} prefix`);
  const most = family === "ipv4" ? 32 : 128;
  const bounds: { ge?: number; le?: number } = what === "any" ? { le: most } : {};
  for (let i = head.index + 1; i < line.words.length; i += 2) {
    const key = line.words[i];
    const value = takeNumber(b, line, line.words[i + 1], 0, most);
    if (!isBound(key)) return fault(b, line, key ?? "", '"ge" or "le"');
    if (value === undefined) return;
    // EOS alone knows eq; FRR's grammar refuses it before.
    if (key !== "le") bounds.ge = value;
    if (key !== "ge") bounds.le = value;
  }
  const own = lengthOf(prefix);
  if ((bounds.ge ?? own) < own || (bounds.le ?? most) < (bounds.ge ?? own)) {
    return fault(b, line, line.text, `lengths from ${own} to ${most}, ge not above le`);
  }
  insert(entries, { seq: head.seq, action: head.action, prefix, ...bounds });
  lists.set(family, entries);
  b.prefixLists.set(name, lists);
}

function communityList(b: Build, line: Line, kind: "standard" | "large"): void {
  let at = 2;
  let style = line.words[at];
  if (style === "standard" || style === "expanded") at++;
  else {
    // Numbered lists: up to 99 standard, above expanded.
    style = isNumber(style) && Number(style) > 99 ? "expanded" : "standard";
  }
  const name = line.words[at];
  if (name === undefined) return fault(b, line, line.text, "the name of a community list");
  if (line.no) {
    if (line.words[at + 1] === undefined) b.communityLists.delete(name);
    else unknown(b, line);
    return;
  }
  const entries = b.communityLists.get(name) ?? [];
  const head = entryHead(b, line, at + 1, highest(entries));
  if (head === undefined) return;
  const entry = { seq: head.seq, action: head.action, kind } as const;
  if (line.words[head.index] === undefined) return fault(b, line, line.text, "communities or a regular expression");
  if (style === "expanded") insert(entries, { ...entry, regex: fromWord(line, head.index) });
  else {
    const communities = communitiesOf(b, line, line.words.slice(head.index));
    if (communities === undefined) return;
    insert(entries, { ...entry, communities });
  }
  b.communityLists.set(name, entries);
}

function asPathList(b: Build, line: Line): void {
  const name = line.words[3];
  if (name === undefined) return fault(b, line, line.text, "the name of an AS-path list");
  if (line.no) {
    if (line.words[4] === undefined) b.asPathLists.delete(name);
    else unknown(b, line);
    return;
  }
  const entries = b.asPathLists.get(name) ?? [];
  const head = entryHead(b, line, 4, highest(entries));
  if (head === undefined) return;
  const regex = fromWord(line, head.index);
  if (regex === "") return fault(b, line, line.text, "a regular expression");
  insert(entries, { seq: head.seq, action: head.action, regex });
  b.asPathLists.set(name, entries);
}

export function communitiesOf(b: Build, line: Line, words: string[]): string[] | undefined {
  const found: string[] = [];
  for (const word of words) {
    const parsed = take(b, line, parseAnyCommunity(word));
    if (parsed === undefined) return undefined;
    found.push(parsed.community);
  }
  return found.some((text) => text.split(":").length === 3) ? found : found.sort(compareCommunities);
}
