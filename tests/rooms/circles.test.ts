/** No file imports itself by way of others: types count as well, so that each file can be read on its own. */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const ROOT = join(__dirname, "../..");
const ROOMS = ["components", "cli", "engine", "stacks", "bench"];

it("imports form no circle", () => {
  const imports = importsOf(sources());
  expect(imports.size).toBeGreaterThan(300);
  expect(circles(imports).map((circle) => circle.join(" - "))).toEqual([]);
});

it("a circle of three files is found, and a file that only looks into one is not part of it", () => {
  const imports = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["a"]],
    ["outside", ["a"]],
  ]);
  expect(circles(imports)).toEqual([["a", "b", "c"]]);
});

function sources(): string[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.split("/").includes("node_modules"))
      .map((file) => join(ROOT, room, file)),
  );
}

function importsOf(files: readonly string[]): Map<string, string[]> {
  const options = { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 };
  const known = new Set(files);
  const cache = ts.createModuleResolutionCache(ROOT, (name) => name, options);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
      const targets = importedFiles
        .filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) => ts.resolveModuleName(fileName, file, options, ts.sys, cache).resolvedModule)
        .map((module) => module?.resolvedFileName ?? "")
        .filter((target) => known.has(target));
      return [relative(ROOT, file), targets.map((target) => relative(ROOT, target))];
    }),
  );
}

/** Strongly connected components of more than one file (Tarjan), each sorted. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    low.set(file, own);
    path.push(file);
    for (const next of imports.get(file) ?? []) {
      const reached = !index.has(next) ? visit(next) : path.includes(next) ? (index.get(next) ?? own) : own;
      low.set(file, Math.min(low.get(file) ?? own, reached));
    }
    const lowest = low.get(file) ?? own;
    if (lowest === own) {
      const circle = path.splice(path.indexOf(file));
      if (circle.length > 1 || imports.get(file)?.includes(file) === true) found.push(circle.sort());
    }
    return lowest;
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return found;
}
