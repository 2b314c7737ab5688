/** A router's configuration as numbered lines of words, and what is said of a line: shared by the readers. */
import type { Fault } from "../../model/errors";
import type { Source } from "../../bgp/network";

export interface Line {
  number: number;
  /** As written, without blanks around. */
  text: string;
  /** Its words, a leading "no" left out. */
  words: string[];
  no: boolean;
  /** Blanks in front of it. */
  indent: number;
}

/** More than any router holds: a larger input is some other file. */
const MOST_CHARACTERS = 20_000_000;

/** Comment lines and empty ones are left out; both line ends are known. */
export function splitLines(text: string): { lines: Line[]; tooLong: boolean } {
  const tooLong = text.length > MOST_CHARACTERS;
  const lines: Line[] = [];
  const all = (tooLong ? text.slice(0, MOST_CHARACTERS) : text).split(/\r\n|\n|\r/);
  for (const [index, raw] of all.entries()) {
    const line = lineOf(raw, index + 1);
    if (line !== undefined) lines.push(line);
  }
  return { lines, tooLong };
}

/** The line with its words in full, as a router's command line completes them; what follows them stays as written. */
export function inFull(line: Line, words: readonly string[]): Line {
  const last = words.findLastIndex((word, index) => word !== line.words[index]);
  if (last < 0) return line;
  const head = `${line.no ? "no " : ""}${words.slice(0, last + 1).join(" ")}`;
  return { ...line, words: [...words], text: `${head} ${fromWord(line, last + 1)}`.trimEnd() };
}

export function lineOf(raw: string, number: number): Line | undefined {
  const text = raw.trim();
  if (text === "" || text.startsWith("!") || text.startsWith("#")) return undefined;
  const words = text.split(/[ \t]+/);
  const no = words[0] === "no" && words.length > 1;
  return {
    number,
    text,
    words: no ? words.slice(1) : words,
    no,
    indent: raw.length - raw.trimStart().length,
  };
}

/** The rest of a line as it was written, from its nth word on. */
export function fromWord(line: Line, index: number): string {
  const skip = index + (line.no ? 1 : 0);
  const found = new RegExp(`^(?:[^ \\t]+[ \\t]+){${skip}}(.*)$`, "s").exec(line.text);
  return found?.[1] ?? "";
}

/** A line for people: short, printable, and cut off where a secret may follow. */
export function printed(line: Line): string {
  const words: string[] = [];
  for (const word of line.text.split(/[ \t]+/)) {
    words.push(word);
    if (/pass|secret|key|md5|username/i.test(word)) {
      words.push("...");
      break;
    }
  }
  const text = words.join(" ").replace(/[^\x20-\x7e]/g, "?");
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

export function sourceOf(file: string | undefined, line: Line): Source {
  return { ...(file === undefined ? {} : { file }), line: line.number };
}

export function faultAt(file: string | undefined, line: Line, path: string, found: string, expected: string): Fault {
  return { path, found, expected, ...(file === undefined ? {} : { file }), line: line.number };
}
