/** The recipes name files that exist, and their differences still fit them. That a recipe is complete is not proved here. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(__dirname, "../..");
const page = readFileSync(join(ROOT, "docs/extending.md"), "utf8");
const files = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, file = ""]) => file);
const diffs = [...page.matchAll(/```diff\n--- a\/(\S+)\n([\s\S]*?)```/g)].map(
  ([, file = "", text = ""]) => [file, text] as const,
);

describe("each recipe", () => {
  it("has its table and its difference", () => {
    expect([files.length, diffs.length]).toEqual([21, 5]);
  });

  it.each(files.filter((file) => !/NAME|GROUP/.test(file)))("names %s, which is there", (file) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
  });

  it.each(files.filter((file) => /NAME|GROUP/.test(file)))("puts %s beside others of its kind", (file) => {
    const folder = file.split("/").findIndex((part) => /NAME|GROUP/.test(part));
    expect(existsSync(join(ROOT, dirname(file).split("/").slice(0, folder).join("/")))).toBe(true);
  });

  it.each(diffs)("fits %s", (file, text) => {
    const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
    const kept = text.split("\n").flatMap((line) => (/^[ -]\S|^ {2,}\S/.test(line) ? [line.slice(1)] : []));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter((line) => !lines.includes(line))).toEqual([]);
  });
});
