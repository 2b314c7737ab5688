/**
 * A bounded share of `make fidelity`: every hand-written case and some random networks, as real daemons. Proves that the
 * forecast equals FRR, BIRD and GoBGP on these; nothing about EOS and MetalLB's native speaker, which do not run here.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeMiss, type Summary } from "./report";

const RANDOM = 20;
const folder = mkdtempSync(join(tmpdir(), "bgpfabric-fidelity-"));
const records = join(folder, "records");

beforeAll(() => {
  const entryPoints = ["main.ts", "mutate.ts"].map((file) => join(__dirname, file));
  buildSync({ entryPoints, bundle: true, platform: "node", outdir: folder, logLevel: "error" });
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(folder, program), ...args], { encoding: "utf8", maxBuffer: 64 << 20 });
}

function fidelity(args: string[]): Summary {
  const { stdout, stderr, status } = run("main.js", ["--json", ...args]);
  if (status === 2 || stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Summary;
}

const said = (summary: Summary): string[] => [
  ...summary.broken,
  ...summary.misses.map(({ seed, miss }) => describeMiss(seed, miss)),
  ...summary.unsettled.map(({ seed, firm }) => `${seed} never became quiet: ${firm.join(", ")}`),
];

test("every hand-written case: the daemons do what was forecast, entry by entry", () => {
  const summary = fidelity(["--cases", ""]);
  expect(said(summary)).toEqual([]);
  expect(summary.entries).toBeGreaterThan(1000);
});

test(`${RANDOM} random networks: the daemons do what was forecast, and nearly all of it is said exactly`, () => {
  const summary = fidelity(["--seeds", String(RANDOM), "--from", "1026", "--record", records]);
  expect(said(summary)).toEqual([]);
  expect(summary.entries / (summary.entries + summary.ambiguous + summary.notModelled)).toBeGreaterThan(0.95);
});

test("a wrong rule is noticed: at least half of the mutations are caught by these few networks alone", () => {
  expect(readdirSync(records).length).toBeGreaterThan(0);
  const { stdout } = run("mutate.js", [records, "--json"]);
  const { caught } = JSON.parse(stdout) as { caught: { name: string; caught: number }[] };
  expect(caught.filter((each) => each.caught > 0).length).toBeGreaterThan(caught.length / 2);
});

/** As `make clean` does with the last lab of the machine; the shell has a list of namespaces of its own for that. */
test("a run does not notice that somebody takes the list of network namespaces away", () => {
  const script = `
    mount -t tmpfs none /run; mkdir /run/netns
    "$0" "$1" --json --cases "maximum-prefix counts each" & run=$!
    until grep -qs 'fidelity-.* - overlay ' /proc/$(pgrep -P $run)/mountinfo; do kill -0 $run; sleep 0.05; done
    rmdir /run/netns
    wait $run`;
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    ["--mount", "bash", "-euc", script, process.execPath, join(folder, "main.js")],
    { encoding: "utf8", maxBuffer: 64 << 20 },
  );
  expect(status, stderr).toBe(0);
  expect((JSON.parse(stdout) as Summary).broken).toEqual([]);
});
