/** The configuration of the tests' own switch: commands that build it, the text that it prints, and differences of two. */
import { type Mode, NEGATABLE, RULES, type Rule } from "./mode";

export interface Setting {
  line: string;
  /** What another value takes the place of. */
  slot: string;
  rank: number;
  enters?: Mode;
  under: Setting[];
}

export type Config = Setting[];

/** As EOS refuses a command: with the word at which it knows no more. */
export class Refused extends Error {}

export class Editor {
  private path: { mode: Mode; under: Setting[] }[];

  constructor(config: Config) {
    this.path = [{ mode: "global", under: config }];
  }

  /** Runs one command; true where it leaves configuration. */
  run(text: string): boolean {
    if (text === "end") return true;
    if (text === "exit") {
      if (this.path.length === 1) return true;
      this.path.pop();
      return false;
    }
    // A command of an outer mode works from an inner one, which it leaves.
    for (let depth = this.path.length - 1; depth >= 0; depth--) {
      const at = this.path[depth];
      if (at === undefined || !this.apply(at, text)) continue;
      this.path = [...this.path.slice(0, depth + 1), ...(this.entered === undefined ? [] : [this.entered])];
      return false;
    }
    throw new Refused(wordAt(this.path.at(-1)?.mode ?? "global", text));
  }

  private entered: { mode: Mode; under: Setting[] } | undefined;

  private apply({ mode, under }: { mode: Mode; under: Setting[] }, text: string): boolean {
    this.entered = undefined;
    const rules = RULES[mode];
    const found = rules.findIndex(({ pattern }) => pattern.test(text));
    if (found >= 0) {
      this.set(under, text, found, rules[found]);
      return true;
    }
    if (!text.startsWith("no ")) return false;
    const what = text.slice(3);
    if (!NEGATABLE[mode].test(what)) return false;
    const gone = under.filter(({ line }) => line === what || line.startsWith(`${what} `) || line === text);
    for (const one of gone) under.splice(under.indexOf(one), 1);
    const rank = rules.findIndex(({ pattern, negated }) => negated === true && pattern.test(what));
    if (rank >= 0) under.push({ line: text, slot: slotOf(rules[rank], what), rank, under: [] });
    return true;
  }

  private set(under: Setting[], text: string, rank: number, rule: Rule | undefined): void {
    const line = encrypted(text);
    const slot = `${rank} ${slotOf(rule, text)}`;
    const before = under.find((one) => one.slot === slot || one.line === `no ${text}`);
    const enters = rule?.enters;
    if (before !== undefined) under.splice(under.indexOf(before), 1);
    // What a switch does not print is not kept: a negation that is taken back.
    if (rule?.negated === true && before?.line === `no ${text}`) return;
    const setting: Setting = {
      line,
      slot,
      rank,
      ...(enters === undefined ? {} : { enters }),
      under: enters === undefined ? [] : (before?.under ?? []),
    };
    under.push(setting);
    if (enters !== undefined) this.entered = { mode: enters, under: setting.under };
  }
}

function slotOf(rule: Rule | undefined, text: string): string {
  const match = rule?.pattern.exec(text);
  const direction = / (in|out)$/.exec(text)?.[1] ?? "";
  return `${match?.[1] ?? text} ${direction}`;
}

/** A password is kept in EOS's reversible form, the same each time. */
function encrypted(text: string): string {
  return text.replace(
    / password 0 (\S+)$/,
    (_all, value: string) => ` password 7 ${Buffer.from(value).toString("hex")}`,
  );
}

/** "Invalid input (at token 1: 'bogus')": the first word at which no command of the mode goes on. */
function wordAt(mode: Mode, text: string): string {
  const words = text.split(" ");
  const negated = words[0] === "no" ? 1 : 0;
  const beginnings = RULES[mode].map(({ pattern }) => pattern.source);
  const known = beginnings.some((source) => source.includes(words[negated] ?? ""));
  const at = known ? Math.min(negated + (words[negated] === "neighbor" ? 2 : 1), words.length - 1) : negated;
  return `Invalid input (at token ${at}: '${words[at] ?? ""}')`;
}

export function print(config: Config, depth = 0): string {
  const indent = "   ".repeat(depth);
  return ordered(config)
    .map(
      ({ line, under, enters }) =>
        `${indent}${line}\n${print(under, depth + 1)}${depth === 0 && enters !== undefined ? "!\n" : ""}`,
    )
    .join("");
}

function ordered(config: Config): Config {
  const natural = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
  return [...config].sort((a, b) => a.rank - b.rank || natural(a.line, b.line));
}

export function copy(config: Config): Config {
  return structuredClone(config);
}

/** `diff -u` of two texts as EOS prints it: two lines of head, hunks with three lines around. */
export function unified(before: string, after: string, session: string): string {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row === undefined) continue;
      row[j] = a[i] === b[j] ? (common[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(common[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(` ${a[i] ?? ""}`);
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push(`-${a[i++] ?? ""}`);
    } else lines.push(`+${b[j++] ?? ""}`);
  }
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - 3), index + 4).some((line) => !line.startsWith(" ")),
  );
  const shown = lines.flatMap((line, index) =>
    near[index] === true ? [near[index - 1] === true ? line : `@@\n${line}`] : [],
  );
  return shown.length === 0
    ? ""
    : `--- system:/running-config\n+++ session:/${session}-session-config\n${shown.join("\n")}\n`;
}
