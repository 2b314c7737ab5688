/**
 * A short share of `make fuzz`: broken input for every parser and verb. Proves that nothing falls over on what these
 * seconds draw; the long run is the one that searches.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";

const checkout = join(__dirname, "../..");

test("ten seconds of broken input: no crash, no hang, exit 2 always with a message", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bgpfabric-fuzz-"));
  buildSync({
    entryPoints: [join(checkout, "tests/fuzz/main.ts"), join(checkout, "tests/fuzz/worker.ts")],
    bundle: true,
    platform: "node",
    outdir: folder,
    logLevel: "error",
  });
  const seed = String(Date.now() % 1_000_000);
  const args = [join(folder, "main.js"), "--seconds", "10", "--seed", seed, "--checkout", checkout];
  const ran = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 45_000 });
  const said = JSON.parse(ran.stdout) as { runs: number; failures: unknown[] };
  expect(said.failures, `seed ${seed}`).toEqual([]);
  expect(said.runs).toBeGreaterThan(100);
});
