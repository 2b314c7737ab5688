/**
 * What frr-reload says it would change, turned into the configuration that the router runs: the program's text with the
 * foreign lines in their places and the missing ones gone, so that a preview shows a hand edit and nothing else. Pure.
 */

export interface Edit {
  /** "live": runs and is not in the text; "missing": is in the text and does not run. */
  kind: "live" | "missing";
  /** Lines that the line stands under, outermost first. */
  context: string[];
  line: string;
}

/** What no reload can change: the version that wrote a file, and the profile that the daemons started with. */
const FIXED = /^(frr version|frr defaults)\b/;

/** Of "frr-reload.py --test" (FRR 8.4): sections of lines, one line a group, with the lines it stands under above it. */
export function readEdits(said: string): Edit[] {
  const edits: Edit[] = [];
  let kind: Edit["kind"] | undefined;
  let path: { indent: number; line: string }[] = [];
  const close = () => {
    const last = path.at(-1);
    if (kind !== undefined && last !== undefined && !FIXED.test(last.line)) {
      const line = kind === "live" ? last.line.replace(/^no /, "") : last.line;
      edits.push({ kind, context: path.slice(0, -1).map((one) => one.line), line });
    }
    path = [];
  };
  for (const raw of said.split("\n")) {
    if (/^Lines To (Delete|Add)/.test(raw)) {
      close();
      kind = raw.startsWith("Lines To Delete") ? "live" : "missing";
    } else if (kind === undefined || raw.trim() === "" || /^=+$/.test(raw.trim())) {
      continue;
    } else {
      const indent = raw.length - raw.trimStart().length;
      if (indent <= (path.at(-1)?.indent ?? -1)) close();
      if (raw.trim() !== "exit" && raw.trim() !== "exit-address-family") path.push({ indent, line: raw.trim() });
    }
  }
  close();
  return edits;
}

/** The text as the router runs it. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const lines = text.split("\n");
  for (const { kind, context, line } of edits) {
    const at = find(lines, context);
    const indent = " ".repeat(context.length);
    if (kind === "missing") {
      const gone = lines.findIndex((one, index) => index > at && one.trim() === line);
      if (gone >= 0) lines.splice(gone, 1);
    } else if (context.length > 0 && at >= 0) {
      lines.splice(at + 1, 0, `${indent}${line}`);
    } else {
      lines.push(...context.map((one, depth) => `${" ".repeat(depth)}${one}`), `${indent}${line}`);
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
