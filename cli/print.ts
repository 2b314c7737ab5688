/** Tables and colours for people. Colours only on a terminal, and never where NO_COLOR says so (picocolors sees to it). */
import Table from "cli-table3";
import colours from "picocolors";

const BARE = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
  ...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const made = new Table({
    chars: BARE,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    head: head.map((text) => colours.bold(text)),
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

export const good = (text: string): string => colours.green(text);
export const bad = (text: string): string => colours.red(text);
export const careful = (text: string): string => colours.yellow(text);
export const faint = (text: string): string => colours.dim(text);
export const title = (text: string): string => colours.bold(text);

export function severity(text: string): string {
  if (text === "block" || text === "error") return bad(text);
  return text === "warn" || text === "warning" ? careful(text) : faint(text);
}

/** "1 session", "2 sessions". */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
