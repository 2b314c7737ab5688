/** Tables and colours for people. Colours only on a terminal, and never where NO_COLOR says so (picocolors sees to it). */
import { stripVTControlCharacters } from "node:util";
import colours from "picocolors";
import stringWidth from "string-width";

/** Columns beside each other, two spaces between them: what a person reads and what cut and awk take apart. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const lines = [head.map((text) => colours.bold(text)), ...rows].map((cells) =>
    cells.map((text) => ({ text, width: widthOf(text) })),
  );
  // A column of marks keeps its place where nothing is marked.
  const widths = head.map((_, column) => lines.reduce((most, cells) => Math.max(most, cells[column]?.width ?? 0), 1));
  return lines
    .map((cells) =>
      cells
        .map(({ text, width }, column) => text + " ".repeat((widths[column] ?? 0) - width))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Names and addresses have one column a character, which is quicker to see than to count. */
function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  return /^[ -~]*$/.test(plain) ? plain.length : stringWidth(plain);
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
