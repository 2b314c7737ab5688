/** Proves that stand-ins take the place of what they are named after, and of nothing else; not that Go compiles them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { standIn, withStandIns } from "../../engine/parts/leftOut";
import { temporaryFolder } from "./temporary";

function folderWith(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe("what is left out of a Go program", () => {
  it("has its files replaced, and the rest of the module is as it was", () => {
    const copy = folderWith({ "blob/s3.go": "real", "blob/file.go": "real" });
    standIn(folderWith({ "blob/s3.go": "ours" }), copy, "example.org/blob");
    expect(readFileSync(join(copy, "blob/s3.go"), "utf8")).toBe("ours");
    expect(readFileSync(join(copy, "blob/file.go"), "utf8")).toBe("real");
  });

  it("fails when the module has no file of that name any more, because ours would be compiled beside its successor", () => {
    const standIns = folderWith({ "blob/s3.go": "ours" });
    expect(() => standIn(standIns, folderWith({ "blob/s3_v2.go": "real" }), "example.org/blob")).toThrow(
      "example.org/blob has no blob/s3.go",
    );
  });

  it("is a module of its own where nothing of the real one is needed: the program's go.mod stays as it is", async () => {
    const cwd = folderWith({ "go.mod": "module x\n", "go.sum": "sums\n", "without/s3/go.mod": "module s3\n" });
    const scratch = temporaryFolder();
    const modfile = await withStandIns(
      { "example.org/s3": "s3" },
      { cwd, scratch, env: {}, log: join(scratch, "log") },
    );
    expect(readFileSync(modfile, "utf8")).toBe(`module x\n\nreplace example.org/s3 => ${join(cwd, "without", "s3")}\n`);
    expect(readFileSync(join(scratch, "go.sum"), "utf8")).toBe("sums\n");
    expect(readFileSync(join(cwd, "go.mod"), "utf8")).toBe("module x\n");
  });
});
