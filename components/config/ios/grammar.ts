/**
 * Commands as a router's command line knows them, and the full words of a line that abbreviates them. A grammar is a list
 * of patterns, one a line; what a command means is not said here.
 *
 *   bgp listen (limit N|range NET peer-group WORD)     (a|b): one of them
 *   neighbor ID ebgp-multihop [N]                      [a]: may be left out
 *   redistribute static {metric N|route-map WORD}      {a|b}: any of them, in any order
 *   neighbor ID description +                          +: the rest of the line, *: the same or nothing
 */
import { parseAddress } from "../../model/address";
import { parsePrefix } from "../../model/prefix";

/** A place in a command: the words and values that may come next. */
interface GrammarState {
  keywords: Map<string, GrammarState>;
  slots: Map<Slot, GrammarState>;
  end: boolean;
  rest: "none" | "some" | "any";
}

const SLOTS = {
  N: (word: string) => /^[+-]?[0-9]+$/.test(word),
  ASN: (word: string) => /^[0-9]+(\.[0-9]+)?$/.test(word),
  IP4: (word: string) => !word.includes(":") && isAddress(word),
  IP6: (word: string) => word.includes(":") && isAddress(word),
  IP: (word: string) => isAddress(word),
  NET4: (word: string) => !word.includes(":") && isPrefix(word),
  NET6: (word: string) => word.includes(":") && isPrefix(word),
  NET: (word: string) => isPrefix(word),
  WORD: () => true,
} as const;
type Slot = keyof typeof SLOTS;

const SLOT_WORDS: Readonly<Record<Slot, string>> = {
  N: "a number",
  ASN: "an AS number",
  IP4: "an IPv4 address",
  IP6: "an IPv6 address",
  IP: "an address",
  NET4: "an IPv4 prefix",
  NET6: "an IPv6 prefix",
  NET: "a prefix",
  WORD: "a name",
};

/**
 * Addresses are told by their shape, so that a wrong one is a fault of its value and not an unknown word. Values that are
 * numbers or addresses win over words, and words over free text (cmd_token precedence in FRR's lib/command_match.c).
 */
const isAddress = (word: string): boolean => /^[0-9.]+$/.test(word) || word.includes(":") || parseAddress(word).ok;
const isPrefix = (word: string): boolean => word.includes("/") || parsePrefix(word).ok;

export interface Grammar {
  start: GrammarState;
}

export type Match = { is: "one"; words: string[] } | NoMatch;

/** Several commands begin like this, or none goes on like this: what could have stood at `at`. */
export interface NoMatch {
  is: "ambiguous" | "unknown";
  at: number;
  candidates: string[];
}

const place = (): GrammarState => ({ keywords: new Map(), slots: new Map(), end: false, rest: "none" });

export function grammar(...patterns: string[]): Grammar {
  const start = place();
  for (const line of patterns.join("\n").split("\n")) {
    const tokens = line.match(/[^\s()[\]{}|]+|[()[\]{}|]/g);
    if (tokens === null) continue;
    const reader = { tokens, at: 0 };
    for (const one of sequence(reader, [start])) if (one.rest !== "some") one.end = true;
    if (reader.at < tokens.length) throw new Error(`a pattern that does not end: ${line}`);
  }
  return { start };
}

interface Reader {
  tokens: string[];
  at: number;
}

/** Adds what comes until a closing sign behind each of the places, and returns the places behind it. */
function sequence(reader: Reader, from: GrammarState[]): GrammarState[] {
  let places = from;
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined || token === "|" || token === ")" || token === "]" || token === "}") return places;
    reader.at++;
    if (token === "(") places = choices(reader, places, ")");
    else if (token === "[") places = [...places, ...choices(reader, places, "]")];
    else if (token === "{") {
      const begun = reader.at;
      const loop = place();
      // Each of them leads back to where all of them may follow.
      const again = choices(reader, [loop], "}");
      reader.at = begun;
      const first = choices(reader, places, "}");
      for (const last of [...again, ...first]) join(last, loop);
      places = [...new Set([...places, ...first, ...again])];
    } else if (token === "+" || token === "*") {
      for (const one of places) one.rest = token === "+" ? "some" : "any";
    } else places = [...new Set(places.map((one) => step(one, token)))];
  }
}

function choices(reader: Reader, from: GrammarState[], closing: string): GrammarState[] {
  const ends: GrammarState[] = [];
  do {
    ends.push(...sequence(reader, from));
    reader.at++;
  } while (reader.tokens[reader.at - 1] === "|");
  if (reader.tokens[reader.at - 1] !== closing) throw new Error(`a pattern without ${closing}`);
  return [...new Set(ends)];
}

function step(from: GrammarState, token: string): GrammarState {
  const slot = Object.hasOwn(SLOTS, token) ? (token as Slot) : undefined;
  const known = slot === undefined ? from.keywords.get(token) : from.slots.get(slot);
  if (known !== undefined) return known;
  const next = place();
  if (slot === undefined) from.keywords.set(token, next);
  else from.slots.set(slot, next);
  return next;
}

/** Whatever may come at the one place may come at the other too. */
function join(target: GrammarState, other: GrammarState): void {
  for (const [word, next] of other.keywords) if (!target.keywords.has(word)) target.keywords.set(word, next);
  for (const [slot, next] of other.slots) if (!target.slots.has(slot)) target.slots.set(slot, next);
}

/** The line's words in full. What a "no" takes away need not be said to its end. */
export function match(grammar: Grammar, words: readonly string[], no = false): Match {
  return from(grammar.start, words, 0, no);
}

function from(at: GrammarState, words: readonly string[], index: number, no: boolean): Match {
  const word = words[index];
  if (word === undefined) {
    if (at.end || at.rest === "any" || no) return { is: "one", words: [] };
    return { is: "unknown", at: index, candidates: candidatesOf(at) };
  }
  let best: NoMatch = { is: "unknown", at: index, candidates: candidatesOf(at) };
  const tried = (next: GrammarState | undefined, full: string): Match | undefined => {
    if (next === undefined) return undefined;
    const found = from(next, words, index + 1, no);
    if (found.is === "one") return { is: "one", words: [full, ...found.words] };
    if (found.at > best.at || (found.is === "ambiguous" && found.at === best.at)) best = found;
    else if (found.at === best.at && found.is === best.is) {
      best = { ...best, candidates: [...new Set([...best.candidates, ...found.candidates])] };
    }
    return undefined;
  };
  for (const [slot, next] of at.slots) {
    const found = slot !== "WORD" && SLOTS[slot](word) ? tried(next, word) : undefined;
    if (found !== undefined) return found;
  }
  const exact = tried(at.keywords.get(word), word);
  if (exact !== undefined) return exact;
  const begun: [string, Match][] = [];
  for (const [keyword, next] of at.keywords) {
    if (keyword === word || !keyword.startsWith(word)) continue;
    const found = tried(next, keyword);
    if (found !== undefined) begun.push([keyword, found]);
  }
  const [only, ...more] = begun;
  if (more.length > 0) return { is: "ambiguous", at: index, candidates: begun.map(([keyword]) => keyword) };
  if (only !== undefined) return only[1];
  const free = at.slots.get("WORD");
  const found = tried(free, word);
  if (found !== undefined) return found;
  if (at.rest !== "none") return { is: "one", words: words.slice(index) };
  return best;
}

const candidatesOf = (at: GrammarState): string[] => [
  ...at.keywords.keys(),
  ...[...at.slots.keys()].map((slot) => SLOT_WORDS[slot]),
];
