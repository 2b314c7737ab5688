/**
 * A platform's own repository: handles and a component of its own around the package's, stacks that know each other by
 * StackReference, tests without an engine. That its stacks come up is shown by tests/live/existing.test.ts.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkout, pack } from "./install";
import { platformRepository } from "./platform";

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-pack-"));
let repository = "";
beforeAll(() => {
  execFileSync(process.execPath, [join(checkout, "engine", "prepare.mjs")], { cwd: checkout, stdio: "ignore" });
  execFileSync(process.execPath, [join(checkout, "cli", "bundle.mjs")], { cwd: checkout, stdio: "ignore" });
  repository = platformRepository(pack(folder));
});
afterAll(() => {
  for (const at of [folder, repository]) rmSync(at, { recursive: true, force: true });
});

it("compiles against the package's declarations, and its own tests pass without an engine", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--test", "--test-reporter=tap", "bin/test/fabric.test.js"],
    {
      cwd: repository,
      encoding: "utf8",
    },
  );
  expect(stdout + stderr).toMatch(/^# pass 3$/m);
  expect(status, stdout + stderr).toBe(0);
});
