/** The agent runs once a node: its one file holds what it runs, and no other CNI and no YAML. It proves nothing about memory. */
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("the agent's bundle holds one CNI and no YAML", async () => {
  const { metafile } = await build({
    entryPoints: [join(__dirname, "../../components/agent/main.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "error",
    outfile: "bundle.js",
  });
  const files = Object.keys(metafile.inputs);
  expect(files.length).toBeGreaterThan(40);
  expect(files.filter((file) => /cni\/(cilium|metallb|kubeRouter)\/|node_modules\/yaml\//.test(file))).toEqual([]);
  expect(metafile.outputs["bundle.js"]?.bytes ?? 0).toBeLessThan(200_000);
});
