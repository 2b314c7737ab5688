/** Graceful restart as Calico has it on every session: the switch keeps a node's routes while its BIRD starts anew. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-restart-"));
const program = join(folder, "restart.js");

beforeAll(() => {
  const entryPoints = [join(__dirname, "restart.ts")];
  buildSync({ entryPoints, bundle: true, platform: "node", outfile: program, logLevel: "error" });
});
afterAll(() => rmSync(folder, { recursive: true }));

function killed(...args: string[]): { before: number; least: number } {
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as { before: number; least: number };
}

test("BIRD killed: for four seconds the switch still has the node's block and its service range", () => {
  expect(killed()).toEqual({ before: 2, least: 2 });
});

test("without graceful restart it has neither, so that the test above proves something", () => {
  expect(killed("--off")).toEqual({ before: 2, least: 0 });
});
