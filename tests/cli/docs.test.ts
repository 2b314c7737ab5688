/**
 * Every example in the documentation is true: each `$ bgpfabric ...` of a console block is run in a fresh copy of
 * docs/examples, and what stands below it is what it prints. Proves that the pages tell the truth about the command, not that the command
 * tells the truth about networks.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { bgpfabric, examples, words } from "./command";

const docs = join(__dirname, "../../docs");

interface Example {
  line: string;
  output: string;
  code: number;
}

/** "$ bgpfabric ..." and what follows it; "exit 1" on a line alone names another code than 0. */
function examplesIn(text: string): Example[] {
  const found: Example[] = [];
  for (const [, block = ""] of text.matchAll(/```console\n([\s\S]*?)```/g)) {
    for (const part of block.split(/^\$ /m).slice(1)) {
      const [line = "", ...rest] = part.trimEnd().split("\n");
      const last = /^exit (\d)$/.exec(rest.at(-1) ?? "");
      found.push({ line, output: (last ? rest.slice(0, -1) : rest).join("\n"), code: Number(last?.[1] ?? 0) });
    }
  }
  return found;
}

for (const file of readdirSync(docs).filter((name) => name.endsWith(".md"))) {
  const shown = examplesIn(readFileSync(join(docs, file), "utf8")).filter(({ line }) => line.startsWith("bgpfabric"));
  if (shown.length === 0) continue;
  describe(`docs/${file}`, () => {
    const cwd = mkdtempSync(join(tmpdir(), "bgpfabric-docs-"));
    cpSync(examples, cwd, { recursive: true });
    for (const { line, output, code } of shown) {
      test(line, () => {
        const ran = bgpfabric(words(line).slice(1), { cwd });
        expect((ran.out + ran.err).trimEnd()).toBe(output);
        expect(ran.code).toBe(code);
      });
    }
  });
}

test("the command's page shows every verb", () => {
  const shown = examplesIn(readFileSync(join(docs, "cli.md"), "utf8")).map(({ line }) => words(line)[1]);
  const help = bgpfabric(["--help"]).out;
  const verbs = [...help.matchAll(/^ {2}(\w+) \[options\]/gm)].map((match) => match[1]);
  expect(verbs.length).toBeGreaterThan(5);
  expect([...new Set(shown)].sort()).toEqual(expect.arrayContaining([...verbs].sort()));
});

test("every link from a page to a file of the project leads somewhere", () => {
  const root = join(docs, "..");
  const pages = [
    ...["README.md", "CONTRIBUTING.md"].map((file) => join(root, file)),
    ...readdirSync(docs, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md"))
      .map((file) => join(docs, file)),
  ];
  const dead = pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((match) => match[1] ?? "")
      .filter((target) => !existsSync(join(dirname(page), target)))
      .map((target) => `${page.slice(root.length + 1)} -> ${target}`),
  );
  expect(dead).toEqual([]);
});
