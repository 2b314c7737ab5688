/**
 * Differences between the program's text and what a router runs, turned into the configuration that runs: the text with
 * the foreign lines in their places and the missing ones gone, so that a preview shows a hand edit and nothing else. Pure.
 */

export interface Edit {
  /** "live": runs and is not in the text; "missing": is in the text and does not run. */
  kind: "live" | "missing";
  /** Lines that the line stands under, outermost first. */
  context: string[];
  line: string;
}

/** "+ router bgp 65001 / neighbor 10.0.0.9 remote-as 65009": what a push of the text would do about the difference. */
export function printEdit({ kind, context, line }: Edit): string {
  return `${kind === "live" ? "-" : "+"} ${[...context, line].join(" / ")}`;
}

/** The text as the router runs it. `width` is how far a block's lines are indented. */
export function applyEdits(text: string, edits: readonly Edit[], width = 1): string {
  const lines = text.split("\n");
  for (const { kind, context, line } of edits) {
    const at = find(lines, context);
    const indent = " ".repeat(width * context.length);
    if (kind === "missing") {
      const gone = lines.findIndex((one, index) => index > at && one.trim() === line);
      if (gone >= 0) lines.splice(gone, 1);
    } else if (context.length > 0 && at >= 0) {
      lines.splice(at + 1, 0, `${indent}${line}`);
    } else {
      lines.push(...context.map((one, depth) => `${" ".repeat(width * depth)}${one}`), `${indent}${line}`);
    }
  }
  return lines.join("\n");
}

/** The index of the innermost line of the context, each looked for below the one before it; -1 when it is not there. */
function find(lines: readonly string[], context: readonly string[]): number {
  let at = -1;
  for (const wanted of context) {
    const next = lines.findIndex((line, index) => index > at && line.trim() === wanted);
    if (next < 0) return -1;
    at = next;
  }
  return at;
}
