/** What frr-reload says it would change, as edits of the program's text. Pure. */
import type { Edit } from "./edits";

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
