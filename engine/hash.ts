/**
 * The key of a part: a hash of everything it was made from, so that a change of any of it makes another part.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** Twelve hexadecimal digits from a name-value list; the order of the list does not matter. */
export function keyOf(inputs: Record<string, string>): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(inputs).sort()) {
    const value = inputs[name] ?? "";
    hash.update(`${name.length}:${name}${value.length}:${value}`);
  }
  return hash.digest("hex").slice(0, 12);
}

/** The contents of every file below a folder, by path relative to it. */
export function contentsOf(folder: string, wanted: (file: string) => boolean = () => true): Record<string, string> {
  const contents: Record<string, string> = {};
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    if (wanted(name)) contents[name] = fs.readFileSync(file, "utf8");
  }
  return contents;
}
