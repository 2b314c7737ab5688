/** The agent runs once a node: its one file loads what its cluster runs, and no other CNI. It proves nothing about memory. */
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

const STARTED_WITH = join(__dirname, "../../components/agent/main.ts");

it("starting the agent loads no CNI: neither its reading nor what the reading needs", async () => {
  const { metafile } = await build({
    entryPoints: [STARTED_WITH],
    bundle: true,
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "error",
    outfile: "bundle.js",
  });
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of metafile.inputs[file]?.imports ?? []) if (kind !== "dynamic-import") load(path);
  };
  load("components/agent/main.ts");
  expect(loaded.size).toBeGreaterThan(15);
  expect([...loaded].filter((file) => /components\/(cni|config|bgp)\/|node_modules\/yaml\//.test(file))).toEqual([]);
});

it("the agent's one file stays small: a node holds its text in memory", async () => {
  const { metafile } = await build({
    entryPoints: [STARTED_WITH],
    bundle: true,
    minify: true,
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "error",
    outfile: "bundle.js",
  });
  expect(metafile.outputs["bundle.js"]?.bytes ?? 0).toBeLessThan(500_000);
});
