/**
 * A handful of drawn sets of objects, given to the real control planes of Cilium and MetalLB; `make judge SETS=n` has more.
 * It needs root on Linux, for network namespaces.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = process.platform === "linux" && process.getuid?.() === 0;

describe.skipIf(!root)("the real control plane does what the forecast says", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bgpfabric-judge-"));
    const entry = join(__dirname, "../judge/main.ts");
    const outfile = join(folder, "main.js");
    buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", logLevel: "error" });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["cilium", 5],
    ["metallb", 5],
    // The speaker lets seconds pass before it writes for FRR.
    ["metallb-frr", 3],
  ])("%s, %i sets of objects", (plane, sets) => {
    const args = [join(folder, "main.js"), "--plane", plane, "--sets", String(sets), "--json"];
    const said = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    expect((JSON.parse(said) as { missed: number }).missed, said).toBe(0);
  });
});
